"""Pages of the wing: what each shows to whom, and the way through them without script."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.education import actions, questions
from duikou.wings.education.models import (
    Attempt,
    Beat,
    Course,
    CourseCertificate,
    Enrolment,
    Lesson,
    Question,
)
from duikou.wings.education.queries.waiting import waits_for
from tests.wings.education.conftest import PDF, School


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def post(client: Client, path: str, data: Any = None, status: int = 302, **more: Any) -> Any:
    answer = client.post(path, data or {}, **more)
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-2000:])
    return answer


def waiting(actor: Actor) -> dict[str, int]:
    found: list[Waiting] = list(waits_for(actor))
    return {one.kind: one.count for one in found}


def test_a_teacher_makes_a_course_and_a_doctor_completes_it(school: School) -> None:
    teacher, today = client_of(school.teacher), timezone.localdate()
    given = {
        "place": f"h{school.other.pk}", "key": "k1", "title": "胸痛课程", "specialty": "cardiology",
        "language": "zh", "audience": "pairs", "valid_from": today, "valid_to": today, "watch_percent": 90,
        "hours": "3", "credits": "2", "credit_class": "2", "project_code": "P-1",
    }  # fmt: skip
    post(teacher, "/app/education/new/", {**given, "credit_class": ""}, 422)
    post(teacher, "/app/education/new/", given)
    course = Course.objects.get()
    base = f"/app/education/{course.pk}/"
    post(teacher, f"{base}open/", status=409)
    post(teacher, f"{base}lessons/new/", {"kind": "slides", "title": "", "minutes": 0}, 422)
    lesson_form = {"kind": "slides", "title": "课件一", "required": "on", "speaker_name": "周", "minutes": 0}
    post(teacher, f"{base}lessons/new/", lesson_form)
    lesson = Lesson.objects.get()
    post(teacher, f"/app/education/lessons/{lesson.pk}/slides/", {"file": _file(b"MZ")}, 422)
    post(teacher, f"/app/education/lessons/{lesson.pk}/slides/", {"file": _file(PDF)})
    post(teacher, f"{base}questions/new/", {"kind": "true_false", "text": "题", "right": "A"})
    post(teacher, f"{base}quiz/", {"draw": 1, "attempts": 1, "minutes": 5, "pass_percent": 100})
    assert "题库 1 题" in page(teacher, f"{base}questions/")
    post(teacher, f"{base}open/")

    learner = client_of(school.learner)
    assert "胸痛课程" in page(learner, "/app/education/?q=胸痛&open=yes&kind=slides&specialty=cardiology")
    assert "还没有选课" in page(learner, f"/app/education/lessons/{lesson.pk}/")
    post(learner, f"/app/education/lessons/{lesson.pk}/read/", status=409)
    post(learner, f"{base}enrol/")
    assert waiting(school.learner) == {"lesson_to_learn": 1}
    assert "我已读完" in page(learner, f"/app/education/lessons/{lesson.pk}/")
    file = learner.get(f"/app/education/lessons/{lesson.pk}/file/")
    assert file.content == PDF
    assert file["Content-Disposition"].startswith("attachment")
    post(learner, f"/app/education/lessons/{lesson.pk}/read/")
    assert waiting(school.learner) == {"quiz_to_take": 1}
    answer = post(learner, f"{base}quiz/start/")
    attempt = Attempt.objects.get()
    shown = page(learner, answer["Location"])
    assert "正确答案" not in shown
    post(learner, f"/app/education/attempts/{attempt.pk}/", {f"q{Question.objects.get().pk}": "0", "q9": "x"})
    assert "正确答案" in page(learner, f"/app/education/attempts/{attempt.pk}/")
    post(learner, f"/app/education/attempts/{attempt.pk}/", status=409)
    paper = CourseCertificate.objects.get()
    assert waiting(school.learner) == {"course_certificate": 1}
    assert paper.number in page(learner, f"/app/education/certificates/{paper.pk}/")
    pdf = learner.get(f"/app/education/certificates/{paper.pk}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content == learner.get(f"/app/education/certificates/{paper.pk}/pdf/").content
    credits = page(learner, "/app/credits/mine/")
    assert all(word in credits for word in ("课程学分", "胸痛课程", "P-1", "Ⅱ类 2.0"))
    public = page(Client(), f"/verify/{paper.code}/")
    assert "有效的证明" in public
    post(teacher, f"/app/education/certificates/{paper.pk}/revoke/", {"reason": "代签机密"})
    public = page(Client(), f"/verify/{paper.code}/")
    assert "不再有效" in public
    assert "代签机密" not in public


def test_who_sees_what(school: School) -> None:
    course = school.draft()
    lesson = school.slides(course)
    school.opened(course)
    found = school.enrolled(course)
    stranger = school.member("海盐人", hospital=_third())
    colleague = school.of(school.member("同事"))
    for path in (f"/app/education/{course.pk}/", f"/app/education/lessons/{lesson.pk}/"):
        assert client_of(school.of(stranger)).get(path).status_code == 404
        assert client_of(school.learner).get(path).status_code == 200
        assert client_of(school.doctor).get(path).status_code == 200
    bank = f"/app/education/{course.pk}/questions/"
    assert client_of(school.learner).get(bank).status_code == 403
    assert client_of(school.other_office).get(bank).status_code == 403
    assert client_of(school.at(school.home.org, "teacher")).get(bank).status_code == 404
    learners = f"/app/education/{course.pk}/learners/"
    assert "陈学员" in page(client_of(school.teacher), learners)
    assert "陈学员" in page(client_of(school.head), learners)
    assert "陈学员" not in page(client_of(colleague), learners)
    assert client_of(colleague).get(f"/app/education/enrolments/{found.pk}/withdraw/").status_code == 404


def test_sign_in_page_and_code_for_the_room(school: School) -> None:
    course = school.draft()
    lesson = school.live(course)
    school.opened(course)
    school.enrolled(course)
    learner, path = client_of(school.learner), f"/app/education/lessons/{lesson.pk}/"
    assert waiting(school.learner) == {"lesson_today": 1}
    shown = client_of(school.teacher).get(f"{path}code/")
    assert school.code(lesson) in shown.content.decode()
    assert int(shown["Refresh"]) >= 5
    assert learner.get(f"{path}code/").status_code == 403
    post(learner, f"{path}sign-in/", {"code": "nonsense"}, 422)
    post(learner, f"{path}sign-in/", {"code": school.code(lesson)})
    assert "陈学员" in page(client_of(school.teacher), f"{path}signed/")
    assert Enrolment.objects.get().state == "completed"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'"x"', b"null", b"\xff", b'{"from": 0, "to": 5}',
        b'{"from": "0", "to": 5, "device": "d"}',
        b'{"from": true, "to": 5, "device": "d"}', b'{"from": 0, "to": NaN, "device": "d"}',
        b'{"from": 0, "to": 1e999, "device": "d"}', b'{"from": 0, "to": 5, "device": ""}',
        b'{"from": 0, "to": 5, "device": "' + b"d" * 41 + b'"}',
        b'{"from": 0, "to": 5, "device": "a\\u0000"}',
        b'{"from": -5, "to": 5, "device": "d"}', b"[" * 3000, b'{"x": "' + b"y" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_hostile_reports_are_refused_in_words(school: School, body: bytes) -> None:
    course = school.draft()
    lesson = school.recorded(course, 600)
    school.opened(course)
    school.enrolled(course)
    answer = client_of(school.learner).post(
        f"/app/education/lessons/{lesson.pk}/beat/", body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Beat.objects.exists()


def test_reports_of_the_player_and_the_presence_part(school: School) -> None:
    course = school.draft()
    lesson = school.recorded(course, 600)
    school.opened(course)
    found = school.enrolled(course)
    learner, path = client_of(school.learner), f"/app/education/lessons/{lesson.pk}/"
    page(learner, path)
    record = found.records.get()
    record.opened_at -= dt.timedelta(seconds=30)
    record.save()

    def beat(status: int, **said: Any) -> Any:
        answer = learner.post(f"{path}beat/", json.dumps(said), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    told = beat(200, **{"from": 0, "to": 10, "device": "d1", "rate": 1})
    assert (told["position"], told["covered"], told["done"], told["check"]) == (10, 10, False, None)
    assert "speed" not in beat(409, **{"from": 10, "to": 20, "device": "d1", "rate": 4})["message"]
    assert "另一台设备" in beat(409, **{"from": 10, "to": 12, "device": "d2"})["message"]
    check = found.records.get().checks.create(place=5, asked=int(timezone.now().timestamp()))
    assert "我在观看" in page(learner, f"{path}presence/")
    post(learner, f"{path}presence/{check.pk}/")
    assert "我在观看" not in page(learner, f"{path}presence/")


def test_workbook_of_questions_with_faults_comes_back_marked(school: School) -> None:
    course = school.draft()
    teacher, base = client_of(school.teacher), f"/app/education/{course.pk}/"
    assert b"PK" in teacher.get("/app/education/questions/template/").content
    good = [("单选题", "题一", "甲", "乙", "", "B", ""), ("判断", "题二", "", "", "", "对", "因为")]
    bad = [("问答", "题三", "甲", "", "", "C", ""), ("多选", "题一", "甲", "乙", "丙", "AC", "")]
    answer = post(teacher, f"{base}questions/import/", {"file": _workbook([*good, *bad])})
    shown = page(teacher, answer["Location"])
    assert "没有导入任何试题" in shown
    assert "没有重复的题目" in shown
    assert not Question.objects.exists()
    marked = openpyxl.load_workbook(io.BytesIO(teacher.get(f"{answer['Location']}workbook/").content)).active
    last = [row[-1] for row in marked.iter_rows(min_row=2, values_only=True)]
    assert last[0] is None
    assert "题型" in last[2]
    post(teacher, f"{base}questions/import/", {"file": _workbook(good)})
    assert list(Question.objects.values_list("kind", "right")) == [("single", [1]), ("true_false", [0])]
    answer = post(teacher, f"{base}questions/import/", {"file": _file(b"not a workbook")})
    assert "Excel 工作簿" in page(teacher, answer["Location"])


def test_template_reads_back(school: School) -> None:
    reading = questions.read(questions.template_workbook(), 10)
    assert (len(reading.found), reading.issues) == (3, [])


def test_counts_for_authorities_name_nobody(school: School) -> None:
    course = school.draft()
    lesson = school.slides(course)
    found = school.enrolled(school.opened(course))
    school.read(found, lesson)
    president = client_of(school.at(school.home.org, "hospital_president"))
    for path in ("", "departments/", "teachers/", "months/"):
        shown = page(president, f"/app/education/counts/{path}")
        assert "陈学员" not in shown
        assert "1" in shown
    exported = president.get("/app/education/counts/?export=xlsx")
    assert b"PK" in b"".join(exported.streaming_content)
    third = client_of(school.at(_third().org, "hospital_president"))
    assert "还没有人选课" in page(third, "/app/education/counts/")
    assert client_of(school.learner).get("/app/education/counts/").status_code == 403


def test_head_puts_staff_into_a_course_and_takes_one_out(school: School) -> None:
    course = school.draft()
    school.slides(course)
    school.opened(course)
    head = client_of(school.head)
    path = f"/app/education/{course.pk}/enrol-staff/"
    post(head, path, {}, 422)
    post(head, path, {"persons": [school.learner_person.pk]})
    found = Enrolment.objects.get()
    post(head, f"/app/education/enrolments/{found.pk}/withdraw/", {"reason": ""}, 422)
    post(head, f"/app/education/enrolments/{found.pk}/withdraw/", {"reason": "调岗"})
    assert Enrolment.objects.get().state == "withdrawn"


def test_order_and_removal_of_lessons(school: School) -> None:
    course = school.draft()
    first, second = school.slides(course), school.slides(course, "课件二")
    teacher = client_of(school.teacher)
    post(teacher, f"/app/education/lessons/{second.pk}/up/")
    post(teacher, f"/app/education/lessons/{second.pk}/up/", status=409)
    post(teacher, f"/app/education/lessons/{first.pk}/remove/")
    assert teacher.get(f"/app/education/lessons/{first.pk}/").status_code == 404
    edit = {"kind": "slides", "title": "新名", "speaker_name": "周", "minutes": 3}
    post(teacher, f"/app/education/lessons/{second.pk}/edit/", edit)
    second.refresh_from_db()
    assert (second.title, second.required, second.minutes) == ("新名", False, 3)


def test_closing_needs_a_reason(school: School) -> None:
    course = school.draft()
    school.slides(course)
    school.opened(course)
    teacher = client_of(school.teacher)
    post(teacher, f"/app/education/{course.pk}/close/", {"reason": " "}, 422)
    post(teacher, f"/app/education/{course.pk}/close/", {"reason": "结束"})
    post(teacher, f"/app/education/{course.pk}/reopen/", {"reason": "延期"})
    post(teacher, f"/app/education/{course.pk}/edit/", {"title": ""}, 422)
    assert "延期" in page(teacher, f"/app/education/{course.pk}/")


def test_attended_lesson_proves_a_duty_of_the_pair(school: School) -> None:
    from duikou.wings.education import evidence
    from duikou.wings.obligations.models import Obligation

    course = school.draft()
    lesson = school.live(course)
    found = school.enrolled(school.opened(course))
    today = timezone.localdate()
    owed = Obligation(
        pairing=school.pairing, start=today - dt.timedelta(days=9), end=today + dt.timedelta(days=9)
    )
    kinds = evidence.KINDS["lecture"][1]
    assert evidence.offers(kinds, school.liaison, owed) == []
    actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code=school.code(lesson))
    (offer,) = evidence.offers(kinds, school.liaison, owed)
    proof = evidence.resolve(kinds, school.liaison, owed, offer.reference)
    assert proof is not None
    assert "签到 1 人" in proof.title
    assert "陈学员" not in proof.title
    assert evidence.resolve(evidence.KINDS["operation"][1], school.liaison, owed, offer.reference) is None
    assert evidence.resolve(kinds, school.liaison, owed, "lesson-x") is None


def _file(content: bytes, name: str = "x.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _workbook(rows: list[tuple[str, ...]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    book.active.append(["题型", "题目", "选项A", "选项B", "选项C", "答案", "解析"])
    for row in rows:
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("x.xlsx", buffer.getvalue())


def _third() -> Any:
    from duikou.wings.hospitals.models import Hospital

    return Hospital.objects.select_related("org").get(name="海盐县中医院")
