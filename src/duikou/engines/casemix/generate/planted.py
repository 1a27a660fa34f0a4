"""Plant known faults into clean front pages: what a check of the pages must find, and where."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.generate.faults import DUPLICATE, Kind, kinds

TRUTH: Final = {
    "row": pl.UInt32,
    "kind": pl.String,
    "title_zh": pl.String,
    "title_en": pl.String,
    "column": pl.String,  # canonical name of the column that must be named
    "before": pl.String,
    "after": pl.String,
    "checks": pl.String,  # ids of the checks that must name it, joined by blanks; empty: legal writing
    "rejected": pl.Boolean,  # the record must be kept apart
    "original": pl.UInt32,  # of a duplicate: the row it repeats
}
"""What was planted, one line for each spoiled record."""

STREAM: Final = 5  # of chance


def plant(
    raw: pl.DataFrame, seed: int, share: float = 0.01, *, among: Collection[str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spoil this share of the records, one fault in each, all kinds equally often; return them and the truth.

    What a rare kind cannot take goes to the commoner ones; faults of a whole submission
    (another hospital, another month) only where all records are of one hospital and month.
    Kinds that need a column which is not `among` those of the file in the end are left out.
    Raises ValueError for a share outside 0 to 0.5.
    """
    if not 0 <= share <= 0.5:
        raise ValueError("a share from 0 to 0.5 was expected")
    which = zlib.crc32(str(raw["record_no"][0]).encode()) if len(raw) else 0
    chance = np.random.Generator(np.random.PCG64([seed, STREAM, which]))
    columns = set(raw.columns) if among is None else set(among)
    possible = [
        kind
        for kind in kinds()
        if {kind.column, *kind.fits.meta.root_names()} <= columns
        and (not kind.submission or _one_submission(raw))
    ]
    wanted = int(len(raw) * share + chance.random())  # a small submission gets one now and then
    free = np.ones(len(raw), dtype=bool)
    free[:1] = False  # the first record has none before it to repeat
    changes: dict[str, dict[int, str | None]] = defaultdict(dict)
    truth: list[dict[str, object]] = []
    sources = _Sources(raw, chance, wanted, free)
    begin = int(chance.integers(len(possible)))  # the kinds that come once more often begin anywhere
    numbers = [(wanted + (place - begin) % len(possible)) // len(possible) for place in range(len(possible))]
    rarest_first = sorted(
        zip(possible, numbers, strict=True),
        key=lambda pair: (int(_fitting(raw, pair[0]).sum()), pair[0].name != DUPLICATE),
    )
    owed = 0  # what rarer kinds could not take
    for kind, number in rarest_first:
        wanted_here, planted = number + owed, len(truth)
        places = np.flatnonzero(_fitting(raw, kind) & free)
        for place in sorted(chance.permutation(places)[:wanted_here].tolist()):
            original = sources.before(place) if kind.name == DUPLICATE else None
            if kind.name == DUPLICATE and original is None:
                continue
            free[place] = False
            row = raw.row(place, named=True)
            new = _repeated(raw, original) if original is not None else kind.spoil(row)
            for column, value in new.items():
                changes[column][place] = value
            truth.append(_entry(kind, row, new, None if original is None else raw["row"][original]))
        owed = wanted_here - (len(truth) - planted)
    return _changed(raw, changes), pl.DataFrame(truth, schema=TRUTH).sort("row")


class _Sources:
    """Records that stay as they are, to be repeated: each once, each before its repetition."""

    def __init__(self, raw: pl.DataFrame, chance: np.random.Generator, wanted: int, free: np.ndarray) -> None:
        number = max(1, wanted // len(kinds()) + 1) if wanted else 0
        self._places = sorted(chance.permutation(len(raw) // 2)[:number].tolist())
        free[self._places] = False

    def before(self, place: int) -> int | None:
        """A record before this one that was not repeated yet."""
        if not self._places or self._places[0] >= place:
            return None
        return int(self._places.pop(0))


def _one_submission(raw: pl.DataFrame) -> bool:
    """Whether all records are of one hospital and month."""
    return len(raw) > 0 and raw["hospital"].n_unique() == 1 and raw["discharged"].str.head(7).n_unique() == 1


def _fitting(raw: pl.DataFrame, kind: Kind) -> np.ndarray:
    fits = raw.select(kind.fits.alias("fits").cast(pl.Boolean).fill_null(False)).to_series()
    return np.asarray(fits.new_from_index(0, len(raw)) if len(fits) != len(raw) else fits)


def _repeated(raw: pl.DataFrame, original: int) -> dict[str, str | None]:
    row = raw.row(original, named=True)
    del row["row"]
    return row


def _entry(
    kind: Kind, row: Mapping[str, str | None], new: Mapping[str, str | None], original: int | None
) -> dict[str, object]:
    return {
        "row": row["row"],
        "kind": kind.name,
        "title_zh": kind.title.zh,
        "title_en": kind.title.en,
        "column": kind.column,
        "before": row.get(kind.column),
        "after": new.get(kind.column, row.get(kind.column)),
        "checks": " ".join(kind.checks),
        "rejected": kind.rejected,
        "original": original,
    }


def _changed(raw: pl.DataFrame, changes: Mapping[str, Mapping[int, str | None]]) -> pl.DataFrame:
    columns = []
    for name, values in changes.items():
        if name not in raw.columns:
            continue
        places = np.full(len(raw), -1)
        places[list(values)] = np.arange(len(values))
        spoiled = pl.Series(places >= 0)
        new = pl.Series(list(values.values()), dtype=pl.String).gather(np.maximum(places, 0))
        columns.append(raw[name].zip_with(~spoiled, new).alias(name))
    return raw.with_columns(columns)
