"""Quick service: the ports that need the outside, and simulators that say they are ones."""
