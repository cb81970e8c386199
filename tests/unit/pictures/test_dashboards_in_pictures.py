"""Which dashboards have pictures, and which series and rules these need."""

from __future__ import annotations

from datetime import timedelta

from tests.monitoring.configuration import DEPLOY
from tests.pictures.answers import THEMES
from tests.pictures.dashboards import dashboards, rules_for, sampled_names
from tests.pictures.faults import too_large
from tests.pictures.story import DAY

ALL = timedelta()


def test_every_dashboard_has_a_picture_in_each_theme_that_its_page_links_to() -> None:
    page = (DEPLOY / "README.md").read_text("utf-8")
    for dashboard in dashboards():
        for theme in THEMES:
            name = f"pictures/dashboard-{dashboard.name}-{theme}.png"
            assert not list(too_large(DEPLOY / name))
            assert name in page


def test_a_rule_comes_after_those_that_it_needs() -> None:
    known: set[str] = set()
    records = {rule.record for rule in rules_for(ALL)}
    for rule in rules_for(ALL):
        assert {name for name in records if f"{name}{{" in rule.expression or f"({name})" in rule.expression} <= known
        known.add(rule.record)
    assert "category_window:helpdesk_contact_category:ratio" in known


def test_what_a_recorded_result_is_made_of_is_sampled_too() -> None:
    names = sampled_names(ALL)
    assert {"helpdesk_first_reply_seconds_bucket", "helpdesk_build_info"} <= names
    assert not any(":" in name for name in names)


def test_only_what_dashboards_of_the_week_show_is_sampled_all_week() -> None:
    week = sampled_names(DAY)
    assert week < sampled_names(ALL)
    assert "helpdesk_survey_responses" in week
