"""Long lists: pairings, supporters, recipients, county-level units, findings, audits."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import badge, english, row_url
from duikou.core.listing import ChoiceFilter, Column, DateFilter, Listing, NameFilter, Words
from duikou.core.pages import PageRequest, page
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.forms import TABLES
from duikou.wings.pairings.models import Pairing
from duikou.wings.pairings.queries import choices
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.queries.public import naming
from duikou.wings.pairings.queries.rounds import figures_for, rounds
from duikou.wings.pairings.translate import recipients_per_unit
from duikou.wings.pairings.views._common import (
    Chosen,
    anchor,
    chosen,
    plain_text,
    safe,
    unbroken,
    with_choices,
)
from duikou.wings.places.models import Division
from duikou.wings.places.queries import divisions_on

# ---------------------------------------------------------------- pairings


def _with_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one page with their words in the reader's language, each word looked up once per page."""
    kinds = {value: str(label) for value, label in Pairing.Kind.choices}
    levels = {value: str(label) for value, label in Pairing.Level.choices}
    in_english, ended = english(), badge("neutral", _("提前终止"))
    for row in rows:
        place = row["recipient_division__name"]
        if in_english and row["recipient_division__name_en"]:
            place = f"{row['recipient_division__name_en']} {place}"
        term = f"{row['start'].isoformat()} – {row['end'].isoformat()}"
        row["county"] = f"{row['recipient_division__parent__name']} {place}"
        row["kind_words"], row["level_words"] = kinds[row["kind"]], levels[row["level"]]
        row["term"] = safe(f"{unbroken(term)} {ended}") if row["ended_reason"] else unbroken(term)
    return rows


def _hospital(row: dict[str, Any], side: str) -> SafeString:
    """The name as printed, leading to the register; the registered name below where it differs."""
    printed, registered = row[f"{side}_printed"], row[f"{side}__name"]
    linked = anchor(row_url("hospitals:detail", row[f"{side}_id"]), printed)
    if printed == registered:
        return linked
    return safe(f'{linked}<div class="dk-small dk-muted">{escape(registered)}</div>')


def round_choices() -> list[tuple[str, str]]:
    """All rounds, to choose from."""
    return [(one.key, str(one)) for one in rounds()]


def city_choices() -> list[tuple[str, str]]:
    """All cities of today, to choose from."""
    return [(city.code, city.label) for city in choices.cities()]


PAIRINGS = Listing(
    key="pairings",
    title=gettext_lazy("结对关系"),
    empty=gettext_lazy("请先导入结对关系表。"),
    fields=pairing_queries.LIST_COLUMNS,
    prepare=_with_words,
    columns=(
        Column(
            "position",
            gettext_lazy("次序"),
            sort=("round__key", "position"),
            numeric=True,
            html=lambda r: anchor(row_url("pairings:detail", r["id"]), r["position"]),
        ),
        Column(
            "supporter_printed",
            gettext_lazy("支援医院"),
            head=True,
            sort=("supporter_printed", "position"),
            html=lambda r: _hospital(r, "supporter"),
            width=34,
        ),
        Column(
            "recipient_printed",
            gettext_lazy("受援医院"),
            sort=("recipient_printed", "position"),
            html=lambda r: _hospital(r, "recipient"),
            width=34,
        ),
        Column(
            "county",
            gettext_lazy("受援地"),
            sort=("recipient_division__code", "position"),
            width=24,
        ),
        Column(
            "table",
            gettext_lazy("表"),
            value=lambda r: f"{r['table']} {r['group']}".strip(),
            sort=("table", "group"),
        ),
        Column(
            "kind",
            gettext_lazy("形式"),
            value=lambda r: r["kind_words"],
            html=lambda r: unbroken(r["kind_words"]),
            sort=True,
        ),
        Column(
            "level",
            gettext_lazy("层级"),
            value=lambda r: r["level_words"],
            html=lambda r: unbroken(r["level_words"]),
            sort=True,
        ),
        Column(
            "term", gettext_lazy("起止"), html=lambda r: r["term"], sort=("start", "end"), in_export=False
        ),
        Column("start", gettext_lazy("起"), on_page=False, width=12),
        Column("end", gettext_lazy("止（含）"), on_page=False, width=12),
        Column("running_number", gettext_lazy("支援数"), on_page=False),
        Column(
            "supporter_name",
            gettext_lazy("支援医院（登记名称）"),
            value=lambda r: r["supporter__name"],
            on_page=False,
            width=34,
        ),
        Column(
            "recipient_name",
            gettext_lazy("受援医院（登记名称）"),
            value=lambda r: r["recipient__name"],
            on_page=False,
            width=34,
        ),
        Column(
            "departments",
            gettext_lazy("限定科室"),
            value=lambda r: _("、").join(r["departments"]),
            on_page=False,
        ),
        Column("ended_reason", gettext_lazy("终止理由"), on_page=False, width=30),
        Column("round", gettext_lazy("轮次"), value=lambda r: r["round__key"], on_page=False),
    ),
    filters=(
        NameFilter("q", gettext_lazy("医院、县或拼音"), apply=lambda rows, text: rows.filter(naming(text))),
        ChoiceFilter("round", gettext_lazy("轮次"), ("round__key",)),
        ChoiceFilter("city", gettext_lazy("受援市"), ("recipient_division__parent__code",)),
        ChoiceFilter("table", gettext_lazy("表"), choices=TABLES),
        ChoiceFilter("kind", gettext_lazy("形式"), choices=Pairing.Kind.choices),
        ChoiceFilter("level", gettext_lazy("层级"), choices=Pairing.Level.choices),
        DateFilter(
            "as_of",
            gettext_lazy("某日有效"),
            apply=lambda rows, day: rows.filter(start__lte=day, end__gte=day),
        ),
    ),
)

