"""Colours that tell good from bad also to those who cannot tell red from green: blue and orange, and yellow between."""

from __future__ import annotations

from typing import Final

GOOD: Final = "#5794F2"
BAD: Final = "#FF9830"
NEITHER: Final = "text"
"""Grafana's own colour of text, of numbers without a target."""

BOUND: Final = "#8E8E8E"
SERIES: Final = (GOOD, "#CA95E5", "#F2CC0C", BAD, "#8AB8FF", "#B877D9", "#FFF899", "#C0D8FF", "#AD46FF", "#FFCB7D")
"""Those of the queries of a panel, one after the other; they differ in lightness as well."""
