"""Rounds: list, one round with its audits and batches, opening and changing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core import orgs
from duikou.core.errors import Conflict, DuikouError, Invalid
from duikou.core.faces import add_errors, done, english, words
from duikou.core.links import link
from duikou.core.listing import Column, Listing
from duikou.core.models import OrgUnit
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.pairings.actions import rounds as actions
from duikou.wings.pairings.forms import RoundForm
from duikou.wings.pairings.models import Round
from duikou.wings.pairings.queries import findings as finding_queries
from duikou.wings.pairings.queries.imports import batches
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.queries.rounds import figures_for, outdated, round_named
from duikou.wings.pairings.queries.rounds import rounds as all_rounds
from duikou.wings.pairings.views._common import pack_of
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.workflows import ANNEX_BATCH

ROUNDS = Listing(
    key="rounds",
    title=gettext_lazy("轮次"),
    empty=gettext_lazy("请新建一个轮次，再导入结对关系表。"),
    columns=(
        Column(
            "name",
            gettext_lazy("名称"),
            value=str,
            head=True,
            sort=True,
            href=lambda r: reverse("pairings:round", args=[r.key]),
            width=50,
        ),
        Column("key", gettext_lazy("标识"), sort=True),
        Column("org", gettext_lazy("省"), value=lambda r: r.org.name, sort=("org__name",)),
        Column("start", gettext_lazy("起"), sort=True),
        Column("end", gettext_lazy("止（含）"), sort=True),
        Column("policy_pack", gettext_lazy("政策包"), sort=True),
        Column("state", gettext_lazy("状态"), value=lambda r: r.get_state_display(), sort=True),
        Column("audit", gettext_lazy("核查次数"), numeric=True, value=lambda r: r.audit or 0),
    ),
)


@page("pairing.view")
def rounds(request: PageRequest) -> HttpResponseBase:
    """All rounds."""
    return ROUNDS.respond(
        request, all_rounds(), "pairings/rounds.html", {"may_add": bool(provinces(request.actor))}
    )


@page("pairing.view")
def round_page(request: PageRequest, key: str) -> HttpResponse:
    """One round: its facts, figures, audits, batches and history."""
    round_ = round_named(key)
    pack = pack_of(round_)
    return render(
        request,
        "pairings/round.html",
        {
            "round": round_,
            "term_note": round_.term_note_en if english() and round_.term_note_en else round_.term_note,
            "pack_title": words(pack.title) if pack else "",
            "pack_url": link("policy:pack", round_.policy_pack),
            "figures": figures_for(request.actor, round_),
            "choice": {"round": round_},
            "runs": list(finding_queries.runs(round_)[:20]) if request.actor.may("finding.view") else [],
            "outdated": outdated(round_),
            "may_manage": request.actor.may("round.manage", round_.org.path or ""),
            "batches": [
                {"batch": one, "state": ANNEX_BATCH.states[one.state].label}
                for one in batches(request.actor).filter(round=round_)[:20]
            ],
            "events": [event_words(event) for event in events_of(round_)],
        },
    )


def provinces(actor: Actor) -> list[OrgUnit]:
    """Provinces for which the actor may open rounds."""
    return orgs.provinces(actor, "round.manage")


@page("round.manage")
def add_round(request: PageRequest) -> HttpResponse:
    """Open a new round."""
    orgs = provinces(request.actor)
    known = [(one.key, str(one)) for one in all_rounds()]
    form = RoundForm(request.POST or None, rounds=known, new=True)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        try:
            round_ = actions.create_round(actor=request.actor, org=orgs[0], **data)
        except (Invalid, Conflict) as error:
            _object(form, error)
        else:
            done(request, _("轮次已建立。下一步：导入结对关系表。"))
            return redirect("pairings:round", round_.key)
    return _form(request, form, _("新建轮次"), reverse("pairings:rounds"))


@page("round.manage")
def edit_round(request: PageRequest, key: str) -> HttpResponse:
    """Change a round."""
    round_ = round_named(key)
    known = [(one.key, str(one)) for one in all_rounds() if one.key != key]
    form = RoundForm(request.POST or None, rounds=known, new=False, initial=_initial(round_))
    if request.method == "POST" and form.is_valid():
        changes = {
            **form.cleaned_data,
            "divisions_on": form.cleaned_data["divisions_on"] or form.cleaned_data["start"],
        }
        version = changes.pop("version")
        try:
            actions.edit_round(actor=request.actor, round_key=key, version=version, changes=changes)
        except Invalid as error:
            _object(form, error)
        else:
            done(request, _("轮次已保存。"))
            return redirect("pairings:round", key)
    heading = _("修改轮次：%(name)s") % {"name": round_}
    return _form(request, form, heading, reverse("pairings:round", args=[key]))


def _object(form: RoundForm, error: DuikouError) -> None:
    add_errors(
        form,
        error if isinstance(error, Invalid) else Invalid(error.message, fields={"key": [str(error.message)]}),
    )


def _initial(round_: Round) -> dict[str, Any]:
    names = ("version", "name", "name_en", "policy_pack", "start", "end", "divisions_on", "state")
    return {
        **{name: getattr(round_, name) for name in names},
        "previous": round_.previous.key if round_.previous else "",
    }


def _form(request: PageRequest, form: RoundForm, heading: str, back: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "form_heading": heading, "back": back}
    return render(request, "pairings/round_form.html", context, status=status)
