"""Checks of an installation: facts are gathered in one place, what follows from them is pure."""
