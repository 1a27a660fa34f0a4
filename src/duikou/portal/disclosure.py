"""What the public may see. Nothing else in the portal reads the database.

Public are the facts that the province has published in its pairing tables: which
hospitals support which, since when and until when, in which county, by which table;
the coverage that follows from them; names, kinds and counties of those hospitals; and
the divisions; and, to whoever has the code of a printed paper, an agreement's parties,
dates and state, or what a certificate says, the name in it included. Never public:
persons otherwise, why a certificate was revoked, findings and how they are worked on,
departments and capabilities, grades that nobody has confirmed, drafts of rounds, uploads,
the audit trail. Values leave this module as the plain types below and in no other way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.search import find
from duikou.engines.text import Text
from duikou.policy.loader import load_pack
from duikou.policy.model import Document, Rule
from duikou.wings.agreements.documents.verification import typed_code as typed_code
from duikou.wings.agreements.models import IN_FORCE, Agreement
from duikou.wings.agreements.workflows import AGREEMENT
from duikou.wings.credits.models import Certificate
from duikou.wings.education.public import course_certificate as course_certificate
from duikou.wings.hospitals.models import Hospital, HospitalName
from duikou.wings.hospitals.queries import named, on_day
from duikou.wings.pairings.maps import CITY_LEGEND as CITY_LEGEND
from duikou.wings.pairings.maps import city_cells, foremost, names_for, too_many
from duikou.wings.pairings.models import Round
from duikou.wings.pairings.queries.rounds import Figures, Share, Summary, round_figures, round_summary, rounds
from duikou.wings.pairings.translate import recipients_per_unit, rows_of
from duikou.wings.places import maps
from duikou.wings.places.models import Division
from duikou.wings.places.queries import became, cities_on, divisions_on, find_division

# Names of a hospital that are shown; misspellings are only searched by.
SHOWN_NAMES = (
    HospitalName.Kind.FULL,
    HospitalName.Kind.SHORT,
    HospitalName.Kind.OLD,
    HospitalName.Kind.SAME_AS,
)
SURE_MARKS = ("seed", "found", "entered")
# Rules whose clauses stand beside the public figures.
RULES = ("PAIR-01", "PAIR-02", "PAIR-03", "PAIR-05", "PAIR-06", "PAIR-15")
MOST_HITS = 30


# ---------------------------------------------------------------- the round


@dataclass(frozen=True)
class PublicRound:
    """The round that the window shows. `source` stays inside this module's own functions."""

    source: Round

    @property
    def name(self) -> str:
        """Its name in the language of the request."""
        return str(self.source)

    @property
    def since(self) -> str:
        """First day of its term."""
        return self.source.start.isoformat()

    @property
    def until(self) -> str:
        """Last day of its term."""
        return self.source.end.isoformat()

    @property
    def term_confirmed(self) -> bool:
        """Whether first and last day are printed in the documents or confirmed."""
        return self.source.term_mark in SURE_MARKS

    @property
    def term_note(self) -> str:
        """Why these days, where the documents do not print them."""
        english = (get_language() or "").startswith("en")
        return self.source.term_note_en if english else self.source.term_note

    @property
    def day(self) -> dt.date:
        """The day whose divisions count."""
        return self.source.divisions_on

    @cached_property
    def figures(self) -> Figures:
        """The same figures as on the dashboard and in the audit, with the uncovered units."""
        return round_figures(self.source)

    @cached_property
    def summary(self) -> Summary:
        """The numbers alone, city by city."""
        return round_summary(self.source)

    @property
    def too_many(self) -> bool:
        """Whether there are more county-level units than one map can show."""
        return too_many(self.summary)


def current_round() -> PublicRound | None:
    """The newest round that is in force, else the newest closed one; drafts are not public."""
    published = [r for r in rounds() if r.state in (Round.State.ACTIVE, Round.State.CLOSED)]
    published.sort(key=lambda r: (r.state == Round.State.ACTIVE, r.start), reverse=True)
    return PublicRound(published[0]) if published else None


# ---------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class PublicPairing:
    """One published pairing. Names are those of the register; `printed` ones only where they differ."""

    supporter_id: int
    supporter: str
    supporter_printed: str
    recipient_id: int
    recipient: str
    recipient_printed: str
    county_id: int
    county: str
    city: str
    city_code: str
    table: str
    clause: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class PublicHospital:
    """A hospital of the published tables."""

    id: int
    name: str
    kind: str
    county: str
    county_id: int
    city: str
    city_code: str
    role: str  # supporter or recipient
    partners: int


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """A county-level division with its coverage. `counted`: the goal speaks of it (districts apart)."""

    id: int
    code: str
    name: str
    kind: str
    city: str
    city_code: str
    counted: bool
    covered: bool
    recipients: int


