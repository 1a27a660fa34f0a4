"""Consents of patients."""

from __future__ import annotations

from typing import Any, Literal

from django.utils import timezone

from duikou.core.rest import Answer, Body, Call, Id, operation
from duikou.wings.patients import actions, consents
from duikou.wings.patients.actions.consents import Said
from duikou.wings.patients.api._shapes import GiverName, Moment, Note, Number, Short, router
from duikou.wings.patients.models import Access, Consent
from duikou.wings.patients.queries import records

OF = "/patients/{patient_number}/consents"


class ConsentItem(Answer):
    """A consent to one purpose; `stands`: now."""

    id: int
    patient: str
    purpose: str
    rule: str
    text_version: str
    giver: GiverName
    giver_name: str
    giver_relation: str
    why_not_patient: str
    way: Literal["written", "oral"]
    given_at: Moment
    stands_until: Moment | None
    confirmed_at: Moment | None
    withdrawn_at: Moment | None
    stands: bool


def _item(one: Consent) -> dict[str, Any]:
    names = [name for name in ConsentItem.model_fields if name not in ("id", "patient", "stands")]
    return {
        "id": one.pk,
        "patient": one.patient.number,
        "stands": consents.stands(one, timezone.now()),
        **{name: getattr(one, name) for name in names},
    }


@operation(
    router, "GET", OF, response=list[ConsentItem], permission="patient.view", zh="患者的同意",
    en="A patient's consents",
)  # fmt: skip
def list_consents(request: Call, patient_number: Number) -> Any:
    """A look at the record, written down."""
    patient = actions.look(actor=request.actor, number=patient_number.upper(), where=Access.Where.API)
    return [_item(one) for one in records.consents_of(patient).select_related("patient")]


class NewConsent(Body):
    """Who agreed, how and when; a written one says where the signed original is kept."""

    purpose: Short
    giver: GiverName
    way: Literal["written", "oral"]
    given_at: Moment
    giver_name: Short = ""
    giver_relation: Short = ""
    why_not_patient: Note = ""
    kept_at: Note = ""
    circumstances: Note = ""
    witness_one: Short = ""
    witness_two: Short = ""


@operation(
    router, "POST", OF, response=ConsentItem, permission="patient.consent", status=201, zh="登记同意",
    en="Record a consent",
)  # fmt: skip
def give_consent(request: Call, patient_number: Number, body: NewConsent) -> Any:
    """Refused with rule and clause where the rules do not take it."""
    patient = records.visible(request.actor, patient_number.upper())
    said = Said(**body.model_dump())
    return _item(actions.give_consent(actor=request.actor, patient=patient, said=said))


class ConsentConfirmation(Body):
    """The written confirmation of an oral consent."""

    at: Moment
    kept_at: Note


@operation(
    router, "POST", "/patient-consents/{consent_id}/confirm", response=ConsentItem,
    permission="patient.consent", zh="补书面确认", en="Confirm an oral consent",
)  # fmt: skip
def confirm_consent(request: Call, consent_id: Id, body: ConsentConfirmation) -> Any:
    """Late, it stands anew from then on."""
    found = records.consent(request.actor, consent_id)
    return _item(
        actions.confirm_consent(actor=request.actor, consent=found, at=body.at, kept_at=body.kept_at)
    )


class ConsentWithdrawal(Body):
    """Who takes a consent back, and when; without any reason if one likes."""

    by: GiverName
    at: Moment
    note: Note = ""


@operation(
    router, "POST", "/patient-consents/{consent_id}/withdraw", response=ConsentItem,
    permission="patient.consent", zh="撤回同意", en="Withdraw a consent",
)  # fmt: skip
def withdraw_consent(request: Call, consent_id: Id, body: ConsentWithdrawal) -> Any:
    """What was done before stays allowed."""
    found = records.consent(request.actor, consent_id)
    return _item(actions.withdraw_consent(actor=request.actor, consent=found, **body.model_dump()))
