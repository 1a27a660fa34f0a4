"""Opinions: drafted by the named expert, signed with account, time and a digest of the content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied
from duikou.core.scope import Actor
from duikou.wings.patients import consents
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.actions.pushing import ask_for_pushes
from duikou.wings.telehealth.models import Consultation, Draft, Opinion, Seat

State, Kind, Role = Consultation.State, Consultation.Kind, Opinion.Role
MOST = 8000


@dataclass(frozen=True, slots=True)
class Written:
    """What an expert writes."""

    findings: str
    conclusion: str
    advice: str = ""


def seat_of(actor: Actor, one: Consultation) -> Seat:
    """The actor's own seat. Raises Denied for who was not named."""
    found = (
        one.seats.filter(released_at=None, expert__person__user=actor.user_id)
        .select_related("expert__person", "expert__hospital")
        .first()
        if actor.user_id is not None
        else None
    )
    if found is None:
        raise Denied(_("只有被指派的专家本人可以填写和签发意见。"))
    return found


def save_draft(*, actor: Actor, one: Consultation, written: Written) -> Draft:
    """Keep what the expert has written so far; nobody else reads it."""
    with act("consultation.draft", actor=actor, permission="consult.opinion", target=one) as event:
        seat = seat_of(actor, one)
        _open(one, seat)
        draft, _made = Draft.objects.update_or_create(
            seat=seat,
            defaults={
                "findings": guard.line(written.findings, "findings", "", MOST, required=False),
                "conclusion": guard.line(written.conclusion, "conclusion", "", MOST, required=False),
                "advice": guard.line(written.advice, "advice", "", MOST, required=False),
            },
        )
        event.note(one, scope_path=one.host_path)
    return draft


def sign(*, actor: Actor, one: Consultation, written: Written) -> Opinion:
    """Sign an opinion: the chair's answers the consultation, a member's waits for the chair's.

    The same text signed twice by the same expert is one opinion: a phone may send it again. Raises
    Conflict when the consent was withdrawn, when it was taken back or answered meanwhile, and for a
    chair whose members have not signed.
    """
    with act("consultation.sign", actor=actor, permission="consult.opinion", target=one) as event:
        seat = seat_of(actor, one)
        findings = guard.line(written.findings, "findings", _("所见与分析"), MOST)
        conclusion = guard.line(written.conclusion, "conclusion", _("诊断意见"), MOST)
        advice = guard.line(written.advice, "advice", _("处理建议"), MOST, required=False)
        before = Opinion.objects.filter(seat=seat).first()
        if before is not None:
            if (before.findings, before.conclusion, before.advice) == (findings, conclusion, advice):
                return before
            raise Conflict(_("您已签发过意见，签发后不能改动。"))
        consents.demand(one.patient, "consultation")
        Consultation.objects.select_for_update().get(pk=one.pk)  # no picture comes or goes meanwhile
        _open(one, seat)
        now, person = timezone.now(), seat.expert.person
        opinion = Opinion(
            consultation=one,
            seat=seat,
            role=_role(one, seat),
            findings=findings,
            conclusion=conclusion,
            advice=advice,
            signed_by_id=actor.user_id,
            signed_name=person.name,
            signed_title=person.title,
            signed_hospital=seat.expert.hospital.name,
            signed_at=now,
            demonstration=one.demonstration,
        )
        opinion.digest = digest_of(opinion)
        if seat.chair:
            _answer(one)
        elif not Consultation.objects.filter(pk=one.pk, state=State.ASSIGNED).update(
            version=F("version") + 1
        ):
            raise _common.conflict(one)
        try:
            with transaction.atomic():
                opinion.save()
        except IntegrityError as error:
            raise Conflict(_("您已签发过意见，签发后不能改动。")) from error
        Draft.objects.filter(seat=seat).delete()
        one.refresh_from_db()
        if seat.chair:
            ask_for_pushes(one)
        event.note(one, after={"role": opinion.role, "digest": opinion.digest}, scope_path=one.host_path)
    return opinion


def digest_of(opinion: Opinion) -> str:
    """A digest of what was signed, by whom and when: another text has another one."""
    said: dict[str, object] = {
        "consultation": opinion.consultation_id,
        "role": opinion.role,
        "findings": opinion.findings,
        "conclusion": opinion.conclusion,
        "advice": opinion.advice,
        "signed_by": opinion.signed_by_id,
        "signed_name": opinion.signed_name,
        "signed_title": opinion.signed_title,
        "signed_hospital": opinion.signed_hospital,
        "signed_at": opinion.signed_at.isoformat(timespec="microseconds"),
    }
    if pictures := [[one.document.sha256, one.caption] for one in opinion.seat.pictures.all()]:
        said["pictures"] = pictures
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _role(one: Consultation, seat: Seat) -> str:
    if one.kind == Kind.GROUP:
        return Role.JOINT if seat.chair else Role.MEMBER
    return Role.REPORT if one.is_diagnosis else Role.OPINION


def _open(one: Consultation, seat: Seat) -> None:
    """Raise Conflict where no opinion is due from this seat now."""
    if one.state != State.ASSIGNED:
        raise _common.conflict(one)
    if not seat.chair:
        return
    waits = one.seats.filter(released_at=None, chair=False, opinion=None).count()
    if waits:
        raise Conflict(
            _("还有 %(count)s 位专家没有签发意见。专家组意见由主持人在各位专家签发后签发。")
            % {"count": waits}
        )


def _answer(one: Consultation) -> None:
    now = timezone.now()
    won = Consultation.objects.filter(pk=one.pk, state=State.ASSIGNED, version=one.version).update(
        state=State.ANSWERED,
        version=F("version") + 1,
        answered_at=now,
        reason="",
        due_at=catalogue.due(one.urgency, State.ANSWERED, now),
    )
    if not won:
        raise _common.conflict(one)
