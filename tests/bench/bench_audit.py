"""Measure the pairing audit and the name resolution at national size.

    python tests/bench/bench_audit.py            # national size
    python tests/bench/bench_audit.py --scale 10 # a tenth of it

Prints CPU seconds (this process, no I/O) of auditing one round and of resolving its
names, and in the same run the ratio to the slow oracle of the tests at a tenth of the
size, where the oracle still ends in seconds. Everything is generated with a fixed seed.
Target: the audit of 4,000 hospitals, 10,000 pairings and 2,900 counties in under 2 s.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.pairing.audit import audit  # noqa: E402
from duikou.engines.pairing.model import Hospital, Resolution, Round, Row, Unit, UnitKind  # noqa: E402
from duikou.engines.pairing.names import Divisions, infer_kind  # noqa: E402
from duikou.engines.pairing.resolve import Context, Entry, Register  # noqa: E402
from tests.unit.engines.pairing.builders import RULES  # noqa: E402
from tests.unit.engines.pairing.oracle import faults_of, slow_audit  # noqa: E402

SEED = 20140126
START, END = date(2014, 2, 15), date(2017, 2, 14)
TARGET_SECONDS = 2.0

_SYLLABLES = (
    "安宁平阳新华德清长兴海盐嘉善临桐庐淳富余慈奉象瑞乐永文泰苍洞岱"
    "嵊武义浦磐兰东龙游常开江衢仙玉环三门天台青田缙云遂松庆元景"
)
_ENDINGS = (
    ("人民医院", 0.35),
    ("第一人民医院", 0.1),
    ("第二人民医院", 0.1),
    ("第三人民医院", 0.05),
    ("中医院", 0.2),
    ("妇幼保健院", 0.12),
    ("精神病医院", 0.04),
    ("口腔医院", 0.02),
    ("卫生院", 0.02),
)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Nation:
    """A made-up country: divisions, a register, and rows as somebody may have typed them."""

    units: tuple[Unit, ...]
    divisions: Divisions
    register: Register
    printed: tuple[tuple[str, str, str, int], ...]  # city, supporter, recipient, running number


def make_nation(scale: int) -> Nation:
    """Generate a nation of 2,900 counties, 4,000 hospitals and 10,000 pairings, divided by `scale`."""
    chance = random.Random(SEED)
    units = _make_units(chance, 2_900 // scale)
    divisions = Divisions(units)
    supporters, recipients = _make_hospitals(chance, units, 4_000 // scale)
    register = Register([Entry(hospital) for hospital in (*supporters, *recipients)], divisions)
    cities = {unit.city_code: unit.city for unit in units}
    running: dict[str, int] = {}
    printed = []
    for _ in range(10_000 // scale):
        supporter, recipient = chance.choice(supporters), chance.choice(recipients)
        running[supporter.key] = running.get(supporter.key, 0) + 1
        printed.append(
            (
                cities[supporter.city_code or ""],
                supporter.name,
                _as_typed(chance, recipient.name),
                running[supporter.key],
            )
        )
    return Nation(units, divisions, register, tuple(printed))


def _make_units(chance: random.Random, number: int) -> tuple[Unit, ...]:
    names: set[str] = set()
    while len(names) < number + number // 8 + 1:
        names.add("".join(chance.sample(_SYLLABLES, 2)))
    ordered = sorted(names)
    chance.shuffle(ordered)
    cities = ordered[number:]
    kinds = [UnitKind.COUNTY] * 5 + [UnitKind.DISTRICT] * 3 + [UnitKind.COUNTY_CITY] * 2
    endings = {UnitKind.COUNTY: "县", UnitKind.DISTRICT: "区", UnitKind.COUNTY_CITY: "市"}
    units = []
    for index, name in enumerate(ordered[:number]):
        city = index // 8
        kind = chance.choice(kinds)
        units.append(
            Unit(
                f"{10_00 + city:04}{index % 8:02}",
                name + endings[kind],
                kind,
                f"{10_00 + city:04}00",
                cities[city] + "市",
            )
        )
    return tuple(units)


def _make_hospitals(
    chance: random.Random, units: tuple[Unit, ...], number: int
) -> tuple[list[Hospital], list[Hospital]]:
    """Return a quarter supporters of cities and three quarters recipients of counties."""
    endings, weights = zip(*_ENDINGS, strict=True)
    supporters: dict[str, Hospital] = {}
    recipients: dict[str, Hospital] = {}
    while len(supporters) < number // 4:
        unit = chance.choice(units)
        name = f"{unit.city}{chance.choices(endings, weights)[0]}"
        if name in supporters:
            name = f"{unit.city}第{chance.randint(4, 40)}医院"
        supporters[name] = _hospital(name, unit)
    while len(recipients) < number - number // 4:
        unit = chance.choice(units)
        name = f"{unit.name}{chance.choices(endings, weights)[0]}"
        recipients[name] = _hospital(name, unit)
    return list(supporters.values()), list(recipients.values())


def _hospital(name: str, unit: Unit) -> Hospital:
    main = name.removeprefix(unit.name) in ("人民医院", "第一人民医院")
    return Hospital(name, name, infer_kind(name)[0], unit.code, unit.city_code, main_county_hospital=main)


def _as_typed(chance: random.Random, name: str) -> str:
    """Return a name as printed: mostly right, some in another wording, some short, few with a slip."""
    luck = chance.random()
    if luck < 0.8:
        return name
    if luck < 0.9:
        return name.replace("中医院", "中医医院").replace("第一", "第1")
    if luck < 0.97 and name[2] in "县区":
        return name[:2] + name[3:]
    slip = chance.randrange(3, len(name) - 1)
    return name[:slip] + name[slip + 1 :]


def resolve_all(nation: Nation) -> Round:
    """Resolve every printed name and return the round."""
    rows = []
    for position, (city, supporter, recipient, number) in enumerate(nation.printed, start=1):
        context = Context("2", city)
        giver = nation.register.resolve(supporter, START, context)
        taker = nation.register.resolve(recipient, START, context)
        rows.append(
            Row(
                f"row-{position}",
                "2",
                city,
                position,
                number,
                supporter,
                recipient,
                giver.hospital,
                taker.hospital,
                giver.resolution,
                taker.resolution,
            )
        )
    return Round("bench", "bench", START, END, tuple(rows), nation.units)


def cpu_seconds(work: Callable[[], Answer], repeat: int = 1) -> tuple[float, Answer]:
    """Return the least CPU time of some runs, and what the last one returned."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begin)
    return best, answer


