"""Lists of codes in one column (`dx`, `sdx`, `px`, joined by |) to one column for each code."""

from __future__ import annotations

import polars as pl


def split_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace list columns by numbered ones: as many as the longest list of the frame has."""
    for column in [name for name in frame.columns if name.startswith("list ")]:
        kind = column.removeprefix("list ")
        names = _names(kind, _longest(frame[column]))
        parts = frame[column].str.split_exact("|", len(names) - 1).struct.rename_fields(names)
        filled = parts.struct.unnest().with_columns(pl.all().replace("", None))
        frame = frame.drop(column).hstack(filled)
    return frame


def _longest(lists: pl.Series) -> int:
    most = lists.str.count_matches("|", literal=True).max()
    return 1 + (most if isinstance(most, int) else 0)


def _names(kind: str, count: int) -> list[str]:
    if kind == "dx":
        return ["pdx", *(f"dx{number:02d}" for number in range(1, count))]
    prefix = "px" if kind == "px" else "dx"
    return [f"{prefix}{number:02d}" for number in range(1, count + 1)]
