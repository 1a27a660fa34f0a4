"""Explanations of a proposal: one pair with its alternatives and costs, and the plan as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Missing
from duikou.core.faces import words
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.engines.pairing.optimise.costs import Cost
from duikou.engines.pairing.optimise.counties import CountyCard
from duikou.engines.pairing.optimise.explain import Alternative, Part
from duikou.engines.pairing.optimise.measures import amount, readable
from duikou.engines.pairing.optimise.texts_why import part
from duikou.wings.pairings.desk import members_of
from duikou.wings.pairings.models import Proposal, ProposalPair
from duikou.wings.pairings.queries import explaining
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.settings import settings_of
from duikou.wings.pairings.views._common import capital

FOLDED = 12  # so many counties are shown at once; more are opened by a click


@page("proposal.view")
def pair(request: PageRequest, pk: int) -> HttpResponse:
    """Why one pair is kept, added, dropped or not made, and what can be done with it."""
    found = queries.summary(request.actor, pk)
    proposal = found.proposal
    keys = _key(request, "supporter"), _key(request, "recipient")
    members = members_of(proposal.round, settings_of(proposal.settings))
    row = _row(request, proposal, keys)
    if row is None and not queries.sees_all(request.actor, proposal):
        raise Missing(_("方案中没有这一对，或它不在您的范围内。"))
    names = (
        (row.supporter_name, row.recipient_name)
        if row
        else (members.supporter(keys[0]).name, members.recipient(keys[1]).name)
    )
    edit = next((one for one in found.edits if (one.supporter_key, one.recipient_key) == keys), None)
    others = [(one.key, one.name) for one in members.supporters.values() if one.key != keys[0]]
    return render(
        request,
        "pairings/proposal_pair.html",
        {
            "proposal": proposal,
            "title": " → ".join(names),
            "recipient": keys[1],
            "change": row.get_change_display() if row else _("不在方案中"),
            "why": row.why() if row else "",
            "edit": edit,
            "edit_kind": edit.get_kind_display() if edit else "",
            "editable": found.editable,
            "others": others,
            "chosen": row is not None and row.change != ProposalPair.Change.DROPPED,
            "value": "|".join(keys),
            "city": request.GET.get("city", "")[:20],
            "part": request.GET.get("part", "")[:20],
            "seen": proposal.version,
            **_explained(proposal, keys),
        },
    )


def _row(request: PageRequest, proposal: Proposal, keys: tuple[str, str]) -> ProposalPair | None:
    try:
        return queries.pair(request.actor, proposal, *keys)
    except Missing:
        return None


def _key(request: PageRequest, name: str) -> str:
    found = request.GET.get(name, "").strip()
    if not found or len(found) > 80 or not found.isprintable():
        raise BadParameter(name, found[:40], _("医院的标识"))
    return found


def _explained(proposal: Proposal, keys: tuple[str, str]) -> dict[str, Any]:
    """What the engine says of the pair; the reason in words where it can say nothing."""
    try:
        found = explaining.explanation(proposal, *keys)
    except (Conflict, Missing) as error:
        return {"unexplained": str(error.message)}
    if found.card is not None:
        card = found.card
        return {
            "parts": _parts(card.parts),
            "binding": [words(one) for one in card.binding],
            "cost": _cost(card.removal),
            "cost_title": _("不要这一对的代价"),
            "lists": [
                (_("换一家支援医院"), _alternatives(card.supporters)),
                (_("换一家受援医院"), _alternatives(card.recipients)),
            ],
        }
    assert found.other is not None
    other = found.other
    return {
        "parts": _parts(other.parts),
        "binding": [words(one) for one in other.binding],
        "cost": _cost(other.forcing),
        "cost_title": _("硬要这一对的代价"),
        "lists": [(_("最合适让位的结对"), _alternatives(other.swaps[:3]))],
    }


def _parts(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    found = []
    for one in parts:
        value = _("未知") if one.value is None else words(amount(one.value, one.unit))
        found.append((capital(words(one.title)), value))
    return found


def _cost(cost: Cost) -> str:
    return words(cost.text)


def _alternatives(found: tuple[Alternative, ...]) -> list[str]:
    return [words(one.text) for one in found[:3]]


@page("proposal.view")
def whole(request: PageRequest, pk: int) -> HttpResponse:
    """The plan as a whole: the price of each rule, each county's best possible and got, blocking pairs."""
    proposal = queries.proposal(request.actor, pk)
    if not queries.sees_all(request.actor, proposal):
        raise Missing(_("只有能看到整个方案的单位可以查看总体说明。"))
    context: dict[str, Any] = {"proposal": proposal}
    try:
        found = explaining.whole(proposal)
    except Conflict as error:
        context["unexplained"] = str(error.message)
    else:
        context |= {
            "prices": [(capital(words(one.title)), words(one.text), one.moved) for one in found.prices],
            "county_groups": _county_groups(found.counties),
            "parts": [capital(words(part.title)) for part in found.counties[0].reaches]
            if found.counties
            else [],
            "blocking": [words(one.text) for one in found.blocking],
        }
    return render(request, "pairings/proposal_explain.html", context)


def _county_groups(found: Sequence[CountyCard]) -> list[tuple[str, list[dict[str, Any]], bool]]:
    """Counties that could have more first; the others folded away, where anybody can open them."""
    best: list[dict[str, Any]] = []
    less: list[dict[str, Any]] = []
    for one in found:
        if one.candidates:
            reaches = [
                (capital(words(part.title)), _shown(part.name, part.got), _shown(part.name, part.possible))
                for part in one.reaches
            ]
            row = {
                "name": one.name,
                "covered": one.covered,
                "by_city": one.covered_by_city,
                "reaches": reaches,
            }
            (best if all(got == possible for _title, got, possible in reaches) else less).append(row)
    groups = [
        (_("没有得到最好的县（市、区）：%(n)d 个") % {"n": len(less)}, less, len(less) <= FOLDED),
        (_("已得到最好的县（市、区）：%(n)d 个") % {"n": len(best)}, best, False),
    ]
    return [group for group in groups if group[1]]


def _shown(name: str, value: int | None) -> str:
    if value is None:
        return "—"
    return str(readable(value, part(name).unit)[0])
