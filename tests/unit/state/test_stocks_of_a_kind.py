"""The stock of a kind: who may leave it, its checkpoints, and how it is shown."""

from __future__ import annotations

import pytest

from stream.core import Core
from stream.metrics.collector import Vitals
from stream.metrics.final_numbers import final_numbers
from stream.metrics.stock_samples import stock_samples
from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.settings.settings import new_settings
from stream.state.checkpoint import outdated
from stream.state.contributing import Contributor
from stream.state.desk import Desk
from stream.state.fingerprint import fingerprint
from stream.state.kind import Kind, Workplace
from stream.state.labels import LabelBounds
from stream.state.measure import Measure
from stream.state.records import RecordLimits
from stream.state.rows import ENTITY, STOCK
from stream.state.stock import Stock, StockTotal
from stream.state.value_desks import ValueDesks
from stream.windows.moments import DAY, MINUTE, to_microseconds
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import LIFETIME, WINDOWS
from tests.kinds.errand_story import START, begun, done
from tests.kinds.errand_worker import ErrandWorker, MovableClock, recount
from tests.kinds.errands.desk import ErrandDesk
from tests.unit.metrics.scraping import scrape

MINUTES_OF_A_DAY = 24 * 60
NAME = "errands_under_way"


def guests(*having: Stock) -> Kind:
    """A kind with these stocks, and nothing else."""

    class Guests(Kind):
        name = "guests"
        measures = ()
        stocks = having

        def new_group(self, workplace: Workplace) -> ValueDesks:
            return ValueDesks(self, workplace, lambda context: ErrandDesk(context, 0))

    return Guests()


def moment(minute: int) -> int:
    return to_microseconds(START) + minute * MINUTE


def known(worker: ErrandWorker) -> set[str]:
    """The subjects in the state."""
    return {key[1:].decode() for key in worker.state.rows.keys(ENTITY)}


def live_until(worker: ErrandWorker, first: int, last: int) -> list[str]:
    """Let an errand of a minute happen on each day after the first up to the last; its events."""
    values = [text for day in range(first + 1, last + 1) for text in _short(day)]
    for value in values:
        worker.take(value)
    return values


def _short(day: int) -> tuple[str, str]:
    return begun(1_000 + day, day * MINUTES_OF_A_DAY), done(1_000 + day, day * MINUTES_OF_A_DAY + 1)


class TestDeparture:
    KEPT_FOR_LONG = RecordLimits(kept=32 * DAY)
    KEPT_BRIEFLY = RecordLimits(kept=DAY)

    def test_an_entity_that_a_stock_still_has_never_leaves(self) -> None:
        worker = ErrandWorker(events_between=1, limits=self.KEPT_FOR_LONG)
        worker.take(begun(0, 0, means="van"))
        live_until(worker, 0, 150)

        assert "E-0" in known(worker)
        assert len(known(worker)) < 80
        assert worker.read()[0] == {"van": 1}

    def test_an_entity_whose_steps_a_window_covers_stays_though_nothing_happened_to_it_for_long(self) -> None:
        worker = ErrandWorker(events_between=1, limits=self.KEPT_BRIEFLY)
        log = [begun(0, 0, means="van"), done(0, 90)]
        worker.take(*log)
        log += live_until(worker, 0, 29)
        assert "E-0" in known(worker)
        assert worker.read() == recount(log, worker.core.clock.now())

        log += live_until(worker, 29, 40)
        assert "E-0" not in known(worker)
        assert worker.read() == recount(log, worker.core.clock.now())

    @pytest.mark.parametrize("fingerprint", [b"", b"other"], ids=["from a checkpoint", "worked out anew"])
    def test_what_left_is_missed_by_no_restart(self, fingerprint: bytes) -> None:
        worker = ErrandWorker(events_between=1, limits=self.KEPT_FOR_LONG)
        log = [text for number in range(20) for text in (begun(number, number), done(number, 3 * number))]
        worker.take(*log)
        log += live_until(worker, 0, 80)
        again = ErrandWorker(rows=worker.rows, fingerprint=fingerprint, limits=self.KEPT_FOR_LONG)

        assert len(known(worker)) < 60
        assert again.read() == worker.read() == recount(log, worker.core.clock.now())

    def test_steps_are_settled_only_if_each_stock_has_nothing_left_of_them(self) -> None:
        desk = ErrandWorker().state.desk
        desk.settled_before = 100

        assert self.settled(desk, (1, 10, 2), (1, 99, -2))
        assert not self.settled(desk, (1, 10, 1), (2, 99, -1))
        assert not self.settled(desk, (1, 10, 1), (1, 100, -1))
        assert self.settled(desk)

    @staticmethod
    def settled(desk: Desk[object], *steps: tuple[int, int, int]) -> bool:
        return desk.are_settled(steps)


