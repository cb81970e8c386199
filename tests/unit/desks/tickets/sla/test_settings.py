from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.definition import TICKETS
from stream.desks.tickets.sla.policy import SlaMetric
from stream.desks.tickets.sla.policy_check import calendars_of
from stream.desks.tickets.sla.settings import SlaSettings, policies_of, sla_content, span_of
from stream.desks.tickets.timeline import PENDING
from stream.settings.loading import SettingsError, load_policies, load_settings
from stream.state.fingerprint import fingerprint
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE, to_microseconds

PAGE = Path(__file__).parents[5] / "stream/desks/tickets/sla/README.md"

ONE = """
[[sla.policies]]
name = "one"
[sla.policies.targets]
first_reply = "1h"
"""


def written(folder: Path, text: str, name: str = "deskpulse.toml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings(written(folder, text))
    return str(refused.value)


@pytest.mark.parametrize(
    "text, span",
    [
        ("30s", 30 * MICROSECONDS),
        ("4m", 4 * MINUTE),
        ("1h30m", HOUR + 30 * MINUTE),
        ("2d", 2 * DAY),
        ("1.5h", 90 * MINUTE),
    ],
)
def test_a_span_is_a_number_with_a_unit_or_several(text: str, span: int) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize(
    "text", ["", "1", "h", "1w", "-1h", "1h 30m", "0s", "99999d", "0.0000001s", "\u0661h", 60, None, ["1h"]]
)
def test_anything_else_is_no_span(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|must be longer than zero"):
        span_of(text)


def test_without_policies_the_default_one_holds() -> None:
    policies = policies_of(load_settings())
    assert policies is not None

    terms = policies.terms_for(Attributes(channel="Chat", priority="URGENT"))
    first_reply, resolution = terms.targets[SlaMetric.FIRST_REPLY], terms.targets[SlaMetric.RESOLUTION]
    assert terms.policy == "default"
    assert first_reply is not None
    assert first_reply.span == 2 * MINUTE
    assert resolution is not None
    assert (resolution.span, resolution.calendar) == (4 * HOUR, None)
    assert policies.terms_for(Attributes(channel="fax")).targets[SlaMetric.FIRST_REPLY] is None


def test_the_example_on_the_page_about_service_levels_is_a_policy_file(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- policies -->\n```toml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    policies = policies_of(load_settings(written(tmp_path, found.group(1))))
    assert policies is not None

    gold = policies.terms_for(Attributes(priority="Urgent", customer_tier="Gold"))
    resolution = gold.targets[SlaMetric.RESOLUTION]
    assert gold.policy == "gold"
    assert resolution is not None
    assert (resolution.span, resolution.pauses, resolution.warning) == (8 * HOUR, frozenset({PENDING}), 2 * HOUR)
    chat = policies.terms_for(Attributes(channel="chat")).targets[SlaMetric.FIRST_REPLY]
    fax = policies.terms_for(Attributes(channel="fax")).targets[SlaMetric.FIRST_REPLY]
    assert chat is not None
    assert chat.calendar is None
    assert fax is not None
    assert fax.calendar is not None
    # A Saturday night, a public holiday of the country, and one of the settings.
    assert fax.calendar.between(*moments("2026-07-17T20:00:00Z", "2026-07-18T04:00:00Z")) == 8 * HOUR
    assert fax.calendar.between(*moments("2026-05-01T00:00:00Z", "2026-05-01T21:00:00Z")) == 0
    assert fax.calendar.between(*moments("2026-12-24T00:00:00Z", "2026-12-24T23:00:00Z")) == 0


def moments(*texts: str) -> tuple[int, int]:
    start, end = (to_microseconds(datetime.fromisoformat(text)) for text in texts)
    return start, end


@pytest.mark.parametrize(
    "text, lines",
    [
        (ONE.replace('"1h"', '"-1h"'), ["sla.policies.0.targets.first_reply.within", "'-1h' is not a duration"]),
        (ONE.replace('"1h"', '{ within = "1h", pause = ["waiting"] }'), ["targets.first_reply.pause.0", "'pending'"]),
        (
            ONE.replace('"1h"', '{ within = "1h", calendar = "x" }'),
            ["targets.first_reply.calendar: there is no calendar"],
        ),
        (ONE.replace("first_reply", "firstreply"), ["sla.policies.0.targets.firstreply", "'next_reply'"]),
        (ONE.replace('name = "one"', 'name = "one"\ncalendar = "office"'), ["sla.policies.0.calendar: there is no"]),
        (ONE.replace('name = "one"', 'name = "one"\ncalendar = "default"'), ["no day of the calendar 'default'"]),
        (ONE.replace('name = "one"', 'name = "one"\nmatch = { colour = ["red"] }'), ["sla.policies.0.match.colour"]),
        (ONE + ONE, ["sla.policies.1.name: there is a policy 'one' already"]),
        (
            ONE.replace('"1h"', '{ channel = { chat = "1h" }, team = { a = "2h" } }'),
            ["by one attribute, not by channel, team"],
        ),
        ('[sla.calendars.night]\ntime_zone = "Mars/Base"', ["sla.calendars.night.time_zone", "unknown time zone"]),
        (
            '[sla.calendars.night]\nfriday = ["22:00-06:00"]\nsaturday = ["05:00-09:00"]\n' + ONE,
            ["sla.calendars.night.saturday: the shift 05:00-09:00 overlaps 22:00-06:00 of Friday"],
        ),
        (
            '[sla.calendars.night]\nsunday = ["22:00-06:00"]\nmonday = ["05:00-09:00"]\n' + ONE,
            ["sla.calendars.night.monday: the shift 05:00-09:00 overlaps 22:00-06:00 of Sunday"],
        ),
        ('[calendar]\nmonday = ["09:00-17:00", "16:00-18:00"]', ["calendar.monday: the shift 16:00-18:00 overlaps"]),
        (
            '[sla.calendars.night]\nfriday = ["25:00-26:00"]\n' + ONE,
            ["sla.calendars.night.friday: '25:00-26:00' is no"],
        ),
        ('[sla.calendars.x]\ncountry = "XX"', ["sla.calendars.x.country: no public holidays are known for 'XX'"]),
        ('[sla.calendars.x]\ncountry = "DE"\nsubdivision = "QQ"', ["sla.calendars.x.subdivision: DE has no 'QQ'"]),
        ('[sla.calendars.x]\nsubdivision = "BY"', ["sla.calendars.x.subdivision: 'BY' is given without a country"]),
        ('[sla.calendars.default]\nmonday = ["09:00-17:00"]', ["sla.calendars.default: this name means"]),
        ('[sla]\nfile = "policies.toml"', ["sla.file: there is no settings file"]),
        (
            ONE.replace('"1h"', "{ channel = {} }"),
            ["sla.policies.0.targets.first_reply.channel: Dictionary should have"],
        ),
        (
            ONE.replace('"1h"', '{ channel = { Chat = "1h", chat = "2h" } }'),
            ["first_reply.channel: chat is the same as"],
        ),
        (ONE.replace('"1h"', "60"), ["targets.first_reply: 60 is neither a duration such as 4m nor a table"]),
        (ONE.replace('"1h"', f'"{"9" * 400}h"'), ["targets.first_reply.within: ", "shorter than ten years"]),
        (ONE.replace('"one"', '" "'), ["sla.policies.0.name: ' ' is not a printable name"]),
        (ONE.replace('"one"', '"one"\nmatch = { team = [""] }'), ["sla.policies.0.match.team: '' is no value"]),
        (ONE.replace('"one"', '"one"\nmatch = { team = [] }'), ["sla.policies.0.match.team: "]),
        (ONE.replace('"one"', '"one"\ncalendar = ""'), ["sla.policies.0.calendar: '' is not a printable name"]),
        (
            "[sla]\nenabled = false\n" + ONE.replace('"one"', '"one"\ncalendar = "x"'),
            ["sla.policies.0.calendar: there is"],
        ),
    ],
)
def test_what_is_wrong_is_refused_with_the_path_of_the_key_and_the_reason(
    tmp_path: Path, text: str, lines: list[str]
) -> None:
    said = refusal(tmp_path, text)

    assert "\n" not in said
    for line in lines:
        assert line in said


def test_every_wrong_reference_to_a_calendar_has_its_line(tmp_path: Path) -> None:
    text = """
[[sla.policies]]
name = "one"
calendar = "day"
[sla.policies.targets]
first_reply = "1h"
next_reply = "1h"
resolution = { priority = { high = { within = "1h", calendar = "night" }, other = "2h" } }
"""

    assert [line.split(": ")[:2] for line in refusal(tmp_path, text).splitlines()] == [
        ["sla.policies.0.calendar", "there is no calendar 'day'; known are default and none"],
        [
            "sla.policies.0.targets.resolution.priority.high.calendar",
            "there is no calendar 'night'; known are default and none",
        ],
    ]


def test_the_policies_of_a_file_stand_in_the_place_of_those_in_the_settings(tmp_path: Path) -> None:
    written(tmp_path, ONE.replace("sla.", ""), "policies.toml")
    settings = load_settings(written(tmp_path, '[sla]\nfile = "policies.toml"'))
    policies = policies_of(settings)
    assert policies is not None

    assert [policy.name for policy in policies.policies] == ["one"]
    assert fingerprint(TICKETS, settings) == fingerprint(TICKETS, load_settings(written(tmp_path, ONE)))


def test_what_is_wrong_in_a_file_is_told_with_its_name(tmp_path: Path) -> None:
    written(tmp_path, ONE.replace("sla.", "").replace('"1h"', '"1x"'), "policies.toml")

    assert "policies.toml: policies.0.targets.first_reply.within" in refusal(tmp_path, '[sla]\nfile = "policies.toml"')


def test_a_file_beside_policies_in_the_settings_is_refused(tmp_path: Path) -> None:
    written(tmp_path, ONE.replace("sla.", ""), "policies.toml")

    assert "sla.file: policies and calendars are either in that file" in refusal(
        tmp_path, '[sla]\nfile = "policies.toml"\n' + ONE
    )


def test_no_sla_is_possible(tmp_path: Path) -> None:
    assert policies_of(load_settings(written(tmp_path, "[sla]\nenabled = false"))) is None


def test_the_order_of_policies_and_their_targets_decide_the_fingerprint(tmp_path: Path) -> None:
    two = ONE.replace("one", "two")
    texts = ("", ONE, two, ONE + two, two + ONE, ONE.replace("1h", "2h"), "[sla]\nenabled = false")

    assert len({fingerprint(TICKETS, load_settings(written(tmp_path, text))) for text in texts}) == len(texts)


def test_a_policy_file_is_read_by_itself(tmp_path: Path) -> None:
    policies = load_policies(written(tmp_path, ONE.replace("sla.", ""), "policies.toml"))
    assert policies is not None

    assert [policy.name for policy in policies.policies] == ["one"]


@pytest.mark.parametrize(
    "text, line",
    [
        (
            "[[policies]]\nname = 'one'\n[policies.targets]\nfirst_reply = '1x'",
            "policies.0.targets.first_reply.within: ",
        ),
        (ONE.replace("sla.", "") * 2, "policies.1.name: there is a policy 'one' already"),
        ('[calendars.default]\nmonday = ["09:00-17:00"]', "calendars.default: this name means"),
        ('[calendars.night]\nmonday = ["9-5"]', "calendars.night.monday: '9-5' is not a shift"),
        (
            ONE.replace("sla.", "").replace('"one"', '"one"\ncalendar = "x"'),
            "policies.0.calendar: there is no calendar 'x'",
        ),
        ("[[policies]\n", None),
    ],
)
def test_what_is_wrong_in_a_policy_file_is_told_alike_whoever_reads_it(
    tmp_path: Path, text: str, line: str | None
) -> None:
    file = written(tmp_path, text, "policies.toml")
    lead = f"{file} is not valid TOML: " if line is None else f"{file}: {line}"

    said = refusal(tmp_path, '[sla]\nfile = "policies.toml"')
    assert said.startswith(f"sla.file: {lead}")
    assert "\n" not in said
    if line is not None:
        with pytest.raises(SettingsError) as refused:
            load_policies(file)
        assert f"sla.file: {refused.value}" == said


def test_a_policy_file_is_read_without_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKPULSE_WEB__PORT", "many")
    monkeypatch.setenv("DESKPULSE_SLA__ENABLED", "false")

    assert load_policies(written(tmp_path, ONE.replace("sla.", ""), "policies.toml")) is not None


def test_the_environment_can_turn_the_sla_off_and_name_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file = written(tmp_path, "")
    monkeypatch.setenv("DESKPULSE_SLA__FILE", "policies.toml")
    written(tmp_path, ONE.replace("sla.", ""), "policies.toml")
    named = policies_of(load_settings(settings_file))
    monkeypatch.setenv("DESKPULSE_SLA__ENABLED", "false")

    assert named is not None
    assert [policy.name for policy in named.policies] == ["one"]
    assert policies_of(load_settings(settings_file)) is None


def test_calendars_in_the_environment_that_are_not_json_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKPULSE_SLA__CALENDARS", "night")

    with pytest.raises(SettingsError, match=r"^sla\.calendars: 'night' is not JSON"):
        load_settings()


def test_what_is_in_the_policy_file_decides_the_fingerprint(tmp_path: Path) -> None:
    settings_file = written(tmp_path, '[sla]\nfile = "policies.toml"')
    found = set()
    for text in ("", ONE, ONE.replace("1h", "2h"), '[sla.calendars.x]\nmonday = ["09:00-17:00"]\n' + ONE):
        written(tmp_path, text.replace("sla.", ""), "policies.toml")
        found.add(fingerprint(TICKETS, load_settings(settings_file)))

    assert len(found) == 4


def test_how_a_policy_is_written_does_not_decide_the_fingerprint(tmp_path: Path) -> None:
    pauses = ONE.replace('"1h"', '{ within = "1h", pause = ["hold", "pending"] }')
    match = 'name = "one"\nmatch = { team = ["B", "a"] }'
    one = pauses.replace('name = "one"', match)
    other = one.replace('["hold", "pending"]', '["pending", "hold"]').replace('["B", "a"]', '["A", "b", "a"]')

    assert fingerprint(TICKETS, load_settings(written(tmp_path, one))) == fingerprint(
        TICKETS, load_settings(written(tmp_path, other))
    )


def test_pauses_are_in_one_order_in_the_fingerprint_wherever_their_target_stands(tmp_path: Path) -> None:
    pauses = '{ within = "1h", pause = ["pending", "new", "open", "hold"] }'
    text = ONE.replace('"1h"', pauses) + f"resolution = {{ channel = {{ chat = {pauses} }} }}\n"
    settings = load_settings(written(tmp_path, text)).section(SlaSettings)

    (policy,) = sla_content(settings)["policies"]
    ordered = ["hold", "new", "open", "pending"]
    assert policy["targets"]["first_reply"]["pause"] == ordered
    assert policy["targets"]["resolution"]["channel"]["chat"]["pause"] == ordered


def test_the_section_calendar_is_called_default(tmp_path: Path) -> None:
    hours = '[calendar]\nmonday = ["09:00-17:00"]\n'
    text = hours + ONE.replace('name = "one"', 'name = "one"\ncalendar = "default"')
    policies = policies_of(load_settings(written(tmp_path, text)))
    assert policies is not None

    assert [calendar.name for calendar in calendars_of(policies)] == ["default"]
