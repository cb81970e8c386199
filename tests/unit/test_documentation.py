"""The pages: the README is short, links lead somewhere, and every verb and metric is mentioned."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from stream.cli.main import app
from stream.desks.kinds import SOURCE_TOPICS
from stream.metrics.catalogue import CATALOGUE
from stream.state.metric import Metric

ROOT = Path(__file__).parents[2]
FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in folder.rglob("*.md"))])

each_page = pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])


def prose(page: Path) -> str:
    """The page without its code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", lambda code: "`" + "x" * (len(code[0]) - 2) + "`", text)


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: Counter[str] = Counter()
    names = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        names.add(f"{anchor}-{found[anchor]}" if found[anchor] else anchor)
        found[anchor] += 1
    return names


def links(page: Path) -> list[str]:
    """The targets of links and pictures within the repository."""
    targets = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", prose(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def verbs(group: typer.Typer, name: str) -> Iterator[str]:
    """Every command line that does something."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{name} {command.name or command.callback.__name__.replace('_', '-')}"
    for part in group.registered_groups:
        assert part.typer_instance is not None
        yield from verbs(part.typer_instance, f"{name} {part.name}")


VERBS = sorted(verbs(app, "deskpulse"))


def spelled_out(text: str) -> str:
    """The text, and after it each ``deskpulse group one|two`` as its verbs."""
    pages = re.sub(r"\\\|", "|", text)
    lists = re.findall(r"deskpulse ([a-z]+) ([a-z]+(?:\|[a-z]+)+)", pages)
    return "\n".join([pages, *(f"deskpulse {group} {verb}" for group, names in lists for verb in names.split("|"))])


@pytest.fixture(scope="module")
def documentation() -> str:
    """All pages but the log of changes."""
    return spelled_out("\n".join(page.read_text("utf-8") for page in PAGES if page.name != "CHANGELOG.md"))


def test_the_readme_is_at_most_eight_kilobytes_long() -> None:
    assert (ROOT / "README.md").stat().st_size <= 8 * 1024


@pytest.mark.parametrize("topic", SOURCE_TOPICS)
@pytest.mark.parametrize("page", ["README.md", "schemas/README.md"])
def test_the_pages_for_senders_name_every_topic(page: str, topic: str) -> None:
    assert f"`{topic}`" in (ROOT / page).read_text("utf-8")


def test_there_are_pages_with_links_within_the_repository() -> None:
    assert ROOT / "deploy/README.md" in PAGES
    assert "deploy/README.md#guarantees-and-their-limits" in links(ROOT / "README.md")
    assert "guarantees-and-their-limits" in anchors(ROOT / "deploy/README.md")


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)

    assert lost == []


@each_page
def test_no_link_leaves_the_repository(page: Path) -> None:
    assert [path for path in links(page) if not (page.parent / path).resolve().is_relative_to(ROOT)] == []


def test_verbs_and_those_of_groups_are_found() -> None:
    assert {"deskpulse worker", "deskpulse dlt replay", "deskpulse monitoring export"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_names_every_verb(verb: str) -> None:
    assert re.search(rf"{verb}\b", spelled_out((ROOT / "README.md").read_text("utf-8")))


@pytest.mark.parametrize("metric", CATALOGUE, ids=[metric.name for metric in CATALOGUE])
def test_every_metric_is_documented(documentation: str, metric: Metric) -> None:
    assert f"`{metric.exposed_name}`" in documentation or f"`{metric.name}`" in documentation
