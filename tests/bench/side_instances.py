"""Seeded invented rounds with the rules that break the network, at two sizes.

Department coverage, loads in person-months, and a change budget under which about
70 % of the present pairs stay. Everything is invented: 演示数据.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise.model import (
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    SPECIAL_LOAD,
    UNBROKEN,
    Candidates,
    County,
    Level,
    Problem,
    Recipient,
    Supporter,
)
from duikou.engines.text import Text

DEPARTMENTS = 24


@dataclass(frozen=True)
class Size:
    """How large an invented round is."""

    name: str
    counties: int
    supporters: int
    recipients: int
    degree: int | None  # candidates per recipient; None: all supporters


PROVINCIAL = Size("provincial", 90, 67, 151, None)
NATIONAL = Size("national", 2850, 1600, 4000, 40)


def invented(size: Size, seed: int = 1) -> Problem:
    """Return a problem with one weighted level."""
    random = np.random.default_rng(seed)
    county_at = random.random((size.counties, 2))
    county_of = np.concatenate(
        (np.arange(size.counties), random.integers(0, size.counties, size.recipients - size.counties))
    )
    recipient_at = county_at[county_of] + random.normal(0, 0.004, (size.recipients, 2))
    centres = random.random((max(4, size.supporters // 12), 2))
    supporter_at = centres[random.integers(0, len(centres), size.supporters)] + random.normal(
        0, 0.01, (size.supporters, 2)
    )
    special = random.random(size.supporters) < 0.3
    strong = random.random((size.supporters, DEPARTMENTS)) < np.where(special, 0.15, 0.3)[:, None]
    needs = [
        {f"d{d:02}": int(random.integers(20, 130)) * 10 for d in random.choice(DEPARTMENTS, 8, replace=False)}
        for _ in range(size.recipients)
    ]
    months = random.integers(3, 13, size.recipients)
    capacity = _capacities(random, special, months)
    distance = np.linalg.norm(supporter_at[:, None, :] - recipient_at[None, :, :], axis=2)
    if size.degree is None:
        supporter, recipient = (index.ravel() for index in np.mgrid[0 : size.supporters, 0 : size.recipients])
    else:
        near = np.argpartition(distance, size.degree, axis=0)[: size.degree]
        recipient = np.tile(np.arange(size.recipients), (size.degree, 1)).ravel()
        supporter = near.ravel()
        order = np.lexsort((recipient, supporter))
        supporter, recipient = supporter[order], recipient[order]
    scale = 0.25 if size.degree is None else 0.25 * (67 / size.supporters) ** 0.5
    travel = 3000 * np.exp(-distance[supporter, recipient] / scale)
    score = (random.integers(0, 1000, len(supporter)) + travel).astype(np.int64)
    existing = _present(random, supporter, recipient, size.recipients)
    kept = int(existing.sum())
    flags = np.zeros(len(supporter), dtype=np.bool_)
    return Problem(
        [
            Supporter(
                f"s{i}",
                f"演示城市医院{i}",
                HospitalKind.SPECIALISED if special[i] else HospitalKind.GENERAL,
                None,
                "1",
                SPECIAL_LOAD if special[i] else GENERAL_LOAD,
                least=1 if special[i] else 2,
                target=2 if special[i] else 3,
                most=3 if special[i] else 4,
                ceiling=4 if special[i] else 6,
                capacity_months=int(capacity[i]),
                strengths=frozenset(f"d{d:02}" for d in np.flatnonzero(strong[i])),
            )
            for i in range(size.supporters)
        ],
        [
            Recipient(
                f"r{j}",
                f"演示县医院{j}",
                HospitalKind.GENERAL,
                int(county_of[j]),
                least=1,
                most=2,
                months=int(months[j]),
                needs=needs[j],
            )
            for j in range(size.recipients)
        ],
        [County(f"{c:06}", f"演示县{c}", UnitKind.COUNTY, "330100", least=1) for c in range(size.counties)],
        Candidates(
            supporter.astype(np.int32),
            recipient.astype(np.int32),
            existing,
            flags,
            flags.copy(),
        ),
        [
            Level(
                "weighted",
                Text("加权", "Weighted"),
                Text("分", "points"),
                cost=-score - 500 * existing,
                prices={
                    GENERAL_LOAD: 1500,
                    SPECIAL_LOAD: 1500,
                    UNBROKEN: 8000,
                    COVERAGE: 20000,
                    DUPLICATE: 2500,
                },
                evenness=300,
                coverage=1,
            )
        ],
        max_changes=int(0.3 * kept) + int(np.where(special, 2, 3).sum()) - int(0.7 * kept),
        key=f"{size.name}-{seed}",
        name=size.name,
    )


def _capacities(random: np.random.Generator, special: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Return person-months per supporter, in all about 15 % more than is asked for."""
    size = np.where(special, 2.0, 3.0) * random.uniform(0.6, 1.4, len(special))
    return np.maximum(3, np.rint(size * months.sum() * 1.15 / size.sum())).astype(np.int64)


def _present(
    random: np.random.Generator, supporter: np.ndarray, recipient: np.ndarray, recipients: int
) -> np.ndarray:
    """Mark one candidate of nine recipients in ten as paired today."""
    pick = np.zeros(len(supporter), dtype=np.bool_)
    order = np.lexsort((random.random(len(supporter)), recipient))
    first = order[np.concatenate(([True], np.diff(recipient[order]) != 0))]
    pick[first[random.random(recipients) < 0.9]] = True
    return pick
