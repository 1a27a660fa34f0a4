"""Matching printed names with the register: each step, each refusal to guess."""

from __future__ import annotations

import random
from datetime import date

import pytest

from duikou.engines.pairing.model import Hospital, HospitalKind, Resolution, Unit, UnitKind
from duikou.engines.pairing.names import DivisionAlias, Divisions
from duikou.engines.pairing.resolve import Alias, Context, Entry, Register, infer
from duikou.engines.pairing.similar import edit_distance

ON = date(2014, 2, 15)
CHANGED = date(2013, 10, 18)
UNITS = (
    Unit("330110", "余杭区", UnitKind.DISTRICT, "330100", "杭州市"),
    Unit("330182", "建德市", UnitKind.COUNTY_CITY, "330100", "杭州市"),
    Unit("330185", "临安市", UnitKind.COUNTY_CITY, "330100", "杭州市"),
    Unit("330206", "北仑区", UnitKind.DISTRICT, "330200", "宁波市"),
    Unit("330503", "南浔区", UnitKind.DISTRICT, "330500", "湖州市"),
    Unit("330523", "安吉县", UnitKind.COUNTY, "330500", "湖州市"),
    Unit("330604", "上虞区", UnitKind.DISTRICT, "330600", "绍兴市"),
    Unit("331127", "景宁畲族自治县", UnitKind.AUTONOMOUS_COUNTY, "331100", "丽水市"),
)
DIVISIONS = Divisions(UNITS, provinces=["浙江省"], aliases=[DivisionAlias("上虞市", "330604", None, CHANGED)])
CITY = {unit.code: unit.city_code for unit in UNITS}


def entry(key: str, name: str, unit: str | None, *aliases: Alias, city: str | None = None) -> Entry:
    kind = HospitalKind.TCM if "中医" in name else HospitalKind.GENERAL
    return Entry(Hospital(key, name, kind, unit, city or CITY.get(unit or "")), aliases)


ENTRIES = (
    entry("anji", "安吉县人民医院", "330523"),
    entry("anji-tcm", "安吉县中医院", "330523"),
    entry("beilun", "宁波市北仑区人民医院", "330206"),
    entry("hangzhou-1", "杭州市第一人民医院", None, city="330100"),
    entry("hangzhou-2", "杭州市第二人民医院", None, city="330100"),
    entry("yuhang-2", "杭州市余杭区第二人民医院", "330110"),
    entry("jiande-1", "建德市第一人民医院", "330182", Alias("建德市第一人医院", "typo")),
    entry("jiande-2", "建德市第二人民医院", "330182"),
    entry("jingning", "景宁畲族自治县人民医院", "331127"),
    entry("shangyu", "绍兴市上虞区人民医院", "330604"),
    entry("lianshi", "湖州市南浔区练市医院", "330503"),
    entry("yuqian", "临安市於潜人民医院", "330185"),
    entry(
        "army",
        "中国人民解放军第一一七医院",
        None,
        Alias("解放军117医院", "short"),
        city="330100",
    ),
    entry("provincial", "浙江省人民医院", None, Alias("浙江人民", "short"), city="330100"),
    entry("twin-a", "红十字会医院", None, city="330100"),
    entry("twin-b", "红十字会医院", None, city="330200"),
    entry(
        "renamed",
        "临安市第九医院",
        "330185",
        Alias("临安市康复医院", "old", None, date(2014, 6, 1)),
        Alias("临安市疗养院", "old", None, date(2012, 1, 1)),
        Alias("临安市未来医院", "full", date(2016, 1, 1)),
        Alias("临安市友好医院", "same_as"),
    ),
)
REGISTER = Register(ENTRIES, DIVISIONS)


# printed, heading of the table, hospital, how
@pytest.mark.parametrize(
    ("printed", "heading", "key", "resolution"),
    [
        # the registered name, whatever its typography
        ("安吉县人民医院", "湖州市", "anji", Resolution.EXACT),
        ("安吉县　人民医院 ", None, "anji", Resolution.EXACT),
        # aliases, by their kind
        ("建德市第一人医院", None, "jiande-1", Resolution.TYPO),
        ("解放军117医院", None, "army", Resolution.SHORT),
        ("解放军第１１７医院", None, "army", Resolution.SHORT),  # the alias in another writing
        ("临安市友好医院", None, "renamed", Resolution.VARIANT),
        # a former name: wrong by 2014, or still right then
        ("临安市疗养院", None, "renamed", Resolution.OLD),
        ("临安市康复医院", None, "renamed", Resolution.EXACT),
        ("临安市未来医院", None, "renamed", Resolution.VARIANT),
        # another writing
        ("临安市于潜人民医院", "杭州市", "yuqian", Resolution.VARIANT),
        # another wording
        ("安吉县中医医院", "湖州市", "anji-tcm", Resolution.VARIANT),
        # the place written otherwise
        ("北仑区人民医院", None, "beilun", Resolution.SHORT),
        ("宁波北仑人民医院", "宁波市", "beilun", Resolution.SHORT),
        ("景宁县人民医院", "丽水市", "jingning", Resolution.SHORT),
        ("省人民医院", None, "provincial", Resolution.SHORT),
        ("安吉人民医院", None, "anji", Resolution.SHORT),
        ("湖州市安吉县人民医院", None, "anji", Resolution.VARIANT),  # the city added
        ("第二人民医院", "杭州市", "hangzhou-2", Resolution.SHORT),  # the heading is the city
        ("练市医院", "湖州市", "lianshi", Resolution.SHORT),  # only one of this name in the city
        ("湖州市练市医院", None, "lianshi", Resolution.SHORT),
        # the county under its former name
        ("上虞市人民医院", "绍兴市", "shangyu", Resolution.OLD),
        # one name, two hospitals: the heading decides
        ("红十字会医院", "宁波市", "twin-b", Resolution.EXACT),
    ],
)
def test_sure_matches(printed: str, heading: str | None, key: str, resolution: Resolution) -> None:
    match = REGISTER.resolve(printed, ON, Context("2", heading))
    assert match.hospital is not None, match.candidates
    assert (match.hospital.key, match.resolution) == (key, resolution)
    assert match.sure
    assert 0.75 <= match.confidence <= 1
    assert len(match.candidates) == 1
    assert match.candidates[0].reasons[0].zh
    assert match.candidates[0].reasons[0].en


