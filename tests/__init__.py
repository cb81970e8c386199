"""The tests of deskpulse."""
