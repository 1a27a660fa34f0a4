"""Measure reading and grouping the full HQMS layout, in both encodings, beside other readers.

    python tests/bench/bench_casemix_read.py                 # 100,000 records, 7 rounds
    python tests/bench/bench_casemix_read.py --records 20000 --rounds 3 --scheme FOLDER

Invents a file of 811 columns (seeded), in UTF-8 and in GB 18030. Each round runs every reader in
turn, twice, and takes the second time; printed are medians of CPU seconds of this process (all
threads, with the operating system's share; imports and the making of the files excluded) and their
ratios. Before anything is measured, our frames must equal those of Polars and those of the other
encoding, cell by cell. Ours includes what the others do not do: the look at the encoding of every
byte, the number of fields of every line, row numbers, types and groups. Without `--scheme` the
national tables are used where they are (DUIKOU_DRG_DATA), else the project's own scheme. Exit code
1 when frames differ or a target is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import duckdb  # noqa: E402
import polars as pl  # noqa: E402

from duikou.engines.casemix import generate  # noqa: E402
from duikou.engines.casemix.columns import GROUPING  # noqa: E402
from duikou.engines.casemix.data import STARTER  # noqa: E402
from duikou.engines.casemix.generate.wide import all_wide  # noqa: E402
from duikou.engines.casemix.generate.writer import write  # noqa: E402
from duikou.engines.casemix.grouper import group  # noqa: E402
from duikou.engines.casemix.layouts import open_file, typed  # noqa: E402
from duikou.engines.casemix.scheme import Scheme, load  # noqa: E402
from tests.drg_data import DATA  # noqa: E402

SEED = 20240301
NEEDS = (*GROUPING, "dx", "px")
"""What a grouper needs; the key stands for hospital, record and visit."""

TARGETS = {"polars": 1.3, "duckdb": 0.5, "gb18030": 1.15}
"""The most that ours may cost, grouping included: beside Polars, beside DuckDB, beside our UTF-8."""


def make_files(folder: Path, records: int) -> tuple[Path, Path]:
    """The same invented records in both encodings."""
    province = generate.invented_province(SEED)
    files = folder / "utf8.csv", folder / "gb18030.csv"
    for path, encoding in zip(files, ("utf-8", "gb18030"), strict=True):
        frames = all_wide(generate.pages(records, SEED, within=province), "hqms-2020", province, SEED)
        write(path, frames, encoding=encoding)
    return files


def ours(path: Path) -> Iterator[pl.DataFrame]:
    for raw in open_file(path, needs=NEEDS).frames():
        yield typed(raw)


def grouped(path: Path, scheme: Scheme) -> Iterator[pl.DataFrame]:
    for pages in ours(path):
        yield group(pages, scheme)


def raw(path: Path) -> pl.DataFrame:
    return pl.concat(list(open_file(path, needs=NEEDS).frames()))


def columns(path: Path) -> dict[str, str]:
    """Our name of each column that is read, and its heading."""
    reading = open_file(path, needs=NEEDS)
    first = next(reading.frames())
    return {name: reading.header[name] for name in first.columns if name != "row"}


def polars_scan(path: Path, headings: list[str]) -> pl.DataFrame:
    return pl.scan_csv(path, infer_schema=False).select(headings).collect()


def duckdb_scan(path: Path) -> None:
    with duckdb.connect() as connection:
        relation = "read_csv(?, header = true, all_varchar = true)"
        connection.execute(f"SELECT count(COLUMNS(*)) FROM {relation}", [str(path)]).fetchall()


def check(utf8: Path, gb18030: Path, names: dict[str, str]) -> bool:
    """Whether all three read the same."""
    mine = raw(utf8)
    theirs = polars_scan(utf8, list(names.values()))
    theirs.columns = list(names)
    return mine.drop("row").equals(theirs) and mine.equals(raw(gb18030))


def cpu(work: Callable[[], object]) -> float:
    """Seconds of a second run: it finds the memory as this reader left it, not as another did."""
    work()
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(
    utf8: Path, gb18030: Path, names: dict[str, str], scheme: Scheme, rounds: int
) -> dict[str, float]:
    """Median CPU seconds of each reader, run in turn."""
    tasks: dict[str, Callable[[], object]] = {
        "ours, UTF-8, typed": lambda: [None for _ in ours(utf8)],
        "ours, UTF-8, to DRG": lambda: [None for _ in grouped(utf8, scheme)],
        "ours, GB 18030, to DRG": lambda: [None for _ in grouped(gb18030, scheme)],
        "Polars, same columns": lambda: polars_scan(utf8, list(names.values())),
        "DuckDB, all columns": lambda: duckdb_scan(utf8),
    }
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, work in tasks.items():
            seconds[name].append(cpu(work))
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scheme", type=Path, default=DATA / "chs-drg-1.1" if DATA.is_dir() else STARTER)
    options = parser.parse_args()
    scheme = load(options.scheme)
    with tempfile.TemporaryDirectory() as folder:
        utf8, gb18030 = make_files(Path(folder), options.records)
        names = columns(utf8)
        if not check(utf8, gb18030, names):
            print("The frames differ: nothing is measured.")
            return 1
        median = measure(utf8, gb18030, names, scheme, options.rounds)
        size = utf8.stat().st_size / 1e6
    print(
        f"{options.records:,} records x 811 columns, {size:.0f} MB; {len(names)} columns read; frames equal"
    )
    print(f"grouped by {options.scheme.name}")
    for name, seconds in median.items():
        print(f"  {name:<22} {seconds:6.3f} CPU s   {options.records / seconds:>12,.0f} records per CPU s")
    base = median["ours, UTF-8, to DRG"]
    ratios = {
        "polars": ("to DRG / Polars, same columns", base / median["Polars, same columns"]),
        "duckdb": ("to DRG / DuckDB, all columns", base / median["DuckDB, all columns"]),
        "gb18030": ("GB 18030 / UTF-8", median["ours, GB 18030, to DRG"] / base),
    }
    for name, (label, ratio) in ratios.items():
        verdict = "met" if ratio <= TARGETS[name] else "MISSED"
        print(f"  {label:<30} {ratio:5.2f}   target {TARGETS[name]:.2f}   {verdict}")
    return 0 if all(ratio <= TARGETS[name] for name, (_, ratio) in ratios.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
