"""Who may watch a lesson's video: its teachers and speaker, and learners to whom the lesson is open now."""

from __future__ import annotations

import re

from duikou.core.errors import DuikouError
from duikou.core.scope import Actor
from duikou.wings.education.actions.attending import shut
from duikou.wings.education.models import Enrolment, Lesson
from duikou.wings.media import rights

KIND = "lesson"
_REFERENCE = re.compile(r"lesson:([0-9]{1,18})")


def register() -> None:
    """Answer for videos that are shown in lessons."""
    rights.register(KIND, may_watch)


def may_watch(actor: Actor, reference: str) -> bool:
    """Whether the actor may watch what is shown in a lesson."""
    found = _REFERENCE.fullmatch(reference)
    lesson = (
        Lesson.objects.select_related("course", "speaker", "patient__merged_into")
        .filter(pk=int(found[1]), removed_at=None)
        .first()
        if found
        else None
    )
    if lesson is None or actor.user_id is None:
        return False
    if actor.may("course.teach", lesson.course.scope_path):
        return True
    if lesson.speaker is not None and lesson.speaker.user_id == actor.user_id:
        return True
    own = (
        Enrolment.objects.select_related("course")
        .filter(course=lesson.course_id, person__user=actor.user_id)
        .first()
    )
    if own is None or not actor.may("course.learn"):
        return False
    try:
        return not shut(own, lesson)
    except DuikouError:
        return False
