"""The quiz of a course: its rules, its questions, and everybody's attempts."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.documents import clean_name
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.education import marking, questions
from duikou.wings.education import parameters as house
from duikou.wings.education.actions import _common, finishing
from duikou.wings.education.models import Attempt, Course, Enrolment, Question, QuestionBatch, Quiz

Kind = Question.Kind
MOST_OPTIONS = questions.MOST_OPTIONS
BOUNDS = {"draw": (1, 200), "attempts": (1, 20), "minutes": (1, 300), "pass_percent": (1, 100)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a teacher writes it; `right`: places of the right options, from 0."""

    kind: str
    text: str
    options: Sequence[str]
    right: Sequence[int]
    explanation: str = ""


def set_quiz(
    *, actor: Actor, course: Course, draw: int, attempts: int, minutes: int, pass_percent: int
) -> Quiz:
    """Set or change the rules of a course's quiz; attempts that were begun keep theirs."""
    given = {"draw": draw, "attempts": attempts, "minutes": minutes, "pass_percent": pass_percent}
    with act("course.set_quiz", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        for name, value in given.items():
            least, most = BOUNDS[name]
            if not least <= value <= most:
                raise refused(name, _("应为 %(least)s–%(most)s。") % {"least": least, "most": most})
        there = held.questions.filter(retired_at=None).count()
        if held.state == Course.State.OPEN and there < draw:
            raise refused("draw", _("题库只有 %(there)s 题。请先添加试题。") % {"there": there})
        quiz, _made = Quiz.objects.update_or_create(
            course=held, defaults={**given, "demonstration": held.demonstration}
        )
        event.note(after=given)
    return quiz


def add_question(*, actor: Actor, course: Course, asked: Asked) -> Question:
    """Put a question into the bank."""
    with act("course.add_question", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        if held.questions.filter(retired_at=None).count() >= questions.MOST_QUESTIONS:
            raise Conflict(_("题库最多 %(most)s 题。") % {"most": questions.MOST_QUESTIONS})
        made = Question.objects.create(course=held, demonstration=held.demonstration, **_checked(asked))
        event.note(after={"question": made.pk})
    return made


def retire_question(*, actor: Actor, question: Question) -> None:
    """Take a question out of the bank; attempts that asked it keep it."""
    course = question.course
    with act("course.retire_question", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        quiz = Quiz.objects.filter(course=held).first()
        left = held.questions.filter(retired_at=None).exclude(pk=question.pk).count()
        if held.state == Course.State.OPEN and quiz is not None and left < quiz.draw:
            raise Conflict(
                _("移除后题库只剩 %(left)s 题，少于每次抽取的 %(draw)s 题。请先添加试题。")
                % {"left": left, "draw": quiz.draw}
            )
        if not Question.objects.filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now()):
            raise Conflict(_("这道题已移除。请刷新页面。"))
        event.note(before={"question": question.pk})


def import_questions(*, actor: Actor, course: Course, filename: str, content: bytes) -> QuestionBatch:
    """Read a workbook of questions: every row right, or none is taken and the batch says what is wrong."""
    with act("course.import_questions", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        there = held.questions.filter(retired_at=None).count()
        reading = questions.read(content, questions.MOST_QUESTIONS - there)
        batch = QuestionBatch.objects.create(
            course=held,
            filename=clean_name(filename),
            taken=0 if reading.issues else len(reading.found),
            cells=reading.cells,
            issues=[one.as_json() for one in reading.issues],
            made_by_id=actor.user_id,
            demonstration=held.demonstration,
        )
        if not reading.issues:
            Question.objects.bulk_create(
                Question(course=held, demonstration=held.demonstration, **values) for values in reading.found
            )
        event.note(after={"batch": batch.pk, "taken": batch.taken, "issues": len(batch.issues)})
    return batch


def start(*, actor: Actor, enrolment: Enrolment, now: dt.datetime | None = None) -> Attempt:
    """Begin an attempt, or go on with the one that is open.

    Raises Conflict before the required lessons are done, after passing, and when no attempt is left.
    """
    moment = now or timezone.now()
    with act("course.start_quiz", actor=actor, permission=_common.LEARN, target=enrolment) as event:
        _common.own(actor, enrolment)
        held = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        _common.learning(held, finished_too=False)
        course = enrolment.course
        quiz = Quiz.objects.filter(course=course).first()
        if quiz is None:
            raise Conflict(_("这门课程没有测验。"))
        if not course.runs_on(timezone.localdate(moment)):
            raise Conflict(_("课程不在开放学习的日期内，不能测验。"))
        before = list(held.attempts.order_by("number"))
        if any(one.passed for one in before):
            raise Conflict(_("您已通过测验。"))
        if before and before[-1].submitted_at is None:
            if moment <= _last(before[-1]):
                return before[-1]
            _close(before[-1], {}, before[-1].due_at, late=True)
        if not finishing.standing_of(enrolment).lessons_done:
            raise Conflict(_("请先完成全部必修课时，再参加测验。"))
        if len(before) >= quiz.attempts:
            raise Conflict(_("测验可考 %(most)s 次，已全部用完。") % {"most": quiz.attempts})
        attempt = Attempt.objects.create(
            enrolment=held,
            number=len(before) + 1,
            drawn=_drawn(course, quiz),
            pass_percent=quiz.pass_percent,
            started_at=moment,
            due_at=moment + dt.timedelta(minutes=quiz.minutes),
            demonstration=held.demonstration,
        )
        event.note(enrolment, scope_path=enrolment.home_path, after={"attempt": attempt.number})
    return attempt


def submit(
    *,
    actor: Actor,
    attempt: Attempt,
    answers: Mapping[str, Sequence[int]],
    now: dt.datetime | None = None,
) -> Attempt:
    """Hand in an attempt, and mark it. Handed in too late it counts as used, with nothing right.

    Raises Conflict for one that was handed in with other answers: the first ones count.
    """
    moment = now or timezone.now()
    enrolment = attempt.enrolment
    with act("course.submit_quiz", actor=actor, permission=_common.LEARN, target=enrolment) as event:
        _common.own(actor, enrolment)
        held = Attempt.objects.select_for_update().get(pk=attempt.pk)
        given = marking.clean(held.drawn, answers)
        if held.submitted_at is not None:
            if held.answers == given:
                return held
            raise Conflict(_("这次测验已经交卷，答案不能再改。"))
        _close(held, given, moment, late=moment > _last(held))
        event.note(
            enrolment,
            scope_path=enrolment.home_path,
            after={"attempt": held.number, "percent": held.percent, "passed": held.passed, "late": held.late},
        )
        if held.passed:
            finishing.finish(actor=actor, enrolment=enrolment, now=moment)
    return held


def _last(attempt: Attempt) -> dt.datetime:
    return attempt.due_at + dt.timedelta(seconds=house.GRACE)


def _close(attempt: Attempt, answers: dict[str, list[int]], at: dt.datetime, *, late: bool) -> None:
    attempt.answers = answers
    attempt.submitted_at = at
    attempt.late = late
    attempt.percent = 0 if late else marking.mark(attempt.drawn, answers)
    attempt.passed = not late and attempt.percent >= attempt.pass_percent
    try:
        with transaction.atomic():
            attempt.save()
    except IntegrityError as error:
        raise Conflict(_("这次测验已经交卷，答案不能再改。")) from error


def _drawn(course: Course, quiz: Quiz) -> marking.Drawn:
    bank = list(
        course.questions.filter(retired_at=None)
        .order_by("pk")
        .values("id", "kind", "text", "options", "right", "explanation")
    )
    if len(bank) < quiz.draw:
        raise Conflict(_("题库的题不够，暂时不能测验。请与开课医院联系。"))
    return marking.draw(bank, quiz.draw, random.Random(secrets.randbits(64)))  # noqa: S311


def _checked(asked: Asked) -> dict[str, object]:
    """The columns of a question; raises Invalid at the field that is wrong."""
    if asked.kind not in Kind.values:
        raise refused("kind", _("请选择列出的一项。"))
    options = [guard.line(one, "options", _("选项"), 300) for one in asked.options if one.strip()]
    right = sorted(set(asked.right))
    if asked.kind == Kind.TRUE_FALSE:
        options = list(questions.TRUE_FALSE)
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise refused("options", _("选项应为 2–%(most)s 个。") % {"most": MOST_OPTIONS})
    if len(set(options)) != len(options):
        raise refused("options", _("选项有重复。"))
    if not right or right[0] < 0 or right[-1] >= len(options):
        raise refused("right", _("请指明正确的选项。"))
    if asked.kind != Kind.MULTIPLE and len(right) != 1:
        raise refused("right", _("单选题和判断题只有一个正确答案。"))
    return {
        "kind": asked.kind,
        "text": guard.line(asked.text, "text", _("题目"), 1000),
        "options": options,
        "right": right,
        "explanation": guard.line(asked.explanation, "explanation", "", 1000, required=False),
    }
