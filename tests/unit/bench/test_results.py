from __future__ import annotations

import orjson

from tests.bench.results import Results
from tests.bench.scrape import Scrape, series_in
from tests.bench.sla import SlaSpeed


def test_the_json_has_medians_and_the_scrape_closest_above_five_thousand_series() -> None:
    results = Results(
        events=1_000,
        worker=[100.0, 300.0, 200.0],
        raw_loop=[1_000.0, 900.0],
        worker_without_sla=[250.0, 240.0],
        sla=SlaSpeed(100_000, 1.25, 9.0, 90_000.4),
        plain_faust=10.0,
        plain_faust_events=50,
        scrapes=[Scrape(1_020, 1.0), Scrape(5_216, 5.04), Scrape(20_100, 20.0)],
        delays=[0.001 * number for number in range(1, 101)],
    )
    text = results.as_json()
    assert "\n" not in text
    found = orjson.loads(text)
    assert found["worker_events_per_second"] == 200
    assert found["raw_loop_events_per_second"] == 950
    assert found["plain_faust_events_per_second"] == 10
    assert (found["scrape_series"], found["scrape_ms"]) == (5_216, 5.0)
    assert found["event_to_gauge_p99_ms"] == 99.0
    assert found["worker_to_plain_faust_ratio"] == 20.0
    assert found["worker_to_worker_without_sla_ratio"] == 0.816
    assert (found["sla_clocks"], found["sla_timer_turn_ms"], found["deadlines_per_second"]) == (100_000, 1.25, 90_000)


def test_series_are_the_lines_that_are_no_comments() -> None:
    assert series_in(b'# HELP a b\n# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n\n') == 2
