"""日志核对: what proves a record, and where somebody changed it."""
