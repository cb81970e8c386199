"""Progress bars, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from stream.feeds.replay.report import ReplayReport

Item = TypeVar("Item")

_STEP = 500


def tracked(items: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items, with a bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    with _bar(MofNCompleteColumn()) as progress:
        task = progress.add_task(description, total=total)
        done = 0
        for done, item in enumerate(items, start=1):
            yield item
            if not done % _STEP:
                progress.update(task, completed=done)
        progress.update(task, completed=done)


class ReadingProgress:
    """Shows how far a file is read, on ``progress`` if there is one: a share of its bytes, and the rows so far."""

    def __init__(self, progress: Progress | None, size: int, report: ReplayReport) -> None:
        self._progress = progress
        self._report = report
        self._task = None if progress is None else progress.add_task("Reading", total=max(1, size), rows=0)

    @property
    def shown(self) -> tuple[str, float, int] | None:
        """The phase, the share of the bytes in percent and the rows that are shown, if anything is."""
        if self._progress is None or self._task is None:
            return None
        task = self._progress.tasks[self._task]
        return task.description, task.percentage, task.fields["rows"]

    def sorting(self) -> None:
        """Show that all was read and is put in order."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description="Sorting", rows=self._report.rows, refresh=True)

    def read(self, position: int) -> None:
        """Show that the file was read up to a position, in bytes as it lies on disk."""
        if self._progress is not None and self._task is not None:
            # Rows are counted from when they are mapped; a pass before finds which of them come first.
            phase = "Reading" if self._report.rows else "Looking through"
            self._progress.update(self._task, completed=position, rows=self._report.rows, description=phase)


@contextmanager
def reading(size: int, report: ReplayReport) -> Iterator[ReadingProgress]:
    """A bar for the reading of a file of ``size`` bytes on standard error, while that is a terminal."""
    if not sys.stderr.isatty():
        yield ReadingProgress(None, size, report)
        return
    with _bar(TaskProgressColumn(), TextColumn("{task.fields[rows]} rows")) as progress:
        yield ReadingProgress(progress, size, report)


def _bar(*columns: Any) -> Progress:  # noqa: ANN401 - rich names the type of its columns in private
    return Progress(
        *(SpinnerColumn(), TextColumn("{task.description}"), BarColumn()),
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
