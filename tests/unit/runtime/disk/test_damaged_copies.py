from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from schemas.events import TICKETS_TOPIC
from stream.runtime.disk.damaged_copies import KEPT, damaged_copies, set_aside
from stream.runtime.disk.rocks_rows import RocksRows
from stream.runtime.faust.restoring import Restoring
from stream.runtime.faust.state_table import StateTable
from stream.runtime.kafka.fencing import first_claim
from stream.state.marker import decode_marker, encode_marker
from stream.state.partition import PartitionState
from stream.state.rows import ENTITY, KINDS, MARKER, DamagedRowsError, Row
from tests.kinds.tickets import ticket
from tests.kinds.worker import UNLIMITED, Worker, records_of
from tests.moments import MINUTE

PARTITION = TP(TICKETS_TOPIC, 0)
TICKETS = 600
BATCH = 150
CUTS = 60
FOLDER = "helpdesk.tickets-0"


@dataclass
class FakeConsumer:
    """Reads the changelog of one partition, some rows at a time."""

    rows: list[Row]
    place: int = 0

    def assign(self, partitions: list[TopicPartition]) -> None:
        assert partitions == [TopicPartition(*PARTITION)]

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.place = offset

    async def position(self, _: TopicPartition) -> int:
        return self.place

    async def getmany(self, *partitions: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        assert timeout_ms
        start, self.place = self.place, min(len(self.rows), self.place + 1_000)
        records = [
            SimpleNamespace(key=row.key, value=row.value, offset=start + number)
            for number, row in enumerate(self.rows[start : self.place])
        ]
        return {partitions[0]: records}


@dataclass
class Restart:
    """A worker that begins again with what it finds in a folder."""

    folder: Path
    changelog: list[Row]
    rebuilds: int = 0
    worker: Worker = field(default_factory=Worker)

    def note(self) -> None:
        self.rebuilds += 1

    def new_state(self, _: int, end: int) -> PartitionState:
        return self.worker.new_state("tickets", RocksRows(self.folder, FOLDER, end=end, rebuilding=self.note))

    async def restored(self) -> PartitionState:
        end = len(self.changelog)
        states = {PARTITION: self.new_state(0, end)}
        tables = {PARTITION: cast("StateTable", SimpleNamespace(new_state=self.new_state))}
        restoring = Restoring(states, tables)
        consumer = cast("AIOKafkaConsumer", FakeConsumer(self.changelog))
        try:
            start = max(0, states[PARTITION].rows.position - 1)
            await restoring.read(consumer, {PARTITION: start}, {PARTITION: end})
            await restoring.load(consumer, {PARTITION: end})
        except BaseException:
            states[PARTITION].rows.close()
            raise
        return states[PARTITION]


@dataclass
class Story:
    """What a worker has left: its changelog, its copy, and what both come to."""

    changelog: list[Row]
    copy: Path
    rows: dict[bytes, bytes]
    numbers: Any


def rows_of(state: PartitionState) -> dict[bytes, bytes]:
    return {key: value for kind in KINDS for key, value in state.rows.scan(kind)}


def events() -> list[bytes]:
    story = []
    for number in range(TICKETS):
        subject = f"T-{number:05}"
        story += [
            ticket("opened", number, subject, channel="email", team=f"team {number % 7}", priority="high"),
            ticket("replied", number + MINUTE, subject, actor="agent", visibility="public"),
        ]
    return story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("copy")
    changelog: list[Row] = []
    values = events()
    for first in range(0, len(values), BATCH):
        # Begun anew for each batch, so that there are files of several generations.
        worker = Worker(events_between=400)
        rows = RocksRows(folder, FOLDER, end=len(changelog))
        state = worker.new_state("tickets", rows)
        state.loaded()
        outcome = state.take_in(records_of(values[first : first + BATCH], first), wall_now=1 << 60, row_bytes=UNLIMITED)
        changelog += outcome.rows
        rows.settle(outcome.rows, len(changelog))
        rows.close()
    worker = Worker()
    state = worker.new_state("tickets")
    state.load(changelog)
    state.loaded()
    worker.tickets = state
    return Story(changelog, folder, rows_of(state), worker.numbers())


async def assert_is_as_the_changelog(story: Story, folder: Path) -> int:
    """Restart on a folder; return how often the copy was made anew."""
    restart = Restart(folder, story.changelog)
    state = await restart.restored()
    restart.worker.tickets = state
    try:
        assert rows_of(state) == story.rows
        assert restart.worker.numbers() == story.numbers
    finally:
        state.rows.close()
    return restart.rebuilds


async def assert_survives(story: Story, tmp_path: Path, spoil: Callable[[Path], None], what: str) -> int:
    folder = tmp_path / "spoilt"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(story.copy, folder)
    spoil(folder / FOLDER)
    try:
        rebuilds = await assert_is_as_the_changelog(story, folder)
        assert rebuilds == len(damaged_copies(folder / FOLDER)) <= 1
        # What was made anew is good.
        assert not rebuilds or await assert_is_as_the_changelog(story, folder) == 0
    except Exception as error:
        raise AssertionError(what) from error
    return rebuilds


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.stat().st_size)


