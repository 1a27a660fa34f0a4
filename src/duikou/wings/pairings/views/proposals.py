"""Proposals of a next round: the list, a new one, a copy, two compared, exports."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.errors import Denied, DuikouError, Invalid
from duikou.core.faces import add_errors, badge, done, row_url, words
from duikou.core.listing import BadParameter, ChoiceFilter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.pairings.actions import proposals as actions
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.forms_proposals import ProposalForm
from duikou.wings.pairings.models import Proposal, ProposalResult, Round
from duikou.wings.pairings.outcome import measured
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.queries.comparison import ComparedLevel, comparison
from duikou.wings.pairings.views._common import chosen, with_choices
from duikou.wings.pairings.views.desk_figures import level_title
from duikou.wings.pairings.workflows import PROPOSAL

STATE_LOOK = {
    "draft": "neutral",
    "submitted": "info",
    "returned": "warning",
    "approved": "success",
    "opened": "success",
    "withdrawn": "neutral",
}
STATUS_LOOK = {
    ProposalResult.Status.OPTIMAL: "success",
    ProposalResult.Status.FEASIBLE: "warning",
    ProposalResult.Status.CANCELLED: "warning",
    ProposalResult.Status.INFEASIBLE: "danger",
    ProposalResult.Status.FAILED: "danger",
}


def state_badge(proposal: Proposal) -> SafeString:
    """Where a proposal is in its life."""
    return badge(STATE_LOOK.get(proposal.state, "neutral"), PROPOSAL.states[proposal.state].label)


def proof_badge(result: ProposalResult | None) -> SafeString:
    """How well a proposal's plan is proved."""
    if result is None:
        return badge("neutral", _("尚未求解"))
    return badge(STATUS_LOOK[ProposalResult.Status(result.status)], result.get_status_display())


def _changes(row: Proposal) -> object:
    figures = _figures(queries.result_of(row))
    return figures["changes"]["added"] + figures["changes"]["dropped"] if figures else ""


def _figures(result: ProposalResult | None) -> dict[str, Any]:
    return result.figures if result else {}


PROPOSALS = Listing(
    key="proposals",
    title=gettext_lazy("方案"),
    empty=gettext_lazy("还没有方案。新建一个：从现有结对出发，求出变动最少的最优安排，再按需要调整。"),
    columns=(
        Column("number", gettext_lazy("编号"), numeric=True, sort=True),
        Column(
            "name",
            gettext_lazy("名称"),
            head=True,
            sort=True,
            href=lambda r: row_url("pairings:proposal", r.pk),
            width=40,
        ),
        Column("round", gettext_lazy("轮次"), value=lambda r: str(r.round), sort=("round__start", "number")),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda r: PROPOSAL.states[r.state].label,
            html=state_badge,
            sort=True,
        ),
        Column(
            "proof",
            gettext_lazy("证明"),
            value=lambda r: result.get_status_display() if (result := queries.result_of(r)) else "",
            html=lambda r: proof_badge(queries.result_of(r)),
        ),
        Column("changes", gettext_lazy("变动（对）"), numeric=True, value=_changes),
        Column("by", gettext_lazy("编制人"), value=lambda r: str(r.created_by) if r.created_by else ""),
        Column("at", gettext_lazy("更改时间"), value=lambda r: r.changed_at, sort=("changed_at",)),
    ),
    filters=(
        ChoiceFilter("round", gettext_lazy("轮次"), apply=lambda rows, key: rows.filter(round__key=key)),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda actor: PROPOSAL.choices()),
    ),
)


@page("proposal.view")
def proposals(request: PageRequest) -> HttpResponseBase:
    """All proposals that one may see."""
    from duikou.wings.pairings.queries.rounds import rounds

    listing = with_choices(PROPOSALS, round=[(one.key, str(one)) for one in rounds()])
    rows = queries.proposals(request.actor)
    return listing.respond(
        request,
        rows,
        "pairings/proposals.html",
        {"may_add": may_propose(request.actor), "comparable": list(rows[:60])},
    )


