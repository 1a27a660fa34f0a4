"""Zhejiang's divisions with their history, and addresses that a seeded generator invents for them."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duikou.engines.casemix.residence import Division, Move, Resolver, Sample, towns_of
from duikou.wings.places import replay

KEY = b"key of the tests"
FIRST, LAST = dt.date(2012, 1, 1), dt.date(2026, 6, 30)
CITIES = Path(replay.__file__).parent / "data" / "cities.csv"
ROADS = (
    "人民路",
    "解放街",
    "西湖大道",
    "余杭塘路",
    "鄞州大道",
    "建设弄",
    "东街",
    "越城路",
    "新村",
    "花园",
    "滨江小区",
)
TOWNS = ("演示街道", "演示镇", "前丰乡", "后塘镇", "城关镇", "")
ELSEWHERE = {"340000": "安徽省黄山市歙县", "360000": "江西上饶市广信区", "310000": "上海市浦东新区"}
UNKNOWABLE = (
    "演示村三组",
    "城关镇人民路",
    "某某厂宿舍",
    "浙江省",
    "杭州市",
    "宁波",
    "市区解放街",
    "西湖大道",
    "江苏路",
)


@cache
def divisions() -> tuple[tuple[Division, ...], tuple[Move, ...]]:
    """What the places of the program know of Zhejiang, in the engine's terms."""
    past = replay.history()
    counties = {s.key: Division(s.code, s.name, "county", s.valid_from, s.valid_to) for s in past.stretches}
    with CITIES.open(encoding="utf-8", newline="") as lines:
        cities = [Division(row["code"], row["name"], "city") for row in csv.DictReader(lines)]
    moves = [
        Move(
            counties[link.predecessor.key],
            counties[link.successor.key],
            link.event.effective_on,
            () if link.event.whole else towns_of(link.event.territory),
            link.event.all_but,
        )
        for link in past.links
    ]
    return (*cities, *counties.values()), tuple(moves)


def resolver(**options: object) -> Resolver:
    """A resolver for Zhejiang."""
    known, moves = divisions()
    return Resolver(known, moves=moves, key=KEY, home="330000", **options)  # type: ignore[arg-type]


def county_words(name: str) -> str:
    """A county's short name, where it has one that is in use."""
    return name.replace("畲族自治县", "")[:-1] if len(name) > 2 and "自治" not in name else name[:2]


@dataclass(frozen=True)
class Place:
    """A county on a day, and what follows it in an address."""

    rng: random.Random
    day: dt.date
    code: str
    name: str
    city: str
    tail: str

    @property
    def short(self) -> str:
        return county_words(self.name)


Style = Callable[[Place], tuple[str, str | None]]


def known(form: str) -> Style:
    """An address that names the county, in some form."""
    return lambda place: (form.format(p=place, city=place.city[:-1]), place.code)


def road_first(place: Place) -> tuple[str, str | None]:
    return f"{place.rng.choice(ROADS)}{place.rng.randrange(99)}号 {place.name}", place.code


def elsewhere(place: Place) -> tuple[str, str | None]:
    code = place.rng.choice(list(ELSEWHERE))
    return ELSEWHERE[code] + place.tail, code


def unknowable(place: Place) -> tuple[str, str | None]:
    return place.rng.choice(UNKNOWABLE), None


def former(place: Place) -> tuple[str, str | None]:
    """The name of before, written years after; of a divided county only a town tells."""
    every, moves = divisions()
    past = [m for m in moves if m.on <= place.day and m.source.name != m.target.name]
    if not past:
        return unknowable(place)
    move = place.rng.choice(past)
    town = (
        place.rng.choice(move.towns) if move.towns and not move.all_but else place.rng.choice(["演示镇", ""])
    )
    divided = sum(m.source == move.source for m in moves) > 1 and not move.source.on(place.day)
    city = next(d.name for d in every if d.level == "city" and d.code[:4] == move.source.code[:4])
    address = f"{city}{move.source.name}{town}{place.rng.randrange(99)}号"
    return address, None if divided and not town else current(move.target, place.day, moves)


STYLES: tuple[tuple[int, Style], ...] = (
    (30, known("浙江省{p.city}{p.name}{p.tail}")),
    (15, known("{p.city}{p.name}{p.tail}")),
    (10, known("{p.name}{p.tail}")),
    (8, known("浙江{city}{p.name}{p.tail}")),
    (6, known("浙江省 {p.city} {p.name}，{p.tail}")),
    (5, known("浙江{p.name}{p.tail}")),
    (5, known("{city}{p.short}{p.tail}")),
    (3, known("{p.city}{p.short}{p.tail}")),
    (2, known("{p.short}{p.tail}")),
    (2, road_first),
    (6, former),
    (5, elsewhere),
    (3, unknowable),
)
"""How often which way of writing is drawn: our assumption, not a count of real addresses."""


def samples(count: int, seed: int) -> Iterator[Sample]:
    """Addresses as people write them, with the county that was theirs on the day."""
    rng = random.Random(seed)
    every, _ = divisions()
    cities = {d.code[:4]: d.name for d in every if d.level == "city"}
    weights, styles = zip(*STYLES, strict=True)
    for _ in range(count):
        day = FIRST + dt.timedelta(days=rng.randrange((LAST - FIRST).days))
        county = rng.choice([d for d in every if d.level == "county" and d.on(day)])
        tail = f"{rng.choice(TOWNS)}{rng.choice(ROADS)}{rng.randrange(1, 999)}号"
        place = Place(rng, day, county.code, county.name, cities[county.code[:4]], tail)
        address, code = rng.choices(styles, weights)[0](place)
        yield Sample(address, day, code)


def current(division: Division, day: dt.date, moves: tuple[Move, ...]) -> str:
    """Code of what a successor is on a day: it may have been renamed again."""
    while not division.on(day):
        division = next(m.target for m in moves if m.source == division and m.on == division.valid_to)
    return division.code
