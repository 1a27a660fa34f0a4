"""What is done at the what-if desk: pairs locked, forbidden and moved, settings, hospitals, solving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, DuikouError, Invalid, Missing
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.engines.pairing.optimise.levels import TITLES, UNITS, exchange_rates
from duikou.engines.pairing.optimise.measures import HUNDRED_METRES
from duikou.engines.pairing.resolve import Context
from duikou.engines.text import Text
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings.actions import proposals as actions
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.desk import members_of
from duikou.wings.pairings.forms_proposals import (
    EVERY_LEVEL,
    RULES,
    CloseForm,
    NamedForm,
    NewcomerForm,
    ProposalForm,
    SettingsForm,
)
from duikou.wings.pairings.models import Proposal
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.settings import Settings, settings_of
from duikou.wings.pairings.views import desk
from duikou.wings.pairings.views._common import capital, pack_of, rule_title
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.places.models import Division
from duikou.wings.places.queries import tile_grid

Pair = tuple[str, str]
SHOWN = 6  # pairs named in the difference


def opened_form(request: PageRequest, pk: int) -> Proposal:
    """The proposal as the sender of the form saw it."""
    proposal = queries.proposal(request.actor, pk)
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Conflict(_("表单缺少版本号，可能已过期。请刷新页面后再试。"))
    proposal.version = int(version)
    return proposal


def _pairs(request: PageRequest, name: str) -> list[Pair]:
    found = []
    for text in request.POST.getlist(name):
        supporter, mark, recipient = text.partition("|")
        if not mark or not supporter or not recipient or len(text) > 170:
            raise Invalid(_("没有认出这一对：%(text)s。请刷新页面后再试。") % {"text": text[:60]})
        found.append((supporter, recipient))
    return found


def _resolve(request: PageRequest, proposal: Proposal) -> dict[str, Any]:
    """Solve anew; how the plan then differs from the one before."""
    solved = solve_proposal(actor=request.actor, proposal=proposal)
    if solved.job is not None:
        return {"job": solved.job}
    added, gone = solved.added, solved.gone
    return {
        "added": added,
        "gone": gone,
        "same": not added and not gone,
        "shown_added": added[:SHOWN],
        "shown_gone": gone[:SHOWN],
        "more": max(0, len(added) - SHOWN) + max(0, len(gone) - SHOWN),
    }


@require_POST
@page("proposal.edit")
def pairs(request: PageRequest, pk: int) -> HttpResponse:
    """Lock, forbid or free pairs (fields `lock`, `forbid`, `free`: supporter|recipient), then solve anew."""
    proposal = opened_form(request, pk)
    lock, forbid, free = (_pairs(request, name) for name in ("lock", "forbid", "free"))
    known = {(one.supporter_key, one.recipient_key): one.kind for one in proposal.edits.all()}

    def act() -> None:
        actions.edit_pairs(
            actor=request.actor,
            proposal=proposal,
            lock=lock,
            forbid=forbid,
            free=[pair for pair in free if pair in known],
            reason=request.POST.get("reason", ""),
        )

    undo = _undo([*lock, *forbid, *free], known)
    return _answer(request, proposal, act, undo)


def _undo(touched: list[Pair], known: dict[Pair, str]) -> list[tuple[str, str]]:
    """Fields of a form that puts the pairs back to how they were: locked, forbidden or free."""
    return [(known.get(pair, "free"), "|".join(pair)) for pair in touched]


def _answer(
    request: PageRequest,
    proposal: Proposal,
    act: Callable[[], None],
    undo: list[tuple[str, str]],
) -> HttpResponse:
    """Do it, solve, and show the difference: in place for a script, on the desk's page without one."""
    try:
        act()
        difference = {**_resolve(request, proposal), "undo": undo}
    except (Invalid, Conflict, Missing) as error:
        if request.htmx:
            found = queries.summary(request.actor, proposal.pk)
            return desk.live(request, found, {"refused": _objection(error)})
        refused(request, error)
        return redirect("pairings:proposal", proposal.pk)
    if request.htmx:
        return desk.live(request, queries.summary_of(request.actor, proposal), difference)
    done(request, _said(difference))
    return redirect("pairings:proposal", proposal.pk)


def _objection(error: DuikouError) -> str:
    return str(error.message)


def _said(difference: dict[str, Any]) -> str:
    if "job" in difference:
        return _("已交后台求解。")
    if difference["same"]:
        return _("方案没有变化。")
    more = ngettext("增 %(n)d 对", "增 %(n)d 对", len(difference["added"])) % {"n": len(difference["added"])}
    less = ngettext("减 %(n)d 对", "减 %(n)d 对", len(difference["gone"])) % {"n": len(difference["gone"])}
    return _("已重新求解：%(more)s，%(less)s。") % {"more": more, "less": less}


