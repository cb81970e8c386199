"""Where dashboards and their panels are found: uids, ids and the links of alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

UID_PREFIX: Final = "deskpulse-"
_MOST_PANELS: Final = 1_000_000


def uid_of(page: str) -> str:
    """The uid of a dashboard, which never changes."""
    return UID_PREFIX + page


def panel_id(title: str) -> int:
    """The id of a panel on its dashboard: made from its title, so that no other panel that comes or goes changes it."""
    return crc32(title.encode()) % _MOST_PANELS + 1


@dataclass(frozen=True, slots=True)
class DashboardLink:
    """Where an alert leads: a dashboard narrowed by labels of the alert, at a window, opened at the panel so titled."""

    page: str
    labels: tuple[str, ...] = ()
    panel: str = ""
    window: str = ""

    def address(self, base: str) -> str:
        """The address below that of all dashboards, as a template over the labels of an alert."""
        choices = [f"var-{label}={{{{ $labels.{label} | urlquery }}}}" for label in self.labels]
        if self.window:
            choices.append(f"var-window={self.window}")
        if self.panel:
            choices.append(f"viewPanel={panel_id(self.panel)}")
        return f"{base}/{uid_of(self.page)}" + (f"?{'&'.join(choices)}" if choices else "")
