"""Numbers whose thousands are set apart, such as 1,204."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

THOUSANDS: Final = (",", ".", " ", "'", "\N{RIGHT SINGLE QUOTATION MARK}")
"""What may stand between the thousands of a number."""

_SPACES: Final = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"


@dataclass(frozen=True)
class NumberSpelling:
    """How a log spells numbers. With a point as its ``thousands``, a comma stands before the fraction."""

    thousands: str = ""

    @cached_property
    def _grouped(self) -> re.Pattern[str]:
        separator = _SPACES if self.thousands == " " else re.escape(self.thousands)
        return re.compile(rf"(?<![\d.,])\d{{1,3}}(?:{separator}\d{{3}})+(?!\d)", re.ASCII)

    def plain(self, text: str) -> str:
        """A text with the numbers in it spelled as Python reads them."""
        if not self.thousands:
            return text
        text = self._grouped.sub(lambda match: re.sub(r"\D", "", match.group()), text)
        return re.sub(r"(?<=\d),(?=\d)", ".", text) if self.thousands == "." else text

    def hint(self, text: str) -> str:
        """What to do about a text that is no number, if it may be one whose thousands are set apart."""
        if self.thousands or not _MAY_BE_GROUPED.fullmatch(text.strip()):
            return ""
        return "; if its comma sets thousands apart, set thousands in [format]"


_MAY_BE_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?(?:\s*[a-z]+)?", re.ASCII | re.IGNORECASE)

PLAIN: Final = NumberSpelling()
"""Numbers as Python reads them."""
