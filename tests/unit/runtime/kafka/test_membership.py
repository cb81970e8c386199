from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from stream.runtime.kafka.group import holder_of, in_use, static_name
from stream.runtime.kafka.membership import Identity, Member, Standing, described, standing_of, started_at

OWN = Identity.own(6066)


def member(identity: Identity, instance: str | None = "desk-1") -> Member:
    return Member(identity.client_id, "10.0.0.7", instance)


def test_a_client_id_says_who_it_is() -> None:
    assert Identity.of(OWN.client_id) == OWN
    assert (OWN.host, OWN.port, OWN.process) == (socket.gethostname(), 6066, os.getpid())
    assert Identity.of("deskpulse/a/b/6066/7/8") == Identity("a/b", 6066, 7, 8)


@pytest.mark.parametrize(
    "client", ["faust-0.15.2", "deskpulse", "deskpulse/a/1/2", "deskpulse/a/x/2/3", "other/a/1/2/3", ""]
)
def test_other_clients_are_not_taken_for_a_worker(client: str) -> None:
    assert Identity.of(client) is None
    assert standing_of(Member(client, "10.0.0.7", "desk-1"), OWN) is Standing.UNKNOWN


def test_a_process_of_this_host_is_seen_to_run_and_to_have_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        other = Identity(OWN.host, 6067, process.pid, started_at(process.pid) or 0)
        assert standing_of(member(other), OWN) is Standing.RUNS
        # Its number may be that of another process by now.
        assert standing_of(member(replace(other, started=other.started + 1)), OWN) is Standing.GONE
        process.communicate(b"\n")
    assert standing_of(member(other), OWN) is Standing.GONE


def test_one_that_has_ended_and_that_nobody_asked_about_does_not_run() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        other = Identity(OWN.host, 6067, process.pid, started_at(process.pid) or 0)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert standing_of(member(other), OWN) is Standing.GONE


def test_the_process_before_in_a_container_had_the_same_number() -> None:
    assert standing_of(member(replace(OWN, started=OWN.started - 1)), OWN) is Standing.GONE


def test_what_runs_elsewhere_cannot_be_seen() -> None:
    assert standing_of(member(replace(OWN, host="elsewhere")), OWN) is Standing.UNKNOWN


def test_a_broker_that_does_not_tell_who_its_members_are_names_nobody() -> None:
    assert holder_of("desk-1", [Member("", "", "desk-1")], OWN) is None


def test_the_holder_of_a_name_is_another_one_with_it() -> None:
    elsewhere = member(replace(OWN, host="elsewhere"))

    assert holder_of("desk-1", [member(OWN), member(OWN, "desk-2"), elsewhere], OWN) == elsewhere
    assert holder_of("desk-2", [member(OWN), elsewhere], OWN) is None


def test_the_setting_and_the_other_worker_are_named() -> None:
    said = in_use("desk-1", member(Identity("elsewhere", 6066, 7, 8)))

    assert said.startswith(
        "kafka.instance_id 'desk-1' is in use by the worker at elsewhere:6066 (process 7, seen by Kafka at 10.0.0.7);"
    )
    assert described(Member("faust", "10.0.0.7", None)) == "faust at 10.0.0.7"


def test_a_static_name_is_what_stands_before_the_number_that_kafka_gives() -> None:
    number = "-0a1b2c3d-0000-0000-0000-000000000000"

    assert static_name(f"desk-1{number}", "faust") == "desk-1"
    assert static_name(f"faust{number}", "faust") is None
