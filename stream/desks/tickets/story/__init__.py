"""The story that the simulator tells of tickets."""
