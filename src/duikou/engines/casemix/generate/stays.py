"""One frame of invented stays, drawn at once: numbers and positions in tables, not yet text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from duikou.engines.casemix.generate.drawing import Days, Flags, Floats, Numbers, Shares, age_in_years, ranges
from duikou.engines.casemix.generate.fees import split
from duikou.engines.casemix.generate.province import GROWTH, Province
from duikou.engines.casemix.generate.tables import (
    AGE_GROUP_LIMITS,
    AGES,
    SEASONS,
    Illness,
    companions,
    illnesses,
)

OTHERS, OPERATIONS = 8, 4  # most other diagnoses and operations of a page
NEONATE_DAYS: Final = 28  # up to this age the weight on admission is asked for
DAYS_OF_YEAR: Final = 365.2425
OTHERS_BY_AGE: Final = np.array([0.6, 1.2, 2.5, 3.6])  # usual number of other diagnoses in each age group
DEATHS_BY_AGE: Final = np.array([0.5, 0.5, 0.8, 1.5])
DEATHS_BY_SEVERITY: Final = np.array([1.0, 1.6, 5.0])
COST_BY_SEVERITY: Final = np.array([1.0, 1.15, 1.55])
SURGERY_BY_TIER: Final = {"county": 0.92, "city": 1.03, "province": 1.08}
PAYMENTS: Final = np.array([0.36, 0.55, 0.06, 0.03])  # employees' and residents' insurance, self, other
PAID_BY_PATIENT: Final = np.array([0.26, 0.42, 0.84, 0.5])
ROUTES: Final = np.array([0.3, 0.64, 0.03, 0.03])  # emergency, outpatient, other institution, other
HOME, TRANSFER, COMMUNITY, AGAINST_ADVICE, DEATH, OTHER_WAY = 1, 2, 3, 4, 5, 9
DELIVERIES: Final = ("O60.100", "O80.900", "O82.900")
BORN_HERE: Final = "Z38.000"
OUTCOME: Final = "Z37.000"  # outcome of delivery: a single live birth; asks for the child's weight
TUBERCULOSIS, RESISTANCE = "A15.000", "U84.300"  # resistance to several of its drugs
METASTASES: Final = ("C77.900", "C78.000", "C78.700", "C79.300", "C79.500")
MINOR: Final = ("88.7200", "87.4100", "99.1500", "93.3900", "96.0800", "88.7600")
"""Examinations and small interventions, no operations, that come beside a main operation."""


@dataclass(frozen=True, slots=True)
class Stays:
    """The drawn columns, each as long as the frame."""

    first: int  # running number of the frame's first record, from 0
    county: Numbers
    hospital: Numbers
    illness: Numbers
    male: Flags
    admitted: Days
    admitted_minute: Numbers
    discharged: Days
    discharged_minute: Numbers
    stay_days: Numbers
    birth: Days
    age: Numbers
    age_days: Numbers
    birth_weight: Numbers  # g; 0 = not asked for
    admission_weight: Numbers
    others: Numbers  # [record, place]: position in `other_codes`, -1 = none
    operations: Numbers  # [record, place]: position in `operation_codes`, -1 = none
    route: Numbers  # position in ROUTES
    disposition: Numbers
    payment: Numbers  # position in PAYMENTS
    fees: Numbers  # [item, record], fen
    total: Numbers
    own: Numbers

    def __len__(self) -> int:
        """Number of records."""
        return len(self.county)


@cache
def other_codes() -> tuple[str, ...]:
    """Codes that `Stays.others` points to."""
    return (*(one.code for one in companions()), OUTCOME, RESISTANCE, *METASTASES)


@cache
def operation_codes() -> tuple[str, ...]:
    """Codes that `Stays.operations` points to: the small interventions come last."""
    main = {code for one in illnesses() for code in one.operations}
    return (*sorted(main - set(MINOR)), *MINOR)


class Drawer:
    """A province with its tables made ready; `draw` makes one frame."""

    def __init__(self, province: Province) -> None:
        """Lay out the tables."""
        self.province = province
        ills = province.illnesses
        span = max(len(table) for table in AGES.values())
        profiles = np.stack([ranges(table, span) for table in AGES.values()])
        self._from, self._to = profiles[..., 0], profiles[..., 1]
        self._ages = Shares(profiles[..., 2])
        self._profile = np.array([list(AGES).index(one.age) for one in ills])
        self._newborn = np.array([one.age == "newborn" for one in ills])
        self._ways = Shares(province.ways)
        self._pulls = Shares(province.pulls)
        growth = GROWTH ** np.arange(province.years)
        seasons = np.array([SEASONS[one.season] for one in ills])
        shares = seasons / seasons.sum(axis=1, keepdims=True)
        self._calendar: Floats = (growth[None, :, None] * shares[:, None, :]).reshape(len(ills), -1)
        self._companions = Shares(np.array([one.rates for one in companions()]).T)
        extra = [0] * (len(other_codes()) - len(companions()))
        self._severity = np.array([*(one.severity for one in companions()), *extra], dtype=np.int8)
        self._category = _numbers_of([code[:3] for code in other_codes()])
        self._of_category = _numbers_of([one.code[:3] for one in ills])
        self._tables = _PerIllness.of(ills)
        self._surgery_tier = np.array([SURGERY_BY_TIER[one.tier] for one in province.hospitals])
        self._county_tier = np.array([one.tier == "county" for one in province.hospitals])
        self._joint = lru_cache(maxsize=64)(self._joint_shares)

    @property
    def per_month(self) -> Floats:
        """Expected share of all stays that ends in each month."""
        weights = self.province.residents @ self.province.mix @ self._calendar
        return weights / weights.sum()

    def _joint_shares(self, start: int, end: int) -> tuple[Shares, Shares]:
        """Shares of (county, illness) in these months, and of the months for each illness."""
        part = self._calendar[:, start:end]
        joint = self.province.residents[:, None] * self.province.mix * part.sum(axis=1)
        return Shares(joint.reshape(1, -1)), Shares(part)

    def draw(
        self, chance: np.random.Generator, size: int, first: int, months: tuple[int, int] | None = None
    ) -> Stays:
        """Draw so many stays, discharged in these months (from, to before; all when not given)."""
        start, end = months or (0, self.province.months)
        joint, when = self._joint(start, end)
        county, illness = np.divmod(joint.draw(chance, 0, size), len(self.province.illnesses))
        month = when.draw(chance, illness, size) + start
        hospital = self._hospitals(chance, county, illness, month)
        dates = self._dates(chance, illness, month, hospital)
        male = chance.random(size) < self._tables.male[illness]
        birth, age, age_days = self._ages_of(chance, illness, dates.admitted)
        weights = self._weights(chance, illness, age, age_days)
        others, severity = self._others(chance, illness, hospital, male, age)
        operations, operated = self._operated(chance, illness, hospital)
        died = self._deaths(chance, illness, hospital, age, severity)
        cost = self._costs(chance, illness, hospital, dates.stay, severity, operated)
        fees, total = split(chance, cost, operated)
        payment = Shares(PAYMENTS).draw(chance, 0, size)
        paid = PAID_BY_PATIENT[payment] * (0.8 + 0.38 * chance.random(size))
        return Stays(
            first=first,
            county=county,
            hospital=hospital,
            illness=illness,
            male=male,
            admitted=dates.admitted,
            admitted_minute=dates.admitted_minute,
            discharged=dates.discharged,
            discharged_minute=dates.discharged_minute,
            stay_days=np.maximum(dates.stay, 1),
            birth=birth,
            age=age,
            age_days=age_days,
            birth_weight=weights[0],
            admission_weight=weights[1],
            others=others,
            operations=operations,
            route=Shares(ROUTES).draw(chance, 0, size),
            disposition=self._dispositions(chance, hospital, died),
            payment=payment,
            fees=fees,
            total=total,
            own=(total * np.minimum(paid, 1.0)).astype(np.int64),
        )

    def _hospitals(
        self, chance: np.random.Generator, county: Numbers, illness: Numbers, month: Numbers
    ) -> Numbers:
        """Where each patient goes: first how far, then to which hospital."""
        size, where = len(county), self.province
        supported = (where.first_year + month // 12) >= where.support_from[county]
        row = (supported * len(where.counties) + county) * len(where.illnesses) + illness
        way = self._ways.draw(chance, row, size)
        pull = (county * where.pulls.shape[1] + way) * len(where.fields) + where.field_of[illness]
        return self._pulls.draw(chance, pull, size)

    def _dates(
        self, chance: np.random.Generator, illness: Numbers, month: Numbers, hospital: Numbers
    ) -> _Dates:
        size = len(illness)
        first = np.datetime64(f"{self.province.first_year}-01", "M") + month
        length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
        discharged = first.astype("datetime64[D]") + (chance.random(size) * length).astype(np.int64)
        mean = self._tables.stay[illness] * self.province.dear[hospital] ** -0.15
        stay = np.rint(mean * chance.lognormal(-0.09, 0.42, size)).astype(np.int64)
        stay = np.maximum(stay, 1) * ~((mean < 7) & (chance.random(size) < 0.02))  # some go home the same day
        came = np.clip(chance.normal(660, 190, size), 0, 1439).astype(np.int64)
        left = np.clip(chance.normal(640, 110, size), 0, 1439).astype(np.int64)
        came = np.where(stay == 0, np.minimum(came, 1080), came)
        left = np.where(stay == 0, np.maximum(left, came + 240), left)
        return _Dates(discharged - stay, came, discharged, left, stay)

    def _ages_of(
        self, chance: np.random.Generator, illness: Numbers, admitted: Days
    ) -> tuple[Days, Numbers, Numbers]:
        size, profile = len(illness), self._profile[illness]
        part = self._ages.draw(chance, profile, size)
        low, high = self._from[profile, part], self._to[profile, part]
        days = ((low + (high - low) * chance.random(size)) * DAYS_OF_YEAR).astype(np.int64)
        young = np.minimum(chance.exponential(4.5, size).astype(np.int64), NEONATE_DAYS)
        young *= ~self._tables.born[illness]
        days = np.where(self._newborn[illness], young, days)
        birth = admitted - days
        return birth, age_in_years(birth, admitted), days

    def _weights(
        self, chance: np.random.Generator, illness: Numbers, age: Numbers, age_days: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Weight at birth of a newborn patient or of a mother's child, and on admission of the former."""
        size = len(illness)
        neonate = (age == 0) & (age_days <= NEONATE_DAYS)
        asked = neonate | self._tables.delivery[illness]
        early = self._tables.preterm[illness]
        usual = np.where(early, 1950.0, 3280.0) + np.where(early, 430.0, 430.0) * chance.normal(0, 1, size)
        birth = (np.clip(usual, 620, 4900) / 10).astype(np.int64) * 10
        admitted = birth + np.minimum(age_days, NEONATE_DAYS) * 12
        return birth * asked, admitted * neonate

    def _others(
        self, chance: np.random.Generator, illness: Numbers, hospital: Numbers, male: Flags, age: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Other diagnoses (no category twice, none of the principal one's) and their greatest severity."""
        size = len(illness)
        group = np.searchsorted(AGE_GROUP_LIMITS, age, side="right")
        number = chance.poisson(OTHERS_BY_AGE[group] * self.province.depth[hospital])
        drawn = np.stack([self._companions.draw(chance, group, size) for _place in range(OTHERS)], axis=1)
        keep = np.arange(OTHERS) < number[:, None]
        spread = self._tables.cancer[illness] & (chance.random(size) < 0.22)
        metastasis = other_codes().index(METASTASES[0]) + (chance.random(size) * len(METASTASES)).astype(int)
        drawn[:, 0] = np.where(spread, metastasis, drawn[:, 0])
        resistant = self._tables.tuberculosis[illness] & (chance.random(size) < 0.3)
        drawn[:, 0] = np.where(resistant, other_codes().index(RESISTANCE), drawn[:, 0])
        delivery = self._tables.delivery[illness]
        drawn[:, 0] = np.where(delivery, other_codes().index(OUTCOME), drawn[:, 0])
        keep[:, 0] |= spread | resistant | delivery
        category = self._category[drawn]
        keep &= category != self._of_category[illness][:, None]
        keep &= ~((category == self._category[_prostate()]) & ~male[:, None])
        for place in range(1, OTHERS):
            keep[:, place] &= (category[:, :place] != category[:, place, None]).all(axis=1)
        order = np.argsort(~keep, axis=1, kind="stable")
        codes = np.take_along_axis(np.where(keep, drawn, -1), order, axis=1)
        severity = np.where(keep, self._severity[drawn], 0).max(axis=1)
        return codes, severity.astype(np.int64)

    def _operated(
        self, chance: np.random.Generator, illness: Numbers, hospital: Numbers
    ) -> tuple[Numbers, Flags]:
        """Operations, the main one first, and whether there is a real one among them."""
        size, tables = len(illness), self._tables
        likely = tables.surgery[illness]
        operated = (chance.random(size) < likely * self._surgery_tier[hospital]) | (likely == 1.0)
        main = tables.operations[illness, (chance.random(size) < 0.27).astype(int)]
        number = chance.poisson(np.where(operated, 0.7, 0.14))
        minor = len(operation_codes()) - len(MINOR)
        start = (chance.random(size) * len(MINOR)).astype(int)
        places = np.arange(OPERATIONS) - operated[:, None]  # where the small ones begin
        small = minor + (start[:, None] + places) % len(MINOR)
        codes = np.where((places >= 0) & (places < number[:, None]), small, -1)
        codes[:, 0] = np.where(operated, main, codes[:, 0])
        return codes, operated

    def _deaths(
        self,
        chance: np.random.Generator,
        illness: Numbers,
        hospital: Numbers,
        age: Numbers,
        severity: Numbers,
    ) -> Flags:
        group = np.searchsorted(AGE_GROUP_LIMITS, age, side="right")
        risk = self._tables.deaths[illness] * DEATHS_BY_AGE[group] * DEATHS_BY_SEVERITY[severity]
        return chance.random(len(illness)) < np.minimum(risk * self.province.danger[hospital], 0.8)

    def _costs(
        self,
        chance: np.random.Generator,
        illness: Numbers,
        hospital: Numbers,
        stay: Numbers,
        severity: Numbers,
        operated: Flags,
    ) -> Floats:
        """Yuan: by illness, hospital, days, severity and operation."""
        tables = self._tables
        usual = tables.cost[illness] * self.province.dear[hospital] * COST_BY_SEVERITY[severity]
        by_days = 0.6 + 0.4 * np.maximum(stay, 0.5) / tables.stay[illness]
        expected = tables.surgery[illness]
        by_operation = np.where(operated, 1.0 + 0.25 * (1 - expected), 1.0 - 0.45 * expected)
        return usual * by_days * by_operation * chance.lognormal(-0.04, 0.28, len(illness))

    def _dispositions(self, chance: np.random.Generator, hospital: Numbers, died: Flags) -> Numbers:
        """Home mostly; county hospitals pass patients up, the others pass them down."""
        drawn = chance.random(len(hospital))
        county = self._county_tier[hospital]
        up, down = np.where(county, 0.025, 0.006), np.where(county, 0.008, 0.03)
        ways = np.select(
            [drawn < up, drawn < up + down, drawn < up + down + 0.015, drawn < up + down + 0.018],
            [TRANSFER, COMMUNITY, AGAINST_ADVICE, OTHER_WAY],
            HOME,
        )
        return np.where(died, DEATH, ways)


@dataclass(frozen=True, slots=True)
class _Dates:
    admitted: Days
    admitted_minute: Numbers
    discharged: Days
    discharged_minute: Numbers
    stay: Numbers  # days between the two; 0 = the same day


@dataclass(frozen=True, slots=True)
class _PerIllness:
    """What the table says of each illness, as arrays."""

    male: Floats
    stay: Floats
    cost: Floats
    deaths: Floats
    surgery: Floats
    operations: Numbers  # [illness, the usual or the other one]
    cancer: Flags
    tuberculosis: Flags
    delivery: Flags
    born: Flags
    preterm: Flags

    @classmethod
    def of(cls, ills: tuple[Illness, ...]) -> _PerIllness:
        """Lay the table out."""
        places = {code: number for number, code in enumerate(operation_codes())}
        pairs = [(one.operations[0], one.operations[-1]) if one.operations else ("", "") for one in ills]
        return cls(
            male=np.array([one.male for one in ills]),
            stay=np.array([one.stay for one in ills]),
            cost=np.array([one.cost for one in ills]),
            deaths=np.array([one.deaths for one in ills]),
            surgery=np.array([one.surgery for one in ills]),
            operations=np.array([[places.get(code, -1) for code in pair] for pair in pairs]),
            cancer=np.array([one.code.startswith("C") for one in ills]),
            tuberculosis=np.array([one.code == TUBERCULOSIS for one in ills]),
            delivery=np.array([one.code in DELIVERIES for one in ills]),
            born=np.array([one.code == BORN_HERE for one in ills]),
            preterm=np.array([one.code == "P07.300" for one in ills]),
        )


def _prostate() -> int:
    return other_codes().index("N40.x00")


def _numbers_of(categories: list[str]) -> Numbers:
    """Give categories (a letter and two digits) numbers that compare across lists."""
    return np.array([ord(text[0]) * 100 + int(text[1:3]) for text in categories])
