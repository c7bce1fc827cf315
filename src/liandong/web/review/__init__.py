"""The review desk: everything that waits for a second pair of eyes, in one list, decided with one key."""