_COLUMNS = (
    "supporter_id", "supporter__name", "supporter_printed",
    "recipient_id", "recipient__name", "recipient_printed",
    "recipient_division_id", "table", "start", "end",
)  # fmt: skip


def pairings(round_: PublicRound, only: Q | None = None) -> list[PublicPairing]:
    """The published pairings as they stand (those that meet `only`), in the order of printing."""
    units = {unit.pk: unit for unit in divisions_on(round_.day)}
    found = []
    rows = rows_of(round_.source).filter(only or Q())
    for row in rows.order_by("position").values_list(*_COLUMNS):
        (supporter_id, supporter, supporter_printed, recipient_id, recipient, recipient_printed,
         unit_id, table, start, end) = row  # fmt: skip
        unit = units[unit_id]
        city = unit.parent
        found.append(
            PublicPairing(
                supporter_id=supporter_id,
                supporter=supporter,
                supporter_printed=supporter_printed if supporter_printed != supporter else "",
                recipient_id=recipient_id,
                recipient=recipient,
                recipient_printed=recipient_printed if recipient_printed != recipient else "",
                county_id=unit_id,
                county=unit.label,
                city=city.label if city else "",
                city_code=city.code if city else "",
                table=table,
                clause=table_clause(table),
                since=start,
                until=end,
            )
        )
    return found


def table_clause(table: str) -> str:
    """Where a pairing is printed."""
    return _("S1 附件%(number)s") % {"number": table}


def units(round_: PublicRound) -> list[PublicUnit]:
    """Every county-level division on the round's day, with its coverage, by code."""
    figures = round_.figures
    uncovered = {*figures.counties.uncovered, *figures.districts.uncovered}
    recipients = recipients_per_unit(round_.source)
    return [
        PublicUnit(
            id=unit.pk,
            code=unit.code,
            name=unit.label,
            kind=str(unit.get_kind_display()),
            city=unit.parent.label if unit.parent else "",
            city_code=unit.parent.code if unit.parent else "",
            counted=unit.kind in Division.COUNTY_KINDS,
            covered=unit.code not in uncovered,
            recipients=recipients.get(unit.code, 0),
        )
        for unit in divisions_on(round_.day)
    ]


def cities(round_: PublicRound) -> list[tuple[str, str]]:
    """Cities on the round's day: code and name."""
    return [(city.code, city.label) for city in cities_on(round_.day)]


def hospitals(round_: PublicRound, role: str) -> list[PublicHospital]:
    """Supporters or recipients of the round, each once, in the order of printing."""
    return _described(round_, role, _partners(pairings(round_), role))


def _partners(rows: Iterable[PublicPairing], role: str) -> dict[int, set[int]]:
    """Hospitals of one role with their partners."""
    found: dict[int, set[int]] = {}
    for row in rows:
        ends = (row.supporter_id, row.recipient_id)
        own, other = ends if role == "supporter" else reversed(ends)
        found.setdefault(own, set()).add(other)
    return found


def _described(round_: PublicRound, role: str, partners: Mapping[int, set[int]]) -> list[PublicHospital]:
    places = on_day(partners, round_.day)
    known = Hospital.objects.in_bulk(list(partners))
    found = []
    for pk, others in partners.items():
        unit = places[pk].division
        city = unit.parent if unit else None
        found.append(
            PublicHospital(
                id=pk,
                name=known[pk].name,
                kind=str(known[pk].get_kind_display()),
                county=unit.label if unit else "",
                county_id=unit.pk if unit else 0,
                city=city.label if city else "",
                city_code=city.code if city else "",
                role=role,
                partners=len(others),
            )
        )
    return found


# ---------------------------------------------------------------- one county, one hospital


@dataclass(frozen=True, slots=True)
class CountyPage:
    """What the public sees of one county-level division in the round."""

    unit: PublicUnit
    pairings: tuple[PublicPairing, ...]
    today: tuple[str, ...]  # what it is called, or belongs to, today; empty when nothing changed


def county(round_: PublicRound, pk: int) -> CountyPage:
    """One county by the key of its division, of any time. Raises Missing."""
    asked = Division.objects.filter(pk=pk, level=Division.Level.COUNTY).first()
    known = {unit.id: unit for unit in units(round_)}
    if asked is not None and asked.pk not in known:  # the same authority under its name of the round's day
        asked = Division.objects.on(round_.day).filter(org=asked.org_id, level=asked.level).first()
    if asked is None or asked.pk not in known:
        raise Missing(_("没有这个县（市、区）。请返回首页按名称查询。"))
    rows = tuple(pairings(round_, Q(recipient_division=asked.pk)))
    later = became(asked, round_.day, timezone.localdate()) if asked.valid_to else []
    return CountyPage(known[asked.pk], rows, tuple(b.division.label for b in later))


