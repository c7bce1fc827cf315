"""Liandong (联动): one story told once, handled by 110 and 12345 together."""

__version__ = "0.1.0"
