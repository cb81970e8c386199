"""Pictures of the dashboards, drawn by Grafana's libraries from a Prometheus that knows a simulated week."""