@require_POST
@page("proposal.edit")
def solve(request: PageRequest, pk: int) -> HttpResponse:
    """Solve as things stand; asked for in the background with `background`."""
    proposal = queries.proposal(request.actor, pk)
    try:
        if request.POST.get("background"):
            job = solve_proposal(actor=request.actor, proposal=proposal, background=True).job
            return redirect("jobs:job", job.pk) if job else redirect("pairings:proposal", pk)
        done(request, _said(_resolve(request, proposal)))
    except (Invalid, Conflict) as error:
        refused(request, error)
    return redirect("pairings:proposal", pk)


@require_POST
@page("proposal.edit")
def relax(request: PageRequest, pk: int) -> HttpResponse:
    """Take one of the ways out of a contradiction that the result names, then solve anew."""
    proposal = opened_form(request, pk)
    result = queries.result_of(proposal)
    ways = result.contradiction.get("relaxations", []) if result else []
    number = request.POST.get("way", "")
    if not number.isdigit() or int(number) >= len(ways):
        raise Missing(_("没有这个放宽办法：方案可能已经改动，请刷新页面。"))
    way = ways[int(number)]

    def act() -> None:
        if way["free"]:
            actions.edit_pairs(actor=request.actor, proposal=proposal, free=[tuple(p) for p in way["free"]])
        if way["max_changes"] is not None:
            values = {**settings_of(proposal.settings).plain(), "max_changes": way["max_changes"]}
            actions.set_settings(actor=request.actor, proposal=proposal, values=values)

    return _answer(request, proposal, act, [])


# ---------------------------------------------------------------- settings and hospitals


@page("proposal.edit")
def settings(request: PageRequest, pk: int) -> HttpResponse:
    """Order of what counts, weights, limits, rules; and which hospitals take part."""
    proposal = queries.proposal(request.actor, pk)
    now = settings_of(proposal.settings)
    form = _settings_form(request, proposal, now)
    if request.method == "POST" and (moved := request.POST.get("move")):
        return _settings_page(request, proposal, now, _moved(request, proposal, now, moved))
    if request.method == "POST" and form.is_valid():
        proposal = opened_form(request, pk)
        values = {**now.plain(), **form.values()}
        try:
            actions.set_settings(actor=request.actor, proposal=proposal, values=values)
            done(request, _said(_resolve(request, proposal)))
        except (Invalid, Conflict) as error:
            add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            return redirect("pairings:proposal", pk)
    return _settings_page(request, proposal, now, form)


def _settings_form(request: PageRequest, proposal: Proposal, now: Settings, data: Any = None) -> SettingsForm:
    pack = pack_of(proposal.round)
    rules = [(one, f"{one} {rule_title(pack, one.split('/')[0])}".strip()) for one in RULES]
    titles = {name: capital(words(TITLES[name])) for name in EVERY_LEVEL if name in TITLES}
    return SettingsForm(
        data if data is not None else (request.POST or None),
        rules=rules,
        titles={name: titles.get(name, name) for name in EVERY_LEVEL},
        units={name: _unit(UNITS[name]) for name in EVERY_LEVEL},
        initial=SettingsForm.initial_of(now),
    )


def _unit(unit: Text) -> str:
    return _("100 米") if unit == HUNDRED_METRES else _(" 1 %(unit)s") % {"unit": words(unit)}


def _moved(request: PageRequest, proposal: Proposal, now: Settings, moved: str) -> SettingsForm:
    """The form with one level moved up or down, left out or taken in; nothing is saved."""
    name, _mark, way = moved.partition(":")
    data = request.POST.copy()
    order = [one for one in data.get("levels", "").split() if one in EVERY_LEVEL]
    if way == "in" and name in EVERY_LEVEL and name not in order:
        order.append(name)
    elif name in order:
        at = order.index(name)
        order.pop(at)
        if way in ("up", "down"):
            order.insert(max(0, at - 1) if way == "up" else at + 1, name)
    data["levels"] = " ".join(order)
    return _settings_form(request, proposal, now, data)


