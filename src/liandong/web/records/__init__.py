"""Records: the list, and one appeal with its whole time line."""
