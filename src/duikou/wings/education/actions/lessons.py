"""Lessons of a course: added, changed, moved, taken out; the file of slides."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.education.actions import _common
from duikou.wings.education.models import Course, Lesson
from duikou.wings.education.parameters import SIGN_BEFORE
from duikou.wings.patients import consents
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting

MOST_LESSONS = 100
MOST_SECONDS = 6 * 3600
# What a lesson's paper has no need of, and what a reader's program would act upon.
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|Encrypt)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lesson is: when and by whom it is held, or how long it takes to read or watch."""

    kind: str
    title: str
    about: str = ""
    required: bool = True
    requires: Sequence[Lesson] = ()
    speaker: Person | None = None
    speaker_name: str = ""
    begins_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    place: str = ""
    sign_from: dt.datetime | None = None
    sign_until: dt.datetime | None = None
    posting: Posting | None = None
    patient: Patient | None = None
    minutes: int = 0


def add(*, actor: Actor, course: Course, plan: Plan) -> Lesson:
    """Put a lesson at the end of a course."""
    with act("course.add_lesson", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        rows = held.lessons.filter(removed_at=None)
        if rows.count() >= MOST_LESSONS:
            raise Conflict(_("一门课程最多 %(most)s 个课时。") % {"most": MOST_LESSONS})
        last = rows.aggregate(last=Max("position"))["last"] or 0
        lesson = Lesson(course=held, position=last + 1, demonstration=held.demonstration)
        _fill(lesson, held, plan)
        lesson.save()
        lesson.requires.set(_earlier(lesson, plan.requires))
        event.note(after=_noted(lesson))
    return lesson


def edit(*, actor: Actor, lesson: Lesson, plan: Plan) -> Lesson:
    """Change a lesson. Its kind stays once somebody has begun it: what was done was done by that rule."""
    with act("course.edit_lesson", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        held = _common.editable(lesson.course)
        row = _standing(lesson)
        before = _noted(row)
        if plan.kind != row.kind and row.records.exists():
            raise refused("kind", _("已有人开始学习，形式不能再改。请另加一个课时。"))
        _fill(row, held, plan)
        row.save()
        row.requires.set(_earlier(row, plan.requires))
        event.note(before=before, after=_noted(row))
    return row


def move(*, actor: Actor, lesson: Lesson, up: bool) -> Lesson:
    """Let a lesson change places with its neighbour. Raises Conflict where that would break what it needs."""
    with act("course.move_lesson", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        _common.editable(lesson.course)
        row = _standing(lesson)
        rows = Lesson.objects.filter(course=row.course_id, removed_at=None)
        near = (
            rows.filter(position__lt=row.position).order_by("-position")
            if up
            else rows.filter(position__gt=row.position).order_by("position")
        ).first()
        if near is None:
            raise Conflict(_("已经在最前或最后。"))
        first, second = (row, near) if not up else (near, row)
        if second.requires.filter(pk=first.pk).exists():
            raise Conflict(
                _("“%(later)s”以“%(earlier)s”为先修，不能移到它前面。")
                % {"later": second.title, "earlier": first.title}
            )
        mine, other = row.position, near.position
        top = rows.aggregate(last=Max("position"))["last"] or 0
        for one, position in ((row, top + 1), (near, mine), (row, other)):  # no two share one meanwhile
            Lesson.objects.filter(pk=one.pk).update(position=position)
        row.refresh_from_db()
        event.note(after={"lesson": row.pk, "position": row.position})
    return row


def remove(*, actor: Actor, lesson: Lesson) -> None:
    """Take a lesson out; what people have done in it stays on record."""
    with act("course.remove_lesson", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        _common.editable(lesson.course)
        row = _standing(lesson)
        if row.opens.filter(removed_at=None).exists():
            raise Conflict(_("别的课时以它为先修，不能移除。请先改那些课时。"))
        Lesson.objects.filter(pk=row.pk).update(removed_at=timezone.now())
        event.note(before=_noted(row), after=None)


def set_slides(*, actor: Actor, lesson: Lesson, filename: str, content: bytes) -> Lesson:
    """Keep the PDF of a lesson's slides. Raises Invalid for what is no PDF, or one that acts by itself."""
    with act("course.slides", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        held = _common.editable(lesson.course)
        row = _standing(lesson)
        if row.kind != Lesson.Kind.SLIDES:
            raise refused("file", _("只有“课件”形式的课时可以上传课件。"))
        if fault := fault_of_slides(content):
            raise refused("file", fault)
        row.document = documents.keep(
            content, filename=filename, scope_path=held.scope_path, actor=actor, kinds=("pdf",)
        )
        row.save(update_fields=["document"])
        event.note(after={"lesson": row.pk, "sha256": row.document.sha256, "size": row.document.size})
    return row


def fault_of_slides(content: bytes) -> str:
    """Why a file is not taken as slides, in words; empty when it is.

    Scripts, launched programs, attached files and locks are looked for in what is not compressed; a file
    is never opened inside the site and always handed out as a download.
    """
    if fault := documents.fault_of(content, kinds=("pdf",)):
        return fault
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if found := _ACTIVE.search(plain):
        return _("PDF 含有脚本、附件、外部程序或密码（/%(what)s）。请另存为普通 PDF 再上传。") % {
            "what": found[1].decode("ascii")
        }
    return ""


def _standing(lesson: Lesson) -> Lesson:
    row = Lesson.objects.select_related("course", "patient__merged_into").get(pk=lesson.pk)
    if row.removed_at is not None:
        raise Conflict(_("这个课时已移除。请刷新页面。"))
    return row


def _fill(lesson: Lesson, course: Course, plan: Plan) -> None:
    """Set the columns; raises Invalid at the field that is wrong."""
    if plan.kind not in Lesson.Kind.values:
        raise refused("kind", _("请选择列出的一项。"))
    lesson.kind = plan.kind
    lesson.title = guard.line(plan.title, "title", _("课时名称"), 120)
    lesson.about = guard.line(plan.about, "about", "", 4000, required=False)
    lesson.required = plan.required
    name = plan.speaker_name or (plan.speaker.name if plan.speaker else "")
    lesson.speaker = plan.speaker
    lesson.speaker_name = guard.line(name, "speaker_name", _("授课人姓名"), 60)
    if not 0 <= plan.minutes <= 600:
        raise refused("minutes", _("阅读时间应为 0–600 分钟。"))
    lesson.minutes = plan.minutes if plan.kind == Lesson.Kind.SLIDES else 0
    for field, value in _held(plan).items():
        setattr(lesson, field, value)
    for field, value in _case(plan, course).items():
        setattr(lesson, field, value)


def _held(plan: Plan) -> dict[str, Any]:
    """Time and place of what is held; nothing of what can be learnt at any time."""
    fields = ("begins_at", "ends_at", "place", "sign_from", "sign_until")
    if plan.kind not in Lesson.HELD:
        return {**dict.fromkeys(fields), "place": ""}
    if plan.begins_at is None or plan.ends_at is None:
        raise refused("begins_at" if plan.begins_at is None else "ends_at", _("请填写开始和结束时间。"))
    if not dt.timedelta() < plan.ends_at - plan.begins_at <= dt.timedelta(hours=12):
        raise refused("ends_at", _("结束应晚于开始，一次不超过 12 小时。"))
    first = plan.sign_from or plan.begins_at - dt.timedelta(minutes=SIGN_BEFORE)
    last = plan.sign_until or plan.ends_at
    if not first < last:
        raise refused("sign_until", _("签到截止应晚于签到开始。"))
    if last > plan.ends_at + dt.timedelta(hours=1) or first < plan.begins_at - dt.timedelta(hours=2):
        raise refused("sign_until", _("签到时间应在开始前 2 小时至结束后 1 小时之内。"))
    return {
        "begins_at": plan.begins_at,
        "ends_at": plan.ends_at,
        "place": guard.line(plan.place, "place", _("地点"), 120),
        "sign_from": first,
        "sign_until": last,
    }


def _case(plan: Plan, course: Course) -> dict[str, Any]:
    """The posting of a demonstration or round, and the patient who agreed to teaching (SEC-04)."""
    if plan.posting is not None:
        if plan.kind not in Lesson.POSTED:
            raise refused("posting", _("只有手术示教和教学查房可以关联派驻。"))
        if plan.posting.supporter_id != course.hospital_id:
            raise refused("posting", _("请选择开课医院派出的派驻。"))
    consent = None
    if plan.patient is not None:
        consent = consents.standing(plan.patient, "teaching")
        if consent is None:
            raise refused(
                "patient",
                _("患者对“教学使用”没有有效的同意（规则 SEC-04）。请先登记同意，再关联。"),
            )
    return {"posting": plan.posting, "patient": plan.patient, "consent": consent}


def _earlier(lesson: Lesson, requires: Sequence[Lesson]) -> list[Lesson]:
    """Lessons that must be done before. Raises Invalid for one that does not come before."""
    wanted = {one.pk for one in requires}
    found = list(
        Lesson.objects.filter(
            pk__in=wanted, course=lesson.course_id, removed_at=None, position__lt=lesson.position
        )
    )
    if len(found) != len(wanted):
        raise refused("requires", _("先修课时须是本课程中排在前面的课时。"))
    return found


def _noted(lesson: Lesson) -> dict[str, Any]:
    return {
        "lesson": lesson.pk,
        "kind": lesson.kind,
        "title": lesson.title,
        "required": lesson.required,
        "begins_at": lesson.begins_at.isoformat() if lesson.begins_at else None,
        "posting": lesson.posting_id,
    }
