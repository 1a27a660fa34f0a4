"""Measure the whole way of front pages into the store, beside a bare count of the same file.

    python tests/bench/bench_casemix_ingest.py                   # 400,000 records, 3 rounds
    python tests/bench/bench_casemix_ingest.py --records 50000 --rounds 5

Two files of one invented month of a province with planted faults: 60 columns, and the full HQMS
layout (811 columns) with a quarter of the records; the first once more in GB 18030. They are made once
and kept in the folder for temporary files. The way is: open, read, type, check with reasons, keep
faulty rows apart, write the workbook, group by the project's own scheme, reduce to facts, commit
every hospital-month to a new Delta store with its sums. Beside it DuckDB counts the records of the
same file, and reads 60 of its columns as text into memory.

CPU seconds of this process with all its threads, interleaved rounds, medians. Nothing is told before
the number of records and of stays is right, the rows kept apart are the planted ones, every planted
fault is found and the store of the GB 18030 file equals the other's, cell by cell. Exit code 1 when that
is not so or a target is missed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import duckdb  # noqa: E402
import ibis  # noqa: E402
import polars as pl  # noqa: E402

from duikou.engines.casemix import checks, facts, grouper, layouts, major_diseases, scheme  # noqa: E402
from duikou.engines.casemix.data import STARTER  # noqa: E402
from duikou.engines.casemix.store import Store, Submission  # noqa: E402
from tests.bench.casemix_month import SEED, Files, files_of, hospitals  # noqa: E402

COUNT, PARSE, GB18030 = 3.5, 1.8, 1.15
"""The most that ours may cost: beside a bare count, a parse of 60 columns, our UTF-8."""

SCHEME = scheme.load(STARTER)
DISEASES = major_diseases.load()
WITHOUT_TABLE = {"FP-009", "FP-010"}  # without a table of codes every code is known


@dataclass
class Ingested:
    """What one way through left, and what its parts cost."""

    records: int = 0
    rejected: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt32))
    faults: pl.DataFrame = field(default_factory=pl.DataFrame)
    stored: pl.DataFrame = field(default_factory=pl.DataFrame)
    seconds: dict[str, float] = field(default_factory=dict)


class Clock:
    """Adds up CPU seconds by the name of the part that ended."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._last = time.process_time()

    def end(self, part: str) -> None:
        now = time.process_time()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._last
        self._last = now


def ingest(path: Path, places: pl.DataFrame) -> Ingested:
    """From the file to a committed store."""
    folder = Path(tempfile.mkdtemp(prefix="duikou-bench-ingest."))
    try:
        clock = Clock()
        reading = layouts.open_file(path, needs=checks.NEEDS)
        checker = checks.Checker(names=reading.header)
        apart: list[pl.DataFrame] = []
        made: list[pl.DataFrame] = []
        for raw in reading.frames():
            clock.end("read")
            pages = layouts.typed(raw)
            clock.end("type")
            verdict = checker.frame(raw, pages)
            pages = verdict.accepted(pages)
            apart.append(verdict.set_apart(raw))
            clock.end("check")
            groups = grouper.group(pages, SCHEME)
            clock.end("group")
            made.append(
                facts.facts_of(pages, groups, hospitals=places, major_diseases=DISEASES, batch="bench")
            )
            clock.end("facts")
        clock.end("read")
        checked = checker.finish()
        clock.end("check")
        book = checks.workbook(checked, pl.concat(apart, how="diagonal_relaxed"), name=path.name)
        (folder / "faults.xlsx").write_bytes(book)
        clock.end("workbook")
        store = Store(folder / "store")
        parts = pl.concat(made).partition_by("hospital", "month", as_dict=True)
        store.replace_many(Submission(str(h), m, 1, "bench", part) for (h, m), part in sorted(parts.items()))
        clock.end("store")
        return Ingested(
            checked.records, checked.rejected, checked.faults, _content(store), seconds=clock.parts
        )
    finally:
        shutil.rmtree(folder)


def _content(store: Store) -> pl.DataFrame:
    connection = ibis.duckdb.connect()
    stays = pl.DataFrame(pl.from_arrow(connection.to_pyarrow(store.facts(connection))))
    return stays.sort(pl.all())


def count(path: Path) -> None:
    _duckdb("SELECT count(*)", path)


