"""After the end: return visits that are owed, and samples of records for inspection."""
