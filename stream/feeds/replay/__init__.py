"""The replay of a helpdesk's log: a mapping alone says what its rows mean."""

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.mapping import Mapping, load_mapping, shipped_mappings
from stream.feeds.replay.mapping_use import ColumnUse, MappingUse, RuleUse
from stream.feeds.replay.pacing import paced
from stream.feeds.replay.reading import read_events
from stream.feeds.replay.report import ReplayReport
from stream.feeds.replay.row_mapper import ReplayedEvent

__all__ = [
    "ColumnUse",
    "Mapping",
    "MappingUse",
    "ReplayError",
    "ReplayReport",
    "ReplayedEvent",
    "RuleUse",
    "load_mapping",
    "paced",
    "read_events",
    "shipped_mappings",
]
