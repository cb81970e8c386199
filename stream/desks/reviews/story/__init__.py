"""The story that the simulator tells of reviews."""
