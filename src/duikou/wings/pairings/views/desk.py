"""The what-if desk: one proposal with its proof, figures, board, changes and maps; pairs explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.policy.model import Pack
from duikou.wings.pairings.desk import Members, members_of
from duikou.wings.pairings.models import ProposalEdit
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.settings import settings_of
from duikou.wings.pairings.translate import recipients_per_unit
from duikou.wings.pairings.views import board
from duikou.wings.pairings.views._common import pack_of, rule_of, rule_url, words
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.views.overview_map import LEGEND, short
from duikou.wings.pairings.views.proposals import proof_badge, state_badge
from duikou.wings.places.models import Division
from duikou.wings.places.queries import TileGrid, tile_grid

TRAVEL, CURVE = "travel", 60  # a level in hundreds of metres; points of a curve that are drawn
PROVINCE = "0"  # stands for the supporters of the province's table in ?city=


@page("proposal.view")
def desk(request: PageRequest, pk: int) -> HttpResponse:
    """One proposal."""
    return render(request, "pairings/proposal.html", context(request, pk))


@page("proposal.view")
def running(request: PageRequest, pk: int) -> HttpResponse:
    """How far the solve in the background is; the page is read anew when it has ended."""
    found = queries.summary(request.actor, pk)
    shown = _running(found)
    response = render(
        request,
        "pairings/_running.html" if shown else "web/fragment.html",
        {
            "proposal": found.proposal,
            "running": shown,
        },
    )
    if shown is None:
        response["HX-Refresh"] = "true"
    return response


def live(request: PageRequest, pk: int, difference: Mapping[str, Any] | None = None) -> HttpResponse:
    """The part of the desk that an edit changes."""
    return render(request, "pairings/_desk.html", context(request, pk, difference))


def context(request: PageRequest, pk: int, difference: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All that the desk shows: a fixed number of queries whatever the size."""
    found = queries.summary(request.actor, pk)
    proposal, result = found.proposal, found.result
    pack = pack_of(proposal.round)
    rows = list(queries.pairs(request.actor, proposal).values(*queries.PAIR_COLUMNS))
    cards = board.cards(rows, result.figures.get("supporters", []) if result else [])
    city = _city(request, cards)
    shown = [card for card in cards if not city or (card.group or PROVINCE) == city]
    changed = [row for row in rows if row["change"] != board.KEPT]
    return {
        "proposal": proposal,
        "result": result,
        "summary": found,
        "state": state_badge(proposal),
        "proof": proof_badge(result),
        "note": words(result.note) if result and result.note else "",
        "levels": levels(result.levels) if result else [],
        "tiles": tiles(found, pack) if result and result.has_plan else [],
        "breaches": [_breach(one, proposal.round, pack) for one in (result.breaches if result else [])],
        "contradiction": _contradiction(result.contradiction) if result and result.contradiction else None,
        "board": board.board(
            shown,
            url=reverse("pairings:proposal_pair", args=[pk]),
            editable=found.editable,
            forbidden=_forbidden(found.edits),
        ),
        "city": city,
        "cities": _cities(cards),
        "edits": [_edit(one) for one in found.edits],
        "changed": [
            {
                **row,
                "why": words(row["reason"]) if row["reason"] else "",
                "added": row["change"] == board.ADDED,
            }
            for row in changed
        ],
        "maps": maps(request, proposal) if result and result.has_plan else None,
        "approvals": found.approvals,
        "steps": [step.id for step in found.steps],
        "difference": difference,
        "settings": _settings(settings_of(proposal.settings), members_of(proposal.round)),
        "events": [event_words(event) for event in events_of(proposal)],
        "seen": proposal.version,
        "sees_all": queries.sees_all(request.actor, proposal),
        "members": _members(found) if found.editable else None,
        "running": _running(found),
    }


# ---------------------------------------------------------------- the board's surroundings


def _cities(cards: list[board.Card]) -> list[tuple[str, str]]:
    groups = dict.fromkeys(card.group for card in cards)
    return [(group or PROVINCE, group or _("省级医院（附件1）")) for group in groups]


