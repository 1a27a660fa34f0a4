"""Pages and the interface: a trainee from the offered place to the signed logbook, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.models import User
from duikou.wings.training.models import LogEntry, Place, Traineeship
from tests.wings.posted import account_of
from tests.wings.training.conftest import Scene, user_at

pytestmark = pytest.mark.django_db
DAYS = {"planned_from": "2014-03-01", "planned_to": "2014-08-31"}


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_from_the_offered_place_to_the_signed_logbook(scene: Scene) -> None:
    host = client(user_at(scene.supporter, "hospital_liaison"))
    head = client(user_at(scene.supporter, "hospital_president"))
    home = client(user_at(scene.recipient, "hospital_liaison"))
    ward, _head = scene.ward()
    person = scene.person("演示学员")
    sent = {
        "supporter": scene.supporter.pk, "department": ward.pk, "specialty": "cardiology",
        "first_day": "2014-03-01", "last_day": "2014-08-31", "places": 1,
    }  # fmt: skip
    assert host.post(reverse("training:offer"), {**sent, "places": 0}).status_code == 422
    assert host.post(reverse("training:offer"), sent).status_code == 302
    place = Place.objects.get()
    applied = {"people": [person.pk], "route": "further", **DAYS}
    url = reverse("training:apply-for", args=[place.pk])
    assert home.post(url, {**applied, "planned_to": "2014-09-01"}).status_code == 422
    assert home.post(url, applied).status_code == 302
    assert "规则 AGR-11" in host.get(reverse("training:place", args=[place.pk])).content.decode()
    assert "演示学员" not in home.get(reverse("training:place", args=[place.pk])).content.decode()
    one = Traineeship.objects.get()
    assert "待答复的进修申请" in head.get(reverse("home")).content.decode()

    def act(who: Client, name: str, **data: object) -> int:
        return who.post(reverse(f"training:{name}", args=[one.pk]), data).status_code

    assert act(host, "accept") == 403
    assert act(head, "accept", host_department=ward.pk, reason="") == 302
    assert act(host, "arrive", on="2014-03-01") == 302
    assert act(host, "arrive", on="2014-03-01") == 409
    assert (
        "进修、规培、挂职和学习的人员。 2014 年有 1 人进修"
        in host.get(reverse("training:list")).content.decode()
    )
    account = account_of(person)
    trainee = client(account)
    own = reverse("training:own", args=[one.pk])
    assert own in trainee.get(reverse("training:mine")).content.decode()
    entry = {"on": "2014-04-01", "kind": "round", "number": 2, "note": "心衰"}
    assert trainee.post(reverse("training:write", args=[one.pk]), {**entry, "number": 0}).status_code == 422
    assert trainee.post(reverse("training:write", args=[one.pk]), entry).status_code == 302
    written = LogEntry.objects.get()
    boss = client(User.objects.get(username=f"head-{ward.pk}"))
    assert "演示学员" in boss.get(reverse("training:signing")).content.decode()
    sign = reverse("training:sign", args=[written.pk])
    assert boss.post(sign, {"decision": "return", "reason": ""}).status_code == 422
    assert boss.post(sign, {"decision": "sign"}).status_code == 302
    assert "已签字" in trainee.get(own).content.decode()
    assert act(boss, "appraise", kind="final", year=2014, passed="yes", on="2014-08-31") == 302
    assert "合格" in home.get(reverse("training:detail", args=[one.pk])).content.decode()


def test_a_whole_team_in_one_form(scene: Scene) -> None:
    home = client(user_at(scene.recipient, "hospital_liaison"))
    people = [scene.person("甲").pk, scene.person("乙").pk]
    sent = {"pairing": scene.pairing.pk, "people": people, "route": "further", **DAYS}
    url = reverse("training:apply")
    assert home.post(url, {**sent, "post": "副主任"}).status_code == 422
    assert home.post(url, sent).status_code == 302
    one, other = Traineeship.objects.all()
    assert one.together == other.together is not None
    assert "同队进修" in home.get(reverse("training:detail", args=[one.pk])).content.decode()


@pytest.mark.parametrize("name", ["list", "places", "teams"])
def test_lists_cost_the_same_whatever_their_length(
    scene: Scene, name: str, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    host = client(user_at(scene.supporter, "hospital_liaison"))
    team, place = scene.team(), scene.place(places=9)
    for number in range(6):
        scene.accepted(scene.person(f"甲{number}"), place=place)
    Traineeship.objects.update(team=team)
    host.get(reverse("home"))
    with django_assert_max_num_queries(16):
        assert host.get(reverse(f"training:{name}")).status_code == 200
    for export in ("csv", "xlsx"):
        assert host.get(reverse(f"training:{name}"), {"export": export}).status_code == 200


def test_the_interface_follows_the_same_rules(scene: Scene) -> None:
    home = client(user_at(scene.recipient, "hospital_liaison"))
    head = client(user_at(scene.supporter, "hospital_president"))
    person = scene.person()
    sent = {"person_id": person.pk, "pairing_id": scene.pairing.pk, **DAYS}

    def post(who: Client, path: str, data: dict[str, object]) -> tuple[int, dict[str, object]]:
        answer = who.post(f"/api/v1/{path}", data, content_type="application/json")
        return answer.status_code, answer.json()

    status, one = post(home, "traineeships", sent)
    assert (status, one["state"]) == (201, "applied")
    assert post(home, "traineeships", sent)[0] == 409  # the same days twice
    assert post(home, "traineeships", {**sent, "pairing_id": 10**9})[0] == 404
    path = f"traineeships/{one['id']}"
    assert post(home, f"{path}/acceptance", {"version": one["version"]})[0] == 403
    status, found = post(head, f"{path}/acceptance", {"version": one["version"]})
    assert (status, found["state"]) == (200, "accepted")
    assert post(head, f"{path}/refusal", {"version": 1, "reason": "x"})[0] == 409
    listed = home.get("/api/v1/traineeships", {"state": "accepted"}).json()
    assert [item["person"] for item in listed["items"]] == ["甲"]
    stranger = client(user_at(scene.stranger(), "hospital_liaison"))
    assert stranger.get(f"/api/v1/{path}").status_code == 404
    assert stranger.get("/api/v1/traineeships").json()["total"] == 0
