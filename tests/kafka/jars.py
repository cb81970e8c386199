"""The jars of Apache Kafka, resolved once by Maven into a cache outside the tree."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from defusedxml import ElementTree

POM: Final = Path(__file__).with_name("pom.xml")
CACHE_VARIABLE: Final = "DESKPULSE_KAFKA_CACHE"
MAVEN_TIMEOUT: Final = 600.0


class KafkaUnavailableError(Exception):
    """Java or Maven is missing, or Maven could not resolve the jars; the message says which."""


def kafka_version() -> str:
    """The version of Kafka that ``pom.xml`` names."""
    version = ElementTree.parse(POM).findtext("{http://maven.apache.org/POM/4.0.0}version")
    if version is None:
        raise KafkaUnavailableError(f"{POM.name} names no version")
    return str(version)


def cache_root() -> Path:
    """Where jars are kept: ``$DESKPULSE_KAFKA_CACHE``, else ``deskpulse`` in the user's cache directory."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deskpulse"


def java() -> str:
    """The ``java`` command; raises ``KafkaUnavailableError`` if there is none."""
    return _command("java", "install Java 17 or newer")


def resolve_jars() -> Path:
    """The directory of the jars, which Maven fills when they are not there or ``pom.xml`` has changed.

    Raises ``KafkaUnavailableError`` if that needs Maven and there is none, or if it fails.
    """
    root = cache_root()
    directory = root / f"kafka-{kafka_version()}"
    root.mkdir(parents=True, exist_ok=True)
    with (root / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _mark_of(directory) != _digest():
            _fill(directory)
    return directory


def _fill(directory: Path) -> None:
    maven = _command("mvn", "install Maven")
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="filling-") as scratch:
        filled = Path(scratch) / "jars"
        command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={filled}"]
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_TIMEOUT, check=False)
        except subprocess.TimeoutExpired as error:
            raise KafkaUnavailableError(f"Maven took more than {MAVEN_TIMEOUT:.0f} s for Kafka's jars") from error
        if result.returncode != 0:
            raise KafkaUnavailableError(f"Maven could not resolve Kafka's jars:\n{result.stdout}{result.stderr}")
        (filled / ".pom").write_text(_digest(), "utf-8")
        shutil.rmtree(directory, ignore_errors=True)
        filled.rename(directory)


def _digest() -> str:
    return hashlib.sha256(POM.read_bytes()).hexdigest()


def _mark_of(directory: Path) -> str | None:
    mark = directory / ".pom"
    return mark.read_text("utf-8") if mark.is_file() else None


def _command(name: str, remedy: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise KafkaUnavailableError(f"a real Kafka needs the command {name}: {remedy}")
    return found
