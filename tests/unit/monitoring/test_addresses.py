"""Where alerts lead, and how panels are found again."""

from __future__ import annotations

from stream.monitoring.addresses import DashboardLink, panel_id, uid_of
from stream.monitoring.dashboards.pages import dashboard_pages
from stream.state.panel import Page


def test_the_id_of_a_panel_is_made_from_its_title() -> None:
    assert panel_id("Backlog by team") == 562_362
    titles = {panel.title for page in dashboard_pages() for panel in page.panels}
    assert len({panel_id(title) for title in titles}) == len(titles)


def test_a_link_narrows_by_labels_and_opens_a_panel() -> None:
    link = DashboardLink(Page.TICKETS, ("job", "channel"), "Backlog by team", "1h")

    assert link.address("https://grafana.example/d") == (
        "https://grafana.example/d/deskpulse-tickets?var-job={{ $labels.job | urlquery }}"
        "&var-channel={{ $labels.channel | urlquery }}&var-window=1h&viewPanel=562362"
    )


def test_a_link_to_a_whole_dashboard_has_no_query() -> None:
    assert DashboardLink(Page.NOW).address("http://localhost:3000/d") == f"http://localhost:3000/d/{uid_of('now')}"
