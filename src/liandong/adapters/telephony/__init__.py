"""Switches: the simulator of the demonstration; a real one implements the same port."""