class TestCheckpoints:
    def test_a_restart_from_a_checkpoint_asks_no_entity_for_its_steps(self) -> None:
        worker = ErrandWorker(events_between=1)
        log = [begun(0, 0, means="van"), done(0, 90), begun(1, 30), begun(2, -50 * MINUTES_OF_A_DAY)]
        worker.take(*log)
        without_entities = [[row for row in batch if row.key[:1] != ENTITY] for batch in worker.rows]

        assert ErrandWorker(rows=without_entities).read() == worker.read() == recount(log, moment(90))

    def test_one_of_other_settings_is_replaced_whole(self) -> None:
        worker = ErrandWorker(events_between=1)
        worker.take(begun(0, 0), done(0, 90), begun(1, -50 * MINUTES_OF_A_DAY))
        changed = ErrandWorker(rows=worker.rows, fingerprint=b"other", events_between=1)
        changed.take(done(0, -1), done(1, -51 * MINUTES_OF_A_DAY))

        again = ErrandWorker(rows=changed.rows, fingerprint=b"other")
        assert again.read() == changed.read() == recount([], moment(90))

    def test_one_writes_only_the_hours_in_which_anything_changed(self) -> None:
        worker = ErrandWorker(events_between=1)
        first = worker.take(begun(0, 0), begun(1, 59), begun(2, 60)).rows
        second = worker.take(done(1, 119)).rows
        hours = [[row.key for row in rows if row.key[:1] == STOCK] for rows in (first, second)]

        assert [len(keys) for keys in hours] == [2, 1]
        assert set(hours[1]) < set(hours[0])

    def test_hours_that_have_left_every_window_leave_with_the_next_one(self) -> None:
        worker = ErrandWorker(events_between=1)
        worker.take(begun(0, 0), done(0, 90))
        live_until(worker, 0, 40)

        steps, sums = 31, 1
        assert len([*worker.state.rows.keys(STOCK)]) == steps + sums

    def test_none_of_it_is_left_where_checkpoints_are_outdated(self) -> None:
        worker = ErrandWorker(events_between=1)
        worker.take(begun(0, 0), begun(1, -50 * MINUTES_OF_A_DAY))
        assert [*worker.state.rows.keys(STOCK)]
        worker.state.rows.write([*outdated(worker.state.rows, 1)])

        assert not [*worker.state.rows.keys(STOCK)]


