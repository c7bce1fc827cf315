"""The orders desk: what comes in from the other side, and the orders by state."""
