"""The settings: their sections, where they are read from, and what may be wrong with them."""
