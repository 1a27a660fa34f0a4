"""The quiz: attempts, time, answers, questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, DuikouError, Invalid
from duikou.wings.education import actions
from duikou.wings.education.models import Enrolment
from duikou.wings.education.queries import courses as desk
from tests.wings.education.conftest import MINUTE, School


def _examined(school: School, **more: Any) -> Enrolment:
    course = school.draft()
    lesson = school.slides(course)
    school.quiz(course, **more)
    found = school.enrolled(school.opened(course))
    school.read(found, lesson)
    return found


def test_attempts_are_counted_and_limited(school: School) -> None:
    found = _examined(school)
    for number in (1, 2):
        attempt = actions.start(actor=school.learner, enrolment=found)
        assert attempt.number == number
        assert actions.start(actor=school.learner, enrolment=found).pk == attempt.pk  # goes on
        done = actions.submit(actor=school.learner, attempt=attempt, answers={})
        assert (done.percent, done.passed) == (0, False)
    with pytest.raises(Conflict, match="可考 2 次"):
        actions.start(actor=school.learner, enrolment=found)


def test_handed_in_twice_the_first_answers_count(school: School) -> None:
    found = _examined(school)
    attempt = actions.start(actor=school.learner, enrolment=found)
    first = actions.submit(actor=school.learner, attempt=attempt, answers={})
    assert (
        actions.submit(actor=school.learner, attempt=attempt, answers={}).submitted_at == first.submitted_at
    )
    with pytest.raises(Conflict, match="已经交卷"):
        actions.submit(actor=school.learner, attempt=attempt, answers=school.right(attempt))


def test_too_late_counts_as_used_with_nothing_right(school: School) -> None:
    found = _examined(school)
    now = timezone.now()
    attempt = actions.start(actor=school.learner, enrolment=found, now=now)
    done = actions.submit(
        actor=school.learner, attempt=attempt, answers=school.right(attempt), now=now + 11 * MINUTE
    )
    assert (done.late, done.percent, done.passed) == (True, 0, False)
    second = actions.start(actor=school.learner, enrolment=found, now=now + 12 * MINUTE)
    with pytest.raises(Conflict, match="可考 2 次"):  # the open one ran out meanwhile
        actions.start(actor=school.learner, enrolment=found, now=now + 40 * MINUTE)
    assert second.number == 2


def test_only_the_learner_hands_in(school: School) -> None:
    attempt = actions.start(actor=school.learner, enrolment=_examined(school))
    with pytest.raises(DuikouError):
        actions.submit(actor=school.of(school.member("别人")), attempt=attempt, answers={})


@pytest.mark.parametrize("field", ["draw", "attempts", "minutes", "pass_percent"])
def test_rules_of_a_quiz_have_bounds(school: School, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        school.quiz(school.draft(), **{field: 0})
    assert field in caught.value.fields


@pytest.mark.parametrize(
    ("kind", "options", "right", "field"),
    [
        ("essay", ("甲", "乙"), (0,), "kind"),
        ("single", ("甲",), (0,), "options"),
        ("single", ("甲", "甲"), (0,), "options"),
        ("single", ("甲", "乙"), (), "right"),
        ("single", ("甲", "乙"), (0, 1), "right"),
        ("single", ("甲", "乙"), (2,), "right"),
        ("true_false", (), (2,), "right"),
    ],
)
def test_question_that_breaks_a_rule(
    school: School, kind: str, options: tuple[str, ...], right: tuple[int, ...], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        actions.add_question(
            actor=school.teacher,
            course=school.draft(),
            asked=actions.Asked(kind, "题", options, right),
        )
    assert field in caught.value.fields


def test_open_course_keeps_enough_questions(school: School) -> None:
    course = school.draft()
    school.slides(course)
    school.quiz(course)
    school.opened(course)
    question = desk.questions_of(course)[0]
    with pytest.raises(Conflict, match="少于每次抽取"):
        actions.retire_question(actor=school.teacher, question=question)
    with pytest.raises(Invalid, match="题库只有"):
        actions.set_quiz(actor=school.teacher, course=course, draw=9, attempts=1, minutes=5, pass_percent=60)
