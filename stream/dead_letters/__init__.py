"""Dead letters after they were written: reading them, choosing among them, sending them again."""
