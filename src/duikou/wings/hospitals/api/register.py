"""Reading the register: the list, one entry, distances, the catalogues that entries refer to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Query, Router

from duikou.core.rest import (
    Answer,
    Call,
    Day,
    DivisionCode,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    operation,
    page_of,
)
from duikou.wings.hospitals import catalogue, queries
from duikou.wings.hospitals.api.schemas import (
    ITEM_COLUMNS,
    HospitalDetail,
    HospitalItem,
    Kind,
    Level,
    Ownership,
    Role,
    State,
    Tier,
    hospital_detail,
)
from duikou.wings.hospitals.distances import hospital_places
from duikou.wings.places.api.travel import Distance, distance_item
from duikou.wings.places.travel import legs

router = Router(tags=["hospitals"])


@operation(
    router,
    "GET",
    "/hospitals",
    response=Page[HospitalItem],
    permission="hospital.view",
    zh="医院名录",
    en="List of hospitals",
)
def list_hospitals(
    request: Call,
    text: Line = "",
    kind: Kind | None = None,
    level: Level | None = None,
    ownership: Ownership | None = None,
    tier: Tier | None = None,
    role: Role = "",
    state: State | Literal["any"] | None = None,
    city: DivisionCode | None = None,
    county: DivisionCode | None = None,
    as_of: Day | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Hospitals in the caller's scope, and the partners of their pairings.

    `text` is part of any name, old and misspelt ones too. Without `state` and `text` the entries in
    force. With `as_of` names and places, also those of the filters, are the ones of that day.
    """
    chosen = queries.HospitalFilter(
        text=text, kind=kind or "", level=level or "", ownership=ownership or "", tier=tier or "",
        role=role, state=state or "", city=city or "", county=county or "",
    )  # fmt: skip
    rows = queries.hospitals(request.actor, chosen, on=as_of).values(*ITEM_COLUMNS)
    page = page_of(rows, limit, offset)
    if as_of is not None:
        then = queries.on_day((row["id"] for row in page["items"]), as_of)
        for row in page["items"]:
            name, division = then[row["id"]].name, then[row["id"]].division
            parent = division.parent if division else None
            row["name"] = name or row["name"]
            row["division__code"] = division.code if division else None
            row["division__name"] = division.name if division else None
            row["division__parent__name"] = parent.name if parent else None
    return page


@operation(
    router,
    "GET",
    "/hospital-distances",
    response=list[Distance],
    permission="hospital.view",
    zh="医院之间的路程",
    en="Distances between hospitals",
)
def list_hospital_distances(
    request: Call,
    origin: Annotated[list[Id], Query(..., min_length=1, max_length=20)],
    destination: Annotated[list[Id], Query(..., min_length=1, max_length=20)],
    as_of: Day | None = None,
) -> Any:
    """Every origin with every destination, at most 20 × 20; points are ids of hospitals."""
    day = as_of or timezone.localdate()
    places = hospital_places(request.actor, [*origin, *destination], day)
    pairs = [(one, other) for one in dict.fromkeys(origin) for other in dict.fromkeys(destination)]
    found = legs([(places[one], places[other]) for one, other in pairs])
    return [distance_item(str(one), str(other), leg) for (one, other), leg in zip(pairs, found, strict=True)]


@operation(
    router,
    "GET",
    "/hospitals/{hospital_id}",
    response=HospitalDetail,
    permission="hospital.view",
    zh="一家医院",
    en="One hospital",
)
def get_hospital(request: Call, hospital_id: Id) -> Any:
    """The entry with names, grades, places, mergers, departments and capability record."""
    return hospital_detail(request.actor, queries.find_hospital(request.actor, hospital_id))


class SpecialtyItem(Answer):
    """A specialty that departments are classed by."""

    id: str
    zh: str
    en: str


class TechniqueItem(Answer):
    """A technique of the milestone lists."""

    id: str
    year: int
    zh: str
    en: str
    specialty: str | None
    mark: str


class Catalogue(Answer):
    """The specialties and techniques that departments and capabilities refer to."""

    pack: str
    specialties: list[SpecialtyItem]
    techniques: list[TechniqueItem]


@operation(
    router,
    "GET",
    "/hospital-catalogue",
    response=Catalogue,
    permission="hospital.view",
    zh="专业与技术目录",
    en="Catalogue of specialties and techniques",
)
def get_hospital_catalogue(request: Call) -> Any:
    """Ids for departments and capabilities, out of the policy pack."""
    return {
        "pack": catalogue.pack().id,
        "specialties": [{"id": s.id, "zh": s.title.zh, "en": s.title.en} for s in catalogue.specialties()],
        "techniques": [
            {
                "id": t.id, "year": t.year, "zh": t.title.zh, "en": t.title.en,
                "specialty": t.specialty, "mark": t.mark.value,
            }
            for t in catalogue.techniques().values()
        ],
    }  # fmt: skip
