"""Into a course and out of it: by oneself, or by the head of the own department."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.wings.education.actions import _common
from duikou.wings.education.audience import objection, pairing_of
from duikou.wings.education.models import Course, Enrolment
from duikou.wings.people.models import Person

State = Enrolment.State


def enrol(*, actor: Actor, course: Course) -> Enrolment:
    """Take a course oneself. Twice is once; who had left comes back. Raises Invalid for whom it is not."""
    person = _common.own_person(actor)
    with act("course.enrol", actor=actor, permission=_common.LEARN, target=course) as event:
        found = _enrolled(actor, course, person, by_head=False)
        event.note(course, scope_path=found.home_path, after={"person": person.pk})
    return found


def enrol_staff(*, actor: Actor, course: Course, persons: list[Person]) -> list[Enrolment]:
    """Put staff of the own department or hospital into a course: all, or none with who may not and why."""
    if not persons:
        raise Invalid(_("请至少选择一人。"), fields={"persons": [_("请至少选择一人。")]})
    with transaction.atomic():
        made = []
        for person in persons:
            place = _home(person)
            with act(
                "course.enrol_staff", actor=actor, permission=_common.ENROL, on=place, target=course
            ) as event:
                made.append(_enrolled(actor, course, person, by_head=True))
                event.note(course, after={"person": person.pk})
    return made


def withdraw(*, actor: Actor, enrolment: Enrolment, reason: str = "") -> Enrolment:
    """Leave a course that is not completed: oneself, or, with a reason, by the head."""
    mine = actor.user_id is not None and enrolment.person.user_id == actor.user_id
    with act(
        "course.withdraw",
        actor=actor,
        permission=_common.LEARN if mine else _common.ENROL,
        on=None if mine else enrolment.home_path,
        target=enrolment,
    ) as event:
        if not mine:
            reason = require_reason(reason)
        won = Enrolment.objects.filter(pk=enrolment.pk, state=State.ACTIVE)
        if not won.update(state=State.WITHDRAWN, version=F("version") + 1):
            raise Conflict(_("没有执行：课程已完成，或已退出。请刷新页面。"))
        enrolment.refresh_from_db()
        event.note(enrolment, scope_path=enrolment.home_path, reason=reason)
    return enrolment


def _home(person: Person) -> str:
    """Where somebody belongs: the department's unit where it has one, the hospital otherwise."""
    unit = person.department.org if person.department else None
    return (unit.path if unit else None) or person.hospital.scope_path


def _enrolled(actor: Actor, course: Course, person: Person, *, by_head: bool) -> Enrolment:
    today = timezone.localdate()
    if fault := objection(course, person, today):
        raise Invalid(fault, fields={"persons": [fault]} if by_head else {})
    values = {
        "hospital": person.hospital,
        "department": person.department,
        "pairing": pairing_of(course, person, today),
        "home_path": _home(person),
        "teach_path": course.scope_path,
        "by_head": by_head,
        "enrolled_by_id": actor.user_id,
        "demonstration": course.demonstration or person.demonstration,
    }
    found = Enrolment.objects.filter(course=course, person=person).first()
    if found is None:
        try:
            with transaction.atomic():
                return Enrolment.objects.create(course=course, person=person, **values)
        except IntegrityError:  # the same form, or the head, was faster
            found = Enrolment.objects.get(course=course, person=person)
    Enrolment.objects.filter(pk=found.pk, state=State.WITHDRAWN).update(
        state=State.ACTIVE, version=F("version") + 1, by_head=by_head
    )
    found.refresh_from_db()
    return found
