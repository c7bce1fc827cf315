"""The commands of ``liandong``, one a file."""
