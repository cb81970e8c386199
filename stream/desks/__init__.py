"""The kinds of entities that deskpulse knows, each in a package of its own."""
