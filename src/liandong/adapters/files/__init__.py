"""Files on the node's own disk, known by their digest."""