def _city(request: PageRequest, cards: list[board.Card]) -> str:
    found = (request.POST if request.method == "POST" else request.GET).get("city", "").strip()
    known = dict(_cities(cards))
    if found and found not in known:
        raise BadParameter("city", found, _("、").join(list(known)[:12]))
    return found


def _members(found: queries.Summary) -> Members:
    """Whom a pair that is not in the plan can be made of."""
    return members_of(found.proposal.round, settings_of(found.proposal.settings))


def _forbidden(edits: list[ProposalEdit]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edit in edits:
        if edit.kind == ProposalEdit.Kind.FORBID:
            found.setdefault(edit.supporter_key, []).append(edit.recipient_name)
    return found


def _edit(edit: ProposalEdit) -> dict[str, Any]:
    return {
        "edit": edit,
        "pair": f"{edit.supporter_key}|{edit.recipient_key}",
        "kind": edit.get_kind_display(),
        "lock": edit.kind == ProposalEdit.Kind.LOCK,
    }


def _settings(settings: Any, members: Members) -> list[str]:
    """What differs from the usual settings, in words."""
    said = []
    if settings.mode == "weights":
        said.append(_("按权重合计"))
    if settings.max_changes is not None:
        said.append(_("最多变动 %(n)d 对") % {"n": settings.max_changes})
    if settings.max_km is not None:
        said.append(_("最远 %(n)d 公里") % {"n": settings.max_km})
    if settings.ceiling is not None:
        said.append(_("每家至多支援 %(n)d 所") % {"n": settings.ceiling})
    if settings.rules_off:
        said.append(_("不考虑 %(rules)s") % {"rules": _("、").join(settings.rules_off)})
    for key in settings.closed:
        member = members.supporters.get(key) or members.recipients.get(key)
        said.append(_("关闭 %(name)s") % {"name": member.name if member else key})
    said += [_("新增 %(name)s") % {"name": one.name} for one in settings.named]
    if settings.newcomers:
        said.append(_("新增 %(n)d 家登记医院") % {"n": len(settings.newcomers)})
    return said


# ---------------------------------------------------------------- figures


def levels(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The levels with value, bound and whether no plan does better; roads in kilometres."""
    found = []
    for one in values:
        far = one["name"] == TRAVEL
        found.append(
            {
                "title": words(one["title"]),
                "unit": _("公里") if far else words(one["unit"]),
                "value": f"{one['value'] / 10:.1f}" if far else one["value"],
                "bound": f"{one['bound'] / 10:.1f}" if far else one["bound"],
                "proved": one["value"] == one["bound"],
            }
        )
    return found


def _running(found: queries.Summary) -> dict[str, Any] | None:
    """How far a solve in the background is: its last level as two lines, incumbent and bound."""
    if found.job is None or not found.job.is_open:
        return None
    points = found.proposal.running
    last = points[-1][1] if points else ""
    shown = [point for point in points if point[1] == last][-CURVE:]
    return {
        "job": found.job,
        "labels": [f"{point[0]:.0f}" for point in shown],
        "series": [
            {"name": _("现有"), "values": [point[2] for point in shown]},
            {"name": _("下界"), "values": [point[3] for point in shown]},
        ],
        "points": shown,
    }


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
            _("公里"),
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


def _breach(one: Mapping[str, Any], round_: Any, pack: Pack | None) -> dict[str, Any]:
    rule_id = one["rule"].split("/")[0]
    rule = rule_of(pack, rule_id)
    return {
        **one,
        "title": words(rule.title) if rule else one["rule"],
        "url": rule_url(round_, rule_id) if rule else "",
        "span": str(one["least"]) if one["least"] == one["most"] else f"{one['least']}–{one['most']}",
    }


def _contradiction(found: Mapping[str, Any]) -> dict[str, Any]:
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
        "before": {"cells": cells(grid, present), "flows": flows(board.DROPPED)},
        "after": {
            "cells": cells(grid, {code: len(recipients) for code, recipients in after.items()}),
            "flows": flows(board.ADDED),
        },
        "legend": LEGEND,
    }


def cells(grid: TileGrid, recipients: Mapping[str, int]) -> list[dict[str, Any]]:
    """The squares, shaded by the number of recipients."""
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
                "title": _("%(name)s：%(count)d 家受援医院") % {"name": unit.label, "count": count},
            }
        )
    return found