_NARROW = {  # further conditions of an address, set by links and not by the form
    "county": "recipient_division__code",
    "group": "group",
    "supporter": "supporter__key",
    "recipient": "recipient__key",
}


@page("pairing.view")
def pairings(request: PageRequest) -> HttpResponseBase:
    """All pairings, narrowed by place, hospital, table, form, level and day."""
    rows = pairing_queries.pairing_list(request.actor)
    about = []
    for name, field in _NARROW.items():
        if value := plain_text(request, name):
            rows = rows.filter(**{field: value})
            about.append(value)
    listing = with_choices(PAIRINGS, round=round_choices(), city=city_choices())
    return listing.respond(request, rows, "pairings/list.html", {"about": _("、").join(about)})


def city_names() -> list[tuple[str, str]]:
    """All cities of today by name, as headings of the cities' tables print them."""
    return [(city.name, city.label) for city in choices.cities()]


# ---------------------------------------------------------------- supporters and recipients


def _party_columns(partners: Words, rows_of: str) -> tuple[Column, ...]:
    return (
        Column(
            "printed",
            gettext_lazy("医院"),
            head=True,
            sort=True,
            href=lambda p: row_url("hospitals:detail", p.id),
            width=34,
        ),
        Column("kind", gettext_lazy("类别"), value=lambda p: Hospital.Kind(p.kind).label, sort=True),
        Column(
            "partners",
            partners,
            sort=True,
            numeric=True,
            href=lambda p: f"{reverse('pairings:list')}?{rows_of}={p.key}",
        ),
        Column("names", gettext_lazy("结对对象"), width=60),
        Column("name", gettext_lazy("登记名称"), on_page=False, width=34),
    )


SUPPORTERS = Listing(
    key="supporters",
    title=gettext_lazy("支援医院"),
    columns=(
        *_party_columns(gettext_lazy("受援医院数（家）"), "supporter"),
        Column("group", gettext_lazy("地区"), value=lambda p: p.group or _("省级"), sort=True),
    ),
    filters=(
        NameFilter("q", gettext_lazy("医院名称或拼音"), ("printed", "name")),
        ChoiceFilter("kind", gettext_lazy("类别"), choices=Hospital.Kind.choices),
        ChoiceFilter("table", gettext_lazy("表"), choices=TABLES),
    ),
)

RECIPIENTS = Listing(
    key="recipients",
    title=gettext_lazy("受援医院"),
    columns=(
        *_party_columns(gettext_lazy("支援医院数（家）"), "recipient"),
        Column("city", gettext_lazy("市"), sort=("city", "county_code")),
        Column("county", gettext_lazy("县（市、区）"), sort=("county_code",)),
    ),
    filters=(
        NameFilter("q", gettext_lazy("医院名称或拼音"), ("printed", "name")),
        ChoiceFilter("kind", gettext_lazy("类别"), choices=Hospital.Kind.choices),
    ),
)


@page("pairing.view")
def supporters(request: PageRequest) -> HttpResponseBase:
    """Supporters of a round with their load."""
    choice = chosen(request)
    found = pairing_queries.supporters(request.actor, choice.round, choice.as_of)
    return SUPPORTERS.respond(
        request,
        found,
        "pairings/parties.html",
        {"choice": choice, "heading": SUPPORTERS.title, "rules": "PAIR-01、PAIR-02"},
    )


