"""The overview of a month: figures, map, titles and specialties; the hospitals one by one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core import exports
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.staffing import labels
from duikou.wings.staffing.figures import Tally, rounded
from duikou.wings.staffing.maps import LEGEND, county_cells
from duikou.wings.staffing.queries.overview import Line, Overview, RecipientLine, SupporterLine, overview
from duikou.wings.staffing.views._common import Choice, agreed_note, agreed_words, share
from duikou.wings.staffing.views._next import begin, waiting

BARS = 12


@page("staffing.view")
def overview_page(request: PageRequest) -> HttpResponseBase:
    """Figures of a month with map, titles and specialties."""
    choice = Choice.of(request)
    found = overview(choice.area, choice.month)
    if request.GET.get("export") == "xlsx":
        return workbook(found)
    return render(
        request,
        "staffing/overview.html",
        {
            **choice.context("overview"),
            "found": found,
            "whole": _figures(found.whole),
            "swap_rate": share(found.whole.swap.percent),
            "cells": county_cells(found, choice.query()),
            "legend": LEGEND,
            "counties": [
                {"name": labels.county(one.county), "city": labels.city(one.county), **_figures(one.line)}
                for one in found.counties
            ],
            "groups": [
                _group(_("按职称"), _("职称"), found.titles, labels.title),
                _group(_("按专业"), _("专业"), found.specialties, labels.specialty),
            ],
            "definitions": labels.definitions(),
            "waiting": waiting(request.actor),
            "begin": begin(request.actor, choice.query()),
            "demo_data": found.demonstration,
        },
    )


def _figures(line: Line) -> dict[str, Any]:
    """A line as the pages write it."""
    return {
        "persons": len(line.sent.persons),
        "managers": len(line.sent.managers),
        "month": rounded(line.sent.month),
        "year": rounded(line.sent.year),
        "rate": share(line.sent.rate),
        "trainees": len(line.studying.persons),
        "training": rounded(line.studying.year),
        "agreed": agreed_words(line.against),
        "agreed_note": agreed_note(line.against),
        "continuity": share(line.continuity.percent),
        "breaks": len(line.continuity.breaks),
        "bare_days": line.continuity.days - line.continuity.covered,
        "swap_rate": share(line.swap.percent),
        "pairings": line.pairings,
    }


def _group(title: str, heading: str, found: dict[str, Tally], label: Any) -> dict[str, Any]:
    lines = [
        {
            "name": label(key),
            "persons": len(one.persons),
            "month": rounded(one.month),
            "year": rounded(one.year),
            "rate": share(one.rate),
        }
        for key, one in found.items()
    ]
    bars = [
        {
            "label": line["name"],
            "value": line["year"],
            "title": _("%(name)s：本年累计 %(year)s 人月，当月在岗 %(persons)s 人")
            % {"name": line["name"], "year": line["year"], "persons": line["persons"]},
        }
        for line in lines[:BARS]
    ]
    return {"title": title, "heading": heading, "lines": lines, "bars": bars}


# ---------------------------------------------------------------- hospitals

SIDES = (("recipient", gettext_lazy("受援医院")), ("supporter", gettext_lazy("支援医院")))


def _percent(name: str) -> Any:
    return lambda row: share(row[name])


HOSPITALS = Listing(
    key="staffing-hospitals",
    title=gettext_lazy("各医院的人员帮扶"),
    empty=gettext_lazy("这个月没有结对。请换一个月份，或检查您的授权范围。"),
    columns=(
        Column(
            "hospital",
            gettext_lazy("医院"),
            head=True,
            sort=True,
            href=lambda row: reverse("hospitals:detail", args=[row["id"]]),
            width=30,
        ),
        Column("side_words", gettext_lazy("一方"), whole=True),
        Column("county", gettext_lazy("县（市、区）"), sort=("code", "hospital")),
        Column("persons", gettext_lazy("当月在岗（人）"), numeric=True, sort=True),
        Column("managers", gettext_lazy("其中任职（人）"), numeric=True, sort=True, on_page=False),
        Column("month", gettext_lazy("当月（人月）"), numeric=True, sort=True, on_page=False),
        Column("year", gettext_lazy("本年累计（人月）"), numeric=True, sort=True),
        Column("rate", gettext_lazy("在岗率（%）"), numeric=True, sort=True, html=_percent("rate")),
        Column("agreed", gettext_lazy("约定（人月）"), sort="against", html=lambda row: row["agreed_words"]),
        Column("done", gettext_lazy("约定期内完成（人月）"), numeric=True, on_page=False),
        Column(
            "continuity",
            gettext_lazy("批次衔接率（%）"),
            numeric=True,
            sort=True,
            html=_percent("continuity"),
        ),
        Column("bare_days", gettext_lazy("无人驻点（天）"), numeric=True, sort=True, on_page=False),
        Column("trainees", gettext_lazy("当月在训（人）"), numeric=True, sort=True),
        Column("training", gettext_lazy("本年进修（人月）"), numeric=True, sort=True, on_page=False),
        Column("swap", gettext_lazy("置换率（%）"), numeric=True, sort=True, html=_percent("swap")),
    ),
    filters=(
        ChoiceFilter("side", gettext_lazy("一方"), choices=SIDES),
        TextFilter("q", gettext_lazy("医院"), fields=("hospital",)),
    ),
)


@page("staffing.view")
def hospitals_page(request: PageRequest) -> HttpResponseBase:
    """The hospitals of the area one by one, recipients first."""
    choice = Choice.of(request)
    found = overview(choice.area, choice.month)
    return HOSPITALS.respond(
        request,
        hospital_rows(found),
        "staffing/hospitals.html",
        {**choice.context("hospitals"), "demo_data": found.demonstration},
    )


def hospital_rows(found: Overview) -> list[dict[str, Any]]:
    """Recipients in the order of counties, then supporters by name."""
    return [*map(_hospital, found.recipients), *map(_hospital, found.supporters)]


def _hospital(one: RecipientLine | SupporterLine) -> dict[str, Any]:
    county = one.county if isinstance(one, RecipientLine) else None
    recipient = county is not None
    line = one.line
    against = line.against
    return {
        "id": one.hospital.pk,
        "hospital": one.hospital.name,
        "side": "recipient" if recipient else "supporter",
        "side_words": str(dict(SIDES)["recipient" if recipient else "supporter"]),
        "county": labels.county(county) if county else "",
        "code": county.code if county else "",
        "persons": len(line.sent.persons),
        "managers": len(line.sent.managers),
        "month": rounded(line.sent.month),
        "year": rounded(line.sent.year),
        "rate": line.sent.rate,
        "agreed": against.target if against.agreed else agreed_words(against),
        "agreed_words": agreed_words(against),
        "against": against.percent,
        "done": rounded(against.done) if against.agreed else "",
        "continuity": line.continuity.percent if recipient else None,
        "bare_days": line.continuity.days - line.continuity.covered if recipient else None,
        "trainees": len(line.studying.persons),
        "training": rounded(line.studying.year),
        "swap": line.swap.percent,
    }


# ---------------------------------------------------------------- workbook


def workbook(found: Overview) -> HttpResponseBase:
    """The month as a workbook: the area, counties, hospitals, titles, specialties."""
    sums = (
        _("当月在岗（人）"), _("当月（人月）"), _("本年累计（人月）"), _("在岗率（%）"),
    )  # fmt: skip
    more = (
        _("约定（人月）"), _("约定期内完成（人月）"), _("待约定（对）"), _("批次衔接率（%）"),
        _("无人驻点（天）"), _("当月在训（人）"), _("本年进修（人月）"),
        _("置换率（%）"),
    )  # fmt: skip
    name = found.month.name
    sheets = [
        exports.Sheet(
            _("合计与各县"),
            (_("县（市、区）"), *sums, *more),
            [
                (_("合计"), *_sums(found.whole.sent), *_more(found.whole)),
                *(
                    (labels.county(one.county), *_sums(one.line.sent), *_more(one.line))
                    for one in found.counties
                ),
            ],
            (20,),
        ),
        exports.Sheet(
            _("受援医院"),
            (_("县（市、区）"), _("受援医院"), *sums, *more),
            [
                (labels.county(one.county), one.hospital.name, *_sums(one.line.sent), *_more(one.line))
                for one in found.recipients
            ],
            (16, 30),
        ),
        exports.Sheet(
            _("支援医院"),
            (_("支援医院"), *sums, *more),
            [
                (one.hospital.name, *_sums(one.line.sent), *_more(one.line, batches=False))
                for one in found.supporters
            ],
            (30,),
        ),
        exports.Sheet(
            _("职称"),
            (_("职称"), *sums),
            [(labels.title(key), *_sums(one)) for key, one in found.titles.items()],
            (20,),
        ),
        exports.Sheet(
            _("专业"),
            (_("专业"), *sums),
            [(labels.specialty(key), *_sums(one)) for key, one in found.specialties.items()],
            (20,),
        ),
        exports.Sheet(
            _("口径"),
            (_("项目"), _("怎样计算")),
            [
                (_("置换率"), share(found.whole.swap.percent)),
                (_("月份"), f"{name}（{_('截至')} {found.month.until.isoformat()}）"),
                *labels.definitions(),
            ],
            (20, 90),
        ),
    ]
    return exports.download(f"duikou-staffing-{name}", "xlsx", sheets)


def _sums(one: Tally) -> tuple[int, Decimal, Decimal, Decimal | None]:
    return len(one.persons), rounded(one.month), rounded(one.year), one.rate


def _more(one: Line, *, batches: bool = True) -> tuple[object, ...]:
    against = one.against
    return (
        against.target if against.agreed else agreed_words(against),
        rounded(against.done) if against.agreed else None,
        against.open,
        one.continuity.percent if batches else None,
        one.continuity.days - one.continuity.covered if batches else None,
        len(one.studying.persons),
        rounded(one.studying.year),
        one.swap.percent,
    )
