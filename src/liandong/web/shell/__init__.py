"""What every screen stands in: sign-in, menu, language, refusals."""
