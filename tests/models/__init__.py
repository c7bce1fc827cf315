"""Exhaustive models of what two nodes say to each other, over the program's own tables."""
