"""A file's round without a database: register and divisions come from the package's own tables."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from importlib import resources
from pathlib import Path

from duikou.cli.issues import say_issues
from duikou.cli.output import CliError
from duikou.engines.pairing.annex import AnnexReading, AnnexRow, read_annex
from duikou.engines.pairing.divisions import DivisionAlias, Divisions
from duikou.engines.pairing.model import Hospital, HospitalKind, Resolution, Round, Row, Unit, UnitKind
from duikou.engines.pairing.names import classify
from duikou.engines.pairing.resolve import Alias, Context, Entry, Register
from duikou.policy.model import Pack
from duikou.wings.places.replay import Stretch, history, table

PROVINCE = "浙江省"
TERM_RULE, TERM_PARAMETER = "AGR-01", "term_years"  # how long an agreement of the round lasts


AUDITED_LATER = frozenset({"pair_twice"})  # errors of a file that an audit itself reports (DATA-07)


def read_table(path: Path) -> AnnexReading:
    """A table of pairings; raises CliError when it has faults that leave rows incomplete."""
    reading = read_annex(path.read_bytes(), path.name)
    say_issues(reading.issues)
    faults = [one for one in reading.issues if one.severity == "error" and one.code not in AUDITED_LATER]
    if faults:
        raise CliError(
            f"表中有 {len(faults)} 处错误（见上），请改正后再试",
            f"the table has {len(faults)} faults (see above): correct them, then try again",
        )
    return reading


def first_day(pack: Pack) -> dt.date:
    """The day as of which a file is read when none is given: the pack's first, or today."""
    return pack.validity.start or dt.date.today()  # noqa: DTZ011  (the day at this desk)


def divisions_on(day: dt.date) -> tuple[tuple[Unit, ...], Divisions]:
    """The province's county-level units on a day, and the same ready for reading names."""
    past = history()
    now = past.on(day)
    cities = {row["code"]: row["name"] for row in table("cities.csv")}
    units = tuple(
        Unit(one.code, one.name, UnitKind(one.kind), one.city_code, cities[one.city_code]) for one in now
    )
    heirs = {one.authority: one.code for one in now}
    names = {one.name for one in now}
    gone = (s for s in past.stretches if _ended(s, day) and s.authority in heirs and s.name not in names)
    aliases = [DivisionAlias(s.name, heirs[s.authority], s.valid_from, s.valid_to) for s in gone]
    return units, Divisions(units, provinces=[PROVINCE], aliases=aliases)


def _ended(stretch: Stretch, day: dt.date) -> bool:
    return stretch.valid_to is not None and stretch.valid_to <= day


def packaged_register(divisions: Divisions) -> Register:
    """The hospitals that the package ships, with their other names."""
    aliases: dict[str, list[Alias]] = defaultdict(list)
    for line in _lines("hospital_names.csv"):
        alias = Alias(line["name"], line["kind"], _day(line["valid_from"]), _day(line["valid_to"]))  # type: ignore[arg-type]
        aliases[line["hospital_key"]].append(alias)
    return Register(
        (Entry(one, tuple(aliases[key])) for key, one in packaged_hospitals(divisions).items()), divisions
    )


def packaged_hospitals(divisions: Divisions) -> dict[str, Hospital]:
    """The hospitals that the package ships, by key."""
    return {key: _hospital(line, divisions) for key, line in register_lines().items()}


def register_lines() -> dict[str, dict[str, str]]:
    """The lines of the packaged register, by key."""
    return {line["key"]: line for line in _lines("hospitals.csv")}


def _hospital(line: dict[str, str], divisions: Divisions) -> Hospital:
    unit = divisions.units.get(line["unit_code_2014"]) or divisions.units.get(line["unit_code_today"])
    return Hospital(
        key=line["key"],
        name=line["name"],
        kind=HospitalKind(line["kind"]),
        unit_code=unit.code if unit else None,
        city_code=unit.city_code if unit else None,
        ownership=line["ownership"],
        development_zone=line["development_zone"] == "true",
        main_county_hospital=line["main_county_hospital"] == "true",
    )


def round_of(reading: AnnexReading, pack: Pack, day: dt.date, *, names_only: bool = False) -> Round:
    """A file's rows as a round under `pack`, with divisions and names as they stood on `day`.

    Names that the register does not know for certain stay unresolved and come out as
    findings; with `names_only` nothing is looked up and kind and county follow from the
    printed names alone.
    """
    units, divisions = divisions_on(day)
    register = None if names_only else packaged_register(divisions)
    rows = tuple(_row(row, divisions, register, day) for row in reading.rows)
    years = pack.rule(TERM_RULE).value(TERM_PARAMETER) if TERM_RULE in pack.rules else None
    years = years if isinstance(years, int) else 1
    end = day.replace(year=day.year + years, day=min(day.day, 28)) - dt.timedelta(days=1)
    return Round(reading.filename, reading.filename, day, end, rows, units)


def _row(row: AnnexRow, divisions: Divisions, register: Register | None, day: dt.date) -> Row:
    supporter, supporter_resolution = _resolve(row.supporter, row, divisions, register, day)
    recipient, recipient_resolution = _resolve(row.recipient, row, divisions, register, day)
    return Row(
        key=str(row.position),
        table=row.table,
        group=row.group,
        position=row.position,
        running_number=row.running_number,
        supporter_printed=row.supporter,
        recipient_printed=row.recipient,
        supporter=supporter,
        recipient=recipient,
        supporter_resolution=supporter_resolution,
        recipient_resolution=recipient_resolution,
        start=row.start,
        end=row.end,
        departments=row.departments,
        reason=row.reason,
    )


def _resolve(
    printed: str, row: AnnexRow, divisions: Divisions, register: Register | None, day: dt.date
) -> tuple[Hospital | None, Resolution]:
    if register is None:
        return classify(printed, divisions, city_code=divisions.city_code(row.group)), Resolution.EXACT
    match = register.resolve(printed, day, Context(row.table, row.group))
    proposed = match.candidates[0].hospital if match.candidates else None
    return match.hospital or proposed, match.resolution


def _lines(name: str) -> list[dict[str, str]]:
    text = resources.files("duikou.wings.hospitals").joinpath("data", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
