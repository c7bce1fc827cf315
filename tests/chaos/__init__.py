"""Handovers between two real nodes while everything around them breaks; ``python -m tests.chaos``."""
