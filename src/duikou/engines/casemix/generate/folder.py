"""Files of invented front pages: in any layout, with planted faults, a whole province as a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

from duikou.engines.casemix.generate.planted import TRUTH, plant
from duikou.engines.casemix.generate.province import Province
from duikou.engines.casemix.generate.submissions import months, submissions
from duikou.engines.casemix.generate.wide import all_wide
from duikou.engines.casemix.generate.writer import write
from duikou.engines.casemix.layouts.definition import layout

NOTE: Final = (
    "演示数据：全部住院病案均为虚构，由随机种子生成；医院名称、行政区划为真实名称，"
    "人口、病种、流向、费用及支援效果均为虚构，不是统计数据。truth.json 为生成时的真值。\n"
    "Demonstration data: every stay is invented from a seed; names of hospitals and divisions are real, "
    "residents, illnesses, flows, costs and effects of support are not. truth.json holds what was put in.\n"
)


def in_layout(
    frames: Iterable[pl.DataFrame], layout_id: str, province: Province, seed: int
) -> Iterator[pl.DataFrame]:
    """The frames in the columns of a layout."""
    return iter(frames) if layout_id == "narrow" else all_wide(frames, layout_id, province, seed)


def planted(
    frames: Iterable[pl.DataFrame], seed: int, share: float, layout_id: str, truths: list[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """The frames with faults; what was planted is added to `truths`, columns by their names in the file."""
    names = layout(layout_id).fields
    among = names.keys() if names else None
    for frame in frames:
        if share:
            frame, truth = plant(frame, seed, share, among=among)
            heading = pl.col("column").replace(dict(names)).alias("heading")
            truths.append(truth.with_columns(heading))
        yield frame


def write_truth(path: Path, truths: list[pl.DataFrame]) -> None:
    """Write what was planted as a table with a mark of its encoding, so that spreadsheets open it."""
    table = pl.concat(truths) if truths else pl.DataFrame(schema=TRUTH)
    write(path, [table.rename({"row": "line"})], encoding="utf-8-sig")


def write_folder(
    folder: Path,
    province: Province,
    *,
    records: int,
    seed: int,
    layout: str = "narrow",
    encoding: str = "utf-8",
    by_year: bool = False,
    share: float = 0.0,
) -> int:
    """Write a province's years; return the number of records.

    Files are `yyyymm/hospital.csv`, or `yyyy.csv`; beside them `truth.json` (what was put in) and,
    with faults, `planted.csv`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truths: list[pl.DataFrame] = []
    total = 0
    for name, frames in _files(province, records, seed, by_year=by_year):
        path = folder / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        here: list[pl.DataFrame] = []
        frames = planted(frames, seed, share, layout, here)
        total += write(path, in_layout(frames, layout, province, seed), encoding=encoding)
        truths += [one.with_columns(file=pl.lit(f"{name}.csv")) for one in here]
    if share:
        write_truth(folder / "planted.csv", truths)
    truth = json.dumps({"records": total, **province.truth()}, ensure_ascii=False, indent=2)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")
    (folder / "演示数据.txt").write_text(NOTE, encoding="utf-8")
    return total


def _files(
    province: Province, records: int, seed: int, *, by_year: bool
) -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
    if not by_year:
        for one in submissions(province, records, seed):
            yield f"{one.month}/{one.hospital}", [one.raw]
        return
    for year in range(province.first_year, province.first_year + province.years):
        yield str(year), _of_year(province, records, seed, year)


def _of_year(province: Province, records: int, seed: int, year: int) -> Iterator[pl.DataFrame]:
    """One year's frames, their rows numbered through."""
    first = 2
    for _month, frame in months(province, records, seed, year=year):
        rows = pl.int_range(first, first + len(frame), dtype=pl.UInt32, eager=True).alias("row")
        first += len(frame)
        yield frame.with_columns(rows)
