"""Courses and lessons: what is refused, who sees them, what a lesson needs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.wings.education import actions
from duikou.wings.education.actions import Plan
from duikou.wings.education.models import Course, Enrolment
from duikou.wings.education.queries import courses as desk
from tests.wings.education.conftest import School
from tests.wings.posted import posting_of


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"valid_to": dt.date(2010, 1, 1)}, "valid_to"),
        ({"specialty": "magic"}, "specialty"),
        ({"specialties": ("magic",)}, "specialties"),
        ({"audience": "all"}, "audience"),
        ({"audience": "chosen"}, "hospitals"),
        ({"watch_percent": 0}, "watch_percent"),
        ({"watch_percent": 101}, "watch_percent"),
        ({"credits": Decimal("2")}, "credit_class"),
        ({"credits": Decimal("2"), "credit_class": "1"}, "project_code"),
        ({"credit_class": "2", "project_code": "x"}, "credits"),
        ({"credits": Decimal("0"), "credit_class": "1", "project_code": "x"}, "credits"),
        ({"hours": Decimal("-1")}, "hours"),
    ],
)
def test_course_that_breaks_a_rule_is_refused_at_its_field(
    school: School, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        school.draft(**more)
    assert field in caught.value.fields
    assert not Course.objects.exists()


def test_one_form_sent_twice_is_one_course(school: School) -> None:
    assert school.draft(key="k1").pk == school.draft(key="k1").pk


def test_who_may_teach(school: School) -> None:
    for actor in (school.learner, school.doctor, school.liaison, school.head, school.other_doctor):
        with pytest.raises(Denied):
            actions.create(actor=actor, hospital=school.other, details=school.course_details(title="x"))
    with pytest.raises(Denied):
        actions.create(actor=school.teacher, hospital=school.home, details=school.course_details(title="x"))
    course = school.draft()
    with pytest.raises(Denied):
        actions.open_(actor=school.liaison, course=course)


def test_course_opens_only_when_nothing_is_lacking(school: School) -> None:
    course = school.draft()
    with pytest.raises(Conflict, match="必修课时"):
        school.opened(course)
    actions.add(actor=school.teacher, course=course, plan=Plan("slides", "无文件", speaker_name="周"))
    actions.add(actor=school.teacher, course=course, plan=Plan("recorded", "无视频", speaker_name="周"))
    school.quiz(course, draw=9, questions=2)
    with pytest.raises(Conflict) as caught:
        school.opened(course)
    assert all(word in str(caught.value) for word in ("无文件", "无视频", "题库有 2 题"))


def test_draft_is_seen_by_teachers_alone_and_other_hospitals_see_nothing(school: School) -> None:
    course = school.draft()
    school.slides(course)
    stranger = school.member("海盐人", hospital=_third(), specialty="cardiology")
    for actor in (school.learner, school.head, school.of(stranger)):
        with pytest.raises(Missing):
            desk.find(actor, course.pk)
    school.opened(course)
    assert desk.find(school.learner, course.pk) == course
    assert desk.find(school.head, course.pk) == course
    with pytest.raises(Missing):
        desk.find(school.of(stranger), course.pk)
    with pytest.raises(Invalid, match="不在其中"):
        actions.enrol(actor=school.of(stranger), course=course)
    with pytest.raises(Missing):
        desk.own(school.learner, course.pk)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"specialties": ("orthopaedics",)}, "课程限专业"),
        ({"titles": ("主任医师",)}, "课程限职称"),
        ({"audience": "own"}, "不在其中"),
    ],
)
def test_audience(school: School, more: dict[str, Any], words: str) -> None:
    course = school.draft(**more)
    school.slides(course)
    school.opened(course)
    with pytest.raises(Invalid, match=words):
        school.enrolled(course)


def test_chosen_hospital_may_enrol_without_a_pairing(school: School) -> None:
    third = _third()
    course = school.draft(audience="chosen", hospitals=(third,))
    school.slides(course)
    school.opened(course)
    person = school.member("海盐人", hospital=third)
    assert desk.find(school.of(person), course.pk) == course
    assert school.enrolled(course, school.of(person)).pairing is None
    with pytest.raises(Missing):
        desk.find(school.learner, course.pk)


def test_closed_course_teaches_nobody(school: School) -> None:
    course = school.draft()
    lesson = school.slides(course)
    found = school.enrolled(school.opened(course))
    actions.close(actor=school.teacher, course=course, reason="学期结束")
    with pytest.raises(Conflict, match="已结束"):
        school.read(_fresh(found), lesson)
    with pytest.raises(Invalid, match="不能选课"):
        school.enrolled(course, school.of(school.member("后来人")))
    with pytest.raises(Conflict, match="不能再修改"):
        school.slides(course, "又一课")
    actions.reopen(actor=school.teacher, course=course, reason="延期")
    assert school.read(_fresh(found), lesson).done_at


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件为空"),
        (b"MZ\x90\x00", "文件内容不是"),
        (b"%PDF-1.4 /JavaScript (app.alert(1))", "脚本"),
        (b"%PDF-1.4 /J#61vaScript (x)", "脚本"),
        (b"%PDF-1.4 /Launch /F (cmd.exe)", "Launch"),
        (b"%PDF-1.4 /EmbeddedFiles", "附件"),
        (b"%PDF-1.4 /Encrypt 5 0 R", "密码"),
    ],
)
def test_hostile_slides_are_refused(school: School, content: bytes, words: str) -> None:
    lesson = actions.add(
        actor=school.teacher, course=school.draft(), plan=Plan("slides", "课件", speaker_name="周")
    )
    with pytest.raises(Invalid, match=words):
        actions.set_slides(actor=school.teacher, lesson=lesson, filename="../../x.pdf", content=content)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "talk"}, "kind"),
        ({"begins_at": None}, "begins_at"),
        ({"ends_at": None}, "ends_at"),
        ({"place": ""}, "place"),
        ({"speaker_name": ""}, "speaker_name"),
        ({"ends_at": timezone.now() - dt.timedelta(days=1)}, "ends_at"),
        ({"sign_until": timezone.now() + dt.timedelta(days=9)}, "sign_until"),
    ],
)
def test_lesson_that_breaks_a_rule_is_refused(school: School, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        school.live(school.draft(), **more)
    assert field in caught.value.fields


def test_lessons_change_places_but_not_with_what_they_need(school: School) -> None:
    course = school.draft()
    first, second = school.slides(course), school.slides(course, "课件二")
    third = school.slides(course, "课件三", requires=(second,))
    actions.move(actor=school.teacher, lesson=second, up=True)
    assert [one.pk for one in desk.lessons_of(course)] == [second.pk, first.pk, third.pk]
    actions.move(actor=school.teacher, lesson=third, up=True)
    with pytest.raises(Conflict, match="先修"):
        actions.move(actor=school.teacher, lesson=third, up=True)
    with pytest.raises(Conflict, match="先修"):
        actions.remove(actor=school.teacher, lesson=second)
    actions.remove(actor=school.teacher, lesson=third)
    with pytest.raises(Conflict, match="已移除"):
        actions.remove(actor=school.teacher, lesson=third)
    with pytest.raises(Invalid, match="先修"):
        school.slides(course, "课件四", requires=(third,))


def test_demonstration_belongs_to_a_posting_of_the_own_hospital(school: School) -> None:
    course = school.draft()
    posting = posting_of(school.pairing, "派驻医师")
    lesson = school.live(course, kind="operation", posting=posting)
    assert lesson.posting == posting
    with pytest.raises(Invalid, match="派驻"):
        school.live(course, posting=posting)


def test_patient_in_teaching_needs_consent_and_its_withdrawal_shuts_the_lesson(school: School) -> None:
    from duikou.wings.patients import actions as patients

    course = school.draft()
    patient = school.patient()
    with pytest.raises(Invalid, match="SEC-04"):
        school.live(course, kind="round", patient=patient)
    consent = school.agrees(patient, "teaching")
    lesson = school.live(course, kind="round", patient=patient)
    found = school.enrolled(school.opened(course))
    patients.withdraw_consent(actor=school.doctor, consent=consent, by="patient", at=timezone.now(), note="")
    lesson.refresh_from_db()
    with pytest.raises(Conflict, match="撤回"):
        actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code=school.code(lesson))


def _third() -> Any:
    from duikou.wings.hospitals.models import Hospital

    return Hospital.objects.select_related("org").get(name="海盐县中医院")


def _fresh(found: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related("course", "person").get(pk=found.pk)
