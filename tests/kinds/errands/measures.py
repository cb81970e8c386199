"""What errands contribute to the windows, and what is true of them at a moment."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Share
from stream.state.metric import gauge
from stream.state.stock import Stock

MEASURES: Final = (
    Measure("errands_done", ("team", "means"), "Errands done that took long enough to count."),
    Measure("errand_seconds", ("team",), "From beginning to end of errands that count.", duration=True),
)

STOCKS: Final = (Stock("errands_under_way", ("means",), "Errands begun and not done.", before=True, levels=((),)),)

SHARES: Final = (Share("errand_time", "errands_under_way_seconds", "means"),)

KNOWN: Final = gauge("errands_known", ("means",), "Errands of which anything is known.", levels=((),))
