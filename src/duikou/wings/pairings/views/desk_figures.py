"""What the desk says of a plan: levels with their proof, figures, broken rules, contradictions, maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import words
from duikou.core.pages import PageRequest
from duikou.engines.pairing.optimise.measures import KILOMETRES
from duikou.policy.model import Pack
from duikou.wings.pairings.outcome import measured
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.translate import recipients_per_unit
from duikou.wings.pairings.views import board
from duikou.wings.pairings.views._common import capital, rule_of, rule_url
from duikou.wings.pairings.views.overview_map import LEGEND, square
from duikou.wings.places.queries import tile_grid

MEASURES = {  # what the number of a level counts, where its goal alone does not say so
    "coverage": gettext_lazy("没有受援医院的县（市）"),
    "city_table": gettext_lazy("本市的表没有覆盖的县（市）"),
    "quotas": gettext_lazy("支援数偏离规定、重复或断档"),
    "suitability": gettext_lazy("类别不相称、市级医院出本市"),
    "evenness": gettext_lazy("支援数与规定数之差"),
}

MORE_IS_BETTER = ("fit", "priority")  # kept with a minus, since every level is made as small as possible


def level_title(name: str, title: Mapping[str, str]) -> str:
    """What the number of a level counts."""
    return capital(str(MEASURES.get(name) or words(title)))


def levels(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The levels with value, bound and whether no plan does better; roads in kilometres."""
    found = []
    for one in values:
        sign = -1 if one["name"] in MORE_IS_BETTER else 1
        value, unit = measured(sign * one["value"], one["unit"])
        bound, _unit = measured(sign * one["bound"], one["unit"])
        found.append(
            {
                "title": level_title(one["name"], one["title"]),
                "unit": words(unit),
                "value": f"{value:,}",
                "bound": f"{bound:,}",
                "proved": one["value"] == one["bound"],
            }
        )
    return found


def tiles(found: queries.Summary, pack: Pack | None) -> list[dict[str, Any]]:
    """The figures at once: the plan's beside the present round's, each with its rule."""
    round_ = found.proposal.round
    before, after, changes = (found.figures[part] for part in ("before", "after", "changes"))

    def rules(*ids: str) -> list[tuple[str, str]]:
        known = [(one, rule_of(pack, one)) for one in ids]
        return [(f"{one} · {rule.clause}", rule_url(round_, one)) for one, rule in known if rule]

    def tile(
        label: str, value: str, unit: str, was: str, bad: bool = False, *ids: str, note: str = ""
    ) -> dict[str, Any]:
        said = _("现状 %(was)s") % {"was": was} if was else ""
        return {
            "label": label,
            "value": value,
            "unit": unit,
            "note": _("；").join(part for part in (said, note) if part),
            "tone": "danger" if bad else "",
            "rules": rules(*ids),
        }

    counties, present = after["counties"], before["counties"]
    shown = [
        tile(
            _("变动"),
            str(changes["added"] + changes["dropped"]),
            _("对"),
            "",
            note=_("新增 %(added)d，取消 %(dropped)d，保留 %(kept)d") % changes,
        ),
        tile(_("结对"), str(after["pairs"]), _("对"), str(before["pairs"])),
        tile(
            _("有受援医院的县（市）"),
            f"{counties['covered']} / {counties['total']}",
            _("个"),
            str(present["covered"]),
            counties["covered"] < counties["total"],
            "PAIR-03",
            note=_("、").join(counties["uncovered"][:5]),
        ),
        tile(
            _("本市表覆盖的县（市）"),
            f"{counties['in_city_table']} / {counties['total']}",
            _("个"),
            str(present["in_city_table"]),
            counties["in_city_table"] < counties["total"],
            "PAIR-04",
        ),
        tile(
            _("负担超出规则的支援医院"),
            str(after["outside"]),
            _("家"),
            str(before["outside"]),
            after["outside"] > 0,
            "PAIR-01",
            "PAIR-02",
        ),
        tile(
            _("平均路程"),
            _mean(after),
            words(KILOMETRES),
            _mean(before),
            note=_("最远 %(km).0f 公里") % {"km": after["km_longest"]} if after["km_longest"] else "",
        ),
    ]
    if after["fit"] is None:
        shown.append(tile(_("供需匹配"), "—", "", "", note=_("没有填报的需求，未计入")))
    else:
        shown.append(
            tile(_("供需匹配"), f"{after['fit']} / {after['fit_wanted']}", _("分"), str(before["fit"]))
        )
    return shown


def _mean(figures: Mapping[str, Any]) -> str:
    known = figures["pairs"] - figures["km_unknown"]
    return "—" if figures["km"] is None or known <= 0 else f"{figures['km'] / known:.0f}"


def breach(one: Mapping[str, Any], round_: Any, pack: Pack | None) -> dict[str, Any]:
    """A rule that is not kept."""
    rule_id = one["rule"].split("/")[0]
    rule = rule_of(pack, rule_id)
    return {
        **one,
        "title": words(rule.title) if rule else one["rule"],
        "url": rule_url(round_, rule_id) if rule else "",
        "span": str(one["least"]) if one["least"] == one["most"] else f"{one['least']}–{one['most']}",
    }


def contradiction(found: Mapping[str, Any]) -> dict[str, Any]:
    """Why there is no plan, and the ways out."""
    return {
        "message": words(found["message"]),
        "members": [words(one) for one in found["members"]],
        "conflicts": [
            {"reason": words(one["reason"]), "members": [words(member) for member in one["members"]]}
            for one in found["conflicts"]
        ],
        "relaxations": [
            {"number": number, "title": words(one["title"]), "complete": one["complete"]}
            for number, one in enumerate(found["relaxations"])
        ],
    }


# ---------------------------------------------------------------- maps


def maps(request: PageRequest, proposal: Any) -> dict[str, Any]:
    """Two tile maps: the present round with what is dropped, the plan with what is added."""
    chart = queries.chart(request.actor, proposal)
    grid = tile_grid(proposal.round.divisions_on)
    at = {point.key: point.county_code for point in chart.points}
    names = {point.key: point.name for point in chart.points}
    after: dict[str, set[str]] = {}
    for flow in chart.flows:
        if flow.change != board.DROPPED:
            after.setdefault(flow.county_code, set()).add(flow.recipient)
    counts = {code: len(recipients) for code, recipients in after.items()}
    present = recipients_per_unit(proposal.round, None)

    def flows(change: str) -> list[dict[str, str]]:
        return [
            {
                "source": at[flow.supporter],
                "target": at[flow.recipient],
                "title": f"{names[flow.supporter]} → {names[flow.recipient]}",
            }
            for flow in chart.flows
            if flow.change == change
        ]

    return {
        "before": {"cells": [square(tile, present) for tile in grid.tiles], "flows": flows(board.DROPPED)},
        "after": {
            "cells": [square(tile, counts) for tile in grid.tiles],
            "flows": flows(board.ADDED),
        },
        "legend": LEGEND,
    }
