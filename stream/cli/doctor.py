"""``deskpulse doctor``: a line for each check, then what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from stream.doctor.rules import Finding
from stream.runtime.kafka.topics import Health, worst


def has_problems(findings: Sequence[Finding]) -> bool:
    """Whether there is a problem."""
    return worst(finding.severity for finding in findings) is Health.PROBLEM


def findings_lines(findings: Sequence[Finding]) -> list[str]:
    """The findings for people, and their number."""
    lines = [f"{finding.severity:<8} {finding.check:<10} {finding.what}" for finding in findings]
    to_do = [f"  {finding.what}\n    {finding.way_out}" for finding in findings if finding.way_out]
    if to_do:
        lines += ["", "What to do:", *to_do]
    return lines


def findings_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings for scripts."""
    return {
        "worst": worst(finding.severity for finding in findings),
        "findings": [asdict(finding) for finding in findings],
    }