def parse(path: Path, columns: list[str]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    _duckdb(f"CREATE TEMP TABLE parsed AS SELECT {names}", path)


def _duckdb(select: str, path: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        relation = "FROM read_csv(?, header = true, all_varchar = true)"
        connection.execute(f"{select} {relation}", [str(path)]).fetchall()


def right(name: str, found: Ingested, truth: pl.DataFrame, records: int) -> bool:
    """Whether the records, the rows kept apart, the faults and the stays are those that were planted."""
    rejected = truth.filter("rejected")["row"].sort()
    told = set(found.faults.select("row", "column", "rule").iter_rows())
    missed = sum(
        (entry["row"], entry["heading"], rule) not in told
        for entry in truth.iter_rows(named=True)
        for rule in entry["checks"].split()
        if rule not in WITHOUT_TABLE
    )
    strange = len({row for row, _, _ in told} - set(truth["row"]))
    good = (
        found.records == records
        and found.rejected.sort().equals(rejected)
        and found.stored.height == records - len(rejected)
        and not missed
        and not strange
    )
    print(
        f"  {name}: {found.records:,} records, {len(found.rejected):,} kept apart "
        f"({len(rejected):,} planted), {found.stored.height:,} stays stored; "
        f"planted faults missed: {missed}, sound records named: {strange}"
    )
    return good


def cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def measure(files: Files, rounds: int) -> bool:
    """Print the medians; whether the targets are met."""
    places = hospitals()  # the way was gone once for each file, so the memory is as it will be
    took: dict[str, list[float]] = {}
    parts: dict[str, list[dict[str, float]]] = {"60 columns": [], "GB 18030": [], "HQMS 811": []}
    works = {"60 columns": files.narrow, "GB 18030": files.gb18030, "HQMS 811": files.wide}
    for _ in range(rounds):
        for name, path in works.items():
            seconds = ingest(path, places).seconds
            parts[name].append(seconds)
            took.setdefault(name, []).append(sum(seconds.values()))
            if name != "GB 18030":
                took.setdefault(f"{name}, count", []).append(cpu(lambda path=path: count(path)))
                columns = files.columns[name]
                took.setdefault(f"{name}, parse", []).append(
                    cpu(lambda path=path, columns=columns: parse(path, columns))
                )
    return report(took, parts, files)


def report(took: dict[str, list[float]], parts: dict[str, list[dict[str, float]]], files: Files) -> bool:
    median = {name: statistics.median(seconds) for name, seconds in took.items()}
    for name, rows in parts.items():
        told = ", ".join(f"{part} {statistics.median(row[part] for row in rows):.2f}" for part in rows[0])
        print(f"  {name}: {median[name]:.2f} CPU-s ({told})")
    met = True
    for name in ("60 columns", "HQMS 811"):
        for peer, most in (("count", COUNT), ("parse", PARSE)):
            other = f"{name}, {peer}"
            ratios = [one / two for one, two in zip(took[name], took[other], strict=True)]
            ratio = statistics.median(ratios)
            met &= ratio <= most
            what = "DuckDB's bare count" if peer == "count" else "DuckDB's parse of 60 columns as text"
            print(
                f"  {name}: {ratio:.2f} × {what} ({median[other]:.2f} CPU-s; at most {most}: "
                f"{'met' if ratio <= most else 'missed'})"
            )
    ratios = [one / two for one, two in zip(took["GB 18030"], took["60 columns"], strict=True)]
    ratio = statistics.median(ratios)
    print(f"  GB 18030: {ratio:.2f} × UTF-8 (at most {GB18030}: {'met' if ratio <= GB18030 else 'missed'})")
    return met and ratio <= GB18030


def main() -> int:
    """Print the measurements; exit code 1 when something is wrong or a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = files_of(options.records)
    print(
        f"one month, {files.records:,} records in 60 columns ({files.narrow.stat().st_size / 1e6:.0f} MB) "
        f"and {files.wide_records:,} in 811 ({files.wide.stat().st_size / 1e6:.0f} MB), seed {SEED}, "
        f"{options.rounds} rounds"
    )
    places = hospitals()
    one, other, third = (ingest(path, places) for path in (files.narrow, files.gb18030, files.wide))
    good = right("60 columns", one, files.truth, files.records)
    good &= right("HQMS 811", third, files.wide_truth, files.wide_records)
    same = one.stored.equals(other.stored) and one.faults.equals(other.faults)
    print(f"  GB 18030: the store and the faults {'equal' if same else 'DIFFER from'} those of UTF-8")
    if not (good and same):
        return 1
    return 0 if measure(files, options.rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
