"""What waits between the platforms, and why."""
