"""What goes into the store and what comes out of its log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import polars as pl

from duikou.engines.casemix.columns import FACTS
from duikou.engines.text import Text

METADATA: Final = "units"
"""Key in a commit's metadata under which its submissions are listed."""


class Unit(NamedTuple):
    """The unit of change: all stays that one hospital discharged in one month."""

    hospital: str
    month: int  # yyyymm

    def __str__(self) -> str:
        return f"{self.hospital}/{self.month}"


class Refused(Exception):
    """The store does not take this; the text says what was expected, found and can be done."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Busy(Refused):
    """Another process has been writing for longer than we may wait."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One hospital-month as it is to stand in the store from now on."""

    hospital: str
    month: int
    version: int  # counts the submissions of this hospital-month, beginning with 1
    batch: str  # id of the upload it came with
    facts: pl.DataFrame

    @property
    def unit(self) -> Unit:
        """What is replaced."""
        return Unit(self.hospital, self.month)


@dataclass(frozen=True, slots=True)
class Landed:
    """One submission as the log knows it: the point of truth after a crash."""

    unit: Unit
    version: int
    batch: str
    commit: int  # version of the table that it made

    def written(self) -> dict[str, Any]:
        """The form in a commit's metadata (the commit knows its own number)."""
        return {
            "hospital": self.unit.hospital,
            "month": self.unit.month,
            "version": self.version,
            "batch": self.batch,
        }


@dataclass(frozen=True, slots=True)
class Commit:
    """One entry of the log: submissions, or housekeeping that changes no content (no units)."""

    version: int
    at: dt.datetime  # UTC
    operation: str
    landed: tuple[Landed, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call of `replace` did."""

    version: int  # of the table, after it
    changed: bool  # False: this very batch was in the store already


def checked(submission: Submission) -> pl.DataFrame:
    """Return the facts in the store's own columns and types; refuse rows of another hospital or month."""
    facts = submission.facts
    missing = [name for name in FACTS if name not in facts.columns]
    if missing:
        names = ", ".join(missing)
        raise Refused(
            Text(
                f"入库表缺少列：{names}。请按事实表的列定义提供全部列。",
                f"The table lacks the columns {names}. Give all columns of the table of facts.",
            )
        )
    if _strange(submission):
        wrong = facts.filter(
            (pl.col("hospital") != submission.hospital).fill_null(True)
            | (pl.col("month") != submission.month).fill_null(True)
            | pl.col("city").is_null()
        )
        first = wrong.row(0, named=True)
        raise Refused(
            Text(
                f"本次提交应只含医疗机构 {submission.hospital} 在 {submission.month} 月出院的记录且须有城市，"
                f"但有 {wrong.height} 条不符，首条为 {first['hospital']}、{first['month']}、{first['city']}。"
                "请按医疗机构和出院月份分开提交。",
                f"This submission may hold stays of hospital {submission.hospital} in month "
                f"{submission.month} only, each with its city; {wrong.height} rows differ, the first is of "
                f"{first['hospital']}, {first['month']}, {first['city']}. "
                "Submit each hospital and month of discharge apart.",
            )
        )
    named = facts.select(list(FACTS)).with_columns(batch=pl.lit(submission.batch))
    schema = pl.Schema(FACTS)
    return named if named.schema == schema else named.cast(schema)


def _strange(submission: Submission) -> bool:
    """Whether some row is of another hospital or month, or has no city."""
    hospital, month, city = submission.facts["hospital"], submission.facts["month"], submission.facts["city"]
    return bool(
        any(column.null_count() for column in (hospital, month, city))
        or (hospital != submission.hospital).any()
        or (month != submission.month).any()
    )
