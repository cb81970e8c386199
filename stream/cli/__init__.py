"""The command ``deskpulse``."""

from stream.cli.main import main

__all__ = ["main"]
