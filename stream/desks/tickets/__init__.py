"""Tickets: what happens to them, what they contribute to the metrics, and their SLA clocks."""
