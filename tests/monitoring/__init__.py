"""A real Prometheus and a real Alertmanager for tests, with the rules and routes that are deployed."""
