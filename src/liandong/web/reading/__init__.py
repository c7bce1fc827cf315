"""Queries of the screens: nothing here writes."""
