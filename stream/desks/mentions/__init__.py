"""Mentions of the brand: how many there are, and how positive."""
