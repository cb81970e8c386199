from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession

from stream.metrics.collector import Vitals
from stream.settings.web import WebSettings
from stream.web.server import PortTakenError, WebServer
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.unit.metrics.scraping import parsed
from tests.unit.web.served_worker import ServedWorker


@dataclass(slots=True)
class Answer:
    """What the server says to one request."""

    status: int
    content_type: str
    text: str
    json: Any = None


@pytest.fixture
def site() -> ServedWorker:
    """A worker that has seen a ticket and two survey answers."""
    made = ServedWorker()
    made.worker.take(ticket("opened", 0, channel="email"), ticket("replied", 60, actor="agent"))
    made.worker.take_of(
        "surveys",
        survey("responded", 10, survey="csat", scale="1-5", score=5, comment="quick", ticket="T-1"),
        survey("responded", 20, "S-2", survey="csat", scale="1-5", score=1, comment="<b>langsam</b>"),
    )
    return made


@pytest.fixture
async def server(site: ServedWorker) -> AsyncIterator[WebServer]:
    """The server of the site, started on a free port."""
    made = WebServer(WebSettings(port=0), site)
    await made.start()
    yield made
    await made.stop()


async def get(server: WebServer, path: str, **headers: str) -> Answer:
    """The answer to a GET request."""
    async with ClientSession() as session, session.get(server.address + path, headers=headers) as response:
        text = await response.text()
        json = await response.json() if response.content_type == "application/json" else None
        return Answer(response.status, response.headers["Content-Type"], text, json)


class TestHealth:
    async def test_it_lives_as_long_as_it_answers(self, server: WebServer, site: ServedWorker) -> None:
        site.ready = False

        assert (await get(server, "/livez")).status == 200

    async def test_it_is_not_ready_before_its_partitions_are_restored(
        self, server: WebServer, site: ServedWorker
    ) -> None:
        site.ready = False
        assert (await get(server, "/readyz")).status == 503

        site.ready = True
        assert (await get(server, "/readyz")).status == 200

    async def test_it_is_not_ready_once_it_stops(self, server: WebServer) -> None:
        server.stopping = True

        assert (await get(server, "/readyz")).status == 503
        assert (await get(server, "/livez")).status == 200

    async def test_it_listens_on_the_loopback_unless_told_otherwise(self, server: WebServer) -> None:
        assert server.address == f"http://127.0.0.1:{server.port}"
        assert server.port != 0

    async def test_a_port_that_is_taken_is_told(self, server: WebServer, site: ServedWorker) -> None:
        with pytest.raises(PortTakenError, match=rf"cannot serve on 127\.0\.0\.1:{server.port}: .*; set web\.port"):
            await WebServer(WebSettings(port=server.port), site).start()

    async def test_a_server_that_was_stopped_before_its_start_can_be_started(self, site: ServedWorker) -> None:
        server = WebServer(WebSettings(port=0), site)
        await server.stop()
        await server.start()
        status = (await get(server, "/livez")).status
        await server.stop()

        assert status == 200


class TestMetrics:
    async def test_the_plain_text_format_is_the_default(self, server: WebServer) -> None:
        answer = await get(server, "/metrics")

        assert answer.status == 200
        assert answer.content_type.startswith("text/plain; version=")
        assert 'helpdesk_open_tickets{channel="email",priority="none",team="none"} 1.0' in answer.text.splitlines()

    async def test_open_metrics_is_served_to_who_asks_for_it(self, server: WebServer) -> None:
        answer = await get(server, "/metrics", Accept="application/openmetrics-text;version=1.0.0")

        assert answer.content_type.startswith("application/openmetrics-text; version=1.0.0")
        assert parsed(answer.text).by_labels("helpdesk_open_tickets", "channel") == {("email",): 1.0}

    async def test_every_scrape_is_worked_out_anew(self, server: WebServer, site: ServedWorker) -> None:
        await get(server, "/metrics")
        site.worker.take(ticket("merged", 70, into="T-2"))

        assert 'channel="email"' not in (await get(server, "/metrics")).text


