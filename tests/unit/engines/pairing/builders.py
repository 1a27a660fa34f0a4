"""Small rounds for tests, and random ones for properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from duikou.engines.pairing.model import (
    Hospital,
    HospitalKind,
    Resolution,
    Round,
    Row,
    RuleSpec,
    Unit,
    UnitKind,
)

START, END = date(2014, 2, 15), date(2017, 2, 14)
COUNTIES = ("county", "county_city", "autonomous_county")

UNITS = (
    Unit("330502", "吴兴区", UnitKind.DISTRICT, "330500", "湖州市"),
    Unit("330522", "长兴县", UnitKind.COUNTY, "330500", "湖州市"),
    Unit("330523", "安吉县", UnitKind.COUNTY, "330500", "湖州市"),
    Unit("330481", "海宁市", UnitKind.COUNTY_CITY, "330400", "嘉兴市"),
    Unit("330402", "南湖区", UnitKind.DISTRICT, "330400", "嘉兴市"),
    Unit("331127", "景宁畲族自治县", UnitKind.AUTONOMOUS_COUNTY, "331100", "丽水市"),
)
CITY_OF = {unit.code: unit.city_code for unit in UNITS}


def rule(id_: str, **parameters: object) -> RuleSpec:
    """A rule whose clause names it, so that a finding's clause can be checked."""
    return RuleSpec(id_, f"clause of {id_}", "inferred", parameters)


RULES = {
    spec.id: spec
    for spec in (
        rule("PAIR-01", target=3, note_off_by=1, kinds=["general"]),
        rule("PAIR-02", target=2, kinds=["specialised", "maternal_child", "psychiatric", "dental", "eye"]),
        rule("PAIR-03", minimum=1, unit_kinds=list(COUNTIES)),
        rule("PAIR-04", minimum=1, tables=["2"], unit_kinds=list(COUNTIES)),
        rule("PAIR-05", max_supporters=1, departments_and_reason_allow=True, max_gap_days=0),
        rule(
            "PAIR-14",
            matrix={
                "psychiatric": ["psychiatric"],
                "maternal_child": ["maternal_child"],
                "specialised": ["specialised", "tcm"],
            },
        ),
        rule("PAIR-15", minimum=1, unit_kinds=["district"]),
        rule("PAIR-16", kinds=["township"], ownerships=["enterprise"], development_zone=True),
        rule("PAIR-17", unit_kinds=list(COUNTIES)),
        rule("PAIR-18", tables=["2"]),
        *(
            rule(f"DATA-0{number}", table_clauses={"1": ["annex 1"], "2": ["annex 2"]})
            for number in range(1, 8)
        ),
    )
}


def hospital(name: str, unit_code: str | None = None, **fields: object) -> Hospital:
    """A general hospital whose key is its name."""
    made = Hospital(
        key=name,
        name=name,
        kind=HospitalKind.GENERAL,
        unit_code=unit_code,
        city_code=CITY_OF.get(unit_code or ""),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def row(position: int, supporter: Hospital, recipient: Hospital, **fields: object) -> Row:
    """A row of a city's table of 湖州 that prints the registered names."""
    made = Row(
        key=f"row-{position}",
        table="2",
        group="湖州市",
        position=position,
        running_number=None,
        supporter_printed=supporter.name,
        recipient_printed=recipient.name,
        supporter=supporter,
        recipient=recipient,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def round_of(*rows: Row, units: tuple[Unit, ...] = UNITS, previous: Round | None = None) -> Round:
    """A round of three years from February 2014."""
    return Round("2014", "2014—2016", START, END, rows, units, previous)


# ---------------------------------------------------------------- random rounds

_NAMES = (
    *("第一人民医院", "人民医院", "第二人民医院", "第三人民医院", "中心医院"),
    *("中医院", "中医医院", "妇幼保健院", "口腔医院", "卫生院"),
)
_REGISTER = tuple(
    Hospital(
        key=f"h{number}",
        name=unit.name + name,
        kind=list(HospitalKind)[(number * 7 + len(name)) % len(HospitalKind)],
        unit_code=unit.code if number % 11 else None,
        city_code=unit.city_code,
        ownership=("public", "enterprise", "military")[number % 3],
        development_zone=number % 13 == 0,
        main_county_hospital=name in ("人民医院", "第一人民医院", "中心医院"),
    )
    for number, (unit, name) in enumerate((unit, name) for unit in UNITS for name in _NAMES)
)
_RECIPIENTS = tuple(one for number, one in enumerate(_REGISTER) if number % 10 in (0, 1, 5, 6, 9))
_DAYS = st.integers(-200, 1300).map(lambda days: START + timedelta(days=days))


@st.composite
def _rows(draw: st.DrawFn, position: int, prefix: str) -> Row:
    resolution = st.sampled_from(
        [Resolution.EXACT] * 6 + [one for one in Resolution if one is not Resolution.EXACT]
    )
    # Few hospitals, so that loads, duplicates and repetitions are frequent.
    supporter, recipient = draw(st.sampled_from(_REGISTER[::9])), draw(st.sampled_from(_RECIPIENTS))
    supporter_resolution, recipient_resolution = draw(resolution), draw(resolution)
    dated = draw(st.sampled_from([False, False, True]))
    start = draw(_DAYS) if dated else None
    group = draw(st.sampled_from([None, "湖州市", "嘉兴市", "某市"]))
    return Row(
        key=f"{prefix}{position}",
        table="1" if group is None else "2",
        group=group,
        position=position,
        running_number=draw(st.sampled_from([1, 1, 2, 3, None])),
        supporter_printed=draw(st.sampled_from([supporter.name, supporter.name[3:]])),
        recipient_printed=draw(st.sampled_from([recipient.name, recipient.name[2:]])),
        supporter=None if supporter_resolution is Resolution.NONE else supporter,
        recipient=None if recipient_resolution is Resolution.NONE else recipient,
        supporter_resolution=supporter_resolution,
        recipient_resolution=recipient_resolution,
        start=start,
        end=start + timedelta(days=draw(st.integers(0, 900))) if start else None,
        departments=tuple(
            draw(
                st.sets(
                    st.sampled_from(["骨科", "儿科", "眼科", "内科"]),
                    min_size=draw(st.integers(0, 1)),
                    max_size=1,
                )
            )
        ),
        reason=draw(st.sampled_from(["", "专科不同", "专科不同"])),
    )


@st.composite
def rounds(draw: st.DrawFn, *, most: int = 14) -> Round:
    """Random rounds: few hospitals and much coincidence, some with a previous round."""
    previous = None
    if draw(st.booleans()):
        old = [draw(_rows(position, "old-")) for position in range(1, draw(st.integers(1, 5)) + 1)]
        gap = timedelta(days=draw(st.integers(-30, 60)))
        previous = Round("2011", "2011", date(2011, 1, 1), START - timedelta(days=1) - gap, tuple(old), UNITS)
    rows = [draw(_rows(position, "row-")) for position in range(1, draw(st.integers(0, most)) + 1)]
    return Round("2014", "2014", START, END, tuple(draw(st.permutations(rows))), UNITS, previous)
