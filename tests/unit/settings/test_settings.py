from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.settings import TicketSettings
from stream.settings.loading import SettingsError, load_settings
from stream.settings.settings import Settings
from stream.windows.moments import DAY, HOUR
from tests.moments import microseconds
from tests.monitoring.grafana_schemas import REQUIRED_VARIABLE as REQUIRED_SCHEMAS
from tests.monitoring.tools import REQUIRED_VARIABLE as REQUIRED_TOOLS


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("DESKPULSE_") or name in {"BROKER_URL", "WEB_PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def settings_of(text: str) -> Settings:
    """The settings of a file with this text."""
    file = Path("settings.toml")
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def rules_of(settings: Settings) -> TicketRules:
    """The rules by which tickets count."""
    return settings.section(TicketSettings).rules(settings.calendar.calendar())


def complaint_about(text: str) -> str:
    """What is said of a file with this text."""
    with pytest.raises(SettingsError) as caught:
        settings_of(text)
    return str(caught.value)


class TestDefaults:
    def test_nothing_has_to_be_set(self) -> None:
        settings = load_settings()

        assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"
        assert settings.web.host == "127.0.0.1"
        assert settings.clock.mode == "wall"
        assert settings.calendar.calendar() is None

    def test_every_setting_is_described(self) -> None:
        for name, section in Settings.model_fields.items():
            model = section.annotation
            for key, field in getattr(model, "model_fields", {}).items():
                assert field.description, f"{name}.{key}"

    def test_the_rules_have_the_documented_defaults(self) -> None:
        rules = rules_of(load_settings())

        assert rules.first_contact_rule == "one_reply"
        assert rules.first_contact_quiet == 7 * DAY
        assert rules.first_contact_limit == DAY
        assert rules.complaint_categories == {"complaint"}
        assert load_settings().record_limits.skew == HOUR

    def test_every_rule_of_tickets_can_be_set(self) -> None:
        settings = settings_of(
            """
            [tickets]
            complaint_categories = ["billing"]
            first_contact_rule = "closed_within"
            first_contact_days = 2
            first_contact_limit_hours = 1.5
            """
        )

        assert rules_of(settings) == TicketRules(frozenset({"billing"}), "closed_within", 2 * DAY, 3 * HOUR // 2)


class TestSources:
    def test_a_file_sets_what_it_names(self) -> None:
        settings = settings_of('[kafka]\ngroup = "night"\n[tickets]\nfirst_contact_days = 0.5\n')

        assert settings.kafka.group == "night"
        assert settings.kafka.partitions == 4
        assert rules_of(settings).first_contact_quiet == DAY // 2

    def test_the_file_in_the_working_folder_is_read(self) -> None:
        Path("deskpulse.toml").write_text("[web]\nport = 7000\n", encoding="utf-8")

        assert load_settings().web.port == 7000

    def test_the_environment_comes_before_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_WEB__PORT", "7001")

        settings = settings_of('[web]\nport = 7000\nhost = "0.0.0.0"\n')
        assert (settings.web.port, settings.web.host) == (7001, "0.0.0.0")  # noqa: S104 - what the file says

    def test_the_command_line_comes_before_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_WEB__PORT", "7001")

        assert load_settings(web={"port": 7002}).web.port == 7002

    def test_the_names_of_faust_keep_their_meaning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BROKER_URL", "kafka://one:9092;two:9092")
        monkeypatch.setenv("WEB_PORT", "7003")

        settings = load_settings()
        assert settings.kafka.bootstrap_servers == "one:9092,two:9092"
        assert settings.web.port == 7003

    def test_an_option_of_the_command_line_leaves_the_rest_of_its_section(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WEB_PORT", "7003")

        settings = load_settings(web={"host": "::1"})
        assert (settings.web.host, settings.web.port) == ("::1", 7003)

    def test_lists_come_from_the_environment_as_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_LABELS__CHANNEL", '["email", "chat"]')

        assert load_settings().labels.allowed() == {"channel": {"email", "chat"}}

    def test_the_environment_names_the_desks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_DESKS", '["surveys"]')

        assert load_settings().source_topics == ("helpdesk.surveys",)

    def test_desks_that_are_no_list_are_refused_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_DESKS", "surveys")

        assert complaint_about("") == """desks: 'surveys' is not JSON such as ["one", "two"]"""

    def test_settings_cannot_be_changed(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            load_settings().web.port = 1  # type: ignore[misc]


class TestComplaints:
    @pytest.mark.parametrize(
        "text, line",
        [
            ("[kafka]\ngruop = 'x'\n", r"kafka\.gruop: unknown setting; .+"),
            ("[kafak]\ngroup = 'x'\n", r"kafak: unknown setting; .+"),
            ("group = 'x'\n", r"group: unknown setting; .+"),
            ("web = 3\n", r"web: .+ not 3"),
            ("[web]\nport = 'many'\n", r"web\.port: .+ not 'many'"),
            ("[web]\nport = 70000\n", r"web\.port: .+ 65535, not 70000"),
            ("[kafka]\nsession_timeout_seconds = '30s'\n", r"kafka\.session_timeout_seconds: .+ not '30s'"),
            ("[kafka]\nsession_timeout_seconds = 0\n", r"kafka\.session_timeout_seconds: .+ greater than 0, not 0"),
            ("[kafka]\nsession_timeout = 30\n", r"kafka\.session_timeout: unknown setting; .+"),
            ("[kafka]\ngroup = 'two words'\n", r"kafka\.group: .+ not 'two words'"),
            ("[clock]\nmode = 'both'\n", r"clock\.mode: .+'wall' or 'event', not 'both'"),
            (
                "[clock]\ntime_zone = 'Europe/Munich'\n",
                r"clock\.time_zone: .*unknown time zone 'Europe/Munich'; take one such as Europe/Berlin.*",
            ),
            ("[calendar]\ntime_zone = 'CEST'\n", r"calendar\.time_zone: .*unknown time zone 'CEST'.*"),
            ("[calendar]\nmonday = '09:00-17:00'\n", r"calendar\.monday: .+ not '09:00-17:00'"),
            ("[calendar]\nholidays = ['2024-02-30']\n", r"calendar\.holidays\.0: .+ not '2024-02-30'"),
            ("[tickets]\nfirst_contact_rule = 'luck'\n", r"tickets\.first_contact_rule: .+'one_reply'.+ not 'luck'"),
            ("[tickets]\nfirst_contact_days = -1\n", r"tickets\.first_contact_days: .+ not -1"),
            ("[labels]\nlimit = 0\n", r"labels\.limit: .+ not 0"),
            ("[surveys]\nces_inverted = 'perhaps'\n", r"surveys\.ces_inverted: .+ not 'perhaps'"),
        ],
    )
    def test_one_line_names_the_key_and_what_would_be_right(self, text: str, line: str) -> None:
        assert re.fullmatch(line, complaint_about(text))

    @pytest.mark.parametrize(
        "shift",
        [
            "25:00-26:00",
            "09:00-24:01",
            "09:60-10:00",
            "09:00",
            "9-17",
            "nine-five",
            "09:00-12:00-13:00",
            "",
            "24:00-06:00",
            "-1:00-05:00",
        ],
    )
    def test_an_impossible_shift_is_named_with_its_day(self, shift: str) -> None:
        complaint = complaint_about(f'[calendar]\nfriday = ["09:00-17:00", "{shift}"]\n')

        assert complaint == f"calendar.friday: {shift!r} is not a shift such as 09:00-17:30"

    def test_each_wrong_key_has_its_line(self) -> None:
        complaint = complaint_about("[web]\nport = -1\n[kafka]\npartitions = 0\nspeed = 3\n")

        assert sorted(line.split(":")[0] for line in complaint.splitlines()) == [
            "kafka.partitions",
            "kafka.speed",
            "web.port",
        ]

    def test_a_file_that_is_missing_is_named(self) -> None:
        with pytest.raises(SettingsError, match=r"there is no settings file nowhere\.toml"):
            load_settings(Path("nowhere.toml"))

    def test_a_file_that_is_not_toml_is_named(self) -> None:
        assert complaint_about("[web\n").startswith("settings.toml is not valid TOML: ")

    def test_a_file_that_is_not_utf_8_is_named(self) -> None:
        Path("settings.toml").write_bytes(b'[kafka]\ngroup = "\xff"\n')

        with pytest.raises(SettingsError, match=r"settings\.toml"):
            load_settings(Path("settings.toml"))

    @pytest.mark.parametrize(
        "text, words",
        [
            ("a = " + "[" * 100_000, "settings.toml is not valid TOML: it is nested too deeply"),
            ("a = " + "9" * 10_000, "settings.toml is not valid TOML: "),
            ("[tickets]\nfirst_contact_days = inf\n", "tickets.first_contact_days: "),
            ("[tickets]\nfirst_contact_limit_hours = 1e300\n", "tickets.first_contact_limit_hours: "),
            ("[tickets]\nbacklog_hours = nan\n", "tickets.backlog_hours: "),
            ("[retention]\ndays = 1e308\n", "retention.days: "),
            ("[clock]\nskew_seconds = 1e300\n", "clock.skew_seconds: "),
            ("[clock]\nmode = { a = 1 }\n", "clock.mode: "),
        ],
    )
    def test_values_beyond_all_bounds_are_named(self, text: str, words: str) -> None:
        complaint = complaint_about(text)

        assert complaint.startswith(words)
        assert "\n" not in complaint

    def test_a_file_that_cannot_be_read_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(_path: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refused)

        assert complaint_about("") == "cannot read the settings file settings.toml: Permission denied"

    def test_a_name_that_no_file_can_have_is_named(self) -> None:
        with pytest.raises(SettingsError, match=r"^cannot read the settings file x+: File name too long$"):
            load_settings(Path("x" * 5_000))

    @pytest.mark.parametrize(
        "name",
        ["DESKPULSE_KAFKA__GRUOP", "DESKPULSE_KAFAK__GROUP", "DESKPULSE_GROUP", "DESKPULSE_WEB", "DESKPULSE_WEB_PORT"],
    )
    def test_an_unknown_variable_of_the_environment_is_named(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, "1")

        with pytest.raises(SettingsError) as caught:
            load_settings()
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_wrong_value_in_the_environment_is_named_by_its_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSE_WEB__PORT", "many")

        with pytest.raises(SettingsError, match=r"^web\.port: .+ not 'many'$"):
            load_settings()

    def test_a_list_in_the_environment_that_is_not_json_is_named_by_its_key(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DESKPULSE_CALENDAR__MONDAY", "09:00-17:00")

        with pytest.raises(SettingsError, match=r"^calendar\.monday: [^\n]+$"):
            load_settings()

    def test_variables_of_other_programs_are_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DESKPULSER_GROUP", "1")
        for name in ("DESKPULSE_REQUIRE_KAFKA", REQUIRED_TOOLS, REQUIRED_SCHEMAS):
            monkeypatch.setenv(name, "1")

        assert load_settings().kafka.group == "deskpulse"


class TestCalendar:
    def test_shifts_holidays_and_zone_make_the_business_calendar(self) -> None:
        settings = settings_of(
            '[calendar]\ntime_zone = "Europe/Berlin"\nmonday = ["09:00-12:30", "13:30-18:00"]\n'
            'friday = ["22:00-06:00"]\nholidays = ["2024-03-11"]\n'
        )
        calendar = rules_of(settings).calendar

        assert calendar is not None
        week = calendar.between(microseconds("2024-03-04T00:00:00+01:00"), microseconds("2024-03-11T00:00:00+01:00"))
        assert week == 16 * HOUR
        holiday = calendar.between(microseconds("2024-03-11T00:00:00+01:00"), microseconds("2024-03-12T00:00:00+01:00"))
        assert holiday == 0

    @pytest.mark.parametrize(
        "shift, hours",
        [("00:00-24:00", 24), ("22:00-06:00", 8), ("16:00-24:00", 8), ("23:30-00:30", 1), ("0:00-1:00", 1)],
    )
    def test_a_shift_may_reach_midnight_or_beyond(self, shift: str, hours: int) -> None:
        calendar = settings_of(f'[calendar]\nwednesday = ["{shift}"]\n').calendar.calendar()

        assert calendar is not None
        assert (
            calendar.between(microseconds("2024-03-04T00:00:00Z"), microseconds("2024-03-11T00:00:00Z")) == hours * HOUR
        )


class TestInstance:
    def test_a_worker_is_named_by_host_and_port(self) -> None:
        name = load_settings(web={"port": 7000}).instance_id

        assert name is not None
        assert name.endswith("-7000")

    def test_a_worker_on_any_port_has_no_name(self) -> None:
        assert load_settings(web={"port": 0}).instance_id is None

    def test_a_name_that_was_given_is_kept(self) -> None:
        assert load_settings(kafka={"instance_id": "left"}, web={"port": 0}).instance_id == "left"
