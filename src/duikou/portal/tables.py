"""Columns and filters of the public lists. Rows are the plain values of `disclosure`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, NameFilter
from duikou.portal import disclosure


def county_url(pk: int) -> str:
    """The public page of a county."""
    return reverse("portal:county", args=[pk])


def hospital_url(pk: int) -> str:
    """The public page of a hospital."""
    return reverse("portal:hospital", args=[pk])


def _cities(_actor: Any) -> list[tuple[str, str]]:
    round_ = disclosure.current_round()
    return disclosure.cities(round_) if round_ else []


def _table_name(row: Any) -> str:
    return _("省级表（附件1）") if row.table == "1" else _("市级表（附件2）")


CITY = ChoiceFilter("city", gettext_lazy("市"), ("city_code",), choices=_cities)

PAIRINGS = Listing(
    key="pairings",
    title=gettext_lazy("全部结对"),
    size=50,
    columns=(
        Column(
            "supporter",
            gettext_lazy("支援医院"),
            head=True,
            sort=True,
            href=lambda r: hospital_url(r.supporter_id),
        ),
        Column("recipient", gettext_lazy("受援医院"), sort=True, href=lambda r: hospital_url(r.recipient_id)),
        Column("county", gettext_lazy("受援县（市、区）"), sort=True, href=lambda r: county_url(r.county_id)),
        Column("city", gettext_lazy("市"), sort=("city_code", "county")),
        Column("since", gettext_lazy("起"), value=lambda r: r.since.isoformat(), sort=True),
        Column("until", gettext_lazy("止"), value=lambda r: r.until.isoformat(), sort=True),
        Column("table", gettext_lazy("来源"), value=_table_name, sort=True),
        Column("supporter_printed", gettext_lazy("支援医院（原文）"), on_page=False),
        Column("recipient_printed", gettext_lazy("受援医院（原文）"), on_page=False),
    ),
    filters=(
        NameFilter(
            "q",
            gettext_lazy("医院、县或拼音"),
            ("supporter", "recipient", "county", "supporter_printed", "recipient_printed"),
        ),
        CITY,
        ChoiceFilter(
            "table",
            gettext_lazy("来源"),
            choices=(("1", gettext_lazy("省级表（附件1）")), ("2", gettext_lazy("市级表（附件2）"))),
        ),
    ),
)


def _hospitals(key: str, title: Any, partners: Any) -> Listing:
    return Listing(
        key=key,
        title=title,
        size=50,
        columns=(
            Column("name", gettext_lazy("医院"), head=True, sort=True, href=lambda r: hospital_url(r.id)),
            Column("kind", gettext_lazy("类别"), sort=True),
            Column("city", gettext_lazy("市"), sort=("city_code", "county")),
            Column("county", gettext_lazy("县（市、区）"), sort=True),
            Column("partners", partners, numeric=True, sort=True),
        ),
        filters=(NameFilter("q", gettext_lazy("名称或拼音"), ("name",)), CITY),
    )


SUPPORTERS = _hospitals("supporters", gettext_lazy("支援医院"), gettext_lazy("受援医院（家）"))
RECIPIENTS = _hospitals("recipients", gettext_lazy("受援医院"), gettext_lazy("支援医院（家）"))


def _covered(row: Any) -> str:
    return _("有") if row.covered else _("没有")


def _group(wanted: str) -> Callable[[Any], bool]:
    return lambda row: row.counted == (wanted == "counties")


COUNTIES = Listing(
    key="counties",
    title=gettext_lazy("各县（市、区）的覆盖"),
    size=100,
    columns=(
        Column("name", gettext_lazy("县（市、区）"), head=True, sort=True, href=lambda r: county_url(r.id)),
        Column("kind", gettext_lazy("类别"), sort=True),
        Column("city", gettext_lazy("市"), sort=("city_code", "code")),
        Column("covered", gettext_lazy("有无受援医院"), value=_covered, sort=True),
        Column("recipients", gettext_lazy("受援医院（家）"), numeric=True, sort=True),
        Column("code", gettext_lazy("代码"), on_page=False),
    ),
    filters=(
        NameFilter("q", gettext_lazy("名称或拼音"), ("name",)),
        CITY,
        ChoiceFilter(
            "group",
            gettext_lazy("范围"),
            apply=lambda rows, wanted: list(filter(_group(wanted), rows)),
            choices=(
                ("counties", gettext_lazy("县、县级市")),
                ("districts", gettext_lazy("市辖区（另计）")),
            ),
        ),
        FlagFilter("covered", gettext_lazy("有受援医院"), ("covered",)),
    ),
)
