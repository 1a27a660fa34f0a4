"""Every refusal and every issue of an annex file in words, Chinese and English.

The texts stand in `wording.toml`, one entry per code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType

from duikou.engines.pairing.annex.model import AnnexError, Field, Issue, RepairAction, SourceRef
from duikou.engines.pairing.model import Severity
from duikou.engines.text import Text


@dataclass(frozen=True, slots=True)
class Wording:
    """Severity and texts of one code, with places for facts; a refusal ends the reading."""

    severity: Severity
    expected: Text
    found: Text
    repair: Text
    refusal: bool


def _load() -> Mapping[str, Wording]:
    entries = tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
    wordings = {}
    for code, entry in entries.items():
        refused = entry["severity"] == "refusal"
        wordings[code] = Wording(
            Severity.ERROR if refused else Severity(entry["severity"]),
            Text(*entry["expected"]),
            Text(*entry["found"]),
            Text(*entry["repair"]),
            refused,
        )
    return MappingProxyType(wordings)


WORDINGS = _load()


def issue(
    code: str,
    where: SourceRef,
    *,
    position: int | None = None,
    field: Field | None = None,
    action: RepairAction = RepairAction.NONE,
    value: str | None = None,
    **facts: object,
) -> Issue:
    """An issue of a known code, its texts filled with facts."""
    return replace(
        _filled(code, where, facts), position=position, field=field, repair_action=action, repair_value=value
    )


def refusal(code: str, where: SourceRef | None = None, **facts: object) -> AnnexError:
    """The error that refuses a whole file."""
    return AnnexError(_filled(code, where or SourceRef(), facts))


def _filled(code: str, where: SourceRef, facts: Mapping[str, object]) -> Issue:
    wording = WORDINGS[code]
    expected, found, repair = (
        Text(text.zh.format_map(facts), text.en.format_map(facts))
        for text in (wording.expected, wording.found, wording.repair)
    )
    return Issue(code, wording.severity, where, expected, found, repair)


def shown(text: str, limit: int = 40) -> str:
    """A cell's text for a message: one line, invisible characters escaped, cut when long."""
    visible = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text.strip())
    return visible if len(visible) <= limit else visible[:limit] + "…"
