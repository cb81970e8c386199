"""The kinds as tests have them: a module each, named as the kind is."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Final

from stream.desks.kinds import KINDS
from tests.kinds.kind_under_test import KindUnderTest

KINDS_UNDER_TEST: Final[tuple[type[KindUnderTest], ...]] = tuple(
    resolve_name(f"tests.kinds.{kind.name}:{kind.name.capitalize()}Under") for kind in KINDS
)
