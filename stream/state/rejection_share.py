"""The share of invalid records among the last ones of a topic, and when it is too large to go on."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from stream.state.rejection import VALID, Reason


@dataclass(frozen=True, slots=True)
class RejectionLimit:
    """Which share of invalid records is too large.

    ``share`` is the largest that is tolerated, over the last ``window`` records of a topic; ``1`` tolerates any.
    Fewer than ``least`` invalid records among these are never too many.
    """

    share: float = 0.5
    window: int = 10_000
    least: int = 1_000


class Verdict(NamedTuple):
    """Invalid records among the last ones, and the reason that most of them have."""

    rejected: int
    records: int
    reason: Reason

    @property
    def share(self) -> float:
        """Invalid records by records."""
        return self.rejected / self.records


class _Run(NamedTuple):
    records: int
    reasons: Counter[Reason]


@dataclass(slots=True)
class RejectionShare:
    """Counts the valid and invalid records of a topic, a run of records at a time.

    The window is as many of the last runs as it takes to have ``limit.window`` records.
    """

    limit: RejectionLimit = field(default_factory=RejectionLimit)
    _runs: deque[_Run] = field(default_factory=deque)
    _records: int = 0
    _reasons: Counter[Reason] = field(default_factory=Counter)

    def add(self, records: int, reasons: Iterable[Reason] = ()) -> Verdict | None:
        """Count a run of ``records``, those dead-lettered by their ``reasons``; say if the share is now too large.

        Valid events for which there was no place are left out: they speak neither for nor against the topic.
        """
        counts = Counter(reasons)
        records -= sum(counts.pop(reason, 0) for reason in VALID)
        if not records:
            return None
        run = _Run(records, counts)
        self._runs.append(run)
        self._records += records
        self._reasons += run.reasons
        while self._records - self._runs[0].records >= self.limit.window:
            oldest = self._runs.popleft()
            self._records -= oldest.records
            self._reasons -= oldest.reasons
        rejected = self._reasons.total()
        if rejected < self.limit.least or rejected <= self.limit.share * self._records:
            return None
        return Verdict(rejected, self._records, self._reasons.most_common(1)[0][0])
