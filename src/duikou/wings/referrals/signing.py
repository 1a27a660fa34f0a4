"""Who may sign as a doctor, and what a signature stands for: a digest of the referral's words."""

from __future__ import annotations

import hashlib
import json

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Denied
from duikou.core.scope import Actor
from duikou.policy.vocabulary import Series
from duikou.wings.hospitals.catalogue import OTHER, pack, specialty_label
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person
from duikou.wings.referrals.catalogue import SIGNING, cite
from duikou.wings.referrals.models import Referral, Signature

Part, Factor = Signature.Part, Signature.Factor
ALWAYS = (
    "direction", "urgency", "problem", "tier", "code", "diagnosis", "conditions", "exception", "why",
    "summary", "plan", "escort", "escort_phone", "from_phone",
)  # fmt: skip
SIGNED = {
    Part.SENT: ALWAYS,
    Part.ACCEPTED: (*ALWAYS, "appointed_on", "slot_starts", "bed", "answer_note"),
    Part.BACK: (*ALWAYS, "back_summary", "back_plan"),
}


def doctor(actor: Actor, hospital: Hospital, specialty: str = "") -> Person:
    """The person of the hospital behind an account, if it is a doctor (of a specialty).

    Raises Denied, saying what lacks.
    """
    person = (
        Person.objects.filter(user=actor.user_id, left_on=None).select_related("department").first()
        if actor.user_id
        else None
    )
    if person is None or person.hospital_id != hospital.pk:
        raise Denied(
            _("签名须由“%(hospital)s”的在职医师本人办理：您的账号没有登记为该院人员（规则 %(rule)s）。")
            % {"hospital": hospital.name, "rule": cite(SIGNING)}
        )
    title = pack().title_named(person.title)
    if title is None or title.series != Series.PHYSICIAN:
        raise Denied(
            _("签名须由医师办理：%(name)s 登记的职称为“%(title)s”（规则 %(rule)s）。")
            % {"name": person.name, "title": person.title or "—", "rule": cite(SIGNING)}
        )
    own = person.specialty or (person.department.specialty if person.department else "")
    if specialty and specialty != OTHER and own != specialty:
        raise Denied(
            _("这项服务属“%(wanted)s”，您登记的专业为“%(found)s”，请由该专业的医师办理（规则 %(rule)s）。")
            % {
                "wanted": specialty_label(specialty),
                "found": specialty_label(own) if own else "—",
                "rule": cite(SIGNING),
            }
        )
    return person


def digest(referral: Referral, part: str) -> str:
    """The digest of what a signature of a part stands under; the patient counts by number alone."""
    said = {name: getattr(referral, name) for name in SIGNED[Part(part)]}
    said |= {
        "referral": referral.pk,
        "patient": referral.patient.number,
        "from": referral.from_hospital_id,
        "to": referral.to_hospital_id,
    }
    if part == Part.BACK or referral.direction == Referral.Direction.DOWN:
        rows = referral.follow_ups.order_by("due_on", "what").values_list("due_on", "what")
        said["follow_ups"] = [[str(day), what] for day, what in rows]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def sign(referral: Referral, part: str, person: Person, actor: Actor, factor: str) -> Signature:
    """Write the signature down; inside the act of the step."""
    return Signature.objects.create(
        referral=referral,
        part=part,
        user_id=actor.user_id,
        person=person,
        name=person.name,
        title=person.title,
        place=person.hospital.name,
        digest=digest(referral, part),
        factor=factor if factor in Factor.values else Factor.PASSWORD,
        signed_at=timezone.now(),
        demonstration=referral.demonstration,
    )


def stands(signature: Signature, referral: Referral) -> bool:
    """Whether the words are still those that were signed."""
    return signature.digest == digest(referral, signature.part)