def main() -> int:
    """Print the measurements; exit code 1 when the target is missed at national size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=int, default=1, help="divide the national size by this number")
    scale = parser.parse_args().scale

    building, nation = cpu_seconds(lambda: make_nation(scale))
    resolving, round_ = cpu_seconds(lambda: resolve_all(nation))
    auditing, findings = cpu_seconds(lambda: audit(round_, RULES), repeat=3)
    names = 2 * len(round_.rows)
    guesses = sum(row.recipient_resolution in (Resolution.GUESS, Resolution.NONE) for row in round_.rows)
    print(
        f"size: {len(nation.register.entries):,} hospitals, {len(round_.rows):,} pairings, "
        f"{len(nation.units):,} counties (seed {SEED})"
    )
    print(f"make and index the register: {building:.2f} s CPU")
    print(
        f"resolve {names:,} names ({guesses:,} left to a person): {resolving:.2f} s CPU, "
        f"{resolving / names * 1e6:.0f} µs each"
    )
    print(f"audit: {auditing:.3f} s CPU, {len(findings):,} findings")

    small = resolve_all(make_nation(10 * scale))
    fast, found = cpu_seconds(lambda: audit(small, RULES), repeat=5)
    slow, expected = cpu_seconds(lambda: slow_audit(small, RULES))
    if faults_of(found) != expected:
        print("the audit and the slow oracle disagree", file=sys.stderr)
        return 1
    print(
        f"ratio at {len(small.rows):,} pairings: slow oracle {slow:.2f} s, audit {fast:.4f} s, "
        f"{slow / fast:.0f} ×"
    )
    if scale == 1 and auditing >= TARGET_SECONDS:
        print(f"target missed: the audit should take under {TARGET_SECONDS} s CPU", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
