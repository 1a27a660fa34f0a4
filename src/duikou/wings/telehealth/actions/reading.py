"""Opening a case: a look at its patient's record, and for the invited side only while consent stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Missing
from duikou.core.scope import Actor
from duikou.wings.patients import actions as patients
from duikou.wings.patients import consents
from duikou.wings.patients.models import Access, Patient
from duikou.wings.telehealth.models import Consultation

Where, Purpose = Access.Where, Access.Purpose


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as an actor may read it: with its patient, or shut, with the reason in words."""

    patient: Patient | None
    why_shut: str = ""


def open_case(*, actor: Actor, one: Consultation, where: str) -> Opened:
    """Open the case of a consultation that the actor sees; the look at the patient is written down.

    The invited side reads while the consultation is open and the consent stands; afterwards it keeps its
    opinion, not the patient.
    """
    if not one.inviting_side(actor):
        if one.state in Consultation.OVER:
            return Opened(None, _("会诊已经结束：病历资料归邀请方保管，受邀方保留签发的意见。"))
        try:
            consents.demand(one.patient, "consultation")
        except Conflict as error:
            return Opened(
                None, _("患者已撤回同意或同意失效，病历资料停止阅览。%(why)s") % {"why": error.message}
            )
    number = consents.survivor(one.patient).number
    try:
        found = patients.look(actor=actor, number=number, where=where, purpose=Purpose.CONSULTATION)
    except Missing:
        return Opened(None, _("您现在不能查看这名患者的档案。"))
    return Opened(found)
