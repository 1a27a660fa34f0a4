"""A patient's page: what is kept, what was agreed to, who sees it and who looked. Opening it is a look."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core import documents
from duikou.core.errors import Missing
from duikou.core.links import link
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.patients import actions, consents, identity, retention
from duikou.wings.patients.actions.looks import open_emergency
from duikou.wings.patients.catalogue import payment_label, purpose_title, purposes
from duikou.wings.patients.models import Access, Consent, Patient
from duikou.wings.patients.queries import records

Where = Access.Where
MOST_LOOKS = 20
FIELDS = {
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "identity_kind": "证件类别",
    "identity": "证件号码",
    "phone": "电话",
    "payment": "付费方式",
    "residence": "居住地",
    "care": "就诊类别",
    "last_contact_on": "最近就诊",
    "department": "科室",
}


def steps(actor: Actor, patient: Patient) -> list[tuple[str, str, str]]:
    """What the actor may do with a record: address name, words, icon."""
    if patient.erased_at or patient.merged_into_id:
        return []
    edits = actor.may("patient.edit", patient.scope_path)
    agrees = actor.may("patient.consent", actions.reach(actor, patient, "patient.consent"))
    listed = (
        ("patients:consent", _("登记同意"), "circle-check", agrees),
        ("patients:edit", _("更正档案"), "pencil", edits),
        ("patients:share", _("与他院共享"), "arrows-exchange", edits),
        ("patients:merge", _("合并重复档案"), "layers-linked", edits),
        (
            "patients:propose",
            _("提出到期销毁"),
            "trash",
            actor.may("patient.review", patient.scope_path)
            and retention.kept_until(patient) < timezone.localdate(),
        ),
    )
    return [(name, label, icon) for name, label, icon, may in listed if may]


def _consent_rows(actor: Actor, patient: Patient) -> list[dict[str, Any]]:
    may = actor.may("patient.consent", actions.reach(actor, patient, "patient.consent"))
    now = timezone.now()
    rows = []
    for one in records.consents_of(patient):
        standing = consents.stands(one, now)
        waits = one.way == Consent.Way.ORAL and one.confirmed_at is None and one.withdrawn_at is None
        rows.append(
            {
                "one": one,
                "purpose": purpose_title(one.purpose),
                "standing": standing,
                "waits": waits,
                "may_confirm": may and waits,
                "may_withdraw": may and one.withdrawn_at is None,
            }
        )
    return rows


@page("patient.view")
def patient(request: PageRequest, number: str) -> HttpResponse:
    """The record, with identity number and phone masked."""
    return _show(request, number, Where.PAGE)


@require_POST
@page("patient.view")
def full(request: PageRequest, number: str) -> HttpResponse:
    """The record with identity number and phone in full: another look, written down as such."""
    return _show(request, number, Where.IN_FULL)


def _show(request: PageRequest, number: str, where: str) -> HttpResponse:
    actor = request.actor
    found = actions.look(actor=actor, number=number, where=where)
    if found.merged_into is not None and where == Where.PAGE:
        return redirect("patients:patient", found.merged_into.number)
    rows = _consent_rows(actor, found)
    own = actor.may("patient.view", found.scope_path)
    agreed = [
        (
            purpose_title(key),
            asked.rule,
            [row for row in rows if row["one"].purpose == key and row["standing"]],
        )
        for key, asked in purposes().items()
    ]
    edits = actor.may("patient.edit", found.scope_path)
    return render(
        request,
        "patients/patient.html",
        {
            "patient": found,
            "in_full": where == Where.IN_FULL,
            "age": identity.age_on(found.birth_date, timezone.localdate()) if found.birth_date else None,
            "payment": payment_label(found.payment),
            "kept_until": retention.kept_until(found),
            "steps": steps(actor, found),
            "agreed": agreed,
            "consents": rows,
            "shares": [
                (one, one.is_live(timezone.now()), edits or actor.may("patient.edit", one.path))
                for one in records.shares_of(found)
            ],
            "merges": [(one, edits and one.undone_at is None) for one in records.merges_of(found)],
            "corrections": [
                (one, [_(FIELDS[name]) for name in one.fields]) for one in records.corrections_of(found)
            ]
            if edits
            else [],
            "looks": records.looks_at(found)[:MOST_LOOKS] if own else [],
            "own": own,
            "refer": link("referrals:new") if actor.may("referral.edit") and not found.erased_at else "",
            "emergency": None if own else open_emergency(actor, found),
        },
    )


@page("patient.view")
def paper(request: PageRequest, pk: int) -> HttpResponseBase:
    """The signed paper of a consent: a look at its patient's record."""
    found = records.consent(request.actor, pk)
    if found.document is None:
        raise Missing(_("这项同意没有扫描件。"))
    actions.look(actor=request.actor, number=found.patient.number, where=Where.PDF)
    return documents.download(found.document)
