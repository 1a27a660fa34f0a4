"""A city, a county and a hospital in a round."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.faces import badge, words
from duikou.core.links import link
from duikou.core.listing import parse_day
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.models import Finding, Pairing
from duikou.wings.pairings.queries import places as queries
from duikou.wings.pairings.views._common import (
    chosen,
    division_code,
    hospital_url,
    pack_of,
    severity_badge,
    state_badge,
)
from duikou.wings.pairings.workflows import FINDING
from duikou.wings.places.panels import division_panel


def pairing_rows(rows: list[Pairing]) -> list[dict[str, Any]]:
    """Pairings as rows of a small table."""
    return [
        {
            "pairing": row,
            "supporter_url": hospital_url(row.supporter_id),
            "recipient_url": hospital_url(row.recipient_id),
            "place": row.recipient_division.label,
            "place_url": reverse("pairings:county", args=[row.recipient_division.code]),
            "term": f"{row.start.isoformat()} – {row.end.isoformat()}",
            "kind": row.get_kind_display(),
            "level": row.get_level_display(),
        }
        for row in rows
    ]


def finding_rows(rows: list[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of a small table."""
    return [
        {
            "finding": row,
            "message": row.text("message"),
            "severity": severity_badge(row.severity),
            "state": state_badge(row.state, FINDING.states[row.state].label),
        }
        for row in rows
    ]


@page("pairing.view")
def city(request: PageRequest, code: str) -> HttpResponse:
    """A city: its counties, its own table, support from outside, findings."""
    choice = chosen(request)
    panel = queries.city_panel(request.actor, choice.round, division_code(code), choice.as_of)
    return render(
        request,
        "pairings/city.html",
        {
            "choice": choice,
            "panel": panel,
            "city": panel.city,
            "place_url": link("places:division", panel.city.pk),
            "units": [
                {
                    "unit": unit,
                    "name": unit.division.label,
                    "kind": unit.division.get_kind_display(),
                    "state": _state(unit),
                    "url": f"{reverse('pairings:county', args=[unit.division.code])}?{choice.query}",
                }
                for unit in panel.units
            ],
            "own": pairing_rows(panel.own_table),
            "outside": pairing_rows(panel.from_outside),
            "findings": finding_rows(panel.findings) if request.actor.may("finding.view") else [],
            "data_date": choice.day.isoformat(),
        },
    )


def _state(unit: queries.UnitState) -> Any:
    if unit.covered:
        return badge("success", _("已覆盖"))
    return badge("danger", _("未覆盖")) if unit.counted else badge("neutral", _("无受援医院（另计）"))


@page("pairing.view")
def county(request: PageRequest, code: str) -> HttpResponse:
    """A county-level unit: who supports it, since when, findings, what became of it."""
    choice = chosen(request)
    panel = queries.county_panel(request.actor, choice.round, division_code(code), choice.as_of)
    return render(
        request,
        "pairings/county.html",
        {
            "choice": choice,
            "panel": panel,
            "county": panel.county,
            "city": panel.county.parent,
            "place_url": link("places:division", panel.county.pk),
            "pairings": pairing_rows(panel.pairings),
            "findings": finding_rows(panel.findings) if request.actor.may("finding.view") else [],
            "place": division_panel(panel.county, choice.as_of or choice.round.divisions_on),
            "data_date": choice.day.isoformat(),
        },
    )


@page("pairing.view")
def hospital_panel(request: PageRequest, hospital_id: int) -> HttpResponse:
    """The fragment about pairings on a hospital's page."""
    text = request.GET.get("as_of", "").strip()
    panel = queries.hospital_panel(request.actor, hospital_id, parse_day("as_of", text) if text else None)
    packs = {row.round.policy_pack: pack_of(row.round) for row in (*panel.supports, *panel.supported_by)}

    def specialty(name: str) -> str:
        found = next(
            (pack.specialties[name] for pack in packs.values() if pack and name in pack.specialties), None
        )
        return words(found.title) if found else name

    return render(
        request,
        "pairings/hospital_panel.html",
        {
            "panel": panel,
            "hospital_url": hospital_url(hospital_id),
            "supports": pairing_rows(panel.supports),
            "supported_by": pairing_rows(panel.supported_by),
            "links": [{"link": link, "specialty": specialty(link.specialty)} for link in panel.links],
            "findings": finding_rows(panel.findings),
            "may_edit": request.actor.may("pairing.edit", panel.hospital.scope_path),
        },
    )
