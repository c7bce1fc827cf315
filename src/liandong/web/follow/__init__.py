"""Follow a case by its code: what a citizen sees and does without an account."""
