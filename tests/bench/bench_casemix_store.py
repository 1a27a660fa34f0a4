"""Measure the store of discharges by size of the year: one hospital-month replaced, figures of pages.

    python tests/bench/bench_casemix_store.py                   # 1 and 10 million stays
    python tests/bench/bench_casemix_store.py --stays 200000 2000000

Invents a year of an invented province (fixed seed) in each size, stores it month by month,
then in interleaved rounds replaces single hospital-months and computes what the pages of a
hospital, a county and the province show. CPU seconds of the process with all its threads.
Before anything is measured, figures from the kept sums must equal those from the stays.
Targets at 10 million stays: replacing ≤ 1 s; pages ≤ 2 × the time at 1 million, with the same
number of queries.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import ibis  # noqa: E402
import polars as pl  # noqa: E402

from duikou.engines.casemix.indicators.compute import compute  # noqa: E402
from duikou.engines.casemix.indicators.tables import Tables  # noqa: E402
from duikou.engines.casemix.store import Store, Submission  # noqa: E402
from tests.bench.invented_stays import Province, by_hospital  # noqa: E402

MONTHS = [202501 + number for number in range(12)]
ROUNDS = 5
REPLACE_SECONDS = 1.0
PAGE_RATIO = 2.0

Query = tuple[str, dict[str, Any]]
# What a page shows: the column and value that it is about, and its figures.
PAGES: dict[str, tuple[dict[str, str], list[Query]]] = {
    "hospital": (
        {"hospital": "H0095"},
        [
            ("cases", {"by": "month"}),
            ("grouping_rate", {"by": "month"}),
            ("average_stay", {"by": "month"}),
            ("average_cost", {"by": "month"}),
            ("operation_share", {"by": "month"}),
            ("median_stay", {"by": "month"}),
        ],
    ),
    "county": (
        {"residence": "330102"},
        [
            ("in_county_rate", {"by": "residence,month"}),
            ("in_city_rate", {"by": "residence,month"}),
            ("outflow_destinations", {}),
            ("out_referral_list", {}),
        ],
    ),
    "province": ({}, [("cases", {}), ("cmi", {}), ("low_risk_mortality", {}), ("in_county_rate", {})]),
}


class Year:
    """One store with a year in it."""

    def __init__(self, folder: Path, stays: int) -> None:
        self.stays = stays
        self.store = Store(folder)
        self.version = 1
        self.province = Province()
        begun = time.process_time()
        for stays_of_month in self.province.stays(MONTHS, stays):
            self._submit(stays_of_month)
        self.loading = time.process_time() - begun

    def _submit(self, stays: pl.DataFrame) -> None:
        month = stays["month"][0]
        self.store.replace_many(
            Submission(name, month, 1, f"{name}-1", part) for name, part in by_hospital(stays)
        )

    def replacements(self) -> Iterator[tuple[str, int, pl.DataFrame]]:
        """Return hospital-months of middle size, each with other stays than it has."""
        parts = dict(by_hospital(self.province.month(202612, self.stays // 12)))
        for number in range(ROUNDS):
            hospital, month = f"H{100 + 10 * number:04}", MONTHS[2 * number]
            yield hospital, month, parts[hospital].with_columns(month=pl.lit(month, pl.Int32))

    def replace(self, hospital: str, month: int, stays: pl.DataFrame) -> None:
        self.version += 1
        batch = f"{hospital}-{self.version}"
        self.store.replace(hospital, month, stays, batch, version=self.version)

    def page(self, name: str) -> list[Any]:
        """Compute the figures of a page as a request does: from the folder to the rows."""
        chosen, queries = PAGES[name]
        connection = _connection()
        tables = self.store.tables(connection).kept(lambda _, table: _chosen(table, chosen))
        return [connection.to_pyarrow(compute(key, tables, values)) for key, values in queries]

    def page_from_stays(self, name: str) -> list[Any]:
        """Compute the same from the stays themselves."""
        chosen, queries = PAGES[name]
        connection = _connection()
        tables = Tables.of_facts(_chosen(self.store.facts(connection), chosen))
        return [connection.to_pyarrow(compute(key, tables, values)) for key, values in queries]


def _connection() -> Any:
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")
    return connection


def _chosen(table: Any, chosen: dict[str, str]) -> Any:
    for column, value in chosen.items():
        if column in table.columns:
            table = table.filter(table[column] == value)
    return table


def cpu_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> int:
    """Print the measurements; exit code 1 when figures differ or a target is missed at full size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stays", type=int, nargs=2, default=[1_000_000, 10_000_000])
    sizes = parser.parse_args().stays
    folder = Path(tempfile.mkdtemp(prefix="duikou-bench-store."))
    try:
        return measure([Year(folder / str(stays), stays) for stays in sizes])
    finally:
        shutil.rmtree(folder)


def measure(years: list[Year]) -> int:
    for year in years:
        files = len(year.store.files())
        size = sum(path.stat().st_size for path in year.store.folder.rglob("*.parquet"))
        print(
            f"{year.stays:>10,} stays: loaded in {year.loading:.1f} s CPU, {files} files of facts, "
            f"{size / 1e6:.0f} MB with sums"
        )
    for name in PAGES:
        for one, other in zip(years[0].page(name), years[0].page_from_stays(name), strict=True):
            if not one.equals(other):
                print(f"the {name} page differs between sums and stays", file=sys.stderr)
                return 1
    replacing: list[list[float]] = [[] for _ in years]
    for work in zip(*(year.replacements() for year in years), strict=True):
        for year, (hospital, month, stays), seconds in zip(years, work, replacing, strict=True):
            seconds.append(cpu_seconds(lambda y=year, w=(hospital, month, stays): y.replace(*w)))
    paging: dict[str, list[list[float]]] = {name: [[] for _ in years] for name in PAGES}
    for _ in range(ROUNDS):
        for name, seconds_of in paging.items():
            for year, seconds in zip(years, seconds_of, strict=True):
                seconds.append(cpu_seconds(lambda y=year, n=name: y.page(n)))
    return report(years, replacing, paging)


def report(years: list[Year], replacing: list[list[float]], paging: dict[str, list[list[float]]]) -> int:
    missed = []
    medians = [statistics.median(seconds) for seconds in replacing]
    for year, median, seconds in zip(years, medians, replacing, strict=True):
        print(
            f"{year.stays:>10,} stays: one hospital-month replaced in {median:.3f} s CPU "
            f"(most {max(seconds):.3f})"
        )
    if medians[-1] > REPLACE_SECONDS:
        missed.append(f"replacing takes more than {REPLACE_SECONDS} s")
    totals = [0.0 for _ in years]
    for name, seconds_of in paging.items():
        pages = [statistics.median(seconds) for seconds in seconds_of]
        totals = [total + page for total, page in zip(totals, pages, strict=True)]
        print(
            f"page of a {name}, {len(PAGES[name][1])} figures: "
            f"{' and '.join(f'{page:.3f}' for page in pages)} s CPU, {pages[-1] / pages[0]:.2f} ×"
        )
        if pages[-1] > PAGE_RATIO * pages[0]:
            missed.append(f"the {name} page takes more than {PAGE_RATIO} × the time of the small year")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"all pages: {totals[-1] / totals[0]:.2f} ×; peak memory {peak:.1f} GB")
    for target in missed:
        print(f"target missed: {target}", file=sys.stderr)
    return 1 if missed and years[-1].stays >= 10_000_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
