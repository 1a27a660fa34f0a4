"""One record for the oracle: its text, what it says, and what its codes are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.unit.engines.casemix.checks.plain import EMPTY, Record


@dataclass
class One:
    """One record: its text, and what it says."""

    raw: Record
    page: dict[str, Any]

    def text(self, name: str) -> str | None:
        """The text without blanks around it; None for nothing."""
        text = self.raw.get(name)
        return None if text is None or text.strip() in EMPTY else text.strip()

    def has(self, *names: str) -> bool:
        """Whether the file has these columns."""
        return all(name in self.raw for name in names)

    def __getattr__(self, name: str) -> Any:
        return self.page[name]

    def given(self, *names: str) -> bool:
        """Whether all of these can be read."""
        return all(self.page[name] is not None for name in names)

    @property
    def diagnoses(self) -> list[str]:
        """Columns of other diagnoses."""
        return sorted(name for name in self.raw if re.fullmatch(r"dx\d\d", name))

    @property
    def operations(self) -> list[str]:
        """Columns of operations."""
        return sorted(name for name in self.raw if re.fullmatch(r"px\d\d", name))

    @property
    def stay(self) -> int | None:
        """Days by the dates."""
        if not self.given("admitted", "discharged"):
            return None
        return max((self.discharged.date() - self.admitted.date()).days, 1)

    @property
    def days_old(self) -> int | None:
        """Days between birth and admission."""
        if not self.given("admitted", "birth_date"):
            return None
        return (self.admitted.date() - self.birth_date).days

    def fee(self, name: str) -> int:
        """An item in fen, 0 where it is not given."""
        return self.page.get(f"fee_{name}") or 0


def words(text: str) -> list[str]:
    """The words of a text, as a list."""
    return text.split()


def category(code: str | None) -> str:
    """Letter and two digits of a diagnosis; empty if it is none."""
    return code[:3] if code and re.fullmatch(r"[A-Z][0-9]{2}", code[:3]) else ""


def chapter(code: str | None) -> int:
    """Number of the chapter of an operation; -1 if it is none."""
    return int(code[:2]) if code and re.match(r"[0-9]{2}(\.|$)", code) else -1


def within(code: str | None, *ranges: str) -> bool:
    """Whether a diagnosis is in one of some ranges."""
    return any(
        first <= category(code) <= (last or first)
        for first, _, last in (one.partition("-") for one in ranges)
    )


def female(code: str | None) -> bool:
    return within(
        code, "C51-C58", "D06", "D25-D28", "D39", "E28", "F53", "N70-N77", "N80-N98", "O00-O99", "Q50-Q52",
        "Z32-Z36", "Z39",
    )  # fmt: skip


def male(code: str | None) -> bool:
    return within(code, "C60-C63", "D29", "D40", "E29", "N40-N51", "Q53-Q55")
