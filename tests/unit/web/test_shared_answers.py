from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator

import pytest

from stream.web import shared_answers
from stream.web.shared_answers import SharedAnswers, Workshop
from tests.unit.runtime.fakes import settle


class Kitchen:
    """What answers are made of: looks are numbered, and taken when they are let through."""

    def __init__(self, workshop: Workshop) -> None:
        self.answers: SharedAnswers[int, str] = SharedAnswers(workshop, self._take, self._make)
        self.gate = asyncio.Event()
        self.gate.set()
        self.looks = 0
        self.made: list[str] = []
        self.threads: set[str] = set()

    async def _take(self) -> int:
        self.looks += 1
        look = self.looks
        await self.gate.wait()
        return look

    def _make(self, look: int, form: str) -> bytes:
        self.threads.add(threading.current_thread().name)
        self.made.append(f"{form} of {look}")
        if form == "broken":
            raise ArithmeticError(form)
        return self.made[-1].encode()


@pytest.fixture
async def kitchen(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kitchen]:
    monkeypatch.setattr(shared_answers, "_MOST_REST_SECONDS", 0.0)
    workshop = Workshop()
    yield Kitchen(workshop)
    workshop.close()


async def test_all_who_ask_at_once_share_one_answer(kitchen: Kitchen) -> None:
    answers = await asyncio.gather(*(kitchen.answers.get("text") for _ in range(40)))

    assert set(answers) == {b"text of 1"}
    assert kitchen.made == ["text of 1"]


async def test_who_asks_after_the_look_was_begun_gets_the_next_one(kitchen: Kitchen) -> None:
    kitchen.gate.clear()
    first = asyncio.create_task(kitchen.answers.get("text"))
    await settle()
    later = [asyncio.create_task(kitchen.answers.get("text")) for _ in range(5)]
    await settle()
    kitchen.gate.set()

    assert await first == b"text of 1"
    assert set(await asyncio.gather(*later)) == {b"text of 2"}
    assert kitchen.looks == 2


async def test_an_answer_that_was_made_is_not_given_again(kitchen: Kitchen) -> None:
    assert await kitchen.answers.get("text") == b"text of 1"
    assert await kitchen.answers.get("text") == b"text of 2"


async def test_every_form_is_made_once_from_the_same_look(kitchen: Kitchen) -> None:
    wanted = [("text", False), ("text", True), ("text", True), ("json", False)]
    answers = await asyncio.gather(*(kitchen.answers.get(form, compressed=packed) for form, packed in wanted))

    assert [answers[0], gzip.decompress(answers[1]), answers[3]] == [b"text of 1", b"text of 1", b"json of 1"]
    assert answers[1] is answers[2]
    assert kitchen.made == ["text of 1", "json of 1"]


async def test_answers_are_made_in_a_thread_of_their_own(kitchen: Kitchen) -> None:
    await kitchen.answers.get("text")

    assert threading.current_thread().name not in kitchen.threads


async def test_who_goes_away_does_not_take_the_answer_from_the_others(kitchen: Kitchen) -> None:
    kitchen.gate.clear()
    gone, stays = (asyncio.create_task(kitchen.answers.get("text")) for _ in range(2))
    await settle()
    gone.cancel()
    await settle()
    kitchen.gate.set()

    assert await stays == b"text of 1"


async def test_what_nobody_waits_for_any_more_is_not_made(kitchen: Kitchen) -> None:
    kitchen.gate.clear()
    first = asyncio.create_task(kitchen.answers.get("text"))
    await settle()
    gone = asyncio.create_task(kitchen.answers.get("text"))
    await settle()
    gone.cancel()
    kitchen.gate.set()

    assert await first == b"text of 1"
    assert await kitchen.answers.get("json") == b"json of 2"
    assert kitchen.made == ["text of 1", "json of 2"]


async def test_all_who_wait_are_told_of_a_failure_and_the_next_answer_is_made(kitchen: Kitchen) -> None:
    failed = await asyncio.gather(*(kitchen.answers.get("broken") for _ in range(3)), return_exceptions=True)

    assert [type(error) for error in failed] == [ArithmeticError] * 3
    assert await kitchen.answers.get("text") == b"text of 2"