def city_code(pk: int) -> str:
    """The code of a city by the key of its division; empty when it is none."""
    found = Division.objects.filter(pk=pk, level=Division.Level.CITY).values_list("code", flat=True).first()
    return found or ""


@dataclass(frozen=True, slots=True)
class HospitalPage:
    """What the public sees of one hospital."""

    hospital: PublicHospital
    other_names: tuple[tuple[str, str, bool], ...]  # name, kind of name, whether it is confirmed
    gone: str  # in what state, when it is not in force any more
    supports: tuple[PublicPairing, ...]
    supported_by: tuple[PublicPairing, ...]


def hospital(round_: PublicRound, pk: int) -> HospitalPage:
    """One hospital of the published tables. Raises Missing for every other one."""
    rows = pairings(round_, Q(supporter=pk) | Q(recipient=pk))
    supports = tuple(row for row in rows if row.supporter_id == pk)
    supported_by = tuple(row for row in rows if row.recipient_id == pk)
    if not supports and not supported_by:
        raise Missing(_("公开的结对表中没有这家医院。请返回首页按名称查询。"))
    role = "supporter" if supports else "recipient"
    partners = {r.recipient_id for r in supports} | {r.supporter_id for r in supported_by}
    (found,) = _described(round_, role, {pk: partners})
    names = HospitalName.objects.filter(hospital=pk, kind__in=SHOWN_NAMES).exclude(name=found.name)
    state = Hospital.objects.get(pk=pk)
    return HospitalPage(
        hospital=found,
        other_names=tuple((n.name, str(n.get_kind_display()), n.mark in SURE_MARKS) for n in names),
        gone="" if state.state == Hospital.State.ACTIVE else str(state.get_state_display()),
        supports=supports,
        supported_by=supported_by,
    )


# ---------------------------------------------------------------- search


@dataclass(frozen=True, slots=True)
class Hits:
    """What a question found."""

    units: tuple[PublicUnit, ...]
    hospitals: tuple[PublicHospital, ...]


def search(round_: PublicRound, question: str) -> Hits:
    """Counties and hospitals that `question` names: Chinese, pinyin or initials, old names too."""
    all_units = {unit.id: unit for unit in units(round_)}
    unit_ids = dict.fromkeys(m.division.pk for m in find_division(question, round_.day))
    unit_ids |= dict.fromkeys(_on_day(_ids("division", question), round_.day))
    whole_name = len(question) > 2  # 舟山市 lists the city's counties; 市 alone would list everything
    in_city = [pk for pk, unit in all_units.items() if whole_name and unit.city.endswith(question)]
    return Hits(
        tuple(all_units[pk] for pk in dict.fromkeys([*unit_ids, *in_city]) if pk in all_units)[:MOST_HITS],
        tuple(_hospitals_named(round_, question))[:MOST_HITS],
    )


def _hospitals_named(round_: PublicRound, question: str) -> list[PublicHospital]:
    """Hospitals of the round that `question` names, best first; those outside the tables are no hits."""
    called = Hospital.objects.filter(named(question))
    best_first = [*_ids("hospital", question), *called.order_by("name").values_list("pk", flat=True)]
    ids = dict.fromkeys(best_first)
    rows = pairings(round_, Q(supporter__in=called.values("pk")) | Q(recipient__in=called.values("pk")))
    found: dict[int, PublicHospital] = {}
    for role in ("recipient", "supporter"):
        own = {pk: others for pk, others in _partners(rows, role).items() if pk in ids}
        found |= {hospital.id: hospital for hospital in _described(round_, role, own)}
    return [found[pk] for pk in ids if pk in found]


def _ids(source: str, question: str) -> list[int]:
    return [hit.target_id for hit in find(question, actor=None, source=source, limit=MOST_HITS)]


def _on_day(ids: Iterable[int], day: dt.date) -> list[int]:
    """The units of `day` with the same authorities as some divisions of any time."""
    orgs = Division.objects.filter(pk__in=list(ids)).values("org")
    found = Division.objects.on(day).filter(org__in=orgs, level=Division.Level.COUNTY)
    return list(found.order_by("code").values_list("pk", flat=True))


# ---------------------------------------------------------------- printed agreements


@dataclass(frozen=True, slots=True)
class PublicAgreement:
    """What the public may know of a printed agreement. `valid`: it is in force on the day asked for."""

    code: str
    supporter: str
    recipient: str
    kind: str
    state: str
    valid: bool
    start: dt.date
    end: dt.date
    signed_on: dt.date | None
    filed_on: dt.date | None
    ended_on: dt.date | None
    demonstration: bool


