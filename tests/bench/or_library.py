"""Public benchmark instances through the core of the decomposition, against their known values.

    python tests/bench/or_library.py [--seconds 60] [NAME …]

The instances are not part of the project. Their folder is named by DUIKOU_OR_DATA
(default ../shared/data/or beside the project): gap/*.zip with gap/bounds.txt, and
cpmp/*.zip with the best known value in each file.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.pairing.optimise.assignment import Assignment, one_each  # noqa: E402
from duikou.engines.pairing.optimise.decompose import improve  # noqa: E402
from duikou.engines.pairing.optimise.work import Budget  # noqa: E402

DATA = Path(os.environ.get("DUIKOU_OR_DATA", ROOT.parent / "shared" / "data" / "or"))
MISSING = f"the instances are not here: {DATA} (name their folder by DUIKOU_OR_DATA)"


@dataclass(frozen=True)
class Instance:
    """A model and what is known of its best value."""

    name: str
    model: Assignment
    known: int
    proved: bool

    @property
    def tolerance(self) -> float:
        """How far from the known value is allowed: nothing, but half a per cent for d and e."""
        return 0.005 if self.name[0] in "de" else 0.0


def names() -> list[str]:
    """Return the instances that are here, small ones first."""
    found = [*DATA.glob("gap/*.zip"), *DATA.glob("cpmp/*.zip")]
    return [
        path.stem for path in sorted(found, key=lambda path: (path.stem[0], path.stat().st_size, path.stem))
    ]


def read(name: str) -> Instance:
    """Read an instance by its name."""
    if name.startswith("pmedcap"):
        return _median(name)
    numbers = _numbers(DATA / "gap" / f"{name}.zip")
    agents, items = int(numbers[0]), int(numbers[1])
    size = agents * items
    cost, weight = (numbers[2 + size * part : 2 + size * (part + 1)].astype(np.int64) for part in (0, 1))
    capacity = numbers[2 + 2 * size : 2 + 2 * size + agents].astype(np.int64)
    agent, item = (index.ravel() for index in np.mgrid[0:agents, 0:items])
    low, high = _bounds()[f"{name}_Min"]
    return Instance(name, one_each(agent, item, cost, weight, capacity), high, low == high)


def _median(name: str) -> Instance:
    numbers = _numbers(DATA / "cpmp" / f"{name}.zip")
    known, count, medians, capacity = (int(value) for value in numbers[1:5])
    table = numbers[5 : 5 + 4 * count].reshape(count, 4)
    at, demand = table[:, 1:3], table[:, 3].astype(np.int64)
    distance = np.floor(np.sqrt(((at[:, None, :] - at[None, :, :]) ** 2).sum(axis=2))).astype(np.int64)
    agent, item = (index.ravel() for index in np.mgrid[0:count, 0:count])
    model = one_each(agent, item, distance.ravel(), demand[item], np.full(count, capacity), openings=medians)
    return Instance(name, model, known, True)


def _numbers(path: Path) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        return np.array(archive.read(archive.namelist()[0]).split(), dtype=np.float64)


def _bounds() -> dict[str, tuple[int, int]]:
    lines = (line.split() for line in (DATA / "gap" / "bounds.txt").read_text().splitlines())
    return {line[0]: (int(line[1]), int(line[2])) for line in lines if len(line) == 3}


def main() -> int:
    """Solve the instances and print a line for each; 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    wanted = arguments.names or names()
    if not wanted:
        print(f"Skipped: {MISSING}.")
        return 0
    missed = 0
    print(f"{'instance':<12}{'known':>9}{'value':>9}{'bound':>9}{'off':>9}{'CPU s':>8}")
    for name in wanted:
        instance = read(name)
        started = time.process_time()
        result = improve(instance.model, Budget(arguments.seconds, clock=time.process_time))
        assert result is not None, name
        used = time.process_time() - started
        off = result.value / instance.known - 1
        missed += off > instance.tolerance
        print(
            f"{name:<12}{instance.known:>9}{result.value:>9}{result.bound:>9}{off:>9.3%}{used:>8.1f}"
            f"{'' if off <= instance.tolerance else '  missed'}",
            flush=True,
        )
    return min(1, missed)


if __name__ == "__main__":
    sys.exit(main())
