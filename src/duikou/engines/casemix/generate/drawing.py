"""Drawing from many tables of shares at once, without a loop over records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


class Shares:
    """Rows of relative frequencies; `draw` picks a column for each row number.

    Row r is laid out from r to r + 1 in one rising list, so that one binary search of
    r + u serves all rows.
    """

    def __init__(self, frequencies: npt.ArrayLike) -> None:
        """Take one row or many (last axis: the columns); a row of zeros can never be drawn from."""
        table = np.atleast_2d(np.asarray(frequencies, dtype=np.float64))
        self.columns = table.shape[-1]
        running = table.reshape(-1, self.columns).cumsum(axis=1)
        running /= np.where(running[:, -1:] > 0, running[:, -1:], 1.0)
        running[:, -1] = 1.0
        self._line = (running + np.arange(len(running))[:, None]).ravel()

    def draw(self, chance: np.random.Generator, rows: npt.NDArray[np.integer] | int, size: int) -> Numbers:
        """Pick a column for each of these rows (or `size` times from one row)."""
        at = np.searchsorted(self._line, rows + chance.random(size), side="right")
        return np.minimum(at - np.asarray(rows) * self.columns, self.columns - 1)


def ranges(table: Sequence[tuple[float, float, float]], width: int) -> npt.NDArray[np.float64]:
    """Ranges (from, to, frequency) as an array of `width` rows, filled up with ranges never drawn."""
    rows = [*table, *[(0.0, 0.0, 0.0)] * (width - len(table))]
    return np.array(rows, dtype=np.float64)


def age_in_years(birth: Days, on: Days) -> Numbers:
    """Full years between two days, as a calendar counts them."""
    years = on.astype("datetime64[Y]").astype(np.int64) - birth.astype("datetime64[Y]").astype(np.int64)
    return years - (_day_in_year(on) < _day_in_year(birth))


def _day_in_year(days: Days) -> Numbers:
    """A number that orders days within any year: month times 32 plus day."""
    months = days.astype("datetime64[M]")
    day = (days - months).astype(np.int64)
    return (months.astype(np.int64) % 12) * 32 + day
