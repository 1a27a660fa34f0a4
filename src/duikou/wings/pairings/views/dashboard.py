"""The province's overview: figures, the map of coverage with flows, findings by clause, audits over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.policy.model import Pack
from duikou.wings.pairings.models import AuditRun
from duikou.wings.pairings.queries import choices
from duikou.wings.pairings.queries import findings as finding_queries
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.queries.rounds import Figures, Reach, figures_for, outdated, round_figures
from duikou.wings.pairings.translate import divisions_of, rows_of
from duikou.wings.pairings.views._common import (
    Chosen,
    chosen,
    english,
    pack_of,
    row_url,
    rule_of,
    rule_title,
    rule_url,
)
from duikou.wings.places.models import Division
from duikou.wings.places.queries import TileGrid, tile_grid

RUNS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its unit, its rows and its clause."""

    label: str
    value: str
    unit: str
    href: str
    note: str
    tone: str
    clauses: list[tuple[str, str]]  # rule or clause in words, address of the rule ('' for none)


@page("pairing.view")
def dashboard(request: PageRequest) -> HttpResponse:
    """The overview of one round."""
    choice = chosen(request)
    pack = pack_of(choice.round)
    figures = figures_for(request.actor, choice.round, choice.as_of)
    whole = round_figures(choice.round, choice.as_of)
    grid = tile_grid(choice.as_of or choice.round.divisions_on)
    recipients = pairing_queries.recipients_per_unit(choice.round, choice.as_of)
    view = FlowView.of(request, choice)
    runs = list(finding_queries.runs(choice.round)[:RUNS_SHOWN])
    return render(
        request,
        "pairings/dashboard.html",
        {
            "choice": choice,
            "figures": figures,
            "whole": whole if figures.partial else None,
            "tiles": tiles(choice, figures, pack),
            "cells": cells(grid, recipients, choice, view),
            "legend": LEGEND,
            "cities": city_rows(grid, whole, recipients),
            "units": unit_table(grid, recipients),
            "view": view,
            "clauses": clause_rows(request.actor, choice, pack),
            "runs": runs,
            "trend": trend(runs),
            "outdated": outdated(choice.round),
            "data_date": choice.day.isoformat(),
        },
    )


# ---------------------------------------------------------------- tiles


def tiles(choice: Chosen, figures: Figures, pack: Pack | None) -> list[Tile]:
    """The numbers on top; each opens its rows and names its clause."""

    def rule(*ids: str) -> list[tuple[str, str]]:
        found = [(one, rule_of(pack, one)) for one in ids]
        return [(f"{one} · {rule.clause}", rule_url(choice.round, one)) for one, rule in found if rule]

    def link(name: str, extra: str = "") -> str:
        return f"{reverse(f'pairings:{name}')}?{choice.query}{extra}"

    def reach(label: str, part: Reach, extra: str, rules: list[tuple[str, str]], bad: str = "danger") -> Tile:
        missing = len(part.uncovered)
        note = _("%(missing)d 个未覆盖") % {"missing": missing} if missing else _("全部覆盖")
        tone = (bad if missing else "success") if bad else ""
        return Tile(
            label, f"{part.covered} / {part.total}", _("个"), link("coverage", extra), note, tone, rules
        )

    return [
        Tile(
            _("支援医院"),
            str(figures.supporters),
            _("家"),
            link("supporters"),
            "",
            "",
            rule("PAIR-01", "PAIR-02"),
        ),
        Tile(_("结对"), str(figures.pairings), _("对"), link("list"), "", "", rule("PAIR-06")),
        Tile(_("受援医院"), str(figures.recipients), _("家"), link("recipients"), "", "", rule("PAIR-05")),
        reach(_("已覆盖的县、县级市"), figures.counties, "&sort_of=counted", rule("PAIR-03")),
        reach(
            _("本市表覆盖的县、县级市"),
            figures.counties_in_city_tables,
            "&sort_of=counted&in_city_table=no",
            rule("PAIR-04"),
            bad="warning",
        ),
        reach(
            _("已覆盖的市辖区（另计）"),
            figures.districts,
            "&sort_of=district",
            rule("PAIR-15"),
            bad="",
        ),
    ]


# ---------------------------------------------------------------- map

LEGEND = (
    (0, gettext_lazy("县、县级市，没有受援医院")),
    (1, gettext_lazy("1 家受援医院")),
    (2, gettext_lazy("2 家")),
    (3, gettext_lazy("3 家")),
    (4, gettext_lazy("4 家及以上")),
    (None, gettext_lazy("市辖区，没有受援医院（另计）")),
)


def short(division: Division) -> str:
    """A label that fits a tile: without 县, 市, 区; in English the syllables without the kind word."""
    if english() and division.pinyin:
        return division.pinyin.rpartition(" ")[0].capitalize() or division.pinyin
    return (
        division.name.removesuffix("自治县").removesuffix("畲族")
        if len(division.name) > 4
        else division.name[:-1]
    )


