"""What the routes of the register answer, and how rows become it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from duikou.core.rest import Answer
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue, detail
from duikou.wings.hospitals.models import Hospital

Kind = Literal[
    "general", "specialised", "tcm", "integrated", "maternal_child", "psychiatric", "dental", "eye",
    "township", "other",
]  # fmt: skip
Level = Literal[
    "三级甲等", "三级乙等", "三级丙等", "三级", "二级甲等", "二级乙等", "二级丙等", "二级",
    "一级甲等", "一级乙等", "一级丙等", "一级",
]  # fmt: skip
Ownership = Literal["public", "military", "police", "enterprise", "private"]
Tier = Literal["provincial", "municipal", "county"]
Role = Literal["supporter", "recipient", "both", ""]
State = Literal["active", "merged", "closed"]
CoordLevel = Literal["exact", "locality", "county_seat", ""]
Mark = Literal["seed", "found", "recalled", "inferred", "entered"]
AliasKind = Literal["full", "short", "old", "variant", "typo", "same_as"]
DepartmentState = Literal["present", "weak", "missing"]
CapabilityState = Literal["none", "learning", "independent"]


class HospitalItem(Answer):
    """A hospital as it is shown in lists. `level` is empty where none is recorded.

    `level_mark` and `mark` say how facts are known; `recalled` and `inferred` wait for confirmation.
    """

    id: int
    key: str
    name: str
    kind: Kind
    field: str
    level: Level | Literal[""]
    level_mark: Mark
    ownership: Ownership
    tier: Tier
    role: Role
    state: State
    county_code: str | None = Field(validation_alias="division__code")
    county: str | None = Field(validation_alias="division__name")
    city: str | None = Field(validation_alias="division__parent__name")
    lon: float | None
    lat: float | None
    coord_level: CoordLevel
    mark: Mark
    merged_into_id: int | None
    version: int


ITEM_COLUMNS = tuple(str(field.validation_alias or name) for name, field in HospitalItem.model_fields.items())


def hospital_item(hospital: Hospital) -> dict[str, Any]:
    """The same out of an instance with its division."""
    columns = {name: getattr(hospital, name) for name in ITEM_COLUMNS if "__" not in name}
    parent = hospital.division.parent
    return {
        **columns,
        "division__code": hospital.division.code,
        "division__name": hospital.division.name,
        "division__parent__name": parent.name if parent else None,
    }


class NameItem(Answer):
    """A name with its kind and validity: [valid_from, valid_to)."""

    id: int
    name: str
    kind: Literal["official", "full", "short", "old", "variant", "typo", "same_as"]
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    note: str


class LevelItem(Answer):
    """A grade with its validity and source."""

    level: Level
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    source: str


class PlaceItem(Answer):
    """Where it lay: [valid_from, valid_to)."""

    county_code: str
    county: str
    city: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None


class SuccessionItem(Answer):
    """A merger or split in which the hospital took part; undone ones stay on record."""

    kind: Literal["merge", "duplicate", "split"]
    outgoing: bool
    other_id: int
    other: str
    on: dt.date
    document: str
    reason: str
    undone_on: dt.date | None
    undone_reason: str


class DepartmentItem(Answer):
    """A department by the catalogue of specialties (`other` outside it)."""

    id: int
    specialty: str
    specialty_name: str
    name: str
    state: DepartmentState
    opened_on: dt.date | None
    closed_on: dt.date | None


class CapabilityItem(Answer):
    """Whether the hospital masters a technique of the milestone lists."""

    technique: str
    technique_name: str
    state: CapabilityState
    first_case_on: dt.date | None
    approved_here: bool
    approved_by_supporter: bool


class HospitalDetail(HospitalItem):
    """An entry with everything that hangs on it."""

    org_id: int
    development_zone: bool
    main_county_hospital: bool
    note: str
    closed_on: dt.date | None
    names: list[NameItem]
    levels: list[LevelItem]
    places: list[PlaceItem]
    successions: list[SuccessionItem]
    departments: list[DepartmentItem]
    capabilities: list[CapabilityItem]


def hospital_detail(actor: Actor, hospital: Hospital) -> dict[str, Any]:
    """The whole entry in a fixed number of queries."""
    specialties = dict(catalogue.specialty_choices())
    steps = [
        {
            "outgoing": step.outgoing,
            "other_id": step.other.pk,
            "other": step.other.name,
            **{
                name: getattr(step.succession, name)
                for name in ("kind", "on", "document", "reason", "undone_on", "undone_reason")
            },
        }
        for step in detail.steps_of(actor, hospital)
    ]
    plain = ("org_id", "development_zone", "main_county_hospital", "note", "closed_on")
    return {
        **hospital_item(hospital),
        **{name: getattr(hospital, name) for name in plain},
        "names": detail.names_of(hospital),
        "levels": detail.levels_of(hospital),
        "places": [
            {
                "county_code": place.division.code,
                "county": place.division.name,
                "city": place.division.parent.name if place.division.parent else None,
                "valid_from": place.valid_from,
                "valid_to": place.valid_to,
            }
            for place in detail.places_of(hospital)
        ],
        "successions": steps,
        "departments": [
            {**row, "specialty_name": specialties.get(row["specialty"], row["specialty"])}
            for row in hospital.departments.values(
                "id", "specialty", "name", "state", "opened_on", "closed_on"
            )
        ],
        "capabilities": [
            {**row, "technique_name": catalogue.technique_label(row["technique"])}
            for row in hospital.capabilities.values(
                "technique", "state", "first_case_on", "approved_here", "approved_by_supporter"
            )
        ],
    }
