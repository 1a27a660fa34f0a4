"""The province's overview: figures, the map of coverage with flows, findings by clause, audits over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.policy.model import Pack
from duikou.wings.pairings.maps import too_many
from duikou.wings.pairings.models import AuditRun
from duikou.wings.pairings.queries import findings as finding_queries
from duikou.wings.pairings.queries.rounds import (
    Headline,
    Share,
    figures_for,
    outdated,
    round_summary,
    sees_whole,
)
from duikou.wings.pairings.views._common import (
    Chosen,
    chosen,
    pack_of,
    rule_of,
    rule_title,
    rule_url,
)
from duikou.wings.pairings.views.flows import FlowView
from duikou.wings.pairings.views.overview_map import MapView

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
    """The overview of one round. What it reads does not grow with rows, findings and counties."""
    choice = chosen(request)
    pack = pack_of(choice.round)
    summary = round_summary(choice.round, choice.as_of)
    partial = not sees_whole(request.actor, choice.round)
    headline = (
        figures_for(request.actor, choice.round, choice.as_of).headline if partial else summary.headline
    )
    flow_view = FlowView.of(
        request,
        choice,
        cities=len(summary.cities),
        supporters=headline.supporters,
        by_city=too_many(summary),
    )
    every_city = request.GET.get("cities") == "all"
    runs = list(finding_queries.runs(choice.round).defer("changes")[:RUNS_SHOWN])
    return render(
        request,
        "pairings/dashboard.html",
        {
            "choice": choice,
            "whole": summary.headline if partial else None,
            "tiles": tiles(choice, headline, pack),
            "map": MapView.of(choice, summary, flow_view.units, every_city=every_city),
            "view": flow_view,
            "clauses": clause_rows(request.actor, choice, pack),
            "runs": runs,
            "trend": trend(runs),
            "outdated": outdated(choice.round),
            "data_date": choice.day.isoformat(),
        },
    )


# ---------------------------------------------------------------- tiles


def tiles(choice: Chosen, headline: Headline, pack: Pack | None) -> list[Tile]:
    """The numbers on top; each opens its rows and names its clause."""

    def rule(*ids: str) -> list[tuple[str, str]]:
        found = [(one, rule_of(pack, one)) for one in ids]
        return [(f"{one} · {rule.clause}", rule_url(choice.round, one)) for one, rule in found if rule]

    def link(name: str, extra: str = "") -> str:
        return f"{reverse(f'pairings:{name}')}?{choice.query}{extra}"

    def reach(label: str, part: Share, extra: str, rules: list[tuple[str, str]], bad: str = "danger") -> Tile:
        missing = part.missing
        note = _("%(missing)d 个未覆盖") % {"missing": missing} if missing else _("全部覆盖")
        tone = (bad if missing else "success") if bad else ""
        return Tile(
            label, f"{part.covered} / {part.total}", _("个"), link("coverage", extra), note, tone, rules
        )

    return [
        Tile(
            _("支援医院"),
            str(headline.supporters),
            _("家"),
            link("supporters"),
            "",
            "",
            rule("PAIR-01", "PAIR-02"),
        ),
        Tile(_("结对"), str(headline.pairings), _("对"), link("list"), "", "", rule("PAIR-06")),
        Tile(_("受援医院"), str(headline.recipients), _("家"), link("recipients"), "", "", rule("PAIR-05")),
        reach(_("已覆盖的县、县级市"), headline.counties, "&sort_of=counted", rule("PAIR-03")),
        reach(
            _("本市表覆盖的县、县级市"),
            headline.counties_in_city_tables,
            "&sort_of=counted&in_city_table=no",
            rule("PAIR-04"),
            bad="warning",
        ),
        reach(
            _("已覆盖的市辖区（另计）"),
            headline.districts,
            "&sort_of=district",
            rule("PAIR-15"),
            bad="",
        ),
    ]


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
