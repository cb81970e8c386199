"""The story that the simulator tells of customers."""
