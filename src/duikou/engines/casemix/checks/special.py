"""Checks that no predicate over one row can express: duplicates, forms of dates, code tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.text import Text

Hashes = npt.NDArray[np.uint64]

FORMS: Final = {
    "-": Text("用“-”分隔", "with “-”"),
    "/": Text("用“/”分隔", "with “/”"),
    ".": Text("用“.”分隔", "with “.”"),
    "年": Text("用“年月日”", "with 年月日"),
    "": Text("不分隔", "without separators"),
}
"""How a date is written: its separator."""


@dataclass
class Seen:
    """The stays that were met so far, as 64-bit digests: 20 bytes for each record.

    Two different stays of ten million have the same digest with a chance of three in a million.
    """

    _runs: list[Hashes] = field(default_factory=list)  # sorted, each at least twice as long as the next
    _order: list[tuple[Hashes, npt.NDArray[np.uint32]]] = field(default_factory=list)

    def repeated(self, pages: pl.DataFrame) -> pl.DataFrame:
        """Positions of pages that repeat an earlier one, with the row that has it first."""
        keys = _keys(pages)
        at = np.flatnonzero(keys.is_not_null().to_numpy())
        digests = keys.drop_nulls().to_numpy()
        rows = pages["row"].to_numpy()[at]
        ordered = np.sort(digests)
        suspects = [ordered[1:][ordered[1:] == ordered[:-1]]]
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, ordered), len(run) - 1)
            suspects.append(ordered[run[place] == ordered])
        doubtful = np.unique(np.concatenate(suspects))
        found = self._tell(doubtful, digests, at, rows) if len(doubtful) else _NONE_REPEATED
        if len(digests):
            self._keep(ordered, digests, rows)
        return found

    def _tell(
        self, doubtful: Hashes, digests: Hashes, at: npt.NDArray[np.int64], rows: npt.NDArray[np.uint32]
    ) -> pl.DataFrame:
        first: dict[int, int] = {}
        for known, numbers in self._order:
            for place in np.flatnonzero(np.isin(known, doubtful)):
                first.setdefault(int(known[place]), int(numbers[place]))
        positions, firsts = [], []
        for place in np.flatnonzero(np.isin(digests, doubtful)):
            digest = int(digests[place])
            if digest in first:
                positions.append(int(at[place]))
                firsts.append(first[digest])
            else:
                first[digest] = int(rows[place])
        return pl.DataFrame({"at": positions, "first": firsts}, schema=_NONE_REPEATED.schema)

    def _keep(self, ordered: Hashes, digests: Hashes, rows: npt.NDArray[np.uint32]) -> None:
        self._order.append((digests, rows.copy()))
        self._runs.append(ordered)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]))


_NONE_REPEATED: Final = pl.DataFrame(schema={"at": pl.UInt32, "first": pl.UInt32})


def _keys(pages: pl.DataFrame) -> pl.Series:
    """A digest of what names a stay: hospital, record and visit (the discharge where no visit is given)."""
    parts = [pl.col("record_no")]
    if "hospital" in pages:
        parts.append(pl.col("hospital").fill_null(""))
    visit = pl.col("visit_no") if "visit_no" in pages else pl.lit(None, pl.String)
    if "discharged" in pages and pages.select(visit.null_count()).item():
        visit = pl.coalesce(visit, pl.col("discharged").cast(pl.Int64).cast(pl.String))
    parts.append(visit.fill_null(""))
    digest = pl.when(pl.col("record_no").is_not_null()).then(pl.struct(parts).hash())
    return pages.select(digest=digest)["digest"]


class DateForms:
    """The form in which most dates of a column are written, learnt from the first frame that has some."""

    def __init__(self) -> None:
        self._usual: dict[str, str] = {}

    def unusual(self, column: str, texts: pl.Series) -> tuple[pl.Series, str]:
        """Positions of dates in another form than the column's, and its form."""
        if column not in self._usual:
            counted = _form_of(texts.drop_nulls()).value_counts(sort=True)
            counted = counted.sort(["count", "form"], descending=[True, False])
            if not counted.height:
                return pl.Series(dtype=pl.UInt32), ""
            self._usual[column] = counted["form"][0]
        usual = self._usual[column]
        if usual and texts.str.contains(usual, literal=True).all():
            return pl.Series(dtype=pl.UInt32), usual
        return (_form_of(texts) != usual).arg_true(), usual


def _form_of(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    form = pl.coalesce(
        *(pl.when(text.str.contains(sign, literal=True)).then(pl.lit(sign)) for sign in FORMS if sign),
        pl.when(text.is_not_null()).then(pl.lit("")),
    )
    return texts.alias("text").to_frame().select(form=form)["form"]


@dataclass(frozen=True)
class Codes:
    """The codes that are known; None = every code is."""

    dx: pl.Series | None = None
    px: pl.Series | None = None

    @classmethod
    def of(cls, dx: Collection[str] | None = None, px: Collection[str] | None = None) -> Codes:
        """Tables out of any collections of codes."""
        return cls(_table(dx), _table(px))

    def given(self) -> Mapping[str, pl.Series]:
        """The tables that are there, by kind."""
        return {kind: table for kind, table in (("dx", self.dx), ("px", self.px)) if table is not None}


def _table(codes: Collection[str] | None) -> pl.Series | None:
    return None if codes is None else pl.Series("code", sorted(codes), dtype=pl.String)


def unknown_codes(codes: pl.Series, known: pl.Series) -> pl.Series:
    """Positions of the codes that are not in a table."""
    distinct = codes.unique().drop_nulls()
    strange = distinct.filter(~distinct.is_in(known.implode()))
    if not len(strange):
        return pl.Series(dtype=pl.UInt32)
    return codes.is_in(strange.implode()).arg_true()
