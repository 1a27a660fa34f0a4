"""Zhejiang's round of 2014 as the package ships it: tables, register and divisions of the time."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from importlib import resources

from duikou.engines.pairing.audit import audit
from duikou.engines.pairing.model import Finding, Hospital, HospitalKind, Round, Row, Unit, UnitKind
from duikou.engines.pairing.names import DivisionAlias, Divisions
from duikou.engines.pairing.resolve import Alias, Context, Entry, Register
from duikou.policy import load_pack

START, END = date(2014, 2, 15), date(2017, 2, 14)
RULES = load_pack("zhejiang-2014").audit_rules()
_KINDS = {
    "市辖区": UnitKind.DISTRICT,
    "县级市": UnitKind.COUNTY_CITY,
    "县": UnitKind.COUNTY,
    "自治县": UnitKind.AUTONOMOUS_COUNTY,
}


def _table(wing: str, name: str) -> list[dict[str, str]]:
    """Rows of one of the package's CSV files."""
    file = resources.files("duikou.wings") / wing / "data" / name
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def units() -> tuple[Unit, ...]:
    """The 90 county-level divisions of early 2014."""
    return tuple(
        Unit(line["code"], line["name"], _KINDS[line["kind"]], line["city_code"], line["city_name"])
        for line in _table("places", "divisions_2014.csv")
    )


@cache
def divisions() -> Divisions:
    """Those divisions, with the names that had been given up shortly before."""
    former = [
        DivisionAlias(line["from_name"], line["to_code"], None, _day(line["approved_on"]))
        for line in _table("places", "changes.csv")
        if line["kind"] in ("county_to_district", "county_city_to_district")
        and line["approved_on"] < START.isoformat()
    ]
    return Divisions(units(), provinces=["浙江省"], aliases=former)


@cache
def register() -> Register:
    """The 218 hospitals with their other names."""
    city_of = {unit.code: unit.city_code for unit in units()}
    aliases: dict[str, list[Alias]] = defaultdict(list)
    for line in _table("hospitals", "hospital_names.csv"):
        alias = Alias(line["name"], line["kind"], _day(line["valid_from"]), _day(line["valid_to"]))  # type: ignore[arg-type]
        aliases[line["hospital_key"]].append(alias)
    entries = []
    for line in _table("hospitals", "hospitals.csv"):
        hospital = Hospital(
            key=line["key"],
            name=line["name"],
            kind=HospitalKind(line["kind"]),
            unit_code=line["unit_code_2014"],
            city_code=city_of[line["unit_code_2014"]],
            ownership=line["ownership"],
            development_zone=line["development_zone"] == "true",
            main_county_hospital=line["main_county_hospital"] == "true",
        )
        entries.append(Entry(hospital, tuple(aliases[hospital.key])))
    return Register(entries, divisions())


@cache
def printed_rows() -> tuple[dict[str, str], ...]:
    """The 165 rows of annex 1 and 2 as printed."""
    return tuple(_table("pairings", "zhejiang_2014_annex.csv"))


@cache
def real_round() -> Round:
    """The round with every printed name resolved through the register."""
    rows = []
    for line in printed_rows():
        context = Context(line["table"], line["group"] or None)
        supporter = register().resolve(line["supporter"], START, context)
        recipient = register().resolve(line["recipient"], START, context)
        rows.append(
            Row(
                key=line["position"],
                table=line["table"],
                group=line["group"] or None,
                position=int(line["position"]),
                running_number=int(line["running_number"]),
                supporter_printed=line["supporter"],
                recipient_printed=line["recipient"],
                supporter=supporter.hospital,
                recipient=recipient.hospital,
                supporter_resolution=supporter.resolution,
                recipient_resolution=recipient.resolution,
            )
        )
    return Round("zhejiang-2014", "浙江省2014—2016年", START, END, tuple(rows), units())


@cache
def findings() -> tuple[Finding, ...]:
    """What the audit finds in the real round under the real pack."""
    return audit(real_round(), RULES)


def of_rule(rule: str) -> list[Finding]:
    """Findings of one rule, in the audit's order."""
    return [finding for finding in findings() if finding.rule == rule]
