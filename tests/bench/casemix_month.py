"""One invented month of a province as files for the bench of the ingest: made once and kept.

The folder's name holds a digest of the generator, so that files of another one are never measured.
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from duikou.engines.casemix import generate
from duikou.engines.casemix.columns import FEES
from duikou.engines.casemix.facts import HOSPITALS
from duikou.engines.casemix.generate.folder import planted
from duikou.engines.casemix.generate.wide import all_wide
from duikou.engines.casemix.generate.writer import write
from duikou.engines.casemix.layouts.definition import layout

SEED = 20240305
SHARE = 0.01
WIDE = "hqms-2020"

COLUMNS = (
    *("hospital", "record_no", "visit_no", "admitted", "discharged", "sex", "birth_date", "age_years"),
    *("age_days", "birth_weight", "admission_weight", "stay_days", "route", "disposition", "department"),
    *("payment", "residence", "total", "own", "pdx", "pdx_condition", "marital", "external_cause"),
    *(f"dx{number:02}" for number in range(1, 6)),
    *("px01", "px01_date", "px01_level", "px02"),
    *(f"fee_{name}" for name in FEES),
)
"""60 columns of the narrow layout: the record, its codes, every fee."""


@dataclass(frozen=True)
class Files:
    """The files and what was planted in them."""

    narrow: Path
    gb18030: Path
    wide: Path
    records: int
    wide_records: int
    truth: pl.DataFrame
    wide_truth: pl.DataFrame
    columns: dict[str, list[str]]  # 60 headings of each file


def files_of(records: int) -> Files:
    """The files of about so many records; the wide one has a quarter of them."""
    folder = Path(tempfile.gettempdir()) / f"duikou-bench-month-{records}-{_digest()}"
    if not folder.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix="duikou-bench-month."))
        _make(unfinished, records)
        unfinished.rename(folder)
    truths = [pl.read_parquet(folder / f"{name}.parquet") for name in ("narrow", "wide")]
    counts = [int(number) for number in (folder / "records.txt").read_text().split()]
    fields = layout(WIDE).fields
    wide = [fields[name] for name in COLUMNS if name in fields]
    wide += [fields[f"dx{number:02}"] for number in range(6, 40)][: len(COLUMNS) - len(wide)]
    return Files(
        folder / "narrow.csv",
        folder / "gb18030.csv",
        folder / "wide.csv",
        *counts,
        *truths,
        columns={"60 columns": list(COLUMNS), "HQMS 811": wide},
    )


def _make(folder: Path, records: int) -> None:
    province = generate.invented_province(SEED, years=1)
    months = generate.months(province, records * 12, SEED)
    clean = pl.concat(frame for _, frame in _first_month(months))
    clean = clean.with_columns(row=pl.int_range(2, len(clean) + 2, dtype=pl.UInt32))
    few = clean.head(len(clean) // 4)
    counts = []
    for name, frame in (("narrow", clean.select("row", *COLUMNS)), ("wide", few)):
        truths: list[pl.DataFrame] = []
        spoiled = list(planted([frame], SEED, SHARE, "narrow" if name == "narrow" else WIDE, truths))
        if name == "narrow":
            write(folder / "narrow.csv", spoiled)
            write(folder / "gb18030.csv", spoiled, encoding="gb18030")
        else:
            write(folder / "wide.csv", all_wide(spoiled, WIDE, province, SEED))
        truths[0].write_parquet(folder / f"{name}.parquet")
        counts.append(str(len(frame)))
    (folder / "records.txt").write_text(" ".join(counts))


def _first_month(months: Iterator[tuple[int, pl.DataFrame]]) -> Iterator[tuple[int, pl.DataFrame]]:
    first, frame = next(months)
    yield first, frame
    yield from itertools.takewhile(lambda one: one[0] == first, months)


def _digest() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(Path(generate.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def hospitals() -> pl.DataFrame:
    """Where the invented hospitals are, as the facts ask for it."""
    province = generate.invented_province(SEED, years=1)
    city = {unit.code: unit.city for unit in province.counties}
    rows = [(one.key, one.key, one.county, city[one.county], None, None) for one in province.hospitals]
    return pl.DataFrame(rows, schema=dict(HOSPITALS), orient="row")
