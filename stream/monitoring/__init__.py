"""What is deployed beside the workers and is made from the catalogue: rules and alerts for Prometheus. Pure."""
