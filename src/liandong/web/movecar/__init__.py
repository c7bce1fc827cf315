"""Move a car: the public page, the owner's page, the caller's page; no account needed."""
