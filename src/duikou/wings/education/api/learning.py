"""Learning: enrolment, reports of players, sign-in, quizzes, certificates. Only ever one's own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from duikou.core.errors import Conflict
from duikou.core.rest import Answer, Body, Call, Id, Limit, Offset, Page, operation, page_of
from duikou.core.scope import Actor
from duikou.wings.education import actions
from duikou.wings.education.actions import Report
from duikou.wings.education.api._shapes import (
    COURSE,
    LESSON,
    AttemptItem,
    CertificateItem,
    EnrolmentItem,
    Moment,
    attempt_item,
    certificate_item,
    enrolment_item,
    router,
)
from duikou.wings.education.models import Enrolment, Lesson, LessonRecord
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.wording import not_enrolled


def _own(actor: Actor, lesson_id: int) -> tuple[Lesson, Enrolment]:
    """A lesson with the caller's own enrolment. Raises Conflict for who has not taken the course."""
    lesson = desk.lesson(actor, lesson_id)
    found = learning.own_in(actor, lesson.course)
    if found is None:
        raise Conflict(not_enrolled())
    return lesson, found


@operation(
    router, "GET", "/my-courses", response=Page[EnrolmentItem], permission="course.learn", zh="我的课程",
    en="My courses",
)  # fmt: skip
def list_my_courses(request: Call, limit: Limit = 100, offset: Offset = 0) -> Any:
    """The latest first."""
    rows = learning.own_enrolments(request.actor)
    return page_of(rows.order_by("-enrolled_at", "-pk"), limit, offset, enrolment_item)


@operation(
    router, "POST", f"{COURSE}/enrol", response=EnrolmentItem, permission="course.learn", status=201,
    zh="选课", en="Take a course",
)  # fmt: skip
def enrol_in_course(request: Call, course_id: Id) -> Any:
    """Twice is once."""
    found = desk.find(request.actor, course_id)
    return enrolment_item(actions.enrol(actor=request.actor, course=found))


class RecordItem(Answer):
    """Progress in a lesson: seconds seen, and credited (never more than the time that went by)."""

    lesson_id: int
    position: int
    covered: int
    credited: int
    signed_at: Moment | None
    read_at: Moment | None
    done_at: Moment | None
    check: int | None = None


def _record(record: LessonRecord, check: int | None = None) -> dict[str, Any]:
    plain = {name: getattr(record, name) for name in RecordItem.model_fields if name != "check"}
    return {**plain, "check": check}


class ReportBody(Body):
    """A stretch that was shown, in whole seconds of the lesson; `sent_at` by the player's clock (epoch)."""

    start: Annotated[int, Field(ge=0, le=10**6)]
    end: Annotated[int, Field(ge=0, le=10**6)]
    device: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
    sent_at: Annotated[int, Field(ge=0, le=10**11)] | None = None


@operation(
    router, "POST", f"{LESSON}/beats", response=RecordItem, permission="course.learn", zh="报告播放",
    en="Report what was shown",
)  # fmt: skip
def report_beat(request: Call, lesson_id: Id, body: ReportBody) -> Any:
    """Every 10 s or so while playing. `check`: a question whether somebody is there, to be answered."""
    lesson, found = _own(request.actor, lesson_id)
    report = Report(body.start, body.end, body.device, body.sent_at)
    progress = actions.beat(actor=request.actor, enrolment=found, lesson=lesson, report=report)
    return _record(progress.record, progress.check.pk if progress.check else None)


@operation(
    router, "POST", f"{LESSON}/checks/{{check_id}}", response=RecordItem, permission="course.learn",
    zh="在场确认", en="Say that one is there",
)  # fmt: skip
def answer_check(request: Call, lesson_id: Id, check_id: Id) -> Any:
    """Within the time that the question leaves; later, what was played meanwhile does not count."""
    lesson, found = _own(request.actor, lesson_id)
    return _record(actions.answer_check(actor=request.actor, enrolment=found, lesson=lesson, check=check_id))


@operation(
    router, "POST", f"{LESSON}/read", response=RecordItem, permission="course.learn", zh="确认读完课件",
    en="Say that slides were read",
)  # fmt: skip
def read_slides(request: Call, lesson_id: Id) -> Any:
    """Not before the reading time has gone by."""
    lesson, found = _own(request.actor, lesson_id)
    return _record(actions.read_slides(actor=request.actor, enrolment=found, lesson=lesson))


class Code(Body):
    """The code that the speaker shows."""

    code: Annotated[str, Field(min_length=1, max_length=12, pattern=r"^[0-9 ]+$")]


@operation(
    router, "POST", f"{LESSON}/sign-in", response=RecordItem, permission="course.learn", zh="签到",
    en="Sign in to a lesson",
)  # fmt: skip
def sign_in_to_lesson(request: Call, lesson_id: Id, body: Code) -> Any:
    """Inside the window; after five wrong codes one has to wait."""
    lesson, found = _own(request.actor, lesson_id)
    return _record(actions.sign_in(actor=request.actor, enrolment=found, lesson=lesson, code=body.code))


@operation(
    router, "POST", f"{COURSE}/quiz/start", response=AttemptItem, permission="course.learn", zh="开始测验",
    en="Begin the quiz",
)  # fmt: skip
def start_quiz(request: Call, course_id: Id) -> Any:
    """Or go on with the attempt that is open."""
    found = learning.own_in(request.actor, desk.find(request.actor, course_id))
    if found is None:
        raise Conflict(not_enrolled())
    return attempt_item(actions.start(actor=request.actor, enrolment=found))


class Given(Body):
    """What was ticked for one question: places of options, from 0."""

    question_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    options: Annotated[list[Annotated[int, Field(ge=0, le=7)]], Field(max_length=8)]


class Answers(Body):
    """An attempt as it is handed in."""

    answers: Annotated[list[Given], Field(max_length=200)]


@operation(
    router, "GET", "/quiz-attempts/{attempt_id}", response=AttemptItem, permission="course.learn",
    zh="一次测验", en="An attempt",
)  # fmt: skip
def get_attempt(request: Call, attempt_id: Id) -> Any:
    """Only one's own."""
    return attempt_item(learning.attempt(request.actor, attempt_id))


@operation(
    router, "POST", "/quiz-attempts/{attempt_id}/submit", response=AttemptItem, permission="course.learn",
    zh="交卷", en="Hand in an attempt",
)  # fmt: skip
def submit_attempt(request: Call, attempt_id: Id, body: Answers) -> Any:
    """Too late counts as used, with nothing right. The same answers twice are one."""
    found = learning.attempt(request.actor, attempt_id)
    answers = {str(one.question_id): one.options for one in body.answers}
    return attempt_item(actions.submit(actor=request.actor, attempt=found, answers=answers))


@operation(
    router, "GET", "/course-certificates", response=Page[CertificateItem], permission="course.view",
    zh="课程证书", en="Certificates of courses",
)  # fmt: skip
def list_course_certificates(request: Call, limit: Limit = 100, offset: Offset = 0) -> Any:
    """One's own, of the own staff, of the courses taught."""
    rows = learning.certificates(request.actor)
    return page_of(rows.order_by("-issued_at", "-pk"), limit, offset, certificate_item)
