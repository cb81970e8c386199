"""The story that the simulator tells of agents."""
