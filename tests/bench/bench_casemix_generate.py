"""Measure the generator of invented front pages.

    python tests/bench/bench_casemix_generate.py                  # 262,144 records a round
    python tests/bench/bench_casemix_generate.py --records 50000 --rounds 3

Prints records per CPU-second (this process with all its threads, medians of interleaved
rounds) of making frames, planting faults and writing files, and the peak memory of making
few and many frames in processes of their own: it must not grow with the number of records.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import polars as pl  # noqa: E402

from duikou.engines.casemix import generate  # noqa: E402
from duikou.engines.casemix.columns import FRAME_ROWS  # noqa: E402
from duikou.engines.casemix.generate.wide import all_wide  # noqa: E402
from duikou.engines.casemix.generate.writer import write  # noqa: E402

SEED = 2014
FEW, MANY = 2, 8  # frames
PROBE = """
import resource, sys
from duikou.engines.casemix import generate
for frame in generate.pages(int(sys.argv[1]), 2014):
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Run the rounds and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=FRAME_ROWS)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    records = arguments.records
    where = generate.invented_province(SEED)
    clean = pl.concat(generate.pages(records, SEED, within=where))
    some = clean.head(max(1, records // 10))  # a tenth for what is wide
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "pages.csv"
        tasks: dict[str, tuple[int, Callable[[], object]]] = {
            "frames, core columns": (
                records,
                lambda: sum(map(len, generate.pages(records, SEED, within=where, checked=False))),
            ),
            "frames, all columns": (
                records,
                lambda: sum(map(len, generate.pages(records, SEED, within=where))),
            ),
            "planting 1 % of faults": (records, lambda: generate.plant(clean, SEED)),
            "narrow csv out of frames": (records, lambda: write(out, [clean])),
            "narrow csv, gb18030": (records, lambda: write(out, [clean], encoding="gb18030")),
            "HQMS-811 csv out of frames": (
                len(some),
                lambda: write(out, all_wide([some], "hqms-2020", where, SEED)),
            ),
            "N041 csv out of frames": (len(some), lambda: write(out, all_wide([some], "n041", where, SEED))),
        }
        seconds: dict[str, list[float]] = {name: [] for name in tasks}
        for _round in range(arguments.rounds):
            for name, (_records, task) in tasks.items():
                begin = time.process_time()
                task()
                seconds[name].append(time.process_time() - begin)
    print(f"{records:,} records, medians of {arguments.rounds} interleaved rounds, CPU time of all threads")
    for name, (number, _task) in tasks.items():
        took = statistics.median(seconds[name])
        print(f"  {name:<28} {took:7.2f} s  {number / took:>12,.0f} records per CPU-second")
    few, many = (peak_memory(frames * FRAME_ROWS) for frames in (FEW, MANY))
    print(
        f"  peak memory: {few:,.0f} MB for {FEW} frames, {many:,.0f} MB for {MANY} (ratio {many / few:.2f})"
    )


def peak_memory(records: int) -> float:
    """MB that a process needs to make so many records frame by frame."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", PROBE, str(records)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
