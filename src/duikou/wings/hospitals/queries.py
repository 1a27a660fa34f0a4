"""Every read of the register that a face or another wing needs: scoped, and set-based.

The functions that take an actor return only what that actor may see. The
translations for the pairing engine (`engine_hospitals`, `register_on`) are for
computing with the whole register; what they yield must not be shown unscoped.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core import search
from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.engines.pairing.divisions import Divisions
from duikou.engines.pairing.model import Hospital as EngineHospital
from duikou.engines.pairing.model import HospitalKind
from duikou.engines.pairing.names import index_form
from duikou.engines.pairing.resolve import Alias, AliasKind, Entry, Register
from duikou.wings.hospitals.models import (
    Hospital,
    HospitalName,
    HospitalPlace,
    NameReview,
    Succession,
)
from duikou.wings.places.models import Division
from duikou.wings.places.queries import division_aliases, units_on

Kind = HospitalName.Kind

# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class HospitalFilter:
    """What a list of hospitals is narrowed to; empty means any.

    `city` and `county` are division codes, understood on the day of the list. Without
    a state and without a text the list holds the entries in force; a text also finds
    merged and closed ones, because an old name must lead to what became of it.
    """

    text: str = ""
    kind: str = ""
    level: str = ""
    city: str = ""
    county: str = ""
    ownership: str = ""
    tier: str = ""
    role: str = ""
    state: str = ""


ANY_STATE = "any"


def hospitals(
    actor: Actor, chosen: HospitalFilter | None = None, *, on: dt.date | None = None
) -> ScopedQuerySet:
    """The hospitals that `actor` may see, narrowed to `chosen`, with county, city and merger target.

    With `on`, city and county are those of that day.
    """
    chosen = chosen or HospitalFilter()
    rows = Hospital.objects.visible_to(actor).select_related("division__parent", "merged_into")
    for column in ("kind", "level", "ownership", "tier", "role"):
        if value := getattr(chosen, column):
            rows = rows.filter(**{column: value})
    if chosen.city or chosen.county:
        rows = rows.filter(lies_in(city=chosen.city, county=chosen.county, on=on))
    if text := chosen.text.strip():
        rows = rows.filter(named(text))
    if chosen.state and chosen.state != ANY_STATE:
        rows = rows.filter(state=chosen.state)
    elif not chosen.state and not text:
        rows = rows.filter(state=Hospital.State.ACTIVE)
    return rows


def named(text: str) -> Q:
    """Condition: one of the hospital's names, old and misspelt ones included, contains `text`.

    As written, or as the search over everything understands it: parts, pinyin, initials.
    """
    written = Exists(HospitalName.objects.filter(hospital=OuterRef("pk"), folded__contains=index_form(text)))
    return Q(written) | Q(pk__in=search.keys(text, "hospital"))


def lies_in(*, city: str = "", county: str = "", on: dt.date | None = None) -> Q | Exists:
    """Condition: the hospital lies in a city or county (codes), today or on a day."""
    condition = Q()
    if city:
        condition &= Q(division__parent__code=city)
    if county:
        condition &= Q(division__code=county)
    if on is None:
        return condition
    return Exists(HospitalPlace.objects.filter(HospitalPlace.on(on), condition, hospital=OuterRef("pk")))


def find_hospital(actor: Actor, pk: int) -> Hospital:
    """One hospital; raises Missing when it is not there or not for this actor's eyes."""
    rows = Hospital.objects.visible_to(actor).select_related("org__parent", "division__parent", "merged_into")
    hospital = rows.filter(pk=pk).first()
    if hospital is None:
        raise Missing(_("没有编号为 %(pk)s 的医院，或不在您的查看范围内。请从医院名录中查找。") % {"pk": pk})
    return hospital


def counts_by_county(actor: Actor) -> dict[int, int]:
    """Number of visible hospitals in force per county-level division (its id)."""
    rows = hospitals(actor).order_by().values_list("division_id").annotate(n=Count("pk"))
    return dict(rows)


