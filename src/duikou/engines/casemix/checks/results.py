"""What the checks answer with: of a frame, and of a whole batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from duikou.engines.casemix.checks.model import Catalogue
from duikou.engines.text import Text

COUNTS: Final = {"rule": pl.String, "column": pl.String, "severity": pl.String, "faults": pl.Int64}
UNKNOWN: Final = {"kind": pl.String, "code": pl.String, "times": pl.Int64}


@dataclass(frozen=True, slots=True)
class Policy:
    """When a whole batch is refused, and how much is kept of its faults."""

    rejected_share: float = 0.2  # of the records, more than this
    shifted_share: float = 0.2
    few: int = 5  # so many rows set apart refuse no batch, however small it is
    kept_faults: int = 200_000  # more are counted, but not kept one by one


@dataclass(frozen=True)
class Verdict:
    """What the checks say of one frame."""

    faults: pl.DataFrame  # all of them, FAULTS
    rejected: pl.Series  # rows set apart
    refusal: Text | None  # why the rest of the file need not be read

    def accepted(self, pages: pl.DataFrame) -> pl.DataFrame:
        """The pages that go on."""
        return accepted(pages, self.rejected)

    def set_apart(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The text of the rows that do not, with the rules they break (`rules`)."""
        return set_apart(raw, self.rejected, self.faults)


@dataclass(frozen=True)
class Checked:
    """What the checks say of a batch."""

    records: int
    faults: pl.DataFrame  # FAULTS, by row; of a large batch the first (Policy.kept_faults)
    left_out: int  # faults that were counted, but are not in `faults`
    rejected: pl.Series  # rows set apart
    counts: pl.DataFrame  # COUNTS
    completeness: pl.DataFrame  # completeness.SCORES
    items: pl.DataFrame  # completeness.ITEMS
    unknown: pl.DataFrame  # UNKNOWN
    refusals: tuple[Text, ...]  # why the batch as a whole is refused
    catalogue: Catalogue

    def accepted(self, pages: pl.DataFrame) -> pl.DataFrame:
        """The pages that go on: none of a refused batch."""
        return pages.clear() if self.refusals else accepted(pages, self.rejected)

    def set_apart(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The text of the rows set apart, with the rules they break (`rules`, as far as they were kept)."""
        return set_apart(raw, self.rejected, self.faults)


def accepted(pages: pl.DataFrame, rejected: pl.Series) -> pl.DataFrame:
    """The pages whose rows are not among these."""
    return pages.filter(~pl.col("row").is_in(rejected.implode())) if len(rejected) else pages


def set_apart(raw: pl.DataFrame, rejected: pl.Series, faults: pl.DataFrame) -> pl.DataFrame:
    """The rows among these, with the rules of severity `reject` that each breaks."""
    rules = (
        faults.filter(pl.col("severity") == "reject")
        .group_by("row")
        .agg(rules=pl.col("rule").unique().sort().str.join(" "))
    )
    rows = raw.filter(pl.col("row").is_in(rejected.implode()))
    return rows.join(rules, on="row", how="left", maintain_order="left")
