"""Load the register from the package's own tables. Safe to repeat: known hospitals are left alone."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from simple_history.utils import bulk_create_with_history

from duikou.core import search
from duikou.core.actions import act
from duikou.core.models import OrgUnit
from duikou.core.paths import child_path
from duikou.core.scope import SYSTEM
from duikou.engines.pairing.names import index_form
from duikou.wings.hospitals.models import Hospital, HospitalLevel, HospitalName, HospitalPlace, Mark
from duikou.wings.places.loading import load_divisions
from duikou.wings.places.models import Division, DivisionLink

PRINTED_ON = dt.date(2014, 1, 1)  # the day for which `unit_code_2014` holds
BEYOND_CITIES = frozenset({Hospital.Ownership.MILITARY, Hospital.Ownership.POLICE})

Row = dict[str, str]


def load_register() -> int:
    """Add the hospitals of the data files that are not registered yet; return how many were added.

    Loads the divisions first. Raises ValueError, naming the row, when a table names a
    county or hospital that does not exist; then nothing is written.
    """
    load_divisions()
    known = set(Hospital.objects.values_list("key", flat=True))
    rows = [row for row in _read("hospitals.csv") if row["key"] not in known]
    if not rows:
        return 0
    names = defaultdict(list)
    for name in _read("hospital_names.csv"):
        names[name["hospital_key"]].append(name)
    with act("hospital.register_loaded", actor=SYSTEM, permission="hospital.edit") as event:
        _write(rows, names, _Territory.read())
        event.note(after={"hospitals": len(rows)}, label="hospitals.csv")
        search.rebuild("hospital")  # bulk writes do not tell the index
    return len(rows)


def home_of(tier: str, ownership: str, county: Division) -> OrgUnit:
    """The organisation unit under which a hospital is kept: it decides who may edit the entry.

    A provincial, military or police hospital hangs under the province although it
    lies in some district: the district's and the city's officers must not manage it.
    A municipal hospital hangs under its city, every other one under its county.
    """
    city = county.parent
    if city is None or city.parent is None:
        raise ValueError(f"{county.code} {county.name}: a county-level unit within a city was expected")
    if tier == Hospital.Tier.PROVINCIAL or ownership in BEYOND_CITIES:
        return city.parent.org
    return city.org if tier == Hospital.Tier.MUNICIPAL else county.org


@dataclass(frozen=True)
class _Territory:
    """County-level units, then and now, and how one became the other."""

    then: Mapping[str, Division]
    now: Mapping[str, Division]
    onward: Mapping[int, list[DivisionLink]]
    origins: Mapping[int, list[DivisionLink]]

    @classmethod
    def read(cls) -> _Territory:
        counties = Division.objects.filter(level=Division.Level.COUNTY).select_related(
            "org", "parent__org", "parent__parent__org"
        )
        onward, origins = defaultdict(list), defaultdict(list)
        for link in DivisionLink.objects.select_related("change", "predecessor", "successor"):
            onward[link.predecessor_id].append(link)
            origins[link.successor_id].append(link)
        return cls(
            then={unit.code: unit for unit in counties.on(PRINTED_ON)},
            now={unit.code: unit for unit in counties.filter(valid_to=None)},
            onward=onward,
            origins=origins,
        )

    def stations(self, row: Row) -> list[tuple[dt.date | None, Division]]:
        """The units in which a hospital lay, oldest first, each with its first day (None: always)."""
        try:
            first, last = self.then[row["unit_code_2014"]], self.now[row["unit_code_today"]]
        except KeyError as error:
            raise ValueError(f"hospitals.csv, {row['key']}: there is no county-level unit {error}") from None
        trail = self._onward(first, last)
        if trail is None:
            raise ValueError(f"hospitals.csv, {row['key']}: no change leads from {first.code} to {last.code}")
        return self._back(first) + trail

    def _onward(self, first: Division, last: Division) -> list[tuple[dt.date | None, Division]] | None:
        waiting: list[list[tuple[dt.date | None, Division]]] = [[(None, first)]]
        while waiting:
            trail = waiting.pop(0)
            since, unit = trail[-1]
            if unit.pk == last.pk:
                return trail[1:]
            waiting += [
                [*trail, (link.change.effective_on, link.successor)]
                for link in self.onward[unit.pk]
                if since is None or link.change.effective_on > since
            ]
        return None

    def _back(self, first: Division) -> list[tuple[dt.date | None, Division]]:
        """Stations up to `first`: as far back as a unit was formed out of one single other."""
        trail, unit = [first], first
        while True:
            formed = [link for link in self.origins[unit.pk] if link.change.effective_on == unit.valid_from]
            if len(formed) != 1:
                break
            unit = formed[0].predecessor
            trail.insert(0, unit)
        return [(None, trail[0])] + [(later.valid_from, later) for later in trail[1:]]


def _write(rows: list[Row], names: Mapping[str, list[Row]], territory: _Territory) -> None:
    stations = {row["key"]: territory.stations(row) for row in rows}
    homes = {
        row["key"]: home_of(row["region"], row["ownership"], territory.now[row["unit_code_today"]])
        for row in rows
    }
    units = OrgUnit.objects.bulk_create(
        OrgUnit(kind=OrgUnit.Kind.HOSPITAL, name=row["name"], parent=homes[row["key"]]) for row in rows
    )
    for row, unit in zip(rows, units, strict=True):
        unit.path = child_path(homes[row["key"]].path or "", unit.pk)
    OrgUnit.objects.bulk_update(units, ["path"])
    hospitals = bulk_create_with_history(
        [
            _hospital(row, unit, territory.now[row["unit_code_today"]])
            for row, unit in zip(rows, units, strict=True)
        ],
        Hospital,
    )
    by_key = {hospital.key: hospital for hospital in hospitals}
    bulk_create_with_history(
        [
            name
            for hospital, row in zip(hospitals, rows, strict=True)
            for name in _names(hospital, row["name_mark"], names[hospital.key])
        ],
        HospitalName,
    )
    HospitalPlace.objects.bulk_create(
        place for key, trail in stations.items() for place in _places(by_key[key], trail)
    )
    HospitalLevel.objects.bulk_create(
        HospitalLevel(hospital=hospital, level=hospital.level, mark=Mark.RECALLED)
        for hospital in hospitals
        if hospital.level
    )


def _hospital(row: Row, unit: OrgUnit, division: Division) -> Hospital:
    return Hospital(
        key=row["key"],
        org=unit,
        scope_path=unit.path,
        name=row["name"],
        kind=row["kind"],
        field=row["field"],
        level=row["level"],
        level_mark=Mark.RECALLED,
        ownership=row["ownership"],
        tier=row["region"],
        role=row["role"],
        development_zone=row["development_zone"] == "true",
        main_county_hospital=row["main_county_hospital"] == "true",
        division=division,
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
        coord_level=row["coord_level"],
        note=row["note"],
        mark=row["mark"],
    )


def _names(hospital: Hospital, mark: str, aliases: Iterable[Row]) -> list[HospitalName]:
    found = [
        HospitalName(
            hospital=hospital,
            name=alias["name"],
            kind=alias["kind"],
            valid_from=alias["valid_from"] or None,
            valid_to=alias["valid_to"] or None,
            mark=alias["mark"],
            note=alias["note"],
        )
        for alias in aliases
    ]
    # Where the old name's last day is known, the present name began then.
    ends = [name.valid_to for name in found if name.kind == HospitalName.Kind.OLD and name.valid_to]
    official = HospitalName(
        hospital=hospital,
        name=hospital.name,
        kind=HospitalName.Kind.OFFICIAL,
        valid_from=max(ends, default=None),
        mark=mark,
    )
    for name in (official, *found):
        name.folded = index_form(name.name)  # bulk writing does not call save()
    return [official, *found]


def _places(hospital: Hospital, trail: list[tuple[dt.date | None, Division]]) -> list[HospitalPlace]:
    ends = [since for since, _unit in trail[1:]] + [None]
    return [
        HospitalPlace(hospital=hospital, division=unit, valid_from=since, valid_to=end)
        for (since, unit), end in zip(trail, ends, strict=True)
    ]


def _read(name: str) -> list[Row]:
    text = resources.files("duikou.wings.hospitals").joinpath("data", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
