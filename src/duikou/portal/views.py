"""The public window: no sign-in, no personal data, only what `disclosure` gives out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from duikou.core.listing import Listing
from duikou.portal import disclosure, tables
from duikou.portal.disclosure import PublicRound

KEPT_SECONDS = 300  # a browser may show a page again for so long without asking
LONGEST_QUESTION = 60

LEGEND = (
    (0, gettext_lazy("县、县级市，没有受援医院")),
    (1, gettext_lazy("1 家受援医院")),
    (2, gettext_lazy("2 家")),
    (3, gettext_lazy("3 家")),
    (4, gettext_lazy("4 家及以上")),
    (None, gettext_lazy("市辖区，没有受援医院（另计）")),
)

RoundView = Callable[..., HttpResponseBase]


def public(view: Callable[..., HttpResponseBase]) -> RoundView:
    """A public page of the current round; reading changes nothing, and the reader's browser may keep it.

    Pages carry a form token of the reader, so only the reader's own browser may keep
    them, apart by language and sign-in.
    """

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        round_ = disclosure.current_round()
        if round_ is None:
            answer: HttpResponseBase = render(request, "portal/nothing.html")
        else:
            answer = view(request, round_, *args, **kwargs)
        patch_cache_control(answer, private=True, max_age=KEPT_SECONDS)
        patch_vary_headers(answer, ("Cookie", "Accept-Language"))
        return answer

    shown.public = True  # type: ignore[attr-defined]
    return shown


@dataclass(frozen=True, slots=True)
class Number:
    """A figure with the rows and the clause behind it."""

    label: str
    value: str
    unit: str
    href: str
    note: str
    clause: str
    to_confirm: bool
    about: str


def _numbers(round_: PublicRound) -> list[Number]:
    rules = {rule.id: rule for rule in disclosure.rules(round_)}
    about = reverse("portal:about")
    figures = round_.summary.headline

    def number(label: str, value: object, unit: str, href: str, note: str, *ids: str) -> Number:
        used = [rules[i] for i in ids if i in rules]
        return Number(
            label, str(value), unit, href, note,
            clause="；".join(dict.fromkeys(rule.clause for rule in used)),
            to_confirm=any(rule.mark.to_confirm for rule in used),
            about=f"{about}#{ids[0]}" if used else about,
        )  # fmt: skip

    counties = reverse("portal:counties")
    missing = _("%(n)d 个没有")
    return [
        number(
            _("支援医院"), figures.supporters, _("家"), reverse("portal:supporters"), "", "PAIR-01", "PAIR-02"
        ),
        number(_("结对"), figures.pairings, _("对"), reverse("portal:pairings"), "", "PAIR-06"),
        number(_("受援医院"), figures.recipients, _("家"), reverse("portal:recipients"), "", "PAIR-05"),
        number(
            _("有受援医院的县、县级市"),
            f"{figures.counties.covered} / {figures.counties.total}",
            _("个"),
            f"{counties}?group=counties",
            missing % {"n": figures.counties.missing},
            "PAIR-03",
        ),
        number(
            _("有受援医院的市辖区（另计）"),
            f"{figures.districts.covered} / {figures.districts.total}",
            _("个"),
            f"{counties}?group=districts",
            missing % {"n": figures.districts.missing},
            "PAIR-15",
        ),
    ]


@public
def home(request: HttpRequest, round_: PublicRound) -> HttpResponse:
    """Search box, headline numbers, map of coverage: counties, or cities where there are too many."""
    cities = disclosure.city_overview(round_, _city_url, every_city=request.GET.get("cities") == "all")
    by_city = round_.too_many
    context = {
        "round": round_,
        "numbers": _numbers(round_),
        "by_city": by_city,
        "cells": cities.cells if by_city else _county_cells(round_),
        "legend": disclosure.CITY_LEGEND if by_city else LEGEND,
        "cities": [_city(city) for city in cities.rows],
        "cities_left_out": cities.left_out,
        "data_date": round_.day.isoformat(),
    }
    return render(request, "portal/home.html", context)


def _county_cells(round_: PublicRound) -> list[dict[str, Any]]:
    units = disclosure.units(round_)
    return disclosure.map_cells(round_, units, {unit.id: tables.county_url(unit.id) for unit in units})


def _city_url(code: str) -> str:
    return f"{reverse('portal:counties')}?city={code}"


def _city(city: disclosure.PublicCity) -> dict[str, Any]:
    return {
        "name": city.name,
        "href": _city_url(city.code),
        "counties": f"{city.counties.covered} / {city.counties.total}",
        "districts": f"{city.districts.covered} / {city.districts.total}",
        "recipients": city.recipients,
        "missing": [(name, tables.county_url(pk)) for pk, name in city.missing],
    }


@public
def search(request: HttpRequest, round_: PublicRound) -> HttpResponse:
    """Counties and hospitals by name."""
    typed = "".join(letter if letter.isprintable() else " " for letter in request.GET.get("q", ""))
    question = " ".join(typed.split())[:LONGEST_QUESTION]
    hits = disclosure.search(round_, question) if question else None
    if hits and len(hits.units) == 1 and not hits.hospitals:
        return redirect(tables.county_url(hits.units[0].id))
    if hits and len(hits.hospitals) == 1 and not hits.units:
        return redirect(tables.hospital_url(hits.hospitals[0].id))
    context = {
        "round": round_,
        "question": question,
        "hits": hits,
        "units": [(tables.county_url(u.id), u) for u in hits.units] if hits else [],
        "hospitals": [(tables.hospital_url(h.id), h) for h in hits.hospitals] if hits else [],
        "data_date": round_.day.isoformat(),
    }
    return render(request, "portal/search.html", context)


@public
def county(request: HttpRequest, round_: PublicRound, pk: int) -> HttpResponse:
    """Who supports one county, since when, by which clause. A city leads to its counties."""
    if code := disclosure.city_code(pk):
        return redirect(f"{reverse('portal:counties')}?city={code}")
    page = disclosure.county(round_, pk)
    rules = {rule.id: rule for rule in disclosure.rules(round_)}
    context = {
        "round": round_,
        "page": page,
        "rule": rules.get("PAIR-03" if page.unit.counted else "PAIR-15"),
        "recipients": len({row.recipient_id for row in page.pairings}),
        "supporters": len({row.supporter_id for row in page.pairings}),
        "data_date": round_.day.isoformat(),
    }
    return render(request, "portal/county.html", context)


@public
def hospital(request: HttpRequest, round_: PublicRound, pk: int) -> HttpResponse:
    """One hospital: whom it supports, or who supports it."""
    context = {
        "round": round_,
        "page": disclosure.hospital(round_, pk),
        "data_date": round_.day.isoformat(),
    }
    return render(request, "portal/hospital.html", context)


def _list(
    request: HttpRequest, round_: PublicRound, listing: Listing, rows: list[Any], lead: str
) -> HttpResponseBase:
    context = {"round": round_, "lead": lead, "title": listing.title, "data_date": round_.day.isoformat()}
    return listing.respond(request, rows, "portal/list.html", context)


@public
def pairings(request: HttpRequest, round_: PublicRound) -> HttpResponseBase:
    """All published pairings."""
    return _list(request, round_, tables.PAIRINGS, disclosure.pairings(round_), _("按公布的次序排列。"))


@public
def supporters(request: HttpRequest, round_: PublicRound) -> HttpResponseBase:
    """All supporters."""
    rows = disclosure.hospitals(round_, "supporter")
    return _list(request, round_, tables.SUPPORTERS, rows, _("城市三级医院，按公布的次序排列。"))


@public
def recipients(request: HttpRequest, round_: PublicRound) -> HttpResponseBase:
    """All recipients."""
    rows = disclosure.hospitals(round_, "recipient")
    return _list(request, round_, tables.RECIPIENTS, rows, _("县级及以下医院，按公布的次序排列。"))


@public
def counties(request: HttpRequest, round_: PublicRound) -> HttpResponseBase:
    """Coverage, county by county."""
    lead = _("方案要求覆盖的是县和县级市；市辖区另行统计。")
    return _list(request, round_, tables.COUNTIES, disclosure.units(round_), lead)


@public
def about(request: HttpRequest, round_: PublicRound) -> HttpResponse:
    """What this window is, where its facts come from, and how sure they are."""
    context = {
        "round": round_,
        "sources": [
            (
                d.id,
                disclosure.text(d.title),
                d.number,
                disclosure.text(d.issuer),
                d.issued.isoformat() if d.issued else "",
            )
            for d in disclosure.sources(round_)
        ],
        "rules": [
            (rule.id, disclosure.text(rule.title), disclosure.text(rule.text), rule.clause, rule.mark.value)
            for rule in disclosure.rules(round_)
        ],
        "data_date": round_.day.isoformat(),
    }
    return render(request, "portal/about.html", context)
