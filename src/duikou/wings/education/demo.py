"""Demonstration data (演示数据): invented courses of some supporters, and invented staff who learn.

Nobody in it exists, no credit was granted: project codes say that they are invented. Every row is marked
`demonstration`, so that `clear` finds all of it and nothing else.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

from django.db.models import Q
from django.utils import timezone

from duikou.core import documents
from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.core.pdf import pdf
from duikou.core.scope import SYSTEM
from duikou.wings.education.actions.finishing import finish
from duikou.wings.education.models import (
    Attempt,
    Course,
    CourseCertificate,
    Enrolment,
    Lesson,
    LessonRecord,
    Question,
    QuestionBatch,
    Quiz,
)
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

NOTE = "演示数据（虚构）"
PAIRS = 12
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TOPICS = (
    ("cardiology", "胸痛的识别与转诊", "急性冠脉综合征介入示教"),
    ("respiratory", "肺结节的随访", "支气管镜检查示教"),
    ("general_surgery", "急腹症的诊断", "腹腔镜胆囊切除示教"),
    ("obstetrics_gynaecology", "产后出血的处置", "产科急救示教"),
)
QUESTIONS = (
    (
        "single",
        "演示题：下列哪一项应首先进行？",
        ["评估生命体征", "等待检验结果", "办理出院"],
        [0],
        "先评估，再处置。",
    ),
    ("multiple", "演示题：转诊前应准备哪些资料？", ["病历摘要", "检查结果", "无关人员名单"], [0, 1], ""),
    ("true_false", "演示题：远程会诊的处置由治疗医院决定。", ["正确", "错误"], [0], "规则 TEL-07。"),
)
ASKED = ("id", "kind", "text", "options", "right", "explanation")
_SLIDES = """#let d = json(bytes(sys.inputs.values))
#set document(title: d.title, author: d.author)
#set page(width: 254mm, height: 143mm, margin: 18mm)
#set text(font: ("Noto Sans SC",), size: 20pt, lang: "zh", region: "cn")
#std.title(text(size: 30pt, d.title))
#d.note
#for line in d.lines { pagebreak(); heading(level: 1, line) }
"""


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent courses; the same seed gives the same data. Raises Conflict when they are there."""
    if Course.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 17)  # noqa: S311  (invented data, no secret)
    counts = dict.fromkeys(("courses", "lessons", "enrolments", "certificates"), 0)
    by_supporter: dict[int, list[Pairing]] = defaultdict(list)
    for pairing in Pairing.objects.select_related("supporter", "recipient").order_by("pk")[:PAIRS]:
        by_supporter[pairing.supporter_id].append(pairing)
    with act("demo.loaded", actor=SYSTEM, permission="course.teach") as event:
        for number, pairings in enumerate(by_supporter.values()):
            course = _course(pairings, TOPICS[number % len(TOPICS)], number)
            counts["courses"] += 1
            counts["lessons"] += course.lessons.count()
            for pairing in pairings:
                _learners(chance, course, pairing, counts)
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _course(pairings: list[Pairing], topic: tuple[str, str, str], number: int) -> Course:
    supporter: Hospital = pairings[0].supporter
    specialty, title, operation = topic
    today = timezone.localdate()
    course = Course.objects.create(
        hospital=supporter,
        scope_path=supporter.scope_path,
        title=f"{title}（演示）",
        about=f"{NOTE}。课程、学分和项目编号均为虚构。",
        specialty=specialty,
        audience=Course.Audience.CHOSEN,
        valid_from=today - 60 * DAY,
        valid_to=today + 300 * DAY,
        watch_percent=90,
        hours=3,
        credit_class=Course.CreditClass.TWO,
        credits=1,
        project_code=f"演示-{number + 1:03d}",
        state=Course.State.OPEN,
        demonstration=True,
    )
    course.hospitals.set([pairing.recipient_id for pairing in pairings])
    begins = timezone.localtime().replace(hour=14, minute=0, second=0, microsecond=0) - 20 * DAY
    slides = Lesson.objects.create(
        course=course, position=1, kind=Lesson.Kind.SLIDES, title=f"{title}：课件", speaker_name="演示讲师",
        document=_slides(course, title), demonstration=True,
    )  # fmt: skip
    held = [
        Lesson.objects.create(
            course=course, position=place, kind=kind, title=words, speaker_name="演示讲师", begins_at=at,
            ends_at=at + HOUR, place="远程教室（演示）", sign_from=at - HOUR / 4, sign_until=at + HOUR,
            required=place == 2, demonstration=True,
        )
        for place, kind, words, at in (
            (2, Lesson.Kind.LIVE, f"{title}：直播", begins),
            (3, Lesson.Kind.OPERATION, operation, begins + 7 * DAY),
            (4, Lesson.Kind.ROUND, "疑难病例讨论（演示）", begins + 30 * DAY),
        )
    ]  # fmt: skip
    held[0].requires.set([slides])
    for kind, text, options, right, why in QUESTIONS:
        Question.objects.create(
            course=course, kind=kind, text=text, options=options, right=right, explanation=why,
            demonstration=True,
        )  # fmt: skip
    Quiz.objects.create(course=course, draw=3, attempts=3, minutes=15, pass_percent=60, demonstration=True)
    return course


