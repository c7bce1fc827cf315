"""Documents other systems read: one module for each published standard."""