def _settings_page(
    request: PageRequest, proposal: Proposal, now: Settings, form: SettingsForm, **forms: Any
) -> HttpResponse:
    members = members_of(proposal.round)
    everybody = {**members.supporters, **members.recipients}
    order = form.order()
    start = {"version": proposal.version}
    counties = [
        (tile.code, tile.label)
        for tile in sorted(_units(proposal), key=lambda unit: unit.code)
        if tile.kind in Division.COUNTY_KINDS or tile.kind
    ]
    open_ = [(key, one.name) for key, one in everybody.items() if key not in now.closed]
    failed = (form.is_bound and bool(form.errors)) or any(one.is_bound for one in forms.values())
    return render(
        request,
        "pairings/proposal_settings.html",
        {
            "proposal": proposal,
            "form": form,
            "order": [(name, form.titles[name]) for name in order],
            "left_out": [(name, form.titles[name]) for name in EVERY_LEVEL if name not in order],
            "rates": [words(rate) for rate in exchange_rates(form.weights())],
            "weights": [form[f"weight_{name}"] for name in EVERY_LEVEL],
            "closed": [(key, everybody[key].name if key in everybody else key) for key in now.closed],
            "newcomers": [(one.key, one.key) for one in now.newcomers]
            + [(one.name, f"{one.name}（{one.county_code}）") for one in now.named],
            "close_form": forms.get("close") or CloseForm(hospitals=open_, initial=start),
            "newcomer_form": forms.get("newcomer") or NewcomerForm(initial=start),
            "named_form": forms.get("named") or NamedForm(counties=counties, initial=start),
            "seen": proposal.version,
        },
        status=422 if failed else 200,
    )


def _units(proposal: Proposal) -> list[Division]:
    grid = tile_grid(proposal.round.divisions_on)
    return [*(tile.division for tile in grid.tiles), *grid.missing]


@require_POST
@page("proposal.edit")
def hospitals(request: PageRequest, pk: int) -> HttpResponse:
    """Close, take back, add or remove a hospital (field `act`), then solve anew."""
    proposal = opened_form(request, pk)
    now = settings_of(proposal.settings)
    post, actor = request.POST, request.actor
    members = members_of(proposal.round)
    everybody = {**members.supporters, **members.recipients}
    kind = post.get("act", "")
    form: Any = None
    if kind == "close":
        form = CloseForm(post, hospitals=[(key, one.name) for key, one in everybody.items()])
    elif kind == "newcomer":
        form = NewcomerForm(post)
    elif kind == "named":
        form = NamedForm(post, counties=[(unit.code, unit.label) for unit in _units(proposal)])
    if form is not None and not form.is_valid():
        return _settings_page(
            request, proposal, now, _settings_form(request, proposal, now, {}), **{kind: form}
        )
    try:
        if kind == "close":
            data = form.cleaned_data
            actions.close_hospital(
                actor=actor, proposal=proposal, hospital=data["hospital"], reason=data["reason"]
            )
        elif kind == "newcomer":
            _add(request, proposal, form)
        elif kind == "named":
            data = form.cleaned_data
            actions.name_recipient(
                actor=actor,
                proposal=proposal,
                county_code=data["county_code"],
                name=data["name"],
                reason=data["reason"],
            )
        elif kind == "reopen":
            actions.reopen_hospital(actor=actor, proposal=proposal, hospital=post.get("hospital", ""))
        elif kind == "remove":
            actions.remove_newcomer(actor=actor, proposal=proposal, hospital=post.get("hospital", ""))
        else:
            raise Missing(_("没有这种操作。"))
        done(request, _said(_resolve(request, proposal)))
    except (Invalid, Conflict) as error:
        refused(request, error)
    return redirect("pairings:proposal_settings", pk)


def _add(request: PageRequest, proposal: Proposal, form: NewcomerForm) -> None:
    data = form.cleaned_data
    actions.add_newcomer(
        actor=request.actor,
        proposal=proposal,
        hospital=registered_key(data["hospital"], proposal.round.divisions_on),
        side=data["side"],
        table=data["table"],
        reason=data["reason"],
    )


def registered_key(name: str, day: dt.date) -> str:
    """The key of a hospital by a name or alias that was valid on a day; raises Invalid, naming like ones."""
    match = register_on(day).resolve(name, day, Context("", None))
    if match.hospital is None:
        near = _("、").join(one.hospital.name for one in match.candidates[:5]) or _("没有相近的名称")
        raise Invalid(_("登记中没有“%(found)s”。相近的有：%(near)s。") % {"found": name, "near": near})
    return match.hospital.key


@require_POST
@page("proposal.edit")
def rename(request: PageRequest, pk: int) -> HttpResponse:
    """Another name or note."""
    proposal = opened_form(request, pk)
    form = ProposalForm(request.POST)
    if form.is_valid():
        actions.rename_proposal(actor=request.actor, proposal=proposal, **form.cleaned_data)
        done(request, _("方案已改名。"))
    else:
        refused(request, Invalid(_("请给方案取一个名称，不超过 120 字。")))
    return redirect("pairings:proposal", pk)
