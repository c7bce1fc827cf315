"""Ways to a citizen's telephone: a simulated one for the demonstration, and a gateway by HTTP."""
