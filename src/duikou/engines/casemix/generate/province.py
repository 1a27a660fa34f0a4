"""An invented province: who falls ill with what, and where they go for it.

Everything that is drawn once is drawn here, so that the expected shares are known exactly
(`truth`); the stays themselves are drawn frame by frame in `stays`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.generate.places import County, Hospital, check_places
from duikou.engines.casemix.generate.tables import Illness, illnesses

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LOCAL, CITY, PROVINCE = range(3)  # in the own county, elsewhere in the own city, elsewhere in the province
GROWTH: Final = 1.03  # stays from year to year
LARGEST_PULL: Final = 0.95  # of those who would leave, at most so many stay because of the support
SIZE_OF_TIER: Final = {"county": 1.0, "city": 3.0, "province": 6.0}
SIZE_OF_LEVEL: Final = (("三级甲等", 1.6), ("三级", 1.3), ("二级甲等", 1.0), ("", 0.7))
COST_OF_TIER: Final = {"county": 1.0, "city": 1.4, "province": 1.85}
DEPTH_OF_TIER: Final = {"county": 0.85, "city": 1.15, "province": 1.35}
NEIGHBOUR: Final = 0.05  # pull of another county's hospital of the same city, against a city hospital
SPECIALIST: Final = 3.0  # pull of a hospital of the illness's own field


@dataclass(frozen=True, slots=True)
class Province:
    """Tables to draw from. A table of shares is kept as running sums: row r lies in (r, r+1]."""

    seed: int
    first_year: int
    years: int
    effect: float
    counties: tuple[County, ...]
    hospitals: tuple[Hospital, ...]
    illnesses: tuple[Illness, ...]
    residents: Floats  # share of each county
    mix: Floats  # [county, illness]: share of the county's stays
    ways: Floats  # [supported, county, illness, way]: share that stays or goes so far
    pulls: Floats  # [county, way, field, hospital]: share of those who go so far
    support_from: Numbers  # [county]: first year of support, or a year that never comes
    fields: tuple[str, ...]
    field_of: Numbers  # [illness]: its field
    depth: Floats  # [hospital]: how many other diagnoses it writes down, against the usual
    dear: Floats  # [hospital]: its costs, against those of a county hospital
    danger: Floats  # [hospital]: deaths, against the usual

    @property
    def months(self) -> int:
        """Number of months of discharge."""
        return 12 * self.years

    def truth(self) -> dict[str, Any]:
        """What can be known before anything is drawn: the expected in-county share, and what support adds."""
        shares = (self.mix[None] * self.ways[..., LOCAL]).sum(axis=2)
        last = self.first_year + self.years - 1
        started = [int(year) if year <= last else None for year in self.support_from]
        supported = [number for number, year in enumerate(started) if year is not None]
        gain = (shares[1] - shares[0])[supported]
        return {
            "demonstration": True,
            "seed": self.seed,
            "years": [self.first_year, last],
            "effect_asked": self.effect,
            "effect_expected": float(gain.mean()) if supported else 0.0,
            "illnesses_that_respond": [one.code for one in self.illnesses if one.responds],
            "counties": [
                {
                    "code": unit.code,
                    "support_from": started[number],
                    "in_county_without_support": float(shares[0, number]),
                    "in_county_with_support": float(shares[1, number]),
                }
                for number, unit in enumerate(self.counties)
            ],
        }


def province(
    seed: int,
    counties: Sequence[County],
    hospitals: Sequence[Hospital],
    *,
    first_year: int = 2023,
    years: int = 3,
    effect: float = 0.04,
) -> Province:
    """Invent a province over these counties and hospitals; the same seed gives the same one.

    From the first year of support of one of its hospitals on, a county treats `effect` more of
    its residents' stays itself: a share of those who would leave for illnesses that respond.
    Raises ValueError when a hospital lies in no county.
    """
    check_places(counties, hospitals)
    if years < 1 or not 0 <= effect < 1:
        raise ValueError("a province needs at least one year and an effect from 0 to below 1")
    chance = np.random.Generator(np.random.PCG64([seed, 0]))
    ills = illnesses()
    fields = tuple(sorted({one.field for one in ills}))
    field_of = np.array([fields.index(one.field) for one in ills])
    people = _population(chance, counties)
    rates = np.array([one.rate for one in ills])
    mix = rates * chance.lognormal(0, 0.22, (len(counties), len(ills)))
    mix /= mix.sum(axis=1, keepdims=True)
    pulls = _pulls(chance, counties, hospitals, fields)
    before = _ways(chance, counties, ills, pulls.sum(axis=3)[:, :, field_of].transpose(0, 2, 1) > 0)
    after = _supported(before, mix, np.array([one.responds for one in ills]), effect)
    total = pulls.sum(axis=3, keepdims=True)
    return Province(
        seed=seed,
        first_year=first_year,
        years=years,
        effect=effect,
        counties=tuple(counties),
        hospitals=tuple(hospitals),
        illnesses=ills,
        residents=people / people.sum(),
        mix=mix,
        ways=np.stack([before, after]),
        pulls=np.divide(pulls, total, out=np.zeros_like(pulls), where=total > 0),
        support_from=_support(counties, hospitals),
        fields=fields,
        field_of=field_of,
        depth=np.array([DEPTH_OF_TIER[one.tier] for one in hospitals])
        * chance.lognormal(0, 0.15, len(hospitals)),
        dear=np.array([COST_OF_TIER[one.tier] for one in hospitals])
        * chance.lognormal(0, 0.12, len(hospitals)),
        danger=chance.lognormal(0, 0.2, len(hospitals)),
    )


def _population(chance: np.random.Generator, counties: Sequence[County]) -> Floats:
    invented = chance.lognormal(0, 0.4, len(counties))
    given = np.array([unit.population for unit in counties])
    return np.where(given > 0, given, invented)


def _support(counties: Sequence[County], hospitals: Sequence[Hospital]) -> Numbers:
    never = np.iinfo(np.int64).max
    first = dict.fromkeys((unit.code for unit in counties), never)
    for one in hospitals:
        if one.support_from is not None:
            first[one.county] = min(first[one.county], one.support_from)
    return np.array([first[unit.code] for unit in counties])


def _pulls(
    chance: np.random.Generator,
    counties: Sequence[County],
    hospitals: Sequence[Hospital],
    fields: Sequence[str],
) -> Floats:
    """How strongly each hospital draws patients of each county, way and field; 0 where it is no choice."""
    size = np.array([SIZE_OF_TIER[one.tier] * _size_of_level(one.level) for one in hospitals])
    size = size * chance.lognormal(0, 0.3, len(hospitals))
    treats = np.array(
        [
            [
                (SPECIALIST if field and field in one.fields else 1.0)
                if not one.fields or field in one.fields
                else 0.0
                for field in fields
            ]
            for one in hospitals
        ]
    )
    places = {unit.code: number for number, unit in enumerate(counties)}
    cities = np.array([unit.city for unit in counties])
    home = np.array([places[one.county] for one in hospitals])
    tier = np.array([one.tier for one in hospitals])
    here = home[None] == np.arange(len(counties))[:, None]
    near = (cities[home][None] == cities[:, None]) & ~here
    reach = np.stack(
        [
            here * 1.0,
            near * np.where(tier == "city", 1.0, np.where(tier == "county", NEIGHBOUR, 0.0)),
            ~here * (tier == "province") * 1.0,
        ],
        axis=1,
    )
    return reach[:, :, None, :] * (size[:, None] * treats).T[None, None]


def _size_of_level(level: str) -> float:
    return next(size for prefix, size in SIZE_OF_LEVEL if level.startswith(prefix))


def _ways(
    chance: np.random.Generator,
    counties: Sequence[County],
    ills: Sequence[Illness],
    possible: npt.NDArray[np.bool_],
) -> Floats:
    """Share of each county's patients of each illness that stay, go to the city or to the province."""
    leave = np.clip([one.leave for one in ills], 0.005, 0.985)
    shape = (len(counties), len(ills))
    strength = chance.normal(0, 0.35, (len(counties), 1)) + chance.normal(0, 0.2, shape)
    stay = 1 / (1 + np.exp(np.log(leave / (1 - leave)) - strength))
    far = 1 / (1 + np.exp(0.5 - 2.2 * (leave - 0.3) + chance.normal(0, 0.4, (len(counties), 1))))
    ways = np.stack([stay, (1 - stay) * (1 - far), (1 - stay) * far], axis=2) * possible
    total = ways.sum(axis=2, keepdims=True)
    if not (total > 0).all():
        county, illness = (int(part[0]) for part in np.nonzero(total[..., 0] == 0))
        raise ValueError(f"nobody treats {ills[illness].zh} for county {counties[county].code}")
    return ways / total


def _supported(ways: Floats, mix: Floats, responds: npt.NDArray[np.bool_], effect: float) -> Floats:
    """The shares under support: of those who would leave, one part stays, if the illness responds."""
    can = responds & (ways[..., LOCAL] > 0)
    out = (mix * (1 - ways[..., LOCAL]) * can).sum(axis=1, keepdims=True)
    pull = np.minimum(np.divide(effect, out, out=np.zeros_like(out), where=out > 0), LARGEST_PULL)
    kept = np.where(can, pull, 0.0)[..., None]
    after = ways * (1 - kept)
    after[..., LOCAL] += kept[..., 0]
    return after
