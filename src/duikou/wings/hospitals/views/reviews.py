"""The queue of uncertain names, and the page where one is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, both, page
from duikou.core.times import time_words
from duikou.engines.pairing.names import infer_kind
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import NAME_REVIEW
from duikou.wings.hospitals.forms import DecisionForm, MatchForm, RegisterForm
from duikou.wings.hospitals.models import Hospital, NameReview
from duikou.wings.hospitals.tables import REVIEWS
from duikou.wings.hospitals.views.editing import answered, told_by
from duikou.wings.hospitals.views.reading import may_keep

MOST_FOUND = 10


@require_GET
@page("hospital.review")
def reviews(request: PageRequest) -> HttpResponseBase:
    """Names that wait; `?state=` shows decided ones."""
    rows = queries.reviews(request.actor, state="" if request.GET.get("state") else NAME_REVIEW.initial)
    context = {"data_date": timezone.localdate().isoformat(), "decided": bool(request.GET.get("state"))}
    return REVIEWS.respond(request, rows, "hospitals/reviews.html", context)


@both
@page("hospital.review")
def review(request: PageRequest, pk: int) -> HttpResponse:
    """Candidates with their reasons, and the three decisions."""
    found = queries.find_review(request.actor, pk)
    decide = request.POST.get("decide", "")
    text = request.GET.get("q", "").strip()[:100]
    candidates = _candidates(request, found, text)
    match = MatchForm(request.POST if decide == "match" else None, initial=_best(candidates))
    match.fields["hospital"].choices = [  # type: ignore[attr-defined]
        (each["hospital"].pk, each["hospital"].name) for each in candidates
    ]
    kind, field = infer_kind(found.printed)
    register = RegisterForm(
        request.POST if decide == "create" else None,
        prefix="new",
        initial={"name": found.printed, "kind": kind.value, "field": field, "tier": "county"},
    )
    register.offer_counties(request.actor)
    dismiss = DecisionForm(request.POST if decide == "dismiss" else None, prefix="no")
    reopen = DecisionForm(request.POST if decide == "reopen" else None, prefix="again")
    sent: dict[str, Any] = {"match": match, "create": register, "dismiss": dismiss, "reopen": reopen}
    status = 200
    if request.method == "POST":
        if decide not in sent:
            raise BadParameter("decide", decide, " / ".join(sent))
        form = sent[decide]
        if form.is_valid():
            with told_by(form):
                _decide(
                    request, found, decide, form, {row["hospital"].pk: row["hospital"] for row in candidates}
                )
                messages.success(request, _("已裁定“%(name)s”。") % {"name": found.printed})
                return redirect("hospitals:reviews")
        status = answered(form)
    context = {
        "review": found,
        "candidates": candidates,
        "text": text,
        "forms": sent,
        "match": match,
        "register": register,
        "dismiss": dismiss,
        "reopen": reopen,
        "state": NAME_REVIEW.states[found.state],
        "steps": {step.id for step in NAME_REVIEW.available(found, request.actor)},
        "decided_at": time_words(found.decided_at) if found.decided_at else "",
    }
    return render(request, "hospitals/review.html", context, status=status)


def _decide(
    request: PageRequest, found: NameReview, decide: str, form: Any, offered: dict[int, Hospital]
) -> None:
    data = form.cleaned_data
    if decide == "match":
        actions.match_review(
            actor=request.actor,
            review=found,
            hospital=offered[data["hospital"]],
            reason=data["reason"],
            remember_as=data["remember_as"],
        )
    elif decide == "create":
        actions.register_reviewed(
            actor=request.actor,
            review=found,
            name=data["name"],
            facts=form.facts(),
            division=form.chosen_division(),
            reason=data["reason"],
            confirmed=data["confirmed"],
        )
    elif decide == "dismiss":
        actions.dismiss_review(actor=request.actor, review=found, reason=data["reason"])
    else:
        actions.reopen_review(actor=request.actor, review=found, reason=data["reason"])


def _candidates(request: PageRequest, found: NameReview, text: str) -> list[dict[str, Any]]:
    """The candidates found by the import, best first, then what the person has looked for."""
    shown: list[dict[str, Any]] = [
        {
            "hospital": candidate.hospital,
            "confidence": f"{candidate.confidence:.0%}",
            "why": candidate.why,
            "editable": may_keep(request.actor, candidate.hospital),
        }
        for candidate in queries.review_candidates(found)
    ]
    known = {each["hospital"].pk for each in shown}
    if text:
        chosen = queries.HospitalFilter(text=text, state=Hospital.State.ACTIVE)
        looked_for = queries.hospitals(request.actor, chosen).exclude(pk__in=known).order_by("name")
        for row in looked_for[:MOST_FOUND]:
            editable = may_keep(request.actor, row)
            shown.append(
                {"hospital": row, "confidence": "", "why": [_("按您的检索找到")], "editable": editable}
            )
    return shown


def _best(candidates: list[dict[str, Any]]) -> dict[str, Any]:
    return {"hospital": candidates[0]["hospital"].pk} if candidates else {}
