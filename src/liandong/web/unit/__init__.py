"""The phone of a unit or an officer."""
