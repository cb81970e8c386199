"""Agents: what they do, and how much of their time on queue goes into customers."""
