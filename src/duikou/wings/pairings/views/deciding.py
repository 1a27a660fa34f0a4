"""A proposal's way: submitted, approved part by part, returned, withdrawn, opened as the next round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import add_errors, done
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.actions import deciding
from duikou.wings.pairings.actions.opening import next_term, open_next_round
from duikou.wings.pairings.forms_proposals import OpenForm
from duikou.wings.pairings.models import Proposal
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.views.desk_acts import opened_form, registered_key
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.pairings.workflows import PROPOSAL

_ACTS: Mapping[str, Callable[..., Proposal]] = {
    "submit": lambda reason, **rest: deciding.submit_proposal(**rest),
    "approve": lambda **rest: deciding.approve_proposal(**rest),
    "return": lambda **rest: deciding.return_proposal(**rest),
    "withdraw": lambda **rest: deciding.withdraw_proposal(**rest),
}


@require_POST
@page("proposal.view")
def step(request: PageRequest, pk: int, step_id: str) -> HttpResponse:
    """One step of the life cycle; what it did is said on the desk."""
    if step_id not in _ACTS:
        raise Missing(_("没有这种操作。"))
    proposal = opened_form(request, pk)
    try:
        _ACTS[step_id](actor=request.actor, proposal=proposal, reason=request.POST.get("reason", ""))
    except (Invalid, Conflict) as error:
        refused(request, error)
    else:
        state = PROPOSAL.states[queries.proposal(request.actor, pk).state].label
        done(
            request,
            _("“%(act)s”已完成，方案目前为“%(state)s”。")
            % {"act": PROPOSAL.transitions[step_id].label, "state": state},
        )
    return redirect("pairings:proposal", pk)


@page("round.manage")
def open_round(request: PageRequest, pk: int) -> HttpResponse:
    """Open an approved proposal as the next round, after a look at what that does."""
    found = queries.summary(request.actor, pk)
    proposal = found.proposal
    unnamed = queries.unnamed(proposal)
    term = next_term(proposal.round)
    form = OpenForm(
        request.POST or None,
        unnamed=unnamed,
        initial={
            "version": proposal.version,
            "key": f"{proposal.round.org.path and proposal.round.key.rsplit('-', 1)[0]}-{term.start.year}",
            "name": _("%(round)s（%(year)d 年起）") % {"round": proposal.round.name, "year": term.start.year},
            "hand_over": term.start,
            "end": term.end,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            round_ = _open(request, proposal, form)
        except (Invalid, Conflict, Missing) as error:
            _object(form, error)
        else:
            done(
                request,
                _("新一轮已开启并核查：没有一家受援医院有一天没有支援医院（断档 0 天）。"),
            )
            return redirect("pairings:round", round_.key)
    return render(
        request,
        "pairings/proposal_open.html",
        {
            "proposal": proposal,
            "form": form,
            "term": term,
            "may_open": "open" in [one.id for one in found.steps],
            "state": PROPOSAL.states[proposal.state].label,
            "changes": found.figures.get("changes", {}),
            "unnamed": unnamed,
        },
        status=422 if form.is_bound else 200,
    )


def _open(request: PageRequest, proposal: Proposal, form: OpenForm) -> Any:
    data = form.cleaned_data
    if data["version"] != proposal.version:
        raise Conflict(_("方案刚被他人改动。请刷新页面后再试。"))
    names: dict[str, str | None] = {}
    fields: dict[str, list[str]] = {}
    for key in form.unnamed:
        typed = data[f"named_{key}"].strip()
        names[key] = None
        if typed:
            try:
                names[key] = registered_key(typed, data["hand_over"])
            except Invalid as error:
                fields[f"named_{key}"] = [str(error.message)]
    if fields:
        raise Invalid(_("有的名称没有对应到登记，请更正。"), fields=fields)
    return open_next_round(
        actor=request.actor,
        proposal=proposal,
        key=data["key"],
        name=data["name"],
        name_en=data["name_en"],
        hand_over=data["hand_over"],
        end=data["end"],
        names=names,
    )


def _object(form: OpenForm, error: Invalid | Conflict | Missing) -> None:
    add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