class TestNumbers:
    async def test_the_final_numbers_are_served_as_json(self, server: WebServer, site: ServedWorker) -> None:
        answer = await get(server, "/api/v1/metrics")

        assert answer.content_type.startswith("application/json")
        expected = site.worker.numbers()
        for part in (expected["state"], *expected["windows"].values()):
            del part["parts"]
        assert answer.json == expected

    async def test_the_parts_come_with_them_when_asked_for(self, server: WebServer, site: ServedWorker) -> None:
        assert (await get(server, "/api/v1/metrics?parts=true")).json == site.worker.numbers()

    async def test_days_are_served(self, server: WebServer) -> None:
        days = (await get(server, "/api/v1/days")).json["days"]

        assert {day: numbers["tickets_opened"] for day, numbers in days.items()} == {"2024-03-04": 1}

    async def test_the_worker_tells_how_it_is_doing(self, server: WebServer, site: ServedWorker) -> None:
        site.state = Vitals(
            events={("helpdesk.tickets", "applied"): 2},
            lags={("helpdesk.tickets", 0): 7},
            next_offsets={("helpdesk.tickets", 0): 93},
            horizons={("helpdesk.tickets", 0): 1_704_067_200_000_000},
            partitions={"helpdesk.tickets": 1},
        )

        assert (await get(server, "/api/v1/worker")).json == {
            "ready": True,
            "topics": {
                "helpdesk.tickets": {
                    "partitions": 1,
                    "records": {"applied": 2},
                    "lag": {"0": 7},
                    "next_offset": {"0": 93},
                    "horizon": {"0": "2024-01-01T00:00:00Z"},
                }
            },
        }


class TestComments:
    async def test_the_newest_come_first(self, server: WebServer) -> None:
        comments = (await get(server, "/api/v1/comments")).json["comments"]

        assert comments == [
            {
                "at": "2024-03-04T12:00:20Z",
                "survey": "csat",
                "scale": "1-5",
                "score": 1,
                "text": "<b>langsam</b>",
                "ticket": None,
            },
            {
                "at": "2024-03-04T12:00:10Z",
                "survey": "csat",
                "scale": "1-5",
                "score": 5,
                "text": "quick",
                "ticket": "T-1",
            },
        ]

    @pytest.mark.parametrize("limit, count", [("0", 0), ("1", 1), ("2", 2), ("1000", 2)])
    async def test_a_limit_bounds_them(self, limit: str, count: int, server: WebServer) -> None:
        answer = await get(server, f"/api/v1/comments?limit={limit}")

        assert len(answer.json["comments"]) == count

    @pytest.mark.parametrize("limit", ["many", "-1", "1.5", "", "%20", "0x10", "1e3", "%C2%B2"])
    async def test_a_limit_that_is_no_number_is_a_bad_request(self, limit: str, server: WebServer) -> None:
        answer = await get(server, f"/api/v1/comments?limit={limit}")

        assert answer.status == 400
        assert "limit is a number of comments" in answer.json["error"]

    @pytest.mark.parametrize("digits", [20, 5_000])
    async def test_a_limit_beyond_all_bounds_is_no_failure_of_the_server(self, digits: int, server: WebServer) -> None:
        answer = await get(server, f"/api/v1/comments?limit={'9' * digits}")

        assert answer.status in {200, 400}


class TestIndex:
    async def test_all_addresses_are_listed(self, server: WebServer) -> None:
        lines = (await get(server, "/")).text.splitlines()

        for path in ("/livez", "/readyz", "/metrics", "/api/v1/metrics", "/api/v1/comments"):
            assert server.address + path in lines

    async def test_every_listed_address_answers(self, server: WebServer) -> None:
        for line in (await get(server, "/")).text.splitlines():
            assert (await get(server, line.removeprefix(server.address))).status == 200

    async def test_anything_else_is_not_found(self, server: WebServer) -> None:
        assert (await get(server, "/api/v1/nothing")).status == 404
