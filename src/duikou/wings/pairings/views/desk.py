"""The what-if desk: one proposal with its figures and, in parts, its proof, board, changes and maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import words
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.desk import Members, members_of
from duikou.wings.pairings.models import ProposalEdit
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.settings import settings_of
from duikou.wings.pairings.views import board
from duikou.wings.pairings.views._common import pack_of
from duikou.wings.pairings.views.desk_figures import breach, contradiction, levels, maps, tiles
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.views.proposals import proof_badge, state_badge

CURVE = 60  # points of a curve that are drawn
PROVINCE = "0"  # stands for the supporters of the province's table in ?city=
CHANGED = "changed"  # those that gain or lose somebody


@page("proposal.view")
def desk(request: PageRequest, pk: int) -> HttpResponse:
    """One proposal."""
    shown = context(request, queries.summary(request.actor, pk))
    if shown["part"] == BOARD and shown["summary"].editable:
        shown["members"] = _members(shown["summary"])
    return render(request, "pairings/proposal.html", shown)


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


def live(request: PageRequest, found: queries.Summary, difference: Mapping[str, Any]) -> HttpResponse:
    """The part of the desk that an edit changes."""
    return render(request, "pairings/_desk.html", context(request, found, difference))


def context(
    request: PageRequest, found: queries.Summary, difference: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the desk shows: the figures at once, and the one part that is looked at."""
    proposal, result = found.proposal, found.result
    pack = pack_of(proposal.round)
    part = _part(request)
    return {
        "proposal": proposal,
        "result": result,
        "summary": found,
        "state": state_badge(proposal),
        "proof": proof_badge(result),
        "note": words(result.note) if result and result.note else "",
        "tiles": tiles(found, pack) if result and result.has_plan else [],
        "contradiction": contradiction(result.contradiction) if result and result.contradiction else None,
        "difference": difference,
        "seen": proposal.version,
        "running": _running(found),
        "approvals": found.approvals,
        "steps": [step.id for step in found.steps],
        "city": "",
        "part": part,
        "parts": [{"key": key, "title": title, "current": key == part} for key, title in PARTS.items()],
        "template": f"pairings/_part_{part}.html",
        **_SHOWN[part](request, found),
    }


def _part(request: PageRequest) -> str:
    found = (request.POST if request.method == "POST" else request.GET).get("part", "").strip() or OVERVIEW
    if found not in PARTS:
        raise BadParameter("part", found[:20], _("、").join(PARTS))
    return found


def _overview(request: PageRequest, found: queries.Summary) -> dict[str, Any]:
    """The proof, what was asked for, what the rules still lack."""
    proposal, result = found.proposal, found.result
    pack = pack_of(proposal.round)
    return {
        "levels": levels(result.levels) if result else [],
        "breaches": [breach(one, proposal.round, pack) for one in (result.breaches if result else [])],
        "edits": [_edit(one) for one in found.edits],
        "settings": _settings(settings_of(proposal.settings), members_of(proposal.round)),
        "sees_all": queries.sees_all(request.actor, proposal),
    }


def _board(request: PageRequest, found: queries.Summary) -> dict[str, Any]:
    """A card per supporter."""
    proposal, result = found.proposal, found.result
    rows = queries.pairs(request.actor, proposal).values(*queries.CARD_COLUMNS)
    cards = board.cards(rows, result.figures.get("supporters", []) if result else [])
    city = _city(request, cards)
    return {
        "board": board.board(
            [card for card in cards if _shown(card, city)],
            url=reverse("pairings:proposal_pair", args=[proposal.pk]),
            editable=found.editable,
            forbidden=_forbidden(found.edits),
        ),
        "city": city,
        "cities": _cities(cards),
    }


def _changes(request: PageRequest, found: queries.Summary) -> dict[str, Any]:
    """Every difference from the present round with its reason."""
    rows = queries.pairs(request.actor, found.proposal).exclude(change=board.KEPT)
    return {
        "changed": [
            {
                **row,
                "why": words(row["reason"]) if row["reason"] else "",
                "added": row["change"] == board.ADDED,
            }
            for row in rows.values(*queries.PAIR_COLUMNS)
        ],
    }


def _map(request: PageRequest, found: queries.Summary) -> dict[str, Any]:
    """Before and after."""
    planned = found.result is not None and found.result.has_plan
    return {"maps": maps(request, found.proposal) if planned else None}


def _history(request: PageRequest, found: queries.Summary) -> dict[str, Any]:
    """Who did what when."""
    return {"events": [event_words(event) for event in events_of(found.proposal)]}


OVERVIEW, BOARD = "overview", "board"
PARTS = {
    OVERVIEW: gettext_lazy("概览与审批"),
    BOARD: gettext_lazy("推演板"),
    "changes": gettext_lazy("变动与理由"),
    "map": gettext_lazy("地图"),
    "history": gettext_lazy("历史"),
}
_SHOWN: Mapping[str, Callable[[PageRequest, queries.Summary], dict[str, Any]]] = {
    OVERVIEW: _overview,
    BOARD: _board,
    "changes": _changes,
    "map": _map,
    "history": _history,
}


# ---------------------------------------------------------------- the board's surroundings


def _cities(cards: list[board.Card]) -> list[tuple[str, str]]:
    groups = dict.fromkeys(card.group for card in cards)
    places = [(group or PROVINCE, group or _("省级医院（附件1）")) for group in groups]
    return [(CHANGED, _("有变动的")), *places]


def _shown(card: board.Card, city: str) -> bool:
    if city == CHANGED:
        return any(pair["change"] != board.KEPT for pair in card.pairs)
    return not city or (card.group or PROVINCE) == city


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


# ---------------------------------------------------------------- a solve in the background


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
