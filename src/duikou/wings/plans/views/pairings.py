"""The plan page of a pairing, its matrix, its plan book, and how plans begin."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.engines.clauses.model import Party
from duikou.wings.pairings.models import Pairing
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.plans import book as plan_books
from duikou.wings.plans.actions import plans as actions
from duikou.wings.plans.demands import FOUR_ONES, PRESIDENTS, demands
from duikou.wings.plans.forms import DevelopmentForm
from duikou.wings.plans.models import SupportPlan
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries.matrix import Gap
from duikou.wings.plans.queries.matrix import gaps as gaps_of
from duikou.wings.plans.queries.milestones import milestones
from duikou.wings.plans.queries.ones import demanded_years, found_ones
from duikou.wings.plans.views._common import number
from duikou.wings.plans.wording import ADVICE, have_badge, plan_badge, side_name, task_badge


@page("plan.view")
def pairing(request: PageRequest, pk: int) -> HttpResponse:
    """All plans of a pairing: who answers, what is agreed, what is missing."""
    row = queries.pairing(request.actor, pk)
    found = queries.of_pairing(request.actor, row)
    known = demands(row.round.policy_pack)
    may_edit = request.actor.may_any("plan.edit", row.scope_paths())
    plans = [one for one in (found.support, *found.development, *found.years.values()) if one is not None]
    return render(
        request,
        "plans/pairing.html",
        {
            "pairing": row,
            "support": _card(found.support) if found.support else None,
            "development": [_card(one) for one in found.development],
            "presidents": _presidents(found.support),
            "president_clause": known.clause(PRESIDENTS),
            "links": [
                {"link": link, "specialty": words(known.specialty(link.specialty))} for link in found.links
            ],
            "years": _years(row, found),
            "ones_clause": known.clause(FOUR_ONES),
            "milestones": [
                {
                    "year": year,
                    "note": words(year.note),
                    "rows": [
                        {
                            "title": words(one.technique.title),
                            "state": one.recipient.get_state_display() if one.recipient else "",
                            "reached": one.reached,
                            "supporter": one.supporter.get_state_display() if one.supporter else "",
                            "task": one.task,
                            "task_state": task_badge(one.task.state) if one.task else "",
                        }
                        for one in several
                    ],
                }
                for year, several in milestones(row)
            ],
            "may_edit": may_edit,
            "may_develop": request.actor.may("plan.edit", row.recipient_path),
            "has_plans": any(one.pairing_id for one in plans),
            "demo_data": any(one.demonstration for one in plans),
        },
    )


def _card(plan: SupportPlan) -> dict[str, Any]:
    return {"plan": plan, "state": plan_badge(plan.state)}


def _presidents(plan: SupportPlan | None) -> list[dict[str, Any]]:
    """Both first-responsible persons; None where nobody is named."""
    return [
        {"side": side_name(side), "person": getattr(plan, f"{side}_president") if plan else None}
        for side in (Party.SUPPORTER, Party.RECIPIENT)
    ]


def _years(row: Pairing, found: queries.OfPairing) -> list[dict[str, Any]]:
    """Each year of the term with its list and the four ones of the recipient."""
    known = demands(row.round.policy_pack)
    demanded = demanded_years(row.round.start, known.years)
    lines = []
    for year in range(row.start.year, row.end.year + 1):
        plan = found.years.get(year)
        ones = found_ones([row.recipient_id], year)
        lines.append(
            {
                "year": year,
                "plan": plan,
                "state": plan_badge(plan.state if plan else ""),
                "demanded": year in demanded,
                "ones": [
                    {
                        "kind": words(known.word(kind)),
                        "task": (task := ones.get((row.recipient_id, kind))),
                        "state": task_badge(task["state"]) if task else "",
                    }
                    for kind in known.ones
                ],
            }
        )
    return lines


@page("plan.view")
def gaps(request: PageRequest, pk: int) -> HttpResponse:
    """The specialties of a pairing: the recipient's gaps, the supporter's strength beside them."""
    row = queries.pairing(request.actor, pk)
    support = queries.of_pairing(request.actor, row).support
    found = gaps_of(row, support)
    return render(
        request,
        "plans/gaps.html",
        {
            "pairing": row,
            "support": support,
            "rows": [_gap(one) for one in found],
            "clause": demands(row.round.policy_pack).clause("CAP-01"),
        },
    )


def _gap(one: Gap) -> dict[str, Any]:
    return {
        "title": words(one.specialty.title),
        "recipient": have_badge(one.recipient.have),
        "departments": _("、").join(one.recipient.departments),
        "need": one.recipient.need,
        "year": one.recipient.year if one.recipient.need else "",
        "supporter": have_badge(one.supporter.have),
        "strength": one.supporter.strength,
        "advice": ADVICE[one.advice],
        "planned": one.planned,
    }


@require_POST
@page("plan.edit")
def begin(request: PageRequest, pk: int) -> HttpResponse:
    """Begin the joint plan, or a year's list."""
    row = queries.pairing(request.actor, pk)
    year = number(request, "year")
    try:
        plan = (
            actions.open_year(actor=request.actor, pairing=row, year=year)
            if year
            else actions.open_support_plan(actor=request.actor, pairing=row)
        )
    except (Invalid, Conflict) as error:
        refused(request, error)
        return redirect("plans:pairing", pk)
    done(request, _("“%(plan)s”已建立，请填写内容后提请双方同意。") % {"plan": plan.title})
    return redirect("plans:plan", plan.pk)


@page("plan.edit")
def develop(request: PageRequest) -> HttpResponse:
    """Begin a recipient's own development plan."""
    recipients = {str(one.pk): one for one in queries.recipients(request.actor)}
    form = DevelopmentForm(
        request.POST or None,
        recipients=[(key, one.name) for key, one in recipients.items()],
        initial={"recipient": request.GET.get("recipient", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        recipient = recipients[data["recipient"]]
        try:
            plan = actions.open_development_plan(
                actor=request.actor,
                recipient=recipient,
                start=data["start"],
                end=data["end"],
                policy_pack=queries.pack_for(recipient),
            )
        except (Invalid, Conflict) as error:
            add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            done(request, _("发展规划已建立，请填写目标与重点专科方向。"))
            return redirect("plans:plan", plan.pk)
    return render(request, "plans/develop.html", {"form": form}, status=422 if form.is_bound else 200)


@page("plan.view")
def book(request: PageRequest, pk: int) -> HttpResponse:
    """The plan book of a pairing as a PDF."""
    row = queries.pairing(request.actor, pk)
    address = request.build_absolute_uri(reverse("plans:code", args=["-"]))[: -len("-/")]
    content = plan_books.printed(request.actor, row, address)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="plan-book-{row.pk}.pdf"'
    return response


@page("plan.view")
def code(request: PageRequest, code: str) -> HttpResponse:
    """From the code on a page of the book to the plan as it stands."""
    return redirect("plans:plan", queries.by_code(request.actor, code).pk)
