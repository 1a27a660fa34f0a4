"""How completely the mandatory items are filled in, by hospital and month of discharge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.checks.frame import Frame

ITEMS: Final = {
    "hospital": pl.String,
    "month": pl.Int32,  # yyyymm; 0 where the discharge cannot be read
    "item": pl.String,  # column in the file's own layout
    "expected": pl.Int64,  # records that have to fill it
    "filled": pl.Int64,
}
SCORES: Final = {
    "hospital": pl.String,
    "month": pl.Int32,
    "records": pl.Int64,
    "complete": pl.Int64,  # records with every mandatory item
    "expected": pl.Int64,
    "filled": pl.Int64,
    "score": pl.Float64,  # filled ÷ expected, rounded to 1e-6
}
_KEYS: Final = ("hospital", "month")
_ALL: Final = ""  # the item that counts records

_NO_DAYS: Final = pl.Series(dtype=pl.Int32)
_ROOM: Final = 1 << 20  # of a table of all hospitals and months

Places = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one mandatory column in one frame: the rows that lack it, and who has to fill it (None = all)."""

    item: str
    missing: pl.Series
    asked: pl.Series | None


class Tally:
    """Counts of mandatory items over all frames: rows are items, columns hospitals and months."""

    def __init__(self) -> None:
        self._units: dict[tuple[str, int], int] = {}
        self._items: dict[str, int] = {_ALL: 0}
        self._expected: Counts = np.zeros((0, 0), dtype=np.int64)
        self._missing: Counts = self._expected

    def add(self, frame: Frame, answers: Sequence[Answer]) -> None:
        """Count one frame."""
        if frame.pages.is_empty():
            return
        where, units = _units(frame.pages)
        size = len(units)
        columns = np.array([self._units.setdefault(unit, len(self._units)) for unit in units], dtype=np.int64)
        rows = [self._items.setdefault(one.item, len(self._items)) for one in answers]
        shape = (len(self._items), len(self._units))
        self._expected, self._missing = _grown(self._expected, shape), _grown(self._missing, shape)
        records = np.bincount(where, minlength=size)
        incomplete = np.zeros(len(where), dtype=np.bool_)
        for row, one in zip(rows, answers, strict=True):
            self._expected[row, columns] += (
                records if one.asked is None else _among(where, one.asked.arg_true(), size)
            )
            if len(one.missing):
                self._missing[row, columns] += _among(where, one.missing, size)
                incomplete[one.missing.to_numpy()] = True
        self._expected[0, columns] += records
        self._missing[0, columns] += np.bincount(where[incomplete], minlength=size)

    def result(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """SCORES, in order of hospital and month, and ITEMS, in order of hospital, month and item."""
        units, items = sorted(self._units), sorted(self._items)[1:]
        columns, rows = [self._units[unit] for unit in units], [self._items[item] for item in items]
        expected, missing = self._expected.T[columns], self._missing.T[columns]
        keys = pl.DataFrame(units, schema={name: ITEMS[name] for name in _KEYS}, orient="row")
        filled = expected - missing
        scores = keys.with_columns(
            pl.Series("records", expected[:, 0] if units else [], dtype=pl.Int64),
            pl.Series("complete", filled[:, 0] if units else [], dtype=pl.Int64),
            pl.Series("expected", expected[:, rows].sum(axis=1), dtype=pl.Int64),
            pl.Series("filled", filled[:, rows].sum(axis=1), dtype=pl.Int64),
        ).with_columns(score=quantised(pl.col("filled"), pl.col("expected")))
        unit, item = np.nonzero(expected[:, rows])
        found = keys.select(pl.all().gather(unit)).with_columns(
            pl.Series("item", items, dtype=pl.String).gather(item),
            pl.Series("expected", expected[:, rows][unit, item]),
            pl.Series("filled", filled[:, rows][unit, item]),
        )
        return scores, found


def _grown(counts: Counts, shape: tuple[int, int]) -> Counts:
    """Counts with room for more items and more hospitals and months."""
    return np.pad(counts, [(0, new - old) for new, old in zip(shape, counts.shape, strict=True)])


def _among(where: Places, rows: pl.Series, size: int) -> Places:
    """How many of these rows each unit has."""
    return np.bincount(where[rows.to_numpy()], minlength=size)


def quantised(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A ratio rounded half up to 1e-6, the same on every engine; null where the whole is 0."""
    millionths = (part / whole * 1e6 + 0.5).floor()
    return pl.when(whole > 0).then((millionths / 1e6).round(6))  # a number for a divisor is not exact alone


def _units(pages: pl.DataFrame) -> tuple[Places, list[tuple[str, int]]]:
    """Of each row the place of its hospital and month of discharge among those of the frame, and these."""
    hospitals, names = _hospitals(pages)
    months, numbers = _months(pages)
    where, units = _pressed(hospitals * len(numbers) + months)
    hospital, month = np.divmod(units, len(numbers))
    return where, list(zip(names.gather(hospital).to_list(), numbers[month].tolist(), strict=True))


def _hospitals(pages: pl.DataFrame) -> tuple[Places, pl.Series]:
    """Of each row the place of its hospital among the names; “” where none is given."""
    if "hospital" not in pages:
        return np.zeros(pages.height, dtype=np.int64), pl.Series([""])
    names = pages["hospital"].fill_null("")
    known = names.unique()
    return names.replace_strict(
        known, pl.int_range(len(known), eager=True), return_dtype=pl.Int64
    ).to_numpy(), known


def _months(pages: pl.DataFrame) -> tuple[Places, Places]:
    """Of each row the place of its month among the months (yyyymm); 0 where it is not known."""
    days = pages["discharged"].dt.date().to_physical() if "discharged" in pages else _NO_DAYS
    first, last = cast(int | None, days.min()), cast(int | None, days.max())
    if first is None or last is None:
        return np.zeros(pages.height, dtype=np.int64), np.zeros(1, dtype=np.int64)
    dates = pl.int_range(first, last + 1, dtype=pl.Int32, eager=True).cast(pl.Date)
    numbers = np.append((dates.dt.year() * 100 + dates.dt.month()).to_numpy(), 0)
    return _pressed(numbers[days.fill_null(last + 1).to_numpy() - first])


def _pressed(numbers: Places) -> tuple[Places, Places]:
    """The place of each number among those that occur, and these in order."""
    if int(numbers.max(initial=0)) > _ROOM:  # hospitals and months that are no such, thousands of each
        found, places = np.unique(numbers, return_inverse=True)
        return places, found
    present = np.bincount(numbers, minlength=1) > 0
    return (np.cumsum(present) - 1)[numbers], np.flatnonzero(present)


def renamed(items: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Items under the names of the file."""
    return items.with_columns(pl.col("item").replace(dict(names)))
