"""Customers: who stays and who leaves, what they bring and cost, how often they come, and how far they get."""
