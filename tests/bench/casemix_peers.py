"""Run other MS-DRG groupers over a file of claims: prints records per CPU-second of each as JSON.

    PYTHON_WITH_PEERS tests/bench/casemix_peers.py CLAIMS.csv.gz

Runs by itself in whatever Python has them (drgpy, msdrg), so that the product's environment
need not. Time is that of the grouping loop alone, without reading and imports, after one call
to warm up: the median of some passes, as for ours.
"""

from __future__ import annotations

import csv
import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

PASSES = 5
Claim = dict[str, str]


def codes(text: str) -> list[str]:
    return [code for code in text.split("|") if code]


def drgpy(claims: list[Claim]) -> Callable[[], list[str]]:
    from drgpy.msdrg import DRGEngine  # type: ignore[import-not-found]

    engine = DRGEngine(version="v43")
    ready = [([one["pdx"], *codes(one["sdx"])], codes(one["px"]), one["sex"]) for one in claims]
    return lambda: [str(engine.get_drg(*one)) for one in ready]


def msdrg(claims: list[Claim]) -> Callable[[], list[str]]:
    import msdrg as peer  # type: ignore[import-not-found]

    grouper = peer.MsdrgGrouper()
    ready = [
        peer.create_claim(
            version=430,
            age=int(one["age"]),
            sex=0 if one["sex"] == "M" else 1,
            discharge_status=1,
            pdx=one["pdx"],
            pdx_poa="Y",
            sdx=[(code, "Y") for code in codes(one["sdx"])],
            procedures=codes(one["px"]),
        )
        for one in claims
    ]
    return lambda: [str(grouper.group(one)["final_drg"]) for one in ready]


def main() -> int:
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
        claims = list(csv.DictReader(file))
    found = {}
    for name, prepare in (("drgpy", drgpy), ("msdrg", msdrg)):
        if find_spec(name) is None:
            continue
        prepare(claims[:1])()
        work = prepare(claims)
        taken: list[float] = []
        groups: list[str] = []
        for _ in range(PASSES):
            start = time.process_time()
            groups = work()
            taken.append(time.process_time() - start)
        right = sum(
            one["exp_drg"].lstrip("0") == group.lstrip("0") for one, group in zip(claims, groups, strict=True)
        )
        found[name] = {"rate": len(claims) / statistics.median(taken), "right": right / len(claims)}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
