"""The acts of the postings wing for programs: the same permissions and refusals as on pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duikou.core.models import AuditEvent, User
from duikou.wings.hospitals.models import Hospital
from tests.wings.posted import FIRST, LAST, account_of
from tests.wings.postings.conftest import Scene, user_at

pytestmark = pytest.mark.django_db
Ask = Callable[..., tuple[int, Any]]


def caller(user: User) -> Ask:
    """Asks the API in a signed-in browser; a body makes it a POST."""
    client = Client()
    client.force_login(user)

    def ask(path: str, body: Any = None) -> tuple[int, Any]:
        path = f"/api/v1/{path}"
        answer = (
            client.get(path) if body is None else client.post(path, body, content_type="application/json")
        )
        return answer.status_code, answer.json()

    return ask


def at(hospital: Hospital, role: str = "hospital_liaison") -> Ask:
    return caller(user_at(hospital, role))


def test_leave_return_correction_and_early_end(scene: Scene) -> None:
    posting = scene.on_post()
    host, sender, stranger = at(scene.recipient), at(scene.supporter), at(_elsewhere(scene))
    one = f"postings/{posting.pk}"
    away = {"first_day": "2014-04-01", "last_day": "2014-04-10", "reason": "探亲"}
    assert sender(f"{one}/leave", away)[0] == 403
    assert host(f"{one}/leave", away)[0] == 201
    assert host(f"{one}/leave", away)[0] == 409
    (leave,) = host(f"{one}/leaves")[1]
    back = {"on": "2014-04-08", "reason": "提前返岗"}
    assert stranger(f"{one}/leaves")[0] == stranger(f"posting-leaves/{leave['id']}/return", back)[0] == 404
    assert sender(f"posting-leaves/{leave['id']}/return", back)[0] == 403
    assert host(f"posting-leaves/{leave['id']}/return", {**back, "on": "2014-04-01"})[0] == 409
    status, found = host(f"posting-leaves/{leave['id']}/return", back)
    assert (status, found["last_day"], found["withdrawn"]) == (200, "2014-04-07", False)
    assert host(f"posting-leaves/{leave['id']}/withdraw", {"reason": "误登"})[1]["withdrawn"] is True
    assert host(f"posting-leaves/{leave['id']}/withdraw", {"reason": "误登"})[0] == 409

    right = {"arrived_on": "2014-03-03", "reason": "误登"}
    assert sender(f"{one}/correct-days", right)[0] == 403
    assert host(f"{one}/correct-days", {**right, "left_on": "2014-06-01"})[0] == 409  # has not ended
    status, found = host(f"{one}/correct-days", {**right, "version": posting.version})
    assert (status, found["first_day"]) == (200, "2014-03-03")
    assert host(f"{one}/correct-days", {**right, "version": posting.version})[0] == 409

    early = {"on": "2014-06-01"}
    status, problem = sender(f"{one}/end", early)
    assert (status, "AGR-13" in str(problem)) == (409, True)
    status, found = sender(f"{one}/end", {**early, "reason": "本院急需"})
    assert (status, found["state"], found["left_on"]) == (200, "ended", "2014-06-01")

    mark = {"year": 2014, "passed": True, "on": "2014-06-02"}
    assert sender(f"{one}/appraisals", mark)[0] == 403
    assert host(f"{one}/appraisals", mark)[0] == 201
    assert host(f"{one}/appraisals", mark)[0] == 409  # replaces the first: needs a reason
    assert host(f"{one}/appraisals", {**mark, "passed": False, "reason": "复核"})[0] == 201
    assert [row["replaced"] for row in sender(f"{one}/appraisals")[1]] == [True, False]


def _elsewhere(scene: Scene) -> Hospital:
    two = (scene.supporter.pk, scene.recipient.pk)
    found = Hospital.objects.filter(state="active").exclude(pk__in=two).first()
    assert found is not None
    return found


def test_a_request_is_closed_by_its_side(scene: Scene) -> None:
    request = scene.ask()
    host, sender = at(scene.recipient), at(scene.supporter)
    one, why = f"staff-requests/{request.pk}", {"reason": "没有人"}
    assert host(f"{one}/decline", why)[0] == sender(f"{one}/withdraw", why)[0] == 403
    assert sender(f"{one}/decline", {**why, "version": request.version + 1})[0] == 409
    assert sender(f"{one}/decline", why)[1]["state"] == "declined"
    assert host(f"{one}/withdraw", why)[0] == 409


def test_conduct_records_keep_to_their_circle(scene: Scene) -> None:
    posting = scene.on_post()
    host, sender, stranger = at(scene.recipient), at(scene.supporter), at(_elsewhere(scene))
    head = caller(user_at(scene.recipient, "department_head"))  # of the whole hospital: still no office
    me = caller(account_of(posting.person))
    told = {"kind": "dispute", "happened_on": "2014-04-01", "text": "只给两院看"}
    path = f"postings/{posting.pk}/conduct-records"
    assert [ask(path, told)[0] for ask in (sender, head, me, stranger)] == [403, 403, 403, 404]
    assert host(path, {**told, "happened_on": "2013-12-01"})[0] == 409
    status, record = host(path, told)
    assert (status, record["person"], "text" in record) == (201, posting.person.name, False)

    one = f"conduct-records/{record['id']}"
    listed = host("conduct-records")[1]["items"]
    assert [item["id"] for item in listed] == [record["id"]]
    assert "只给两院看" not in str(listed)
    assert stranger("conduct-records")[1]["total"] == 0
    before = AuditEvent.objects.filter(action="conduct.read").count()
    assert sender(one)[1]["text"] == "只给两院看"
    assert AuditEvent.objects.filter(action="conduct.read").count() == before + 1  # reading leaves a trace
    assert (stranger(one)[0], head(one)[0], me(one)[0]) == (404, 403, 403)

    assert host(f"{one}/acknowledgement", {})[0] == 403
    assert sender(f"{one}/acknowledgement", {})[1]["acknowledged"] is True
    assert sender(f"{one}/acknowledgement", {})[0] == 409
    assert host(f"{one}/answers", {"side": "supporter", "text": "x"})[0] == 403
    assert sender(f"{one}/answers", {"side": "supporter", "text": "已核实"})[0] == 201
    settled = {"on": "2014-05-01", "outcome": "和解"}
    assert sender(f"{one}/settlement", settled)[0] == 403
    assert host(f"{one}/settlement", {**settled, "on": "2014-03-01"})[0] == 409
    assert host(f"{one}/settlement", settled)[1]["settled_on"] == "2014-05-01"
    assert host(f"{one}/settlement", settled)[0] == 409

    mine = f"my-conduct-records/{record['id']}"
    assert [item["id"] for item in me("my-conduct-records")[1]] == [record["id"]]
    assert me(f"{mine}/answers", {"text": "本人说明"})[0] == 201
    assert [row["side"] for row in me(mine)[1]["answers"]] == ["supporter", "person"]
    other = caller(account_of(scene.person("同事")))
    assert (other("my-conduct-records")[1], other(mine)[0]) == ([], 404)
    assert other(f"{mine}/answers", {"text": "x"})[0] == 404


def test_days_are_those_of_the_scene(scene: Scene) -> None:
    posting = scene.on_post()
    found = at(scene.recipient)(f"postings/{posting.pk}")[1]
    assert (found["first_day"], found["last_day"]) == (FIRST.isoformat(), LAST.isoformat())
