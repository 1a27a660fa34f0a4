"""Measure grouping: the kernel, a narrow file of front pages beside Polars, other groupers.

    python tests/bench/bench_casemix_group.py                    # 1,000,000 records, 7 rounds
    python tests/bench/bench_casemix_group.py --records 200000 --rounds 3

Needs the public tables (see tests/drg_data.py). First every public vector must be reproduced;
nothing is measured otherwise. A seeded file of 32 columns (9 facts, 15 other diagnoses, 8
operations) is written; each round reads it as text with Polars, groups it with ours, and runs the
kernel alone on frames whose codes are numbered, in turn. Printed are medians of CPU seconds of this
process (all threads, with the operating system's share) and their ratios. The compiled scheme and
imports are excluded, as a server keeps them; what loading costs is printed beside.

Other groupers (drgpy, msdrg) run on the American vectors where they can be imported, or in another
Python that DUIKOU_PEERS names; ours is measured on the same claims and on the narrow file. Exit code
1 when a vector is not reproduced or a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import polars as pl  # noqa: E402

from duikou.engines.casemix import grouper, scheme  # noqa: E402
from duikou.engines.casemix.columns import FRAME_ROWS  # noqa: E402
from duikou.engines.casemix.grouper.kernel import grouped, program_of  # noqa: E402
from duikou.engines.casemix.grouper.pages import Arrays, arrays_of  # noqa: E402
from duikou.engines.casemix.scheme import Scheme  # noqa: E402
from tests.bench.casemix_narrow import narrow  # noqa: E402
from tests.casemix_vectors import chs_vectors, ms_vectors  # noqa: E402
from tests.drg_data import DATA  # noqa: E402

SEED = 20240301
KERNEL = 2_000_000  # records per CPU-second
POLARS = 2.2  # the most that a file to groups may cost beside a bare read of it
PEERS = {"drgpy": 25, "msdrg": 30}  # how many times as fast
MEMORY = 1_000  # MB at most, whatever the number of records
AND_PEAK = """
import re, sys
from duikou.cli.main import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
raise SystemExit(code)
"""
OPEN_CHS_PROGRAM = 2_440  # records per CPU-second of the open CHS-DRG program, as published with the tables
TIMES_OPEN_PROGRAM = 150


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], object]) -> float:
    start = cpu()
    work()
    return cpu() - start


def reproduced(folder: str, read: Scheme, pages: pl.DataFrame, expected: pl.DataFrame) -> bool:
    found = grouper.group(pages, read).select(expected.columns)
    wrong = int((found != expected).select(pl.any_horizontal(pl.all())).sum().item())
    print(f"{folder}: {len(pages) - wrong:,} of {len(pages):,} vectors reproduced")
    return wrong == 0


def frames_of(pages: pl.DataFrame, read: Scheme) -> list[Arrays]:
    books = program_of(read).books
    return [arrays_of(part, books, read.assume) for part in pages.iter_slices(FRAME_ROWS)]


def typed(text: pl.DataFrame) -> pl.DataFrame:
    numbers = {"sex": pl.Int8, "age_years": pl.Int16, "age_days": pl.Int32}
    return text.with_columns(
        *(pl.col(name).cast(kind) for name, kind in numbers.items()),
        pl.col("weight_g").cast(pl.Int32).alias("admission_weight"),
    )


def rounds_of(path: Path, read: Scheme, arrays: list[Arrays], rounds: int) -> dict[str, float]:
    program = program_of(read)
    tasks: dict[str, Callable[[], object]] = {
        "Polars, all columns as text": lambda: pl.read_csv(path, infer_schema=False),
        "ours, file to groups": lambda: [len(frame) for frame in grouper.group_file(path, read)],
        "ours, kernel alone": lambda: [len(grouped(program, one)) for one in arrays],
    }
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds + 1):
        for name, work in tasks.items():
            taken = timed(work)
            if number:  # the first round warms up
                seconds[name].append(taken)
    for name, taken in seconds.items():
        print(f"  {name:<28} {statistics.median(taken):.3f} s ({min(taken):.3f}-{max(taken):.3f})")
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def peers() -> dict[str, dict[str, float]]:
    script = Path(__file__).with_name("casemix_peers.py")
    vectors = DATA / "ms-drg-v43" / "test_vectors.csv.gz"
    python = os.environ.get("DUIKOU_PEERS", sys.executable)
    answer = subprocess.run([python, script, vectors], capture_output=True, text=True, check=False)
    if answer.returncode:
        print(answer.stderr, file=sys.stderr)
        return {}
    found: dict[str, dict[str, float]] = json.loads(answer.stdout)
    return found


def american(read: Scheme, claims: pl.DataFrame, rounds: int) -> float:
    """Records per CPU-second on the American claims, from texts of codes to groups."""
    many = pl.concat([claims] * -(-FRAME_ROWS // len(claims)))
    taken = [timed(lambda: grouper.group(many, read)) for _ in range(rounds + 1)]
    return len(many) / statistics.median(taken[1:])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"The grouping tables are not here: {DATA} (name their folder by DUIKOU_DRG_DATA)")
        return 1
    start = cpu()
    chs = scheme.load(DATA / "chs-drg-1.1")
    loaded = cpu() - start
    compiled = timed(lambda: program_of(chs))
    american_scheme, claims = scheme.load(DATA / "ms-drg-v43"), ms_vectors()
    if not all(
        [
            reproduced("chs-drg-1.1", chs, *chs_vectors()),
            reproduced("ms-drg-v43", american_scheme, *claims),
        ]
    ):
        print("Vectors are not reproduced: nothing is measured.")
        return 1
    print(f"loading chs-drg-1.1 {loaded:.2f} CPU-s, compiling it {compiled:.2f} CPU-s")
    text = narrow(options.records, SEED, chs)
    arrays = frames_of(typed(text), chs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "narrow.csv"
        text.write_csv(path)
        size = path.stat().st_size / 1e6
        columns = text.width
        del text
        print(f"{options.records:,} records x {columns} columns, {size:.0f} MB, {options.rounds} rounds")
        seconds = rounds_of(path, chs, arrays, options.rounds)
        command = command_line(path)
    whole = seconds["ours, file to groups"]
    kernel = options.records / seconds["ours, kernel alone"]
    ratio = whole / seconds["Polars, all columns as text"]
    times = options.records / whole / OPEN_CHS_PROGRAM
    verdicts = [
        told(f"kernel {kernel:,.0f} records per CPU-s", kernel >= KERNEL, f">= {KERNEL:,}"),
        told(f"file to groups {ratio:.2f} x a bare Polars read", ratio <= POLARS, f"<= {POLARS}"),
        told(
            f"file to groups {times:.0f} x the published rate of the open CHS-DRG program",
            times >= TIMES_OPEN_PROGRAM,
            f">= {TIMES_OPEN_PROGRAM}",
        ),
    ]
    print(f"command line: {command[0]:.2f} CPU-s with start, loading and writing; peak {command[1]:,.0f} MB")
    verdicts.append(told(f"peak memory {command[1]:,.0f} MB", command[1] <= MEMORY, f"<= {MEMORY:,} MB"))
    found = peers()
    rate = american(american_scheme, claims[0], options.rounds)
    print(f"American claims: ours {rate:,.0f} records per CPU-s")
    for name, least in PEERS.items():
        if name not in found:
            print(f"{name} cannot be imported here: not compared (a Python that has it: DUIKOU_PEERS)")
            continue
        theirs = found[name]["rate"]
        print(f"{name}: {theirs:,.0f} records per CPU-s, {found[name]['right']:.1%} of the vectors right")
        same, own = rate / theirs, options.records / whole / theirs
        verdicts += [
            told(f"{same:.0f} x {name} on the same claims", same >= least, f">= {least}"),
            told(f"{own:.0f} x {name}, each on its own task, ours with reading", own >= least, f">= {least}"),
        ]
    return 0 if all(verdicts) else 1


def command_line(path: Path) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of the command line over the same file, everything included."""
    words = ["casemix", "group", path, "--scheme", DATA / "chs-drg-1.1", "--out", path.with_name("out.csv")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run(
        [sys.executable, "-c", AND_PEAK, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(answer.stdout.split()[-1]) / 1024


def told(what: str, reached: bool, target: str) -> bool:
    print(f"{'ok  ' if reached else 'MISS'} {what} (target {target})")
    return reached


if __name__ == "__main__":
    raise SystemExit(main())