async def test_a_copy_that_is_whole_is_read_as_it_is(story: Story, tmp_path: Path) -> None:
    assert await assert_survives(story, tmp_path, lambda _: None, "nothing") == 0


async def test_a_copy_of_a_changelog_that_was_deleted_and_made_anew_since_is_not_gone_on_from(
    story: Story, tmp_path: Path
) -> None:
    shutil.copytree(story.copy, tmp_path, dirs_exist_ok=True)
    claim = first_claim(1_800_000_000)
    anew = [
        Row(key, encode_marker(decode_marker(value)._replace(claim=claim)) if key == MARKER and value else value)
        for key, value in story.changelog
    ]
    expected = Worker().new_state("tickets")
    expected.load(anew)
    restart = Restart(tmp_path, anew)
    state = await restart.restored()
    try:
        assert (restart.rebuilds, state.claim) == (1, claim)
        assert rows_of(state) == rows_of(expected)
    finally:
        state.rows.close()


@pytest.mark.parametrize("flips", [30, pytest.param(200, marks=pytest.mark.slow)])
async def test_a_flipped_bit_anywhere_never_changes_a_number(story: Story, tmp_path: Path, flips: int) -> None:
    random_places = random.Random(flips)
    names = [path.name for path in files_of(story.copy / FOLDER)]
    rebuilds = 0
    for count in range(flips):
        name = names[count % len(names)]
        size = (story.copy / FOLDER / name).stat().st_size
        place, bit = random_places.randrange(size), 1 << random_places.randrange(8)

        def flip(folder: Path, name: str = name, place: int = place, bit: int = bit) -> None:
            content = bytearray((folder / name).read_bytes())
            content[place] ^= bit
            (folder / name).write_bytes(content)

        rebuilds += await assert_survives(story, tmp_path, flip, f"bit {bit} of byte {place} of {name}")
    assert rebuilds > flips // 10


@pytest.mark.slow
async def test_a_file_that_was_cut_short_or_overwritten_never_changes_a_number(story: Story, tmp_path: Path) -> None:
    random_places = random.Random(8)
    names = [path.name for path in files_of(story.copy / FOLDER)]
    for count in range(CUTS):
        name = names[count % len(names)]
        place = random_places.randrange((story.copy / FOLDER / name).stat().st_size)

        def cut(folder: Path, name: str = name, place: int = place) -> None:
            (folder / name).write_bytes((folder / name).read_bytes()[:place])

        def overwrite(folder: Path, name: str = name, place: int = place) -> None:
            content = (folder / name).read_bytes()
            (folder / name).write_bytes(content[:place] + bytes(len(content[place:][:512])) + content[place + 512 :])

        await assert_survives(story, tmp_path, cut, f"{name} cut at {place}")
        await assert_survives(story, tmp_path, overwrite, f"{name} overwritten at {place}")


async def test_a_file_that_is_gone_never_changes_a_number(story: Story, tmp_path: Path) -> None:
    for path in sorted((story.copy / FOLDER).iterdir()):
        name = path.name
        await assert_survives(story, tmp_path, lambda folder, name=name: (folder / name).unlink(), f"without {name}")  # type: ignore[misc]


@pytest.mark.parametrize("key", [b"\0position", b"m", b"eT-00001"], ids=["position", "marker", "entity"])
async def test_a_row_that_makes_no_sense_is_damage(story: Story, tmp_path: Path, key: bytes) -> None:
    def spoil(folder: Path) -> None:
        rows = RocksRows(folder.parent, folder.name, end=len(story.changelog))
        rows.restore([Row(key, b"\xc1")])
        rows.close()

    assert await assert_survives(story, tmp_path, spoil, "a row") == 1


async def test_a_changelog_that_makes_no_sense_is_no_damage_of_the_copy(tmp_path: Path, story: Story) -> None:
    changelog = [Row(ENTITY + b"T-1", b"\xc1"), *story.changelog[-1:]]
    restart = Restart(tmp_path, changelog)

    with pytest.raises(Exception, match="MessagePack"):
        await restart.restored()
    assert restart.rebuilds == 0


async def test_damage_that_is_met_later_stops_the_worker_and_the_next_one_makes_the_copy_anew(
    story: Story, tmp_path: Path
) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(story.copy, folder)
    restart = Restart(folder, story.changelog)
    state = restart.new_state(0, len(story.changelog))
    for path in (folder / FOLDER).glob("*.sst"):
        # In place, for the store has the files open.
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size // 2))
    more = [ticket("resolved", 2 * TICKETS, f"T-{number:05}") for number in range(TICKETS)]
    with pytest.raises(DamagedRowsError, match=r"is damaged .*; start again: it is rebuilt from the changelog"):
        state.take_in(records_of(more, 1 << 40), wall_now=1 << 60, row_bytes=UNLIMITED)
    state.rows.close()

    assert restart.rebuilds == 1
    assert await assert_is_as_the_changelog(story, folder) == 0


def test_a_few_damaged_copies_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "file").write_text(str(number))
        set_aside(tmp_path / FOLDER, now=1_000.5 + number)

    kept = damaged_copies(tmp_path / FOLDER)
    assert [(path / "file").read_text() for path in kept] == ["2", "3", "4"]
    assert kept[-1].name == f"{FOLDER}.damaged-19700101T001644.500000Z"
