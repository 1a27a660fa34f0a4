"""Check a file of front pages from its first to its last record, in bounded memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from duikou.engines.casemix.checks.checker import Checker
from duikou.engines.casemix.checks.results import Checked, Policy, Verdict
from duikou.engines.casemix.checks.special import Codes
from duikou.engines.casemix.columns import CHECKED, PAGES
from duikou.engines.casemix.layouts import Reading, open_file, typed

NEEDS: Final = (
    *PAGES,
    *CHECKED,
    "dx",
    "px",
    "fee",
    "dx_condition",
    "px_date",
    "px_level",
    "px_incision",
    "px_anaesthesia",
)
"""What the checks read of a file, in the words of `layouts.open_file`."""

_MOST_APART = 10_000  # rows set apart whose text is kept for a workbook


@dataclass(frozen=True)
class CheckedFile:
    """A file and what the checks say of it."""

    reading: Reading
    checked: Checked
    apart: pl.DataFrame  # text of the first rows set apart, with `rules`
    whole: bool  # False: the file was refused before its end


def check_file(
    path: Path,
    *,
    expected_hospital: str | None = None,
    expected_month: int | None = None,
    codes: Codes | None = None,
    today: dt.date | None = None,
    policy: Policy | None = None,
    each: Callable[[pl.DataFrame, Verdict], None] | None = None,
) -> CheckedFile:
    """Check a file; `each` is given every frame of text with its verdict. Raises BadFile."""
    reading = open_file(path, needs=NEEDS)
    checker = Checker(
        expected_hospital, expected_month, codes, reading.header, today, policy=policy or Policy()
    )
    apart: list[pl.DataFrame] = []
    left, whole = _MOST_APART, True
    for raw in reading.frames():
        verdict = checker.frame(raw, typed(raw))
        if each:
            each(raw, verdict)
        if left and len(verdict.rejected):
            apart.append(verdict.set_apart(raw).head(left))
            left -= apart[-1].height
        if verdict.refusal:
            whole = False
            break
    together = pl.concat(apart, how="diagonal") if apart else pl.DataFrame(schema={"row": pl.UInt32})
    return CheckedFile(reading, checker.finish(), together, whole)