# ---------------------------------------------------------------- as of a day


@dataclass(frozen=True, slots=True)
class OnDay:
    """What a hospital was called and where it lay on a day."""

    name: str
    division: Division | None


def on_day(ids: Iterable[int], day: dt.date) -> dict[int, OnDay]:
    """Names and places on a day, by hospital id, in two queries for any number of hospitals."""
    ids = list(ids)
    names: dict[int, list[HospitalName]] = defaultdict(list)
    for name in HospitalName.objects.filter(hospital__in=ids, kind__in=(Kind.OFFICIAL, Kind.OLD)):
        names[name.hospital_id].append(name)
    places = {
        place.hospital_id: place.division
        for place in HospitalPlace.objects.filter(HospitalPlace.on(day), hospital__in=ids).select_related(
            "division__parent"
        )
    }
    return {pk: OnDay(name_on(names[pk], day), places.get(pk)) for pk in ids}


def name_on(names: Iterable[HospitalName], day: dt.date) -> str:
    """The official name on a day: a former one that still held, else the present one ('' for none)."""
    names = [name for name in names if name.kind in (Kind.OFFICIAL, Kind.OLD)]
    present = next((n.name for n in names if n.kind == Kind.OFFICIAL and n.valid_to is None), "")
    former = [
        n for n in names if n.valid_to and n.valid_to > day and (not n.valid_from or n.valid_from <= day)
    ]
    if not former:
        return present
    return min(former, key=lambda name: (name.valid_to or day, name.pk)).name


# ---------------------------------------------------------------- for the pairing engine


def engine_hospitals(day: dt.date) -> dict[int, EngineHospital]:
    """Every hospital as the pairing engine sees it on `day`, by its id in the database.

    The engine's key is the register's `key`. A hospital merged into another by then
    maps to the other's value, so that pairings recorded for either meet in one; a
    duplicate entry does so for every day.
    """
    places = {
        hospital: (code, city)
        for hospital, code, city in HospitalPlace.objects.filter(HospitalPlace.on(day)).values_list(
            "hospital_id", "division__code", "division__parent__code"
        )
    }
    names: dict[int, list[HospitalName]] = defaultdict(list)
    for name in HospitalName.objects.filter(kind__in=(Kind.OFFICIAL, Kind.OLD)):
        names[name.hospital_id].append(name)
    own = {
        hospital.pk: EngineHospital(
            key=hospital.key,
            name=name_on(names[hospital.pk], day) or hospital.name,
            kind=HospitalKind(hospital.kind),
            unit_code=places.get(hospital.pk, (None, None))[0],
            city_code=places.get(hospital.pk, (None, None))[1],
            ownership=hospital.ownership,
            development_zone=hospital.development_zone,
            main_county_hospital=hospital.main_county_hospital,
        )
        for hospital in Hospital.objects.order_by("pk")
    }
    absorbed = absorbed_by(day)
    return {pk: own[_followed(pk, absorbed)] for pk in own}


def absorbed_by(day: dt.date) -> dict[int, int]:
    """Which hospitals count as another one on `day`: id → id of what they were merged into, one step."""
    return dict(_in_force(day).values_list("origin_id", "result_id"))


def with_absorbed(hospitals: Iterable[int]) -> set[int]:
    """These entries and all that were merged into them, directly or in turn (ids)."""
    found, fresh = set(), set(hospitals)
    while fresh:  # one query per generation of mergers
        found |= fresh
        fresh = set(Hospital.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)) - found
    return found


def _in_force(day: dt.date) -> QuerySet[Succession]:
    return Succession.objects.filter(_is_merger(), undone_on=None).filter(
        Q(kind=Succession.Kind.DUPLICATE) | Q(on__lte=day)
    )


def _is_merger() -> Q:
    return Q(kind__in=(Succession.Kind.MERGE, Succession.Kind.DUPLICATE))


def _followed(pk: int, absorbed: Mapping[int, int]) -> int:
    while pk in absorbed:  # ends: only an entry in force can take another over
        pk = absorbed[pk]
    return pk


