"""``deskpulse dlt``: dead letters listed, shown and sent again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from stream.dead_letters.ledger import Ledger, Selection, Status
from stream.dead_letters.letter import Letter, Origin, origin_of, split
from stream.dead_letters.reading import letter_records, read_ledger, source_records
from stream.dead_letters.repairs import read_repairs
from stream.dead_letters.replaying import send_again
from stream.dead_letters.writing import SUFFIX
from stream.runtime.kafka.broker import connected_admin, new_producer, partition_counts, reading_consumer
from stream.runtime.kafka.reachability import choose_addresses
from stream.settings.settings import Settings
from stream.state.rejection import Reason

_LISTED_DETAIL: Final = 100
_MILLISECONDS: Final = 1_000


class UnknownChoiceError(Exception):
    """A topic or reason that does not exist."""


class NoSuchLetterError(Exception):
    """A record has no dead letter."""


class ReplayOptionsError(Exception):
    """Options that do not go together."""


class KafkaRefusedError(Exception):
    """The brokers answered, but did not do what they were asked."""


@dataclass(frozen=True, slots=True)
class ResendPlan:
    """Which letters to send again, ``most`` at most; ``file`` has repaired values, with ``origin`` the one of that.

    ``by_key``: to the partition where their keys belong today, not to the one that they came from.
    """

    selection: Selection
    most: int
    file: Path | None
    origin: str | None
    dry_run: bool
    by_key: bool = False


def selection_of(topics: Iterable[str] | None, reasons: Iterable[str] | None, sources: Sequence[str]) -> Selection:
    """The selection of the command line. Raises ``UnknownChoiceError`` with the choices that there are.

    ``sources`` are the source topics that can be chosen.
    """
    return Selection(
        _chosen("source topic", topics, sources), _chosen("reason", reasons, [reason.value for reason in Reason])
    )


def _chosen(what: str, values: Iterable[str] | None, known: Sequence[str]) -> frozenset[str] | None:
    chosen = frozenset(values or ())
    for value in sorted(chosen - set(known)):
        message = f"there is no {what} {value!r}; take one of {', '.join(known)}"
        raise UnknownChoiceError(message)
    return chosen or None


async def list_letters(
    settings: Settings, selection: Selection, limit: int, *, show_all: bool = False
) -> dict[str, Any]:
    """The latest ``limit`` letters with their values, and how many there are by reason."""
    async with _letters(settings, selection.topics or settings.source_topics) as (consumer, ledger, _):
        letters = ledger.letters(selection, only_open=not show_all)
        shown = letters[-limit:] if limit else []
        values = await letter_records(consumer, shown)
        return {
            "letters": [
                {"status": ledger.status(letter), **letter_json(letter, values[letter].value)}
                for letter in shown
                if letter in values
            ],
            "reasons": ledger.summary(letters),
            "total": len(letters),
            "replayed": sum(selection.has(letter) and ledger.status(letter) is not Status.OPEN for letter in ledger),
        }


def listing_lines(listing: Mapping[str, Any]) -> list[str]:
    """The list for people."""
    lines = [
        f"{letter['written_at']}  {letter['origin']:<30} {letter['reason']:<17} {letter['status']:<10}"
        f" {_plain(letter['detail'][:_LISTED_DETAIL])}"
        for letter in listing["letters"]
    ]
    if len(lines) < listing["total"]:
        lines.append(f"... the latest {len(lines)} of {listing['total']}; --limit shows more")
    lines += [f"{count:>8} {reason}" for reason, count in listing["reasons"].items()]
    return [*lines, f"{listing['total']:>8} in all; {listing['replayed']} were replayed (--all)"]


async def load_letter(
    settings: Settings, topic: str, partition: int, offset: int
) -> tuple[Letter, ConsumerRecord[bytes, bytes], bytes | None]:
    """The letter of the record at this place of a source topic, its record and the original bytes.

    Bytes that the letter does not have are read from the source topic. Raises ``UnknownChoiceError``, or
    ``NoSuchLetterError``, also when the bytes are nowhere any more.
    """
    selection_of([topic], None, settings.source_topics)
    async with _letters(settings, [topic], partition) as (consumer, ledger, _):
        letter = ledger.letter_of(Origin(topic, partition, offset))
        if letter is None:
            place = f"{topic}:{partition}:{offset}"
            message = f"{place} has no dead letter; `deskpulse dlt list --all` shows which records have one"
            raise NoSuchLetterError(message)
        records = await letter_records(consumer, [letter])
        if letter not in records:
            message = f"the dead letter of {letter.origin} has just gone from {letter.topic}"
            raise NoSuchLetterError(message)
        record = records[letter]
        value = record.value
        if letter.omitted:
            sources = await source_records(consumer, [letter])
            if letter not in sources:
                message = (
                    f"the letter of {letter.origin} does not have the value of {letter.size} bytes, and {topic} no"
                    " longer has it"
                )
                raise NoSuchLetterError(message)
            value = sources[letter].value
        return letter, record, value


def letter_json(letter: Letter, value: bytes | None) -> dict[str, Any]:
    """A letter for scripts. ``value`` is its text, ``null`` if it is none; ``value_hex`` then has the bytes."""
    fields = {
        "origin": str(letter.origin),
        "reason": letter.reason,
        "detail": letter.detail,
        "written_at": _time(letter.written_at),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "replays": letter.replays,
        "first_origin": str(letter.root.origin),
        "size": letter.size,
        "value_omitted": letter.omitted,
    }
    try:
        return fields | {"value": None if value is None else value.decode()}
    except UnicodeDecodeError:
        return fields | {"value": None, "value_hex": (value or b"").hex()}


def shown_json(letter: Letter, record: ConsumerRecord[bytes, bytes], value: bytes | None) -> dict[str, Any]:
    """A letter with its key and original headers, for scripts."""
    original, _ = split(record.headers)
    headers = [[name, (content or b"").decode("utf-8", "replace")] for name, content in original]
    key = None if record.key is None else record.key.decode("utf-8", "replace")
    return letter_json(letter, value) | {"key": key, "headers": headers}


def shown_lines(letter: Letter, record: ConsumerRecord[bytes, bytes], value: bytes | None) -> list[str]:
    """A letter for people: the headers, then the original value."""
    shown = shown_json(letter, record, value)
    text = shown.pop("value")
    headers = shown.pop("headers")
    lines = [f"{name:<14} {_plain(content)}" for name, content in shown.items()]
    lines += [f"header         {name}: {_plain(content)}" for name, content in headers]
    return [*lines, "", "(no value)" if value is None else _plain(text if text is not None else repr(value))]


def _plain(content: object) -> str:
    # Dead letters hold whatever somebody sent; control characters would command the terminal.
    return "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in str(content))


async def replay_letters(settings: Settings, plan: ResendPlan) -> dict[str, Any]:
    """Send letters again; what was sent, what could not be, what was sent before.

    Repaired values must be within the limits of the workers.

    Raises ``ReplayOptionsError``, ``RepairError``, ``OriginError`` and ``NoSuchLetterError`` before
    anything is sent.
    """
    if plan.origin is not None and plan.file is None:
        message = "--origin needs a --file with the repaired value"
        raise ReplayOptionsError(message)
    origin = None if plan.origin is None else origin_of(plan.origin)
    now = time.time_ns() // 1_000
    repairs = {} if plan.file is None else read_repairs(plan.file, origin, settings.record_limits, now)
    async with _letters(settings, plan.selection.topics or settings.source_topics) as (consumer, ledger, counts):
        if plan.file is None:
            letters, values = ledger.letters(plan.selection), repairs
            before = sum(plan.selection.has(letter) for letter in ledger) - len(letters)
        else:
            values = _newest(ledger, repairs)
            named = [letter for letter in ledger.letters(plan.selection, only_open=False) if letter.origin in values]
            letters = [letter for letter in named if ledger.status(letter) is Status.OPEN]
            before = len(named) - len(letters)
        chosen = letters[: plan.most]
        producer = None if plan.dry_run else new_producer(await choose_addresses(settings.kafka))
        try:
            if producer is not None:
                await producer.start()
            replay = await send_again(consumer, producer, chosen, values, counts, by_key=plan.by_key)
        finally:
            if producer is not None:
                await producer.stop()
    return {
        "dry_run": plan.dry_run,
        "sent": [str(letter.origin) for letter in replay.sent],
        "failed": [{"origin": str(letter.origin), "why": why} for letter, why in replay.failed.items()],
        "replayed_before": before,
        "left": len(letters) - len(chosen),
    }


def _newest(ledger: Ledger, repairs: Mapping[Origin, bytes]) -> dict[Origin, bytes]:
    """The repaired values by the newest letters of the records that they are for."""
    values = {}
    for origin, value in repairs.items():
        letter = ledger.find(origin)
        if letter is None:
            message = f"{origin} has no dead letter; `deskpulse dlt list --all` shows which records have one"
            raise NoSuchLetterError(message)
        values[letter.origin] = value
    return values


def replay_lines(report: Mapping[str, Any]) -> list[str]:
    """The report of a replay for people."""
    lines = [f"not sent: {failure['origin']}: {failure['why']}" for failure in report["failed"]]
    verb = "would send" if report["dry_run"] else "sent"
    lines.append(f"{verb} {len(report['sent'])} dead letters, {report['replayed_before']} were sent before")
    if report["left"]:
        lines.append(f"{report['left']} are left; --max sends more")
    return lines


@asynccontextmanager
async def _letters(
    settings: Settings, topics: Iterable[str], partition: int | None = None
) -> AsyncIterator[tuple[AIOKafkaConsumer, Ledger, dict[str, int]]]:
    """A consumer, the letters of these source topics, of one partition if it is given, and all partition counts."""
    async with connected_admin(settings.kafka) as admin:
        counts = await partition_counts(admin)
    names = [topic + SUFFIX for topic in topics]
    partitions = [
        TopicPartition(name, number)
        for name in names
        for number in range(counts.get(name, 0))
        if partition in {None, number}
    ]
    try:
        async with reading_consumer(settings.kafka) as consumer:
            yield consumer, await read_ledger(consumer, partitions), counts
    except KafkaError as error:
        message = f"Kafka at {settings.kafka.bootstrap_servers}: {type(error).__name__}: {error}"
        raise KafkaRefusedError(message) from error


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // _MILLISECONDS, UTC).isoformat()
