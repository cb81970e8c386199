"""The copy of the state on disk."""
