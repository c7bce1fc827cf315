"""Feeds: pour orders of a file through running nodes, as their callers would."""
