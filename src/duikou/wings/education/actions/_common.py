"""What the acts share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Denied
from duikou.core.scope import Actor
from duikou.wings.education.models import Course, Enrolment
from duikou.wings.people.models import Person

TEACH, LEARN, ENROL = "course.teach", "course.learn", "course.enrol"


def own_person(actor: Actor) -> Person:
    """Whom the actor's account belongs to. Raises Conflict for an account without a person."""
    found = (
        Person.objects.select_related("hospital", "department__org").filter(user=actor.user_id).first()
        if actor.user_id is not None
        else None
    )
    if found is None:
        raise Conflict(_("您的账号还没有对应的人员，不能选课。请本院医务部门在人员登记中填写您的账号。"))
    return found


def own(actor: Actor, enrolment: Enrolment) -> None:
    """Raise Denied unless the enrolment is the actor's own: nobody learns for somebody else."""
    if actor.user_id is None or enrolment.person.user_id != actor.user_id:
        raise Denied(_("只有选课人本人可以学习、签到和测验。"))


def learning(enrolment: Enrolment, *, finished_too: bool = True) -> None:
    """Raise Conflict unless the person is in the course."""
    if enrolment.state == Enrolment.State.WITHDRAWN:
        raise Conflict(_("您已退出这门课程。请重新选课。"))
    if not finished_too and enrolment.state == Enrolment.State.COMPLETED:
        raise Conflict(_("您已完成这门课程。"))


def editable(course: Course) -> Course:
    """The course, locked, while its lessons and questions may still be changed. Raises Conflict."""
    rows = Course.objects.select_for_update(of=("self",)).select_related("hospital", "department")
    held = rows.get(pk=course.pk)
    if held.state == Course.State.CLOSED:
        raise Conflict(_("课程已结束，不能再修改。需要修改的请先重新开放。"))
    return held
