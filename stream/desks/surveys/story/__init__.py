"""The story that the simulator tells of surveys."""
