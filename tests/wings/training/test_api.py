"""The acts of the training wing for programs: the same permissions and refusals as on pages."""

from __future__ import annotations

from typing import Any

import pytest

from duikou.wings.training.models import Traineeship
from tests.wings.posted import account_of
from tests.wings.postings.test_api import at, caller
from tests.wings.training.conftest import Scene

pytestmark = pytest.mark.django_db
DAYS = {"planned_from": "2014-03-01", "planned_to": "2014-08-31"}


def test_teams_and_rotations(scene: Scene) -> None:
    one = scene.studying()
    ward, _head = scene.ward()
    host, home, stranger = at(scene.supporter), at(scene.recipient), at(scene.stranger())
    tutors = [scene.person(name, scene.supporter) for name in ("组长", "导师")]
    team = {
        "pairing_id": scene.pairing.pk, "leader_id": tutors[0].pk, "tutor_ids": [tutors[1].pk],
        "on": "2014-03-01", "specialty": "cardiology",
    }  # fmt: skip
    assert home("tutor-teams", team)[0] == 403
    assert stranger("tutor-teams", team)[0] == 404
    assert host("tutor-teams", {**team, "tutor_ids": [one.person_id]})[0] == 404  # of the recipient
    assert host("tutor-teams", {**team, "tutor_ids": [tutors[0].pk]})[0] == 409  # the leader alone
    status, made = host("tutor-teams", team)
    assert (status, made["leader"], made["tutors"]) == (201, "组长", ["导师"])
    path = f"traineeships/{one.pk}"
    given = {"team_id": made["id"], "version": one.version}
    assert home(f"{path}/team", given)[0] == 403
    assert host(f"{path}/team", given)[1]["team_id"] == made["id"]
    assert host(f"{path}/team", given)[0] == 409

    weeks = {
        "department_id": ward.pk, "first_day": "2014-03-01", "last_day": "2014-04-30",
        "tutor_id": tutors[1].pk, "aim": "冠脉造影",
    }  # fmt: skip
    assert home(f"{path}/rotations", weeks)[0] == 403
    assert stranger(f"{path}/rotations", weeks)[0] == 404
    assert host(f"{path}/rotations", {**weeks, "last_day": "2015-01-01"})[0] == 409
    (rotation,) = host(f"{path}/rotations", weeks)[1]["rotations"]
    assert (rotation["department"], rotation["tutor"]) == (ward.name, "导师")
    assert host(f"{path}/rotations", weeks)[0] == 409
    withdrawal = f"rotations/{rotation['id']}/withdrawal"
    assert (home(withdrawal, {"reason": "x"})[0], stranger(withdrawal, {"reason": "x"})[0]) == (403, 404)
    assert host(withdrawal, {"reason": "改期"})[1]["rotations"] == []
    assert host(withdrawal, {"reason": "改期"})[0] == 409

    ended = {"on": "2014-05-01", "reason": "人员调动"}
    assert home(f"tutor-teams/{made['id']}/end", ended)[0] == 403
    assert host(f"tutor-teams/{made['id']}/end", ended)[1]["ended_on"] == "2014-05-01"
    assert host(f"tutor-teams/{made['id']}/end", ended)[0] == 409


def test_absence_return_and_corrected_days(scene: Scene) -> None:
    one = scene.studying()
    host, home = at(scene.supporter), at(scene.recipient)
    path = f"traineeships/{one.pk}"
    away = {"first_day": "2014-04-01", "last_day": "2014-04-10", "reason": "探亲"}
    (absence,) = host(f"{path}/absences", away)[1]["absences"]
    back = {"on": "2014-04-08", "reason": "提前返回"}
    gone = f"trainee-absences/{absence['id']}"
    assert home(f"{gone}/return", back)[0] == 403
    assert host(f"{gone}/return", {**back, "on": "2014-04-11"})[0] == 409
    assert host(f"{gone}/return", back)[1]["absences"][0]["last_day"] == "2014-04-07"
    assert host(f"{gone}/withdrawal", {"reason": "误登"})[1]["absences"] == []
    assert host(f"{gone}/withdrawal", {"reason": "误登"})[0] == 409
    right = {"arrived_on": "2014-03-03", "reason": "误登", "version": one.version}
    assert home(f"{path}/correct-days", right)[0] == 403
    assert host(f"{path}/correct-days", {**right, "left_on": "2014-06-01"})[0] == 409
    assert host(f"{path}/correct-days", right)[1]["first_day"] == "2014-03-03"
    assert host(f"{path}/correct-days", right)[0] == 409


def test_places_close_and_whole_teams_apply(scene: Scene) -> None:
    place = scene.place(places=2)
    host, home = at(scene.supporter), at(scene.recipient)
    people = [scene.person(name) for name in ("甲", "乙")]
    group: dict[str, Any] = {"person_ids": [one.pk for one in people], "place_id": place.pk, **DAYS}
    assert host("traineeship-groups", group)[0] in (403, 404)
    assert home("traineeship-groups", {**group, "person_ids": [people[0].pk] * 2})[0] == 409
    status, made = home("traineeship-groups", group)
    assert (status, [one["person"] for one in made]) == (201, ["甲", "乙"])
    assert len(set(Traineeship.objects.values_list("together", flat=True))) == 1
    assert home("traineeship-groups", group)[0] == 409

    closing = {"on": "2014-06-01", "reason": "科室装修", "version": place.version}
    path = f"training-places/{place.pk}/closing"
    assert home(path, closing)[0] == 403
    assert host(path, {**closing, "on": "2999-01-01"})[0] == 409
    assert host(path, closing)[1]["closed_on"] == "2014-06-01"
    assert host(path, closing)[0] == 409


def test_the_logbook_is_signed_by_its_tutor_or_head(scene: Scene) -> None:
    ward, head = scene.ward()
    one = scene.studying(host_department=ward)
    me = caller(account_of(one.person))
    written = {"on": "2014-04-01", "kind": "round", "number": 2}
    entry = me(f"my-traineeships/{one.pk}/entries", written)[1]
    signs = caller(_user(head))
    assert [row["id"] for row in signs("log-entries")[1]["items"]] == [entry["id"]]
    assert me("log-entries")[0] == 403
    assert me("my-teaching")[1]["total"] == 0
    decision = f"log-entries/{entry['id']}/decision"
    assert me(decision, {"sign": True})[0] == 403
    assert signs(decision, {"sign": False, "reason": "次数不符"})[1]["state"] == "returned"
    assert me(f"my-log-entries/{entry['id']}", {"number": 0})[0] == 422
    fixed = me(f"my-log-entries/{entry['id']}", {"number": 1})[1]
    assert (fixed["number"], fixed["state"]) == (1, "written")
    assert signs(decision, {"sign": True})[1]["state"] == "signed"
    assert me(f"my-log-entries/{entry['id']}", {"number": 3})[0] == 409
    assert signs("log-entries")[1]["total"] == 0
    other = caller(account_of(scene.person("旁人")))
    assert other(f"my-log-entries/{entry['id']}", {"number": 1})[0] == 404


def _user(actor: Any) -> Any:
    from duikou.core.models import User

    return User.objects.get(pk=actor.user_id)
