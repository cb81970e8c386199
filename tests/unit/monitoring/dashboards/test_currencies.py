"""Money is read in the main unit of its currency, whatever decimals that has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stream.monitoring.dashboards.queries import Reader, expression
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure
from tests.monitoring.promql import filled
from tests.monitoring.tools import MonitoringTools, outcome

pytestmark = pytest.mark.prometheus

REVENUE = 'currency_window:helpdesk_revenue_minor_units:sum{{job="deskpulse", currency="{}", window="24h"}}'
SHOWN = {"EUR": (90_550, 905.5), "JPY": (1_200, 1_200), "KWD": (-1_500, -1.5), "CLF": (25_000, 2.5)}


@pytest.mark.parametrize("chosen", [tuple(SHOWN), ("EUR", "KWD"), ("JPY",)])
def test_revenue_is_shown_in_euros_yen_and_dinars(
    monitoring_tools: MonitoringTools, tmp_path: Path, chosen: tuple[str, ...]
) -> None:
    figure = Figure("revenue_minor_units", by=("currency",), window="24h")
    query = expression(figure, Reader(("currency",)), MonitoringSettings())
    shown = [{"labels": f'{{currency="{currency}"}}', "value": SHOWN[currency][1]} for currency in chosen]
    test = {
        "interval": "1m",
        "input_series": [
            {"series": REVENUE.format(currency), "values": str(amount)} for currency, (amount, _) in SHOWN.items()
        ],
        "promql_expr_test": [
            {
                "expr": filled(query, {"job": "deskpulse", "currency": "|".join(chosen)}),
                "eval_time": "0s",
                "exp_samples": shown,
            }
        ],
    }
    file = tmp_path / "revenue.yml"
    file.write_text(yaml.safe_dump({"tests": [test]}), "utf-8")

    status, text = outcome(monitoring_tools.promtool, "test", "rules", file)

    assert status == 0, text
