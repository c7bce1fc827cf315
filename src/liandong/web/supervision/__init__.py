"""The supervisor's desk: what is about to be late, what is late, what stands on which step of the ladder."""
