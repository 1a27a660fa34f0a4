"""Columns and filters of this wing's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duikou.core.listing import ChoiceFilter, Column, Listing, NameFilter, TextFilter
from duikou.wings.hospitals import queries
from duikou.wings.hospitals.actions import NAME_REVIEW
from duikou.wings.hospitals.models import Hospital, Mark, NameReview
from duikou.wings.places.queries import divisions_on

Row = dict[str, Any]
COLUMNS = (
    "id",
    "name",
    "kind",
    "level",
    "level_mark",
    "ownership",
    "tier",
    "role",
    "state",
    "field",
    "mark",
    "note",
    "key",
    "closed_on",
    "lon",
    "lat",
    "division__name",
    "division__name_en",
    "division__code",
    "division__parent__name",
    "division__parent__name_en",
    "merged_into__name",
)


def hospital_listing(actor: Any, day: dt.date | None = None) -> Listing:
    """The hospital list; with `day`, names, cities and counties are those of that day."""
    words = _Words()

    @cache
    def counties() -> list[tuple[str, str, str, str]]:
        """Code and words of each county, and of its city; plain values, because a page shows some ninety."""
        found = divisions_on(day or timezone.localdate()).values_list(
            "code", "name", "name_en", "parent__code", "parent__name", "parent__name_en"
        )
        return [
            (code, words.unit(name, name_en), city, words.unit(city_name, city_en))
            for code, name, name_en, city, city_name, city_en in found
        ]

    def cities(_actor: Any) -> list[tuple[str, str]]:
        return list(dict.fromkeys((code, label) for _code, _label, code, label in counties()))

    def units(_actor: Any) -> list[tuple[str, str]]:
        return [(code, f"{city} · {label}") for code, label, _city, city in counties()]

    def prepare(rows: list[Row]) -> list[Row]:
        if day is None:
            return rows
        then = queries.on_day([row["id"] for row in rows], day)
        for row in rows:
            found = then[row["id"]]
            row["name_now"], row["name"] = row["name"], found.name or row["name"]
            unit = found.division
            row["division__name"] = unit.name if unit else ""
            row["division__name_en"] = unit.name_en if unit else ""
            row["division__code"] = unit.code if unit else ""
        return rows

    def in_city(rows: QuerySet[Hospital], code: str) -> QuerySet[Hospital]:
        return rows.filter(queries.lies_in(city=code, on=day))

    def in_county(rows: QuerySet[Hospital], code: str) -> QuerySet[Hospital]:
        return rows.filter(queries.lies_in(county=code, on=day))

    return Listing(
        key="hospitals",
        title=gettext_lazy("医院名录"),
        empty=gettext_lazy("您的范围内还没有登记医院。"),
        columns=(
            Column("name", gettext_lazy("名称"), head=True, sort=True, html=words.name, width=36),
            Column("kind", gettext_lazy("类别"), value=words.of("kind", Hospital.Kind), sort=True),
            Column(
                "level",
                gettext_lazy("等级"),
                value=words.of("level", Hospital.Level),
                html=words.level,
                sort=True,
            ),
            Column("city", gettext_lazy("市"), value=words.city, sort=("division__parent__code", "name")),
            Column(
                "county", gettext_lazy("县（市、区）"), value=words.county, sort=("division__code", "name")
            ),
            Column("tier", gettext_lazy("隶属层级"), value=words.of("tier", Hospital.Tier), sort=True),
            Column(
                "ownership",
                gettext_lazy("举办主体"),
                value=words.of("ownership", Hospital.Ownership),
                sort=True,
            ),
            Column("role", gettext_lazy("登记身份"), value=words.of("role", Hospital.Role), sort=True),
            Column(
                "state",
                gettext_lazy("状态"),
                value=words.of("state", Hospital.State),
                html=words.state,
                sort=True,
            ),
            Column("key", gettext_lazy("标识"), on_page=False),
            Column("code", gettext_lazy("区划代码"), value=lambda row: row["division__code"], on_page=False),
            Column("level_mark", gettext_lazy("等级依据"), value=words.of("level_mark", Mark), on_page=False),
            Column("mark", gettext_lazy("登记依据"), value=words.of("mark", Mark), on_page=False),
            Column(
                "merged_into", gettext_lazy("并入"), value=lambda row: row["merged_into__name"], on_page=False
            ),
            Column("closed_on", gettext_lazy("注销日期"), on_page=False),
            Column("lon", gettext_lazy("经度"), on_page=False, numeric=True),
            Column("lat", gettext_lazy("纬度"), on_page=False, numeric=True),
            Column("note", gettext_lazy("备注"), on_page=False),
        ),
        filters=(
            NameFilter(
                "q",
                gettext_lazy("名称、别名或拼音"),
                apply=lambda rows, text: rows.filter(queries.named(text)),
            ),
            ChoiceFilter("city", gettext_lazy("市"), choices=cities, apply=in_city),
            ChoiceFilter("county", gettext_lazy("县（市、区）"), choices=units, apply=in_county),
            ChoiceFilter("kind", gettext_lazy("类别"), choices=Hospital.Kind.choices),
            ChoiceFilter("level", gettext_lazy("等级"), choices=_named_choices(Hospital.Level)),
            ChoiceFilter("tier", gettext_lazy("隶属层级"), choices=Hospital.Tier.choices),
            ChoiceFilter("ownership", gettext_lazy("举办主体"), choices=Hospital.Ownership.choices),
            ChoiceFilter("role", gettext_lazy("登记身份"), choices=_named_choices(Hospital.Role)),
            ChoiceFilter("state", gettext_lazy("状态"), choices=Hospital.State.choices),
        ),
        prepare=prepare,
    )


def _named_choices(choices: Any) -> list[tuple[str, Any]]:
    """The choices without the empty one, which a filter cannot ask for."""
    return [(value, label) for value, label in choices.choices if value]


class _Words:
    """Cells of the hospital list; words and addresses are looked up once per page, not per row."""

    def __init__(self) -> None:
        self.english = (get_language() or "").startswith("en")
        self.address = reverse("hospitals:detail", args=[0])
        self.to_confirm = _("（待核实）")
        self.levels = {level.value: str(level.label) for level in Hospital.Level}
        self.states = {state.value: str(state.label) for state in Hospital.State}

    @staticmethod
    def of(column: str, choices: Any) -> Callable[[Row], str]:
        """The words of a choice."""
        labels = {value: str(label) for value, label in choices.choices}
        return lambda row: str(labels.get(row[column], row[column]))

    def name(self, row: Row) -> str:
        """The name as a link, with what it is called now, or where it went."""
        link = format_html('<a href="{}">{}</a>', self.address.replace("/0/", f"/{row['id']}/"), row["name"])
        if row["state"] == Hospital.State.MERGED:
            return link + format_html(
                ' <span class="dk-muted dk-small">→ {}</span>', row["merged_into__name"]
            )
        if row.get("name_now", row["name"]) != row["name"]:
            now = _("今 %(name)s") % {"name": row["name_now"]}
            return link + format_html(' <span class="dk-muted dk-small">{}</span>', now)
        return link

    def level(self, row: Row) -> str:
        """The grade, marked where it has to be confirmed."""
        if not row["level"]:
            return ""
        label = self.levels[row["level"]]
        if row["level_mark"] in (Mark.RECALLED, Mark.INFERRED):
            return format_html('{} <span class="dk-muted dk-small">{}</span>', label, self.to_confirm)
        return label

    def state(self, row: Row) -> str:
        """The state, as a badge where it is not the usual one."""
        label = self.states[row["state"]]
        if row["state"] == Hospital.State.ACTIVE:
            return label
        return format_html('<span class="dk-badge dk-badge-neutral">{}</span>', label)

    def city(self, row: Row) -> str:
        """The city, in the language of the request."""
        return self.unit(row["division__parent__name"], row["division__parent__name_en"])

    def county(self, row: Row) -> str:
        """The county, in the language of the request."""
        return self.unit(row["division__name"], row["division__name_en"])

    def unit(self, name: str, name_en: str) -> str:
        """A division's name; English keeps the Chinese one beside it."""
        return f"{name_en} {name}" if self.english and name_en else name or ""


