"""The API: the same course from its making to its certificate, and the refusals."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.education.models import Lesson
from tests.wings.api.callers import caller_of
from tests.wings.education.conftest import School


def test_course_by_api(school: School) -> None:
    teacher = _Caller(school.teacher)
    learner = _Caller(school.of(school.member("接口学员", role="clinician")))
    today = timezone.localdate().isoformat()
    body = {"title": "接口课程", "specialty": "cardiology", "valid_from": today, "valid_to": today}
    refused = teacher.post("/courses", {**body, "hospital_id": school.other.pk, "credits": 2.0})
    assert refused.status_code == 409  # a class and a project are lacking
    made = teacher.post("/courses", {**body, "hospital_id": school.other.pk, "hours": 2.5}).json()
    course = f"/courses/{made['id']}"
    assert made["hours"] == 2.5
    lesson = teacher.post(
        f"{course}/lessons", {"kind": "slides", "title": "课件", "speaker_name": "周"}
    ).json()
    assert teacher.post(f"{course}/open", {}).status_code == 409
    now = timezone.now()
    changed = teacher.put(
        f"/lessons/{lesson['id']}",
        {
            "kind": "live", "title": "直播", "speaker_name": "周", "begins_at": now.isoformat(),
            "ends_at": (now + dt.timedelta(hours=1)).isoformat(), "place": "会议室",
        },
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    question = {"kind": "single", "text": "题", "options": ["甲", "乙"], "right": [1]}
    assert teacher.post(f"{course}/questions", question).status_code == 201
    rules = {"draw": 1, "attempts": 2, "minutes": 5, "pass_percent": 50}
    assert teacher.put(f"{course}/quiz", rules).json() == rules
    assert teacher.post(f"{course}/open", {}).json()["state"] == "open"

    assert learner.post(f"/lessons/{lesson['id']}/sign-in", {"code": "000000"}).status_code == 409
    assert learner.post(f"{course}/quiz/start", {}).status_code == 409
    assert learner.post(f"{course}/enrol", {}).json()["state"] == "active"
    code = teacher.get(f"/lessons/{lesson['id']}/code").json()["code"]
    assert learner.get(f"/lessons/{lesson['id']}/code").status_code == 403
    assert learner.post(f"/lessons/{lesson['id']}/sign-in", {"code": code}).json()["done_at"]
    attempt = learner.post(f"{course}/quiz/start", {}).json()
    assert attempt["marked"] == []
    assert "right" not in str(attempt["asked"])
    options = attempt["asked"][0]["options"]
    answers = [{"question_id": attempt["asked"][0]["id"], "options": [options.index("乙")]}]
    done = learner.post(f"/quiz-attempts/{attempt['id']}/submit", {"answers": answers}).json()
    assert (done["percent"], done["passed"], done["marked"][0]["right"]) == (100, True, [options.index("乙")])
    assert learner.get("/my-courses").json()["items"][0]["state"] == "completed"
    assert learner.get("/course-certificates").json()["total"] == 1
    assert learner.get(course).json()["quiz"] == rules
    (line,) = _Caller(school.at(school.home.org, "hospital_president")).get("/education-counts").json()
    assert (line["learners"], line["completed"], line["signed"]) == (1, 1, 1)
    assert teacher.get(f"{course}/learners").json()["items"][0]["best"] == 100


def test_others_are_refused(school: School) -> None:
    course = school.draft()
    lesson = school.recorded(course, 600)
    school.opened(course)
    school.quiz(course)
    person = school.member("接口学员", role="clinician")
    school.enrolled(course, school.of(person))
    stranger = _Caller(school.of(school.member("海盐人", hospital=_third(), role="clinician")))
    path = f"/courses/{course.pk}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/enrol", {}).status_code == 404
    learner = _Caller(school.of(person))
    assert learner.post(f"{path}/questions", {}).status_code in (403, 422)
    assert learner.get("/education-counts").status_code == 403
    beat = {"start": 0, "end": 60, "device": "d"}
    assert learner.post(f"/lessons/{lesson.pk}/beats", beat).status_code == 409  # no minute has gone by
    assert learner.post(f"/lessons/{lesson.pk}/beats", {**beat, "end": 0}).status_code == 200
    assert learner.post(f"/lessons/{lesson.pk}/beats", {**beat, "end": 0, "device": "e"}).status_code == 409
    assert learner.post(f"/lessons/{lesson.pk}/checks/7", {}).status_code == 404
    assert learner.post(f"/lessons/{lesson.pk}/read", {}).status_code == 409
    colleague = _Caller(school.of(school.member("同事", role="clinician")))
    assert colleague.post(f"/lessons/{lesson.pk}/beats", beat).status_code == 409  # has not enrolled
    office = _Caller(school.liaison)
    assert office.post(f"{path}/enrol-staff", {"person_ids": [person.pk]}).status_code == 404
    assert Lesson.objects.get().records.count() == 1


class _Caller:
    """Calls the API as one account that may make tokens, bodies as JSON."""

    def __init__(self, actor: Actor) -> None:
        self.headers = caller_of(User.objects.get(pk=actor.user_id)).headers

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> Any:
        return self._send("post", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self._send("put", path, body)

    def _send(self, method: str, path: str, body: Any) -> Any:
        send = getattr(Client(), method)
        return send(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=self.headers)


def _third() -> Any:
    from duikou.wings.hospitals.models import Hospital

    return Hospital.objects.select_related("org").get(name="海盐县中医院")