def agreement(code: str) -> PublicAgreement | None:
    """The agreement with a verification code; None when there is none."""
    found = Agreement.objects.filter(code=code).select_related("supporter", "recipient").first()
    if found is None:
        return None
    today = timezone.localdate()
    return PublicAgreement(
        code=found.code,
        supporter=found.supporter.name,
        recipient=found.recipient.name,
        kind=str(found.get_kind_display()),
        state=AGREEMENT.states[found.state].label,
        valid=found.state in IN_FORCE and found.term_start <= today <= found.term_end,
        start=found.term_start,
        end=found.term_end,
        signed_on=found.signed_on,
        filed_on=found.filed_on,
        ended_on=found.ended_on,
        demonstration=found.demonstration,
    )


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What a printed certificate says, as it was issued, and whether it is still in force."""

    code: str
    kind: str
    name: str
    title: str
    hospital: str
    year: int | None
    days: int
    months: int
    needed: int
    stays: tuple[tuple[str, str, str], ...]  # host, first and last day
    clause: str
    rule: str
    until: dt.date
    issuer: str
    issued_on: dt.date
    valid: bool
    revoked_on: dt.date | None
    demonstration: bool


def certificate(code: str) -> PublicCertificate | None:
    """The certificate with a verification code; None when there is none."""
    found = Certificate.objects.filter(code=code).first()
    if found is None:
        return None
    kept = found.values
    return PublicCertificate(
        code=found.code,
        kind=str(found.get_kind_display()),
        name=found.person_name,
        title=found.person_title,
        hospital=found.hospital_name,
        year=found.year,
        days=kept["days"] if found.kind == Certificate.Kind.SERVICE else kept["counted"],
        months=kept["months"],
        needed=kept["needed"],
        stays=tuple((stay["host"], stay["first"], stay["last"]) for stay in kept["stays"]),
        clause=kept["cited"]["clause"],
        rule=kept["cited"]["id"],
        until=found.until,
        issuer=found.issuer,
        issued_on=found.issued_on,
        valid=found.valid,
        revoked_on=found.revoked_on,
        demonstration=found.demonstration,
    )


# ---------------------------------------------------------------- map and sources


def map_cells(round_: PublicRound, all_units: Iterable[PublicUnit], href: Mapping[int, str]) -> list[dict]:
    """Squares of the tile grid by number of recipients; a district without one is not counted."""
    marks = {
        unit.id: maps.Mark(
            level=min(unit.recipients, 4) if unit.recipients or unit.counted else None,
            title=_("%(name)s：%(count)d 家受援医院") % {"name": unit.name, "count": unit.recipients},
            href=href[unit.id],
        )
        for unit in all_units
    }
    return maps.grid_cells(round_.day, marks)


@dataclass(frozen=True, slots=True)
class PublicCity:
    """The coverage of one city; `missing`: its counties without a recipient (key of the division, name)."""

    code: str
    name: str
    counties: Share
    districts: Share
    recipients: int
    missing: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class CityOverview:
    """The cities for a table (of very many the foremost), and squares of all for a map when asked for."""

    rows: tuple[PublicCity, ...]
    left_out: int
    cells: list[dict[str, Any]]


def city_overview(round_: PublicRound, href: Callable[[str], str], *, every_city: bool) -> CityOverview:
    """Coverage city by city; squares, linked by `href` of a city's code, where counties are too many."""
    cities = round_.summary.cities
    listed = cities if every_city else foremost(cities)
    drawn = cities if round_.too_many else ()
    names = names_for(round_.day, (*listed, *drawn), listed)
    rows = tuple(
        PublicCity(
            code=city.code,
            name=names[city.code].label,
            counties=city.counties,
            districts=city.districts,
            recipients=city.recipients,
            missing=tuple((names[code].pk, names[code].label) for code in city.bare if code in names),
        )
        for city in listed
        if city.code in names
    )
    return CityOverview(
        rows, len(cities) - len(listed), city_cells(drawn, names, lambda city: href(city.code))
    )


def text(value: Text | None) -> str:
    """A text of a policy pack in the language of the request."""
    if value is None:
        return ""
    return value.en if (get_language() or "").startswith("en") else value.zh


def sources(round_: PublicRound) -> list[Document]:
    """The governing documents of the round's policy."""
    documents = load_pack(round_.source.policy_pack).documents.values()
    return [document for document in documents if document.kind == "governing"]


def rules(round_: PublicRound) -> list[Rule]:
    """The rules whose clauses stand beside the figures."""
    valid = load_pack(round_.source.policy_pack).on(round_.source.start)
    return [valid[rule_id] for rule_id in RULES if rule_id in valid]
