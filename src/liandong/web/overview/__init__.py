"""The overview: what stands where on this node, what nobody has touched, and how the other platforms do."""
