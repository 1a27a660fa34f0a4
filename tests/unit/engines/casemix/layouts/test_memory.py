"""Memory does not grow with the file: measured as the peak of a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.engines.casemix.layouts.files import HQMS_RECORD, hqms

PROGRAM = """
import resource, sys
from duikou.engines.casemix.layouts import open_file, typed
records = 0
for raw in open_file(sys.argv[1]).frames():
    records += typed(raw).height
print(records, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


def peak(path: Path) -> tuple[int, int]:
    """Records of a file, and the peak of the process that reads it in MB."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={"PYTHONPATH": str(Path(__file__).parents[5] / "src"), "POLARS_MAX_THREADS": "2"},
    )
    records, megabytes = run.stdout.split()
    return int(records), int(megabytes)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_three_times_as_long_needs_no_more_memory(tmp_path: Path, encoding: str) -> None:
    header, line = (part.encode(encoding) for part in hqms([HQMS_RECORD]).split("\r\n")[:2])
    path = tmp_path / "pages.csv"
    peaks = []  # of three frames and of seven; with one the machinery is not at work all at once
    for records in (130_000, 390_000):
        with path.open("wb") as file:
            file.write(header + b"\r\n")
            for _ in range(records // 1000):
                file.write((line + b"\r\n") * 1000)
        read, megabytes = peak(path)
        assert read == records
        peaks.append(megabytes)
    assert peaks[1] < peaks[0] * 1.2, peaks
