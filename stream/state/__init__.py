"""Pure: what all desks share: the state of a partition, its rows, checkpoints, departure and rejection."""
