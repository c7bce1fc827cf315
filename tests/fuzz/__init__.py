"""Fuzzing of what comes over a cable; ``make fuzz`` runs it for a while with coverage."""
