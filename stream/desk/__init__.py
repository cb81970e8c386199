"""What the metrics mean: tickets and surveys as pure functions of what happened to them."""