@page("pairing.view")
def recipients(request: PageRequest) -> HttpResponseBase:
    """Recipients of a round with their supporters."""
    choice = chosen(request)
    found = pairing_queries.recipients(request.actor, choice.round, choice.as_of)
    return RECIPIENTS.respond(
        request,
        found,
        "pairings/parties.html",
        {"choice": choice, "heading": RECIPIENTS.title, "rules": "PAIR-05"},
    )


# ---------------------------------------------------------------- county-level units


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One county-level unit in the list of coverage."""

    code: str
    name: str
    kind: str
    city: str
    city_code: str
    recipients: int
    in_city_table: str  # yes, no, "" where the goal does not speak of it
    state: str


STATES = (
    ("covered", gettext_lazy("已覆盖")),
    ("uncovered", gettext_lazy("未覆盖")),
)

COVERAGE = Listing(
    key="coverage",
    title=gettext_lazy("县（市、区）覆盖"),
    size=100,
    columns=(
        Column("code", gettext_lazy("代码"), sort=True),
        Column(
            "name",
            gettext_lazy("县（市、区）"),
            head=True,
            sort=True,
            href=lambda u: row_url("pairings:county", u.code),
            width=24,
        ),
        Column("kind", gettext_lazy("类别"), value=lambda u: Division.Kind(u.kind).label, sort=True),
        Column(
            "city",
            gettext_lazy("市"),
            sort=("city_code", "code"),
            href=lambda u: row_url("pairings:city", u.city_code),
        ),
        Column("recipients", gettext_lazy("受援医院（家）"), numeric=True, sort=True),
        Column(
            "state",
            gettext_lazy("覆盖"),
            value=lambda u: dict(STATES)[u.state],
            html=lambda u: badge(
                "success" if u.state == "covered" else "danger" if u.in_city_table else "neutral",
                dict(STATES)[u.state],
            ),
            sort=True,
        ),
        Column(
            "in_city_table",
            gettext_lazy("本市表中有行"),
            value=lambda u: {"yes": _("有"), "no": _("没有"), "": _("不计")}[u.in_city_table],
            sort=True,
        ),
    ),
    filters=(
        NameFilter("q", gettext_lazy("名称、拼音或代码"), ("name", "code")),
        ChoiceFilter(
            "kind",
            gettext_lazy("类别"),
            choices=[(k.value, k.label) for k in Division.Kind if k.value not in ("province", "city")],
        ),
        ChoiceFilter(
            "sort_of",
            gettext_lazy("统计口径"),
            ("in_city_table",),
            choices=(("counted", gettext_lazy("县、县级市")), ("district", gettext_lazy("市辖区"))),
            apply=lambda rows, value: [r for r in rows if bool(r.in_city_table) == (value == "counted")],
        ),
        ChoiceFilter("state", gettext_lazy("覆盖"), choices=STATES),
        ChoiceFilter(
            "in_city_table",
            gettext_lazy("本市表中有行"),
            choices=(("yes", gettext_lazy("有")), ("no", gettext_lazy("没有"))),
        ),
    ),
)


def unit_rows(request: PageRequest, choice: Chosen) -> list[UnitRow]:
    """Every county-level unit on the day that the actor's area holds, with its coverage."""
    figures = figures_for(request.actor, choice.round, choice.as_of)
    recipients = recipients_per_unit(choice.round, choice.as_of)
    bare = {*figures.counties.uncovered, *figures.districts.uncovered}
    not_by_city = figures.counties_in_city_tables.uncovered
    paths = request.actor.paths("pairing.view")
    rows = []
    for unit in divisions_on(choice.as_of or choice.round.divisions_on).select_related("parent", "org"):
        if not any((unit.org.path or "").startswith(path) for path in paths):
            continue
        counted = unit.kind in Division.COUNTY_KINDS
        rows.append(
            UnitRow(
                code=unit.code,
                name=unit.label,
                kind=unit.kind,
                city=unit.parent.label if unit.parent else "",
                city_code=unit.parent.code if unit.parent else "",
                recipients=recipients.get(unit.code, 0),
                in_city_table=("no" if unit.code in not_by_city else "yes") if counted else "",
                state="uncovered" if unit.code in bare else "covered",
            )
        )
    return rows


@page("pairing.view")
def coverage(request: PageRequest) -> HttpResponseBase:
    """Every county-level unit with what covers it."""
    choice = chosen(request)
    return COVERAGE.respond(request, unit_rows(request, choice), "pairings/coverage.html", {"choice": choice})
