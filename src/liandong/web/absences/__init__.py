"""离岗与替班: who is away, who stands in, said at run time."""