def register_on(day: dt.date) -> Register:
    """The whole register, ready to resolve printed names as they are to be understood on `day`."""
    known = engine_hospitals(day)
    absorbed = absorbed_by(day)
    early = {
        pk
        for taken in Succession.objects.filter(_is_merger(), undone_on=None, on__gt=day)
        .exclude(kind=Succession.Kind.DUPLICATE)
        .values_list("taken_names", flat=True)
        for pk in taken
    }
    aliases: dict[int, list[Alias]] = defaultdict(list)
    for name in HospitalName.objects.exclude(pk__in=early).order_by("pk"):
        if name.hospital_id not in absorbed and name.name != known[name.hospital_id].name:
            aliases[name.hospital_id].append(_alias(name))
    return Register(
        (Entry(hospital, tuple(aliases[pk])) for pk, hospital in known.items() if pk not in absorbed),
        divisions_for_names(day),
    )


def _alias(name: HospitalName) -> Alias:
    kind = name.kind
    if kind == Kind.OFFICIAL:  # official at another time than the day asked for
        kind = Kind.OLD if name.valid_to else Kind.VARIANT
    return Alias(name.name, cast(AliasKind, str(kind)), name.valid_from, name.valid_to)


def divisions_for_names(day: dt.date) -> Divisions:
    """The divisions of a day as printed names begin with them, former names included."""
    provinces = Division.objects.on(day).filter(level=Division.Level.PROVINCE)
    return Divisions(
        units_on(day),
        provinces=tuple(provinces.values_list("name", flat=True)),
        aliases=division_aliases(day),
    )


# ---------------------------------------------------------------- name reviews


def reviews(actor: Actor, *, state: str = "waiting", text: str = "") -> ScopedQuerySet:
    """Uncertain matches of the actor's area, newest first; `state` '' for all."""
    rows = NameReview.objects.visible_to(actor).select_related("decided", "decided_by")
    if state:
        rows = rows.filter(state=state)
    if text := text.strip():
        rows = rows.filter(printed__contains=text)
    return rows


def waiting_reviews(actor: Actor) -> int:
    """How many uncertain names wait for the actor's decision."""
    return NameReview.objects.visible_to(actor, "hospital.review").filter(state="waiting").count()


def find_review(actor: Actor, pk: int) -> NameReview:
    """One review; raises Missing when it is not there or not for this actor's eyes."""
    review = reviews(actor, state="").filter(pk=pk).first()
    if review is None:
        raise Missing(
            _("没有编号为 %(pk)s 的名称裁定，或不在您的查看范围内。请从待裁定名单中查找。") % {"pk": pk}
        )
    return review


@dataclass(frozen=True, slots=True)
class ReviewCandidate:
    """A hospital that a printed name may stand for."""

    hospital: Hospital
    confidence: float  # 0 to 1
    why: list[str]  # in the language of the request


def review_candidates(review: NameReview) -> list[ReviewCandidate]:
    """The hospitals proposed for a name, best first.

    Not narrowed by scope: a city's table also names hospitals of others, and whoever
    may decide on the name must see for which hospital. Entries merged since point on.
    """
    language = "en" if (get_language() or "").startswith("en") else "zh"
    proposed = {each["hospital"]: each for each in review.candidates}
    rows = Hospital.objects.select_related("division__parent", "merged_into").in_bulk(proposed)
    return [
        ReviewCandidate(
            rows[pk], each["confidence"], [str(reason.get(language, "")) for reason in each.get("why", ())]
        )
        for pk, each in proposed.items()
        if pk in rows
    ]


def earlier_decisions(printed: Iterable[str], scope_path: str) -> dict[str, Hospital]:
    """Hospitals that this area's people have matched with these printed names; the newest decision wins."""
    rows = NameReview.objects.filter(
        printed__in=list(printed), scope_path=scope_path, state="matched", decided__isnull=False
    ).select_related("decided")
    return {row.printed: row.decided for row in rows.order_by("decided_at", "pk") if row.decided}
