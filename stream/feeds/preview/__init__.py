"""What a replay of a log would do, found out without a broker."""

from stream.feeds.preview.lines import preview_lines
from stream.feeds.preview.preview import Preview, preview_of, report_json
from stream.feeds.preview.time_facts import TimeFacts, time_facts

__all__ = ["Preview", "TimeFacts", "preview_lines", "preview_of", "report_json", "time_facts"]