# printed, heading, best candidate or None
@pytest.mark.parametrize(
    ("printed", "heading", "best"),
    [
        ("红十字会医院", None, "twin-a"),  # two of the name, nothing to decide by
        ("建德市第二人医院", "杭州市", "jiande-2"),  # a misspelling that nobody has confirmed
        ("安吉县人民医阮", "湖州市", "anji"),
        ("安吉县人院", None, None),
        ("莫愁湖疗养所", None, None),
    ],
)
def test_what_is_not_sure_is_never_taken(printed: str, heading: str | None, best: str | None) -> None:
    match = REGISTER.resolve(printed, ON, Context("2", heading))
    assert match.hospital is None
    assert not match.sure
    if best is None and not match.candidates:
        assert (match.resolution, match.confidence) == (Resolution.NONE, 0.0)
    else:
        assert match.resolution is Resolution.GUESS
        assert best in (None, match.candidates[0].hospital.key)
        assert match.confidence < 1
        assert all(candidate.reasons for candidate in match.candidates)
        scores = [candidate.score for candidate in match.candidates]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("printed", "heading", "wrong"),
    [
        ("杭州市第二人民医院", None, "yuhang-2"),  # the city's own, not a district's
        ("余杭区第二人民医院", None, "hangzhou-2"),
        ("第二人民医院", "湖州市", "hangzhou-2"),  # another city's table
        ("人民医院", "湖州市", "anji"),  # any county may have one: the city's is meant
    ],
)
def test_levels_and_cities_are_not_mixed_up(printed: str, heading: str | None, wrong: str) -> None:
    match = REGISTER.resolve(printed, ON, Context("2", heading))
    assert match.hospital is None or match.hospital.key != wrong


def test_an_old_name_is_old_only_after_its_day() -> None:
    before = REGISTER.resolve("临安市康复医院", date(2014, 5, 31))
    after = REGISTER.resolve("临安市康复医院", date(2014, 6, 1))
    assert (before.resolution, after.resolution) == (Resolution.EXACT, Resolution.OLD)
    assert after.candidates[0].reasons[0].zh == "曾用名，用到2014-06-01以前"


def test_the_reason_names_the_change_of_the_county() -> None:
    match = REGISTER.resolve("上虞市人民医院", ON)
    assert match.candidates[0].reasons[0].zh == "上虞市自2013-10-18起为上虞区"
    assert REGISTER.resolve("上虞市人民医院", date(2013, 1, 1)).resolution is not Resolution.OLD


def test_a_guess_tells_why() -> None:
    match = REGISTER.resolve("建德市第二人医院", ON)
    assert [reason.zh for reason in match.candidates[0].reasons] == [
        "名称只差一字",
        "同一县（市、区）",
        "类别相同",
    ]


def test_without_a_register_the_name_itself_is_the_hospital() -> None:
    match = infer("上虞市人民医院", ON, Context("2", "绍兴市"), DIVISIONS)
    assert match.hospital is not None
    assert (match.hospital.name, match.resolution) == ("上虞区人民医院", Resolution.OLD)
    assert match.confidence == 0.5
    assert match.candidates[0].reasons[0].zh == "没有名册，仅由名称推断"
    same = infer("上虞区人民医院", ON, Context("2", "绍兴市"), DIVISIONS)
    assert same.hospital is not None
    assert (same.hospital.key, same.resolution) == (match.hospital.key, Resolution.EXACT)


def test_the_order_of_the_register_does_not_matter() -> None:
    names = ["红十字会医院", "建德市第三人民医院", "安吉人民医院", "宁波市人民医院", "某医院"]
    expected = [REGISTER.resolve(name, ON) for name in names]
    for seed in range(5):
        entries = list(ENTRIES)
        random.Random(seed).shuffle(entries)
        assert [Register(entries, DIVISIONS).resolve(name, ON) for name in names] == expected


def test_two_hospitals_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="key 'anji'"):
        Register([ENTRIES[0], ENTRIES[0]], DIVISIONS)


def test_an_unknown_kind_of_alias_is_refused() -> None:
    with pytest.raises(ValueError, match=r"alias '某院': kind 'nick' is unknown; use one of full, old"):
        Alias("某院", "nick")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("人民", "", 2), ("人医院", "人民医院", 1), ("中医", "西医", 1)],
)
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == distance
