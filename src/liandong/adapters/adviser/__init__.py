"""Advisers outside the program, behind the port ``Adviser``."""
