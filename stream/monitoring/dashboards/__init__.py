"""Dashboards for Grafana, made from the catalogue and from what the kinds declare."""
