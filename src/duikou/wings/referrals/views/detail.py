"""A referral's page and its slip. Opening either is a look at the patient's record."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.exports import text as written
from duikou.core.links import link
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.patients import identity
from duikou.wings.patients.models import Access
from duikou.wings.referrals import actions, papers, signing
from duikou.wings.referrals.catalogue import condition_label, problem_label
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries import referrals as queries
from duikou.wings.referrals.views.lists import URGENT, state_badge
from duikou.wings.referrals.wording import act_words
from duikou.wings.referrals.workflows import REFERRAL

ICONS = {
    "send": "upload", "complete": "upload", "withdraw": "arrow-back-up", "return": "arrow-back-up",
    "accept": "check", "decline": "x", "receive": "user-check", "arrive": "user-check",
    "treat": "stethoscope", "refer_back": "arrows-exchange", "confirm": "check", "close": "clipboard-check",
    "settle": "clipboard-check",
}  # fmt: skip
FIRST = (
    "send",
    "complete",
    "receive",
    "accept",
    "arrive",
    "treat",
    "refer_back",
    "confirm",
    "close",
    "settle",
)


def steps(actor: Actor, found: Referral) -> list[tuple[str, str, str]]:
    """What the actor may do with a referral now: address name, words, icon; the usual step first."""
    down, emergency = found.direction == "down", found.urgency == "emergency"
    leave_out = {
        "receive": not emergency,
        "refer_back": down,
    }
    open_ = [one for one in REFERRAL.available(found, actor) if not leave_out.get(one.id)]
    order = {name: place for place, name in enumerate(FIRST)}
    open_.sort(key=lambda one: order.get(one.id, len(order)))
    listed = [(f"referrals:{one.id}", one.label, ICONS[one.id]) for one in open_]
    if found.state in ("draft", "returned") and actor.may("referral.edit", found.from_path):
        listed.insert(1 if found.state == "draft" else 0, ("referrals:edit", _("修改"), "pencil"))
    return listed


@page("referral.view")
def referral(request: PageRequest, pk: int) -> HttpResponse:
    """One referral, with the record where the actor sees it."""
    actor = request.actor
    found, patient = queries.opened(actor, pk, Access.Where.PAGE)
    path, permission = actions.side_of(found)
    may_follow = found.state in ("follow_up", "treating") and actor.may(permission, path)
    now = timezone.now()
    birth = patient.birth_date if patient else None
    return render(
        request,
        "referrals/referral.html",
        {
            "referral": found,
            "patient": patient,
            "age": identity.age_on(birth, timezone.localdate()) if birth else None,
            "state": state_badge(found),
            "urgent": URGENT[found.urgency],
            "steps": steps(actor, found),
            "problem": problem_label(found.tier, _("未分级")),
            "conditions": [condition_label(one) for one in found.conditions],
            "clocks": [
                (clock, clock.stopped_at is None and clock.left(now).total_seconds() < 0)
                for clock in queries.clocks_of(found)
            ],
            "signatures": [(one, signing.stands(one, found)) for one in queries.signatures_of(found)],
            "follow_ups": [(row, may_follow and row.done_on is None) for row in queries.follow_ups_of(found)]
            if patient
            else [],
            "consent": queries.consent_of(found),
            "patient_url": link("patients:patient", patient.number) if patient else "",
            "events": [(written(e.at), act_words(e.action), e) for e in reversed(events_of(found))],
            "demo_data": found.demonstration,
        },
    )


@page("referral.view")
def slip(request: PageRequest, pk: int) -> HttpResponse:
    """The slip of a referral that was sent, as PDF."""
    return slip_answer(request.actor, pk, "en" if request.LANGUAGE_CODE.startswith("en") else "zh")


def slip_answer(actor: Actor, pk: int, language: papers.Language) -> HttpResponse:
    """The file; its name holds the number and no name of a person. A look, written down."""
    found, patient = queries.opened(actor, pk, Access.Where.PDF)
    if patient is None or found.sent_at is None:
        raise Missing(_("该转诊没有转诊单：尚未发出，或贵院已不能查看患者档案。"))
    answer = HttpResponse(papers.pdf(found, patient, language), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="referral-{found.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