def _slides(course: Course, title: str) -> StoredDocument:
    values = {
        "title": title, "author": course.hospital.name, "note": NOTE,
        "lines": ["识别", "初步处置", "何时转诊", "常见错误"],
    }  # fmt: skip
    content = pdf(_SLIDES, values, moment=dt.datetime(2014, 3, 1, tzinfo=dt.UTC))
    return documents.keep(
        content, filename=f"{title}（演示）.pdf", scope_path=course.scope_path, actor=SYSTEM, kinds=("pdf",)
    )


def _learners(chance: random.Random, course: Course, pairing: Pairing, counts: dict[str, int]) -> None:
    """Invented staff of the recipient, enrolled a month ago; how far each is differs."""
    staff = Person.objects.filter(hospital=pairing.recipient_id, demonstration=True, left_on=None)
    for person in staff.select_related("department__org", "hospital").order_by("pk")[:6]:
        unit = person.department.org if person.department else None
        enrolment = Enrolment.objects.create(
            course=course, person=person, hospital=person.hospital, department=person.department,
            pairing=pairing, home_path=(unit.path if unit else None) or person.hospital.scope_path,
            teach_path=course.scope_path, by_head=chance.random() < 0.3, demonstration=True,
        )  # fmt: skip
        Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=timezone.now() - 30 * DAY)
        counts["enrolments"] += 1
        far = chance.randrange(4)  # lessons done; with all three required steps the certificate follows
        lessons = list(course.lessons.order_by("position")[: min(far, 3)])
        for lesson in lessons:
            at = lesson.begins_at or timezone.now() - 25 * DAY
            LessonRecord.objects.create(
                enrolment=enrolment,
                lesson=lesson,
                opened_at=at,
                done_at=at,
                signed_at=at if lesson.held else None,
                read_at=None if lesson.held else at,
                demonstration=True,
            )
        if far == 3:
            at = timezone.now() - chance.randrange(1, 10) * DAY
            drawn = list(course.questions.order_by("pk").values(*ASKED))
            Attempt.objects.create(
                enrolment=enrolment,
                number=1,
                drawn=drawn,
                pass_percent=60,
                started_at=at,
                due_at=at + HOUR / 4,
                answers={str(one["id"]): one["right"] for one in drawn},
                submitted_at=at + HOUR / 6,
                percent=100,
                passed=True,
                demonstration=True,
            )
            if finish(actor=SYSTEM, enrolment=enrolment, now=at + HOUR / 6):
                counts["certificates"] += 1


def clear() -> dict[str, int]:
    """Remove all of it, with what was added to it since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="course.teach") as event:
        courses = Course.objects.filter(demonstration=True)
        enrolled = Enrolment.objects.filter(
            Q(course__in=courses) | Q(demonstration=True) | Q(person__demonstration=True)
        )
        lessons = Lesson.objects.filter(course__in=courses)
        papers = list(lessons.exclude(document=None).values_list("document", flat=True))
        certificates = CourseCertificate.objects.filter(enrolment__in=enrolled)
        removed = {"certificates": certificates.delete()[0]}
        Attempt.objects.filter(enrolment__in=enrolled).delete()
        LessonRecord.objects.filter(enrolment__in=enrolled).delete()
        removed["enrolments"] = enrolled.delete()[0]
        Question.objects.filter(course__in=courses).delete()
        QuestionBatch.objects.filter(course__in=courses).delete()
        Quiz.objects.filter(course__in=courses).delete()
        removed["lessons"] = lessons.delete()[0]
        removed["courses"] = courses.delete()[0]
        StoredDocument.objects.filter(pk__in=papers).delete()
        event.note(label="演示数据", before=removed)
    return removed
