"""An invented province's stays, any number of them, made in columns: for benches and large tests.

Volumes of hospitals and diseases fall off like real ones do (few large, many small), most
people stay in their own county, groups differ in cost, time and risk of death. Fixed seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from duikou.engines.casemix.columns import FACTS

SEED = 20140215
Whole = np.ndarray


@dataclass(frozen=True)
class Province:
    """Counties in cities, hospitals in them, diseases with three groups each.

    Hospitals and counties have invented names unless `keys`, `codes` and `lie_in` give those
    of a register: the key of each hospital, the code of each county, which one it lies in.
    """

    hospitals: int = 300
    counties: int = 90
    cities: int = 11
    diseases: int = 400
    seed: int = SEED
    keys: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    lie_in: tuple[int, ...] = ()
    county_of: Whole = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lie_in = np.array(self.lie_in) if self.lie_in else np.arange(self.hospitals) % self.counties
        object.__setattr__(self, "county_of", lie_in)

    def counties_codes(self) -> list[str]:
        """Division codes of the counties; the city is in the first four digits."""
        return list(self.codes) or [
            f"33{number % self.cities + 1:02}{number // self.cities + 1:02}"
            for number in range(self.counties)
        ]

    def month(self, month: int, stays: int) -> pl.DataFrame:
        """Return about so many stays of one month, in the columns of the store."""
        chance = np.random.default_rng([self.seed, month])
        hospital = chance.choice(self.hospitals, stays, p=_falling(self.hospitals, 0.6))
        place = self.county_of[hospital]
        large = hospital < self.hospitals // 10  # the largest draw patients from everywhere
        stranger = chance.random(stays) < np.where(large, 0.7, 0.1)
        home = np.where(stranger, chance.integers(0, self.counties, stays), place)
        disease = chance.choice(self.diseases, stays, p=_falling(self.diseases, 0.9))
        lacking = ~large & (disease % 26 % 7 == hospital % 7)  # a small hospital lacks some specialties
        disease = np.where(lacking, (hospital + 1) % 7, disease)
        severity = chance.choice(3, stays, p=(0.5, 0.35, 0.15))
        group = disease * 3 + severity
        return self._columns(chance, month, hospital, place, home, disease, severity, group)

    def _columns(
        self,
        chance: np.random.Generator,
        month: int,
        hospital: Whole,
        place: Whole,
        home: Whole,
        disease: Whole,
        severity: Whole,
        group: Whole,
    ) -> pl.DataFrame:
        traits = np.random.default_rng(self.seed)
        cost = np.exp(traits.normal(13.2, 0.7, self.diseases * 3))
        risk = 10 ** traits.uniform(-4, -1, self.diseases * 3)
        stays = len(hospital)
        codes = np.array(self.counties_codes())
        died = chance.random(stays) < risk[group]
        own, known = codes[place], chance.random(stays) > 0.02
        grouped = chance.random(stays) > 0.02
        letters = np.array([chr(65 + number % 26) for number in range(self.diseases)])
        category = np.array([f"{letters[n]}{n // 26:02}" for n in range(self.diseases)])
        adrg = np.array([f"{letters[n]}{n // 26:02}" for n in range(self.diseases)])
        drg = np.array([f"{adrg[n // 3]}{(1, 3, 5)[n % 3]}" for n in range(self.diseases * 3)])
        keys = self.keys or [f"H{number:04}" for number in range(self.hospitals)]
        columns = {
            "hospital": np.array(keys)[hospital],
            "hospital_county": own,
            "city": np.array([code[:4] + "00" for code in codes])[place],
            "month": np.full(stays, month),
            "discharged": np.array(f"{month // 100}-{month % 100:02}", "datetime64[D]")
            + chance.integers(0, 28, stays),
            "residence": codes[home],
            "age": chance.integers(0, 95, stays),
            "sex": chance.integers(1, 3, stays),
            "stay_days": 1 + chance.gamma(2 + severity, 2.5, stays).astype(np.int64),
            "disposition": np.where(died, 5, chance.choice((1, 2, 3, 4), stays, p=(0.92, 0.03, 0.03, 0.02))),
            "died": died,
            "operated": chance.random(stays) < 0.3,
            "pdx": category[disease],
            "disease": category[disease],
            "major_disease": np.where(disease < 60, disease // 3 + 1, 0),
            "complications": chance.integers(0, 11, stays),
            "payment": chance.choice(("1", "2", "7"), stays, p=(0.5, 0.4, 0.1)),
            "mdc": np.where(grouped, letters[disease], "0000"),
            "adrg": np.where(grouped, adrg[disease], "00"),
            "drg": np.where(grouped, drg[group], "0000"),
            "grouped": grouped,
            "total": (cost[group] * np.exp(chance.normal(0, 0.4, stays))).astype(np.int64),
            "batch": np.full(stays, "invented"),
        }
        frame = pl.DataFrame(columns).with_columns(
            residence=pl.when(pl.lit(pl.Series(known))).then("residence")
        )
        return frame.select(pl.col(name).cast(kind) for name, kind in FACTS.items())

    def stays(self, months: list[int], stays: int) -> Iterator[pl.DataFrame]:
        """Return the months one after the other, about so many stays in all."""
        for month in months:
            yield self.month(month, stays // len(months))


def _falling(number: int, steepness: float) -> Whole:
    weight = 1 / np.arange(1, number + 1) ** steepness
    return np.asarray(weight / weight.sum())


def by_hospital(stays: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Return the stays of each hospital apart."""
    for (hospital,), part in sorted(stays.partition_by("hospital", as_dict=True).items()):
        yield str(hospital), part
