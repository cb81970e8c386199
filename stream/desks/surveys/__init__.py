"""Surveys: what was asked, what was answered, and what counts as favourable."""
