"""协同警示: what asks for an answer, and the page of one alert with everybody's line."""
