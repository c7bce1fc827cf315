"""News to screens as it happens: one LISTEN a process, fanned out as server-sent events."""
