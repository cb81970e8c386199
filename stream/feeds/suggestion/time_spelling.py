"""Guessing how a column spells times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from stream.feeds.replay.times import TimeFormat

_TRIED: Final = 300
_LOOKED_AT: Final = 30
_MOSTLY: Final = 0.8
_LONGEST: Final = 64
_YEARS: Final = range(1990, 2101)
_FULL_YEAR: Final = 4
_ABBREVIATION: Final = 3
_EPOCH: Final = re.compile(r"\d{9,10}(?:\.\d+)?")
_EPOCH_MS: Final = re.compile(r"\d{12,13}")
_COMPACT: Final = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_SPELLED: Final = re.compile(
    r"""
    (?:(?P<weekday>[A-Za-z]{3,9})(?P<after_weekday>,?[ ]))?
    (?: (?P<a>\d{1,4})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})
      | (?P<day>\d{1,2})(?P<s1>[-/ ]|\.[ ])(?P<month>[A-Za-z]{3,9})(?P<s2>[-/ ]|,[ ]|\.[ ])(?P<year>\d{4}|\d\d)
      | (?P<month2>[A-Za-z]{3,9})(?P<s3>[ ]|\.[ ])(?P<day2>\d{1,2})(?P<s4>,?[ ])(?P<year2>\d{4}) )
    (?:(?P<gap>T|,?[ ]{1,2}|[ ]at[ ]|[ ]-[ ]|[-_])
      \d{1,2}(?P<hm>[:.h])\d\d(?:(?P<ms>[:.])\d\d(?:(?P<point>[.,])\d{1,6})?)?(?:(?P<space>[ ]?)(?P<half>[AaPp][Mm]))?
      (?:(?P<before_zone>[ ]?)(?:(?P<offset>Z|[-+]\d\d:?\d\d)|(?P<zone>[A-Z]{3,4})))?
    )?
    """,
    re.VERBOSE,
)
_CLOCK: Final = re.compile(
    r"\d{1,2}(?P<hm>[:.h])\d\d(?:(?P<ms>:)\d\d(?:(?P<point>[.,])\d{1,6})?)?(?:(?P<space>[ ]?)(?P<half>[AaPp][Mm]))?"
)


@dataclass(frozen=True, slots=True)
class TimeSpelling:
    """A format of ``time.format``, the share of the values that it reads, and others that read as many."""

    format: str
    share: float
    others: tuple[str, ...] = ()

    @property
    def has_clock(self) -> bool:
        """Whether it has the time of day."""
        return self.format in {"iso", "epoch", "epoch_ms"} or "%H" in self.format or "%I" in self.format


def spelling_of(values: Sequence[str], *, named_like_a_time: bool) -> TimeSpelling | None:
    """How the values of a column, in the order of the file, spell times; ``None`` if most are none.

    Bare numbers are times only in a column that is ``named_like_a_time``.
    """
    tried = list(dict.fromkeys(value.strip() for value in values))[:_TRIED]
    formats: dict[str, None] = {}
    for text in tried[:_LOOKED_AT]:
        formats.update(dict.fromkeys(_formats(text, numbers=named_like_a_time)))
    shares = {spelling: _share(spelling, tried) for spelling in formats}
    best = max(shares.values(), default=0.0)
    if best < _MOSTLY:
        return None
    equal = [spelling for spelling, share in shares.items() if share == best]
    if "iso" in equal:
        return TimeSpelling("iso", best)
    if len(equal) > 1:
        equal = _likeliest_first(equal, list(dict.fromkeys(value.strip() for value in values)))
    return TimeSpelling(equal[0], best, tuple(equal[1:]))


def clock_spelling_of(values: Sequence[str]) -> TimeSpelling | None:
    """How the values of a column spell the time of day alone; ``None`` if most do not."""
    tried = list(dict.fromkeys(value.strip() for value in values))[:_TRIED]
    formats = {_clock_format(match) for text in tried[:_LOOKED_AT] if (match := _CLOCK.fullmatch(text)) is not None}
    shares = {spelling: _share(f"%Y {spelling}", [f"2000 {text}" for text in tried]) for spelling in sorted(formats)}
    best = max(shares, key=lambda spelling: shares[spelling], default="")
    return TimeSpelling(best, shares[best]) if best and shares[best] >= _MOSTLY else None


def moments_of(spelling: str, texts: Iterable[str]) -> dict[str, datetime]:
    """The moments that texts spell, without those that spell none."""
    distinct = list(dict.fromkeys(texts))
    moments = zip(distinct, _moments(spelling, distinct), strict=False)
    return {text: moment for text, moment in moments if moment is not None}


def _formats(text: str, *, numbers: bool) -> list[str]:
    if not text or len(text) > _LONGEST:
        return []
    if text.replace(".", "", 1).isdigit():
        return _numeric(text) if numbers else []
    found = ["iso"] if _is_iso(text) else []
    match = _SPELLED.fullmatch(text)
    if match is None:
        return found
    weekday = "" if match["weekday"] is None else _name(match["weekday"], "%a", "%A") + match["after_weekday"]
    clock = "" if match["gap"] is None else match["gap"] + _clock_format(match) + _zone(match)
    return found + [(weekday + date + clock) for date in _dates(match)]


def _numeric(text: str) -> list[str]:
    found = []
    if _EPOCH.fullmatch(text):
        found.append("epoch")
    if _EPOCH_MS.fullmatch(text):
        found.append("epoch_ms")
    if text.startswith(("19", "20")) and len(text) in _COMPACT:
        found.append(_COMPACT[len(text)])
    return found


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _dates(match: re.Match[str]) -> list[str]:
    if match["month"] is not None:
        year = "%Y" if len(match["year"]) == _FULL_YEAR else "%y"
        return [f"%d{match['s1']}{_name(match['month'], '%b', '%B')}{match['s2']}{year}"]
    if match["month2"] is not None:
        return [f"{_name(match['month2'], '%b', '%B')}{match['s3']}%d{match['s4']}%Y"]
    separator = match["sep"]
    if len(match["a"]) == _FULL_YEAR:
        orders = ["%Y %m %d", "%Y %d %m"]
    elif len(match["c"]) == _FULL_YEAR:
        orders = ["%d %m %Y", "%m %d %Y"]
    else:
        orders = ["%d %m %y", "%m %d %y", *(["%y %m %d"] if separator == "-" else [])]
    if separator == "/" and (match["gap"] is not None and match["half"]):
        orders.sort(key=lambda order: not order.startswith("%m"))
    return [order.replace(" ", separator) for order in orders]


def _clock_format(match: re.Match[str]) -> str:
    text = ("%I" if match["half"] else "%H") + match["hm"] + "%M"
    if match["ms"]:
        text += match["ms"] + "%S"
    if match["point"]:
        text += match["point"] + "%f"
    return text + (match["space"] + "%p" if match["half"] else "")


def _zone(match: re.Match[str]) -> str:
    if match["offset"]:
        return match["before_zone"] + "%z"
    return match["before_zone"] + match["zone"] if match["zone"] else ""


def _name(word: str, short: str, full: str) -> str:
    return short if len(word) == _ABBREVIATION else full


def _share(spelling: str, texts: Sequence[str]) -> float:
    return sum(moment is not None for moment in _moments(spelling, texts)) / max(1, len(texts))


def _likeliest_first(spellings: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Those that read the most of the texts: first the one under which they are sorted best, and lie closest."""

    def rank(spelling: str) -> tuple[float, timedelta]:
        moments = [moment for moment in _moments(spelling, texts) if moment is not None]
        rising = sum(earlier <= later for earlier, later in pairwise(moments))
        sortedness = max(rising, len(moments) - 1 - rising) / max(1, len(moments) - 1)
        return -round(sortedness, 2), max(moments) - min(moments)

    shares = {spelling: _share(spelling, texts) for spelling in spellings}
    most = max(shares.values())
    return sorted((spelling for spelling, share in shares.items() if share == most), key=rank)


def _moments(spelling: str, texts: Sequence[str]) -> list[datetime | None]:
    try:
        parse = TimeFormat(spelling, UTC).parse
    except ValueError:
        return []
    return [_moment(parse, text) for text in texts]


def _moment(parse: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        moment = parse(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None
