from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.accidents import Machine, SilentAddress, fill_disk


def test_an_address_refuses_connections_but_while_it_hangs() -> None:
    silent = SilentAddress()
    host, port = silent.address.split(":")
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 1)
        silent.hang()
        with socket.create_connection((host, int(port)), 1) as connection:
            connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        silent.heal()
    silent.release()


def test_damage_is_one_byte_of_one_file_of_the_state(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.silent.release()
    assert machine.damage_state(0.5) is None

    folder = tmp_path / "state" / "helpdesk.tickets-0"
    folder.mkdir(parents=True)
    (folder / "1.sst").write_bytes(bytes(8_192))
    (tmp_path / "worker-faults.log").write_bytes(bytes(8_192))
    assert machine.damage_state(0.5) == "1.sst"
    assert sum(map(bool, (folder / "1.sst").read_bytes())) == 1
    assert not any((tmp_path / "worker-faults.log").read_bytes())


def test_a_process_whose_disk_is_full_cannot_write_the_state_any_more(tmp_path: Path) -> None:
    program = "import sys; sys.stdin.readline(); open('state', 'wb').write(bytes(8_192))"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        fill_disk(process.pid)
        _, err = process.communicate(b"\n", timeout=60)

    assert process.returncode == 1
    assert b"File too large" in err
