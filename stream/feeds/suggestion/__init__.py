"""A mapping to start from, for a log of which nothing is known."""

from stream.feeds.suggestion.sample import Choices
from stream.feeds.suggestion.suggestion import Suggestion, suggest

__all__ = ["Choices", "Suggestion", "suggest"]