# ---------------------------------------------------------------- name reviews


def _prepare_reviews(rows: list[NameReview]) -> Iterable[NameReview]:
    best = {row.pk: row.candidates[0]["hospital"] for row in rows if row.candidates}
    names = dict(Hospital.objects.filter(pk__in=best.values()).values_list("pk", "name"))
    for row in rows:
        row.best = names.get(best.get(row.pk), "")  # type: ignore[attr-defined]
    return rows


def _confidence(row: NameReview) -> str:
    return f"{row.candidates[0]['confidence']:.0%}" if row.candidates else ""


REVIEWS = Listing(
    key="reviews",
    title=gettext_lazy("待裁定的医院名称"),
    empty=gettext_lazy("没有等待裁定的名称。导入结对表时，拿不准的名称会出现在这里。"),
    columns=(
        Column(
            "printed",
            gettext_lazy("原文"),
            head=True,
            sort=True,
            href=lambda row: reverse("hospitals:review", args=[row.pk]),
        ),
        Column("context", gettext_lazy("出处"), sort=True),
        Column("on", gettext_lazy("所指日期"), sort=True),
        Column("best", gettext_lazy("最可能的医院"), value=lambda row: row.best),
        Column("confidence", gettext_lazy("把握"), value=_confidence, numeric=True),
        Column(
            "state", gettext_lazy("状态"), value=lambda row: NAME_REVIEW.states[row.state].label, sort=True
        ),
        Column("decided", gettext_lazy("裁定为"), value=lambda row: row.decided.name if row.decided else ""),
        Column("decided_by", gettext_lazy("裁定人"), value=lambda row: str(row.decided_by or "")),
        Column("decided_at", gettext_lazy("裁定时间"), sort=True, nulls_last=True),
    ),
    filters=(
        TextFilter("q", gettext_lazy("原文"), ("printed",)),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda _actor: NAME_REVIEW.choices()),
    ),
    prepare=_prepare_reviews,  # type: ignore[arg-type]
)
