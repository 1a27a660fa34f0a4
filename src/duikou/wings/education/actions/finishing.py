"""A lesson done, a course completed, a certificate issued, or revoked."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict
from duikou.core.scope import Actor
from duikou.wings.agreements.documents import new_code
from duikou.wings.education.actions import _common
from duikou.wings.education.completion import Part, Standing, standing
from duikou.wings.education.models import CourseCertificate, Enrolment, LessonRecord, Quiz

State = Enrolment.State


def standing_of(enrolment: Enrolment) -> Standing:
    """How far an enrolment is, in three queries."""
    done = set(enrolment.records.exclude(done_at=None).values_list("lesson_id", flat=True))
    lessons = enrolment.course.lessons.filter(removed_at=None).values_list("pk", "required")
    quiz = Quiz.objects.filter(course=enrolment.course_id).exists()
    return standing(
        (Part(required, pk in done) for pk, required in lessons),
        quiz=quiz,
        passed=quiz and enrolment.attempts.filter(passed=True).exists(),
    )


def done(*, actor: Actor, enrolment: Enrolment, record: LessonRecord, now: dt.datetime) -> None:
    """Write down that a lesson is done; once. With the last one the course is completed."""
    with act("course.lesson_done", actor=actor, permission=_common.LEARN, target=enrolment) as event:
        if LessonRecord.objects.filter(pk=record.pk, done_at=None).update(done_at=now):
            record.done_at = now
            event.note(
                enrolment,
                scope_path=enrolment.home_path,
                after={"lesson": record.lesson_id, "covered": record.covered, "credited": record.credited},
            )
        finish(actor=actor, enrolment=enrolment, now=now)


def finish(*, actor: Actor, enrolment: Enrolment, now: dt.datetime) -> CourseCertificate | None:
    """Complete the course and issue its certificate when everything is done; once, and by nobody's leave."""
    with transaction.atomic():
        held = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        if held.state != State.ACTIVE or not standing_of(enrolment).complete:
            return None
        with act("course.complete", actor=actor, permission=_common.LEARN, target=enrolment) as event:
            Enrolment.objects.filter(pk=held.pk).update(
                state=State.COMPLETED, completed_at=now, version=F("version") + 1
            )
            enrolment.refresh_from_db()
            paper = _issue(enrolment, now)
            event.note(enrolment, scope_path=enrolment.home_path, after={"certificate": paper.number})
    return paper


def _issue(enrolment: Enrolment, now: dt.datetime) -> CourseCertificate:
    course, person = enrolment.course, enrolment.person
    best = enrolment.attempts.filter(passed=True).order_by("-percent").first()
    credited = enrolment.records.aggregate(sum=Sum("credited"))["sum"] or 0
    return CourseCertificate.objects.create(
        enrolment=enrolment,
        number=f"YX{timezone.localdate(now).year}{enrolment.pk:07d}",
        code=new_code(),
        person_name=person.name,
        person_title=person.title,
        hospital_name=enrolment.hospital.name,
        course_title=course.title,
        offered_by=course.hospital.name,
        hours=course.hours,
        credit_class=course.credit_class,
        credits=course.credits,
        project_code=course.project_code,
        quiz_percent=best.percent if best else None,
        credited_seconds=credited,
        home_path=enrolment.home_path,
        teach_path=enrolment.teach_path,
        issued_at=now,
        demonstration=enrolment.demonstration,
    )


def revoke(*, actor: Actor, certificate: CourseCertificate, reason: str) -> CourseCertificate:
    """Take a certificate back, with the reason; by the hospital that gave the course."""
    with act(
        "course.revoke", actor=actor, permission=_common.TEACH, on=certificate.teach_path, target=certificate
    ) as event:
        reason = require_reason(reason)
        won = CourseCertificate.objects.filter(pk=certificate.pk, revoked_at=None)
        if not won.update(revoked_at=timezone.now(), revoked_reason=reason, revoked_by_id=actor.user_id):
            raise Conflict(_("这份证书已经撤销。请刷新页面。"))
        certificate.refresh_from_db()
        event.note(certificate, reason=reason)
    return certificate