def cells(grid: TileGrid, recipients: dict[str, int], choice: Chosen, view: FlowView) -> list[dict[str, Any]]:
    """The squares of the map."""
    found = []
    for tile in grid.tiles:
        unit = tile.division
        count = recipients.get(unit.code, 0)
        counted = unit.kind in Division.COUNTY_KINDS
        found.append(
            {
                "key": unit.code,
                "label": short(unit),
                "col": tile.col,
                "row": tile.row,
                "level": min(count, 4) if count or counted else None,
                "href": f"{row_url('pairings:county', unit.code)}?{choice.query}",
                "title": _("%(name)s：%(count)d 家受援医院") % {"name": unit.label, "count": count},
                "chosen": unit.code in view.units,
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city in the table beside the map."""

    code: str
    name: str
    counties: int
    covered: int
    by_city: int
    districts: int
    districts_covered: int
    recipients: int
    missing: str


def city_rows(grid: TileGrid, figures: Figures, recipients: dict[str, int]) -> list[CityRow]:
    """Coverage city by city, for the units of the map; `figures` are the public ones of all cities."""
    not_by_city = {unit.code for unit in figures.counties_in_city_tables.uncovered}
    groups: dict[str, list[Division]] = {}
    for division in units_of(grid):
        if division.parent is not None:
            groups.setdefault(division.parent.code, []).append(division)
    rows = []
    for code, units in groups.items():
        counties = [unit for unit in units if unit.kind in Division.COUNTY_KINDS]
        districts = [unit for unit in units if unit.kind not in Division.COUNTY_KINDS]
        city = units[0].parent
        assert city is not None
        rows.append(
            CityRow(
                code=code,
                name=city.label,
                counties=len(counties),
                covered=sum(recipients.get(unit.code, 0) > 0 for unit in counties),
                by_city=sum(unit.code not in not_by_city for unit in counties),
                districts=len(districts),
                districts_covered=sum(recipients.get(unit.code, 0) > 0 for unit in districts),
                recipients=sum(recipients.get(unit.code, 0) for unit in units),
                missing=_("、").join(unit.label for unit in counties if not recipients.get(unit.code)),
            )
        )
    return rows


def units_of(grid: TileGrid) -> list[Division]:
    """All units of the map's day by code, those without a square included."""
    return sorted([*(tile.division for tile in grid.tiles), *grid.missing], key=lambda unit: unit.code)


def unit_table(grid: TileGrid, recipients: dict[str, int]) -> list[dict[str, Any]]:
    """The map's numbers as a table."""
    kinds = {value: str(label) for value, label in Division.Kind.choices}
    return [
        {
            "code": unit.code,
            "name": unit.label,
            "city": unit.parent.label if unit.parent else "",
            "kind": kinds[unit.kind],
            "recipients": recipients.get(unit.code, 0),
        }
        for unit in units_of(grid)
    ]


# ---------------------------------------------------------------- flows


@dataclass(frozen=True, slots=True)
class FlowView:
    """The flows of a chosen city or supporter, and what can be chosen."""

    city: str
    supporter: str
    cities: list[tuple[str, str]]
    supporters: list[tuple[str, str]]
    flows: list[dict[str, str]]
    rows: list[dict[str, Any]]
    units: frozenset[str]

    @classmethod
    def of(cls, request: PageRequest, choice: Chosen) -> FlowView:
        """Read ?city= (a heading city, or 0 for the province's table) and ?supporter= (a key)."""
        rows = list(
            pairing_queries.pairings(request.actor)
            .filter(pk__in=rows_of(choice.round, choice.as_of).values("pk"))
            .order_by("position")
            .values(
                "id",
                "group",
                "supporter_id",
                "recipient_id",
                "supporter__key",
                "supporter_printed",
                "recipient_printed",
                "recipient_division__code",
                "recipient_division__name",
            )
        )
        cities = [("0", _("省级医院（附件1）"))]
        cities += [(name, name) for name in dict.fromkeys(row["group"] for row in rows if row["group"])]
        supporters = list({row["supporter__key"]: row["supporter_printed"] for row in rows}.items())
        city = _one_of(request, "city", dict(cities))
        supporter = _one_of(request, "supporter", dict(supporters))
        if supporter:
            rows = [row for row in rows if row["supporter__key"] == supporter]
        elif city:
            rows = [row for row in rows if row["group"] == ("" if city == "0" else city)]
        else:
            rows = []
        flows, units = _flows(rows, choice) if rows else ([], frozenset())
        return cls(city, supporter, cities, supporters, flows, rows, units)


def _one_of(request: PageRequest, name: str, known: dict[str, str]) -> str:
    found = request.GET.get(name, "").strip()
    if found and found not in known:
        raise BadParameter(name, found, _("、").join(list(known)[:12]))
    return found


def _flows(rows: list[dict[str, Any]], choice: Chosen) -> tuple[list[dict[str, str]], frozenset[str]]:
    day = choice.as_of or choice.round.divisions_on
    places = divisions_of({row[side] for row in rows for side in ("supporter_id", "recipient_id")}, day)
    codes = choices.division_codes(set(places.values()))
    flows = []
    for row in rows:
        ends = [codes.get(places.get(row[side], 0), "") for side in ("supporter_id", "recipient_id")]
        if all(ends):
            title = f"{row['supporter_printed']} → {row['recipient_printed']}"
            flows.append({"source": ends[0], "target": ends[1], "title": title})
    return flows, frozenset(flow["source"] for flow in flows)


# ---------------------------------------------------------------- findings and audits


def clause_rows(actor: Actor, choice: Chosen, pack: Pack | None) -> list[dict[str, Any]]:
    """Standing findings by rule and clause, each number with its list."""
    if not actor.may("finding.view"):
        return []
    desk = f"{reverse('pairings:findings')}?round={choice.round.key}"
    return [
        {
            "count": count,
            "title": rule_title(pack, count.rule),
            "url": rule_url(choice.round, count.rule),
            "list": f"{desk}&rule={count.rule}",
        }
        for count in finding_queries.by_rule(actor, choice.round)
    ]


def trend(runs: list[AuditRun]) -> dict[str, Any] | None:
    """The last audits as lines, oldest first."""
    if not runs:
        return None
    ordered = runs[::-1]
    names = (("error", _("错误")), ("warning", _("警告")), ("note", _("提示")))
    return {
        "labels": [f"#{run.number}" for run in ordered],
        "series": [
            {"name": label, "values": [run.by_severity.get(severity, 0) for run in ordered]}
            for severity, label in names
        ],
    }