class TestShowing:
    @pytest.fixture
    def worker(self) -> ErrandWorker:
        made = ErrandWorker(MovableClock(moment(120)))
        made.take(begun(0, 0, means="van"), done(0, 90), begun(1, 30, means="van"), begun(2, 119, means="bicycle"))
        return made

    def everything(self, view: WorkerView) -> list[object]:
        return [list(stock_samples(view)), final_numbers(view, parts=True)]

    def test_a_scrape_has_level_integral_and_what_was_before(self, worker: ErrandWorker) -> None:
        found = scrape(worker.view, Vitals)

        assert found.by_labels(f"helpdesk_{NAME}", "means") == {("van",): 1, ("bicycle",): 1}
        assert found.by_labels(f"helpdesk_{NAME}_seconds", "means", "window")["van", "1h"] == 90 * 60
        assert found.by_labels(f"helpdesk_{NAME}_before", "means", "window") == {
            ("van", "5m"): 1,
            ("van", "1h"): 2,
        }

    def test_the_final_numbers_have_them_too(self, worker: ErrandWorker) -> None:
        numbers = final_numbers(worker.view(), parts=True)

        assert numbers["state"][NAME] == 2
        assert {part["labels"]["means"]: part["level"] for part in numbers["state"]["parts"][NAME]} == {
            "van": 1,
            "bicycle": 1,
        }
        assert numbers["windows"]["1h"][NAME] == {"seconds": 91 * 60, "mean": 91 / 60, "before": 2}
        assert numbers["windows"]["1h"]["parts"][NAME] == [
            {"labels": {"means": "bicycle"}, "seconds": 60, "before": 0},
            {"labels": {"means": "van"}, "seconds": 90 * 60, "before": 2},
        ]
        assert NAME not in numbers["windows"][LIFETIME]

    def test_partitions_add_up(self, worker: ErrandWorker) -> None:
        view = worker.core.view({"errands": [worker.state, worker.state]})

        assert view.levels()[NAME] == {("van",): 2, ("bicycle",): 2}
        assert view.stocks("1h").totals[NAME]["van",] == StockTotal(4, 180 * MINUTE, 2)

    def test_a_detached_view_stays_as_it_was(self, worker: ErrandWorker) -> None:
        before, view = self.everything(worker.view()), worker.view()
        view.detach(WINDOW_NAMES)
        worker.take(done(1, 100), begun(3, 110))

        assert self.everything(view) == before
        assert self.everything(worker.view()) != before

    def test_a_view_is_right_for_its_moment_and_moves_nothing(self, worker: ErrandWorker) -> None:
        clock = worker.core.clock
        assert isinstance(clock, MovableClock)
        before = worker.read()
        clock.moment = moment(130)
        assert worker.view().stocks("5m").totals[NAME]["bicycle",].integral == 5 * MINUTE
        clock.moment = moment(120)

        assert worker.read() == before

    def test_a_stock_without_labels_is_shown_as_zero_while_there_is_nothing(self) -> None:
        worker = ErrandWorker()
        core = Core(new_settings(), kinds=(guests(Stock("guests", (), "Guests in the house.", before=True)),))
        view = core.view({"guests": [worker.state]})
        shown = {metric.name: dict(values) for metric, values in stock_samples(view)}

        assert shown["helpdesk_guests"] == {(): 0}
        assert shown["helpdesk_guests_before"] == {(shape.name,): 0 for shape in WINDOWS}
        assert shown["helpdesk_guests_seconds"] == {(shape.name,): 0 for shape in WINDOWS}

    def test_a_worker_without_a_partition_does_not_say_that_there_is_nothing(self) -> None:
        core = Core(new_settings(), kinds=(guests(Stock("guests", (), "Guests in the house.", before=True)),))
        shown = {metric.name: dict(values) for metric, values in stock_samples(core.view({"guests": []}))}

        assert shown == {"helpdesk_guests": {}, "helpdesk_guests_before": {}, "helpdesk_guests_seconds": {}}


class TestDefinition:
    STOCK = Stock("guests", ("channel",), "Guests in the house.", levels=((),))

    def test_what_is_before_is_exported_only_if_it_is_asked_for(self) -> None:
        names = [metric.name for metric in self.STOCK.metrics]

        assert names == ["helpdesk_guests", "helpdesk_guests_seconds"]
        assert self.STOCK.integral.levels == (("window",),)

    def test_a_stock_and_its_labels_are_in_the_fingerprint_of_its_kind(self) -> None:
        others = Stock("guests", ("team",), "Guests in the house.")
        kinds = [guests(), guests(self.STOCK), guests(others)]

        assert len({fingerprint(kind, new_settings()) for kind in kinds}) == len(kinds)

    def test_a_kind_without_stocks_has_the_fingerprint_that_it_had_before_there_were_any(self) -> None:
        assert fingerprint(guests(), new_settings()).hex() == "1eb87acd844bc953"

    def test_a_stock_and_a_measure_of_the_same_name_are_refused(self) -> None:
        with pytest.raises(ValueError, match="there are two measures guests"):
            Contributor(SeriesRegistry(), LabelBounds(9, {}), [Measure("guests", (), "Guests.")], [self.STOCK])

    def test_a_measure_takes_no_steps_and_a_stock_no_counts(self) -> None:
        contributor = Contributor(
            SeriesRegistry(), LabelBounds(9, {}), [Measure("visits", (), "Visits.")], [self.STOCK]
        )

        with pytest.raises(KeyError):
            contributor.step("visits", {}, 0, 1)
        with pytest.raises(KeyError):
            contributor.count("guests", {"channel": "phone"}, 0)
