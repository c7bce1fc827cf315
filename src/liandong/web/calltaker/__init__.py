"""Taking a call: the words, the verdict, the one key."""
