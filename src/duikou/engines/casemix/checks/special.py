"""Checks that no predicate over one row can express: duplicates, forms of dates, code tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.checks.texts import octet_at
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
        within = ordered[1:][ordered[1:] == ordered[:-1]]
        before = [ordered[_are_in(ordered, run)] for run in self._runs]
        met = np.unique(np.concatenate(before)) if before else within[:0]
        doubtful = np.union1d(within, met)
        found = (
            self._tell(doubtful, met, digests, at, rows) if len(doubtful) else pl.DataFrame(schema=_REPEATED)
        )
        if len(digests):
            self._keep(ordered, digests, rows)
        return found

    def _tell(
        self,
        doubtful: Hashes,
        met: Hashes,
        digests: Hashes,
        at: npt.NDArray[np.int64],
        rows: npt.NDArray[np.uint32],
    ) -> pl.DataFrame:
        """Of the stays whose digest is in doubt: those that are not the first with it."""
        some = _are_in(digests, doubtful)
        here = pl.DataFrame({"digest": digests[some], "row": rows[some], "at": at[some]})
        known = [here.select("digest", "row")]
        for earlier, numbers in self._order if len(met) else ():
            same = _are_in(earlier, met)
            known.append(pl.DataFrame({"digest": earlier[same], "row": numbers[same]}))
        first = pl.concat(known).group_by("digest").agg(first=pl.col("row").min())
        return (
            here.join(first, on="digest", maintain_order="left")
            .filter(pl.col("row") != pl.col("first"))
            .select("at", "first")
            .cast(_REPEATED)
        )

    def _keep(self, ordered: Hashes, digests: Hashes, rows: npt.NDArray[np.uint32]) -> None:
        self._order.append((digests, rows.copy()))
        self._runs.append(ordered)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]))


def _are_in(digests: Hashes, run: Hashes) -> npt.NDArray[np.bool_]:
    """Whether each digest is in a sorted run."""
    if not len(run):
        return np.zeros(len(digests), dtype=np.bool_)
    places = np.minimum(np.searchsorted(run, digests), len(run) - 1)
    found: npt.NDArray[np.bool_] = run[places] == digests
    return found


_REPEATED: Final = pl.Schema({"at": pl.UInt32, "first": pl.UInt32})


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
        self._usual: dict[str, int] = {}

    def unusual(self, column: str, texts: pl.Series) -> tuple[npt.NDArray[np.int64], str]:
        """Positions of dates in another form than the column's, and its form."""
        forms = _FORM_OF_OCTET[octet_at(texts, _SEPARATOR_AT)]
        if column not in self._usual:
            counted = np.bincount(forms, minlength=len(FORMS) + 1)[1:]
            if not counted.any():
                return np.empty(0, dtype=np.int64), ""
            self._usual[column] = int(np.argmax(counted)) + 1
        usual = self._usual[column]
        return np.flatnonzero((forms != usual) & (forms > 0)), list(FORMS)[usual - 1]


_SEPARATOR_AT: Final = 4  # behind the year


def _forms() -> npt.NDArray[np.int8]:
    """By the byte behind the year: the place of the form in FORMS, from 1; 0 = no date."""
    table = np.zeros(256, dtype=np.int8)
    for place, sign in enumerate(FORMS, start=1):
        table[list(b"0123456789") if not sign else sign.encode()[0]] = place
    return table


_FORM_OF_OCTET: Final = _forms()


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
