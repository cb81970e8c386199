"""What is exported: the catalogue, the collector for Prometheus, the final numbers as JSON."""