def may_propose(actor: Actor) -> bool:
    """Whether one may make proposals somewhere."""
    return actor.may("proposal.edit")


@page("proposal.edit")
def add(request: PageRequest) -> HttpResponse:
    """A new proposal: named, solved at once, opened on its desk."""
    choice = chosen(request)
    form = ProposalForm(request.POST or None, initial={"name": _suggested(choice.round)})
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.create_proposal(
                actor=request.actor, round_key=choice.round.key, **form.cleaned_data
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            solve_proposal(actor=request.actor, proposal=proposal)
            done(request, _("方案已建立并求解。点任一对查看理由，拖动或指定后即时重算。"))
            return redirect("pairings:proposal", proposal.pk)
    status = 422 if form.is_bound else 200
    return render(request, "pairings/proposal_new.html", {"form": form, "choice": choice}, status=status)


def _suggested(round_: Round) -> str:
    return _("%(round)s 之后的方案") % {"round": round_}


@require_POST
@page("proposal.edit")
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Begin another draft from this one."""
    source = queries.proposal(request.actor, pk)
    name = request.POST.get("name", "").strip() or _("%(name)s（副本）") % {"name": source.name}
    twin = actions.copy_proposal(actor=request.actor, proposal=source, name=name[:120])
    if queries.result_of(queries.proposal(request.actor, twin.pk)) is None:
        solve_proposal(actor=request.actor, proposal=twin)
    done(request, _("已复制为方案 %(number)d。") % {"number": twin.number})
    return redirect("pairings:proposal", twin.pk)


@page("proposal.view")
def compare(request: PageRequest) -> HttpResponse:
    """Two proposals of one round, side by side and pair by pair."""
    first, second = (_number(request, name) for name in ("first", "second"))
    if first == second:
        raise Invalid(_("请选择两个不同的方案。"))
    found = comparison(request.actor, first, second)
    shown = found.pairs if request.GET.get("all") else found.differing
    sides = [
        {
            "proposal": proposal,
            "result": result,
            "state": state_badge(proposal),
            "proof": proof_badge(result),
            "figures": _figures(result).get("after", {}),
            "changes": _figures(result).get("changes", {}),
        }
        for proposal, result in (
            (found.first, found.first_result),
            (found.second, found.second_result),
        )
    ]
    return render(
        request,
        "pairings/proposal_compare.html",
        {
            "sides": sides,
            "levels": [
                {
                    "title": level_title(one.name, one.title),
                    "first": _read(one.first, one),
                    "second": _read(one.second, one),
                }
                for one in found.levels
            ],
            "pairs": [
                {"pair": pair, "first": _fate(pair.first), "second": _fate(pair.second)} for pair in shown
            ],
            "differing": len(found.differing),
            "all": bool(request.GET.get("all")),
            "query": f"first={first}&second={second}",
        },
    )


def _read(value: int | None, level: ComparedLevel) -> str:
    if value is None:
        return "—"
    number, unit = measured(value, level.unit)
    return f"{number:,} {words(unit)}".strip()


def _fate(change: str) -> SafeString | str:
    looks = {
        "kept": ("neutral", _("保留")),
        "added": ("success", _("新增")),
        "dropped": ("danger", _("取消")),
    }
    return badge(*looks[change]) if change else "—"


def _number(request: PageRequest, name: str) -> int:
    text = request.GET.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadParameter(name, text, _("方案的编号"))
    return int(text)


def refused(request: PageRequest, error: DuikouError) -> None:
    """Say on the next page why nothing was changed; what must not be seen is answered as such."""
    from django.contrib import messages

    if isinstance(error, Denied):
        raise error
    texts = [str(error.message), *(text for texts in error.fields.values() for text in texts)]
    messages.error(request, " ".join(dict.fromkeys(texts)))


def desk_url(pk: int) -> str:
    """The desk of a proposal."""
    return reverse("pairings:proposal", args=[pk])
