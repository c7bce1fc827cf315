"""Cities as data: one folder a city, in TOML, CSV and GeoJSON. Nothing here is code; ``adapters/packs`` reads and checks it."""
