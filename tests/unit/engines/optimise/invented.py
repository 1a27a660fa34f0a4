"""Invented rounds from a seed, of any size: for long sessions, determinism and measuring.

Everybody is on a grid: supporters and recipients have places, travel is a distance, and
candidates are near supporters. Names are numbers.
"""

from __future__ import annotations

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
    Ints,
    Level,
    Problem,
    Recipient,
    Supporter,
)
from duikou.engines.text import Text


def round_of(
    seed: int,
    *,
    supporters: int,
    recipients: int,
    counties: int | None = None,
    offers: int,
    ceiling: int = 99,
) -> Problem:
    """Invent a round with five levels; `offers` candidates per recipient, of near supporters."""
    chance = np.random.default_rng(seed)
    counties = counties or recipients * 2 // 3 + 1
    offers = min(offers, supporters)
    home = np.concatenate((np.arange(min(counties, recipients)), chance.integers(0, counties, recipients)))
    givers, takers = chance.integers(0, 4000, (supporters, 2)), chance.integers(0, 4000, (recipients, 2))
    pairs, distance = _nearest(givers, takers, offers)
    existing = np.zeros(len(pairs), dtype=np.bool_)
    existing[chance.choice(len(pairs), min(recipients, len(pairs)), replace=False)] = True
    nobody = np.zeros(len(pairs), dtype=np.bool_)
    return Problem(
        [_supporter(number, ceiling) for number in range(supporters)],
        [
            Recipient(f"r{i}", f"受援{i}", HospitalKind.GENERAL, int(home[i]), least=int(i % 3 == 0))
            for i in range(recipients)
        ],
        [County(f"c{i}", f"县{i}", UnitKind.COUNTY, "990100", least=1) for i in range(counties)],
        Candidates(
            (pairs // recipients).astype(np.int32),
            (pairs % recipients).astype(np.int32),
            existing,
            nobody,
            nobody.copy(),
        ),
        [
            _level("coverage", prices={COVERAGE: 1}),
            _level(
                "quotas",
                prices={GENERAL_LOAD: 1, SPECIAL_LOAD: 1, "load": 1, DUPLICATE: 1, UNBROKEN: 1},
            ),
            _level("fit", -50 * chance.integers(0, 20, len(pairs))),
            _level("stability", np.where(existing, -1, 1)),
            _level("travel", distance),
        ],
        key=f"invented-{seed}",
        name="演示数据",
    )


def _nearest(givers: Ints, takers: Ints, offers: int) -> tuple[Ints, Ints]:
    """Return the nearest supporters of each recipient as places s·recipients + r, sorted; and distances.

    Looks from west to east at ten times as many as are wanted, which are all of them in a small round.
    """
    window = min(len(givers), 10 * offers)
    by_east = np.argsort(givers[:, 0], kind="stable")
    pairs, distances = [], []
    for some in np.array_split(np.arange(len(takers)), len(takers) // 200 + 1):
        here = np.searchsorted(givers[by_east, 0], takers[some, 0])
        first = np.clip(here - window // 2, 0, len(givers) - window)
        near = by_east[first[:, None] + np.arange(window)]
        away = np.abs(givers[near] - takers[some, None]).sum(axis=2)
        chosen = np.argpartition(away, offers - 1, axis=1)[:, :offers]
        pairs.append((np.take_along_axis(near, chosen, axis=1) * len(takers) + some[:, None]).ravel())
        distances.append(np.take_along_axis(away, chosen, axis=1).ravel())
    places = np.concatenate(pairs)
    order = np.argsort(places)
    return places[order], np.concatenate(distances)[order]


def _supporter(number: int, ceiling: int) -> Supporter:
    general = number % 4 > 0
    return Supporter(
        f"s{number}",
        f"支援{number}",
        HospitalKind.GENERAL if general else HospitalKind.PSYCHIATRIC,
        None,
        "1",
        GENERAL_LOAD if general else SPECIAL_LOAD,
        least=2,
        target=3 if general else 2,
        most=4 if general else 2,
        ceiling=ceiling,
    )


def _level(name: str, cost: Ints | None = None, prices: dict[str, int] | None = None) -> Level:
    column = None if cost is None else cost.astype(np.int64)
    return Level(name, Text(name, name), Text("分", "points"), column, prices or {})
