"""研判误差公示: what the verdict got wrong, by what people decided; each cell opens its cases."""
