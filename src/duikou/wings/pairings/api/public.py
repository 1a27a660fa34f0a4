"""What the public window shows, for programs: no sign-in, nothing but what is public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from ninja import Router
from pydantic import Field

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
    joined_page_of,
    operation,
)
from duikou.wings.pairings.api.rounds import unit_coverage
from duikou.wings.pairings.api.schemas import (
    PairingKind,
    PairingLevel,
    RoundFigures,
    RoundItem,
    RoundKey,
    UnitCoverage,
    figures_answer,
    round_item,
)
from duikou.wings.pairings.queries import public as queries
from duikou.wings.pairings.queries.rounds import check_day, round_figures

router = Router(tags=["public"])
OPEN: dict[str, Any] = {"permission": None, "public": True}


@operation(
    router, "GET", "/public/rounds", response=list[RoundItem], zh="公开的轮次", en="Public rounds", **OPEN
)
def list_public_rounds(request: Call) -> Any:
    """Rounds in force or over, newest first."""
    return [round_item(round_) for round_ in queries.public_rounds()]


@operation(
    router,
    "GET",
    "/public/rounds/{key}/figures",
    response=RoundFigures,
    zh="公开的轮次指标",
    en="Public figures of a round",
    **OPEN,
)
def get_public_figures(request: Call, key: RoundKey, as_of: Day | None = None) -> Any:
    """The same numbers as on every other face."""
    round_ = queries.public_round(key)
    rows = {
        "pairings": f"{reverse('api:list_public_pairings')}?round={key}" + (f"&on={as_of}" if as_of else ""),
        "coverage": reverse("api:list_public_coverage", args=[key]) + (f"?as_of={as_of}" if as_of else ""),
    }
    return figures_answer(round_, round_figures(round_, as_of), as_of, rows)


@operation(
    router,
    "GET",
    "/public/rounds/{key}/coverage",
    response=list[UnitCoverage],
    zh="公开的覆盖情况",
    en="Public coverage by county",
    **OPEN,
)
def list_public_coverage(request: Call, key: RoundKey, as_of: Day | None = None) -> Any:
    """Every county-level unit with the number of its recipients."""
    round_ = queries.public_round(key)
    check_day(round_, as_of)
    return unit_coverage(round_, as_of)


class PublicPairing(Answer):
    """Who supports whom, where, since when and until when (both days included)."""

    id: int
    round: str = Field(validation_alias="round__key")
    table: str
    group: str
    position: int
    supporter_id: int
    supporter: str = Field(validation_alias="supporter__name")
    supporter_printed: str
    recipient_id: int
    recipient: str = Field(validation_alias="recipient__name")
    recipient_printed: str
    county_code: str = Field(validation_alias="recipient_division__code")
    county: str = Field(validation_alias="recipient_division__name")
    city: str | None = Field(validation_alias="recipient_division__parent__name")
    kind: PairingKind
    level: PairingLevel
    start: dt.date
    end: dt.date


@operation(
    router,
    "GET",
    "/public/pairings",
    response=Page[PublicPairing],
    zh="公开的结对",
    en="Public pairings",
    **OPEN,
)
def list_public_pairings(
    request: Call,
    round: RoundKey | None = None,
    on: Day | None = None,
    county: DivisionCode | None = None,
    text: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """`on`: who supported whom that day; `text` is part of a hospital's or a county's name."""
    rows = queries.public_pairings(queries.public_round(round) if round else None, on)
    if county:
        rows = rows.filter(recipient_division__code=county)
    if text := text.strip():
        rows = rows.filter(queries.naming(text))
    return joined_page_of(rows, limit, offset, queries.PAIRING_COLUMNS)


class PublicCounty(Answer):
    """A county-level unit on the round's division date and who supports its hospitals."""

    code: str
    name: str
    name_en: str
    kind: str
    city: str | None
    counted: bool
    covered: bool
    pairings: list[PublicPairing]


@operation(
    router,
    "GET",
    "/public/rounds/{key}/counties/{code}",
    response=PublicCounty,
    zh="公开的县情况",
    en="One county in public",
    **OPEN,
)
def get_public_county(request: Call, key: RoundKey, code: DivisionCode) -> Any:
    """`counted`: the goal of coverage speaks of it (districts stand apart)."""
    round_ = queries.public_round(key)
    county = queries.public_county(round_, code)
    found = queries.public_pairings(round_).filter(recipient_division__code=code)
    rows = list(found.values(*queries.PAIRING_COLUMNS))
    return {
        "code": county.code,
        "name": county.name,
        "name_en": county.name_en,
        "kind": county.kind,
        "city": county.parent.name if county.parent else None,
        "counted": county.kind in county.COUNTY_KINDS,
        "covered": bool(rows),
        "pairings": rows,
    }


class PublicHospital(Answer):
    """A hospital that takes part, with its pairings of all rounds."""

    id: int
    name: str
    kind: str
    county_code: str = Field(validation_alias="division__code")
    county: str = Field(validation_alias="division__name")
    city: str | None = Field(validation_alias="division__parent__name")
    supports: list[PublicPairing]
    supported_by: list[PublicPairing]


@operation(
    router,
    "GET",
    "/public/hospitals/{hospital_id}",
    response=PublicHospital,
    zh="公开的医院情况",
    en="One hospital in public",
    **OPEN,
)
def get_public_hospital(request: Call, hospital_id: Id, on: Day | None = None) -> Any:
    """Whom it supports and who supports it, in force on `on` where given."""
    hospital = queries.public_hospital(hospital_id)
    rows = queries.public_pairings(on=on).filter(Q(supporter=hospital_id) | Q(recipient=hospital_id))
    found = list(rows.values(*queries.PAIRING_COLUMNS))
    return {
        **hospital,
        "supports": [row for row in found if row["supporter_id"] == hospital_id],
        "supported_by": [row for row in found if row["recipient_id"] == hospital_id],
    }
