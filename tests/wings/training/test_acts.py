"""From the offered place to the appraisal: who may do what, and what is refused with which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.training import actions
from duikou.wings.training.models import Absence, Appraisal, Place, Traineeship
from duikou.wings.training.queries import away, in_training
from duikou.wings.training.queries.places import turns
from duikou.wings.training.queries.trainees import counted, latest_counted
from tests.wings.posted import FIRST, LAST, traineeship_of
from tests.wings.training.conftest import APRIL, JUNE, MARCH, Scene

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + dt.timedelta(days=1)
NEXT = LAST + dt.timedelta(days=1)


def test_the_chain_from_place_to_appraisal(scene: Scene) -> None:
    place = scene.place(free=True)
    one = scene.apply(place=place, pairing=None)
    assert (one.state, one.pairing, one.free, one.specialty) == ("applied", scene.pairing, True, "cardiology")
    actions.accept(actor=scene.head, traineeship=one)
    actions.arrive(actor=scene.host, stay=one, on=dt.date(2014, 3, 3))
    assert (one.state, one.first_day, one.last_day) == ("in_training", dt.date(2014, 3, 3), LAST)
    assert list(in_training(scene.supporter, APRIL)) == list(away(scene.recipient, APRIL)) == [one]
    assert not in_training(scene.supporter, MARCH)
    actions.take_leave(actor=scene.host, stay=one, first_day=APRIL, last_day=APRIL, reason="探亲")
    appraise(scene, one, kind="midterm", on=JUNE)
    actions.end(actor=scene.host, stay=one, on=LAST)
    appraise(scene, one)
    done = AuditEvent.objects.filter(target_type="training.traineeship", target_id=str(one.pk))
    assert [event.action for event in done.order_by("number")] == [
        "training.apply", "training.accept", "training.arrive", "training.absence",
        "training.appraise", "training.end", "training.appraise",
    ]  # fmt: skip
    found = counted(scene.host, 2014)
    assert (found.all, found.free, found.together) == (1, 1, 0)
    assert latest_counted(scene.host) == found
    assert counted(scene.host, 2015).all == 0
    stranger = scene.at(scene.stranger(), "hospital_liaison")
    assert latest_counted(stranger) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"planned_from": LAST, "planned_to": FIRST}, "早于第一天"),
        ({"planned_to": dt.date(2030, 1, 1)}, "超出结对期限：两院在"),
        ({"planned_from": dt.date(2012, 1, 1)}, "超出结对期限：两院在"),
        ({"route": "magic"}, "没有这个途径"),
        ({"route": "secondment"}, "规则 PER-04"),
        ({"pairing": None}, "请选择结对关系"),
    ],
)
def test_applications_that_make_no_sense(scene: Scene, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        scene.apply(**values)
    assert not Traineeship.objects.exists()


def test_who_may_be_sent(scene: Scene) -> None:
    other = scene.person("乙", scene.stranger())
    with pytest.raises(Denied):
        scene.apply(other)
    with pytest.raises(Invalid, match="不属于"):
        scene.apply(other, actor=scene.at(other.hospital, "hospital_liaison"))
    with pytest.raises(Invalid, match="离任"):
        scene.apply(scene.person(left_on=MARCH))
    nobody = scene.person("丙")
    nobody.specialty = ""
    with pytest.raises(Invalid, match="请选择进修的专业"):
        scene.apply(nobody)
    with pytest.raises(Invalid, match="不能到本院进修"):
        scene.apply(scene.person("丁", scene.supporter), actor=scene.host, place=scene.place(), pairing=None)
    elsewhere = Department.objects.create(hospital=scene.recipient, specialty="cardiology", name="甲科")
    with pytest.raises(Invalid, match="所选科室不属于"):
        scene.apply(host_department=elsewhere)


def test_routes_of_residents_and_seconded_managers(scene: Scene) -> None:
    resident = scene.apply(route="residency")
    manager = scene.apply(scene.person("乙"), route="secondment", post="医务科副科长")
    assert (resident.route, manager.post) == ("residency", "医务科副科长")


def test_each_side_acts_for_itself(scene: Scene) -> None:
    with pytest.raises(Denied):
        scene.apply(actor=scene.host)
    with pytest.raises(Denied):
        scene.place(actor=scene.home)
    one = scene.apply()
    for act in (
        lambda: actions.accept(actor=scene.at(scene.recipient, "hospital_president"), traineeship=one),
        lambda: actions.accept(actor=scene.host, traineeship=one),
        lambda: actions.withdraw(actor=scene.host, traineeship=one, reason="不派"),
        lambda: actions.refuse(actor=scene.home, traineeship=one, reason="不派"),
        lambda: actions.arrive(actor=scene.home, stay=one, on=MARCH),
        lambda: actions.appraise(actor=scene.home, stay=one, year=2014, passed=True, on=JUNE),
        lambda: scene.team(actor=scene.home),
    ):
        with pytest.raises(Denied):
            act()


def test_partners_come_first_and_why(scene: Scene) -> None:
    place = scene.place()
    stranger = scene.person("外院", scene.stranger())
    late = scene.apply(
        stranger, actor=scene.at(stranger.hospital, "hospital_liaison"), place=place, pairing=None
    )
    partner = scene.apply(scene.person("伙伴"), place=place)
    assert late.pairing is None
    order = turns(place)
    assert [(turn.number, turn.traineeship) for turn in order] == [(1, partner), (2, late)]
    assert "AGR-11" in order[0].why
    assert "非结对医院" in order[1].why
    with pytest.raises(Invalid, match="伙伴 排在前面"):
        actions.accept(actor=scene.head, traineeship=late)
    actions.accept(actor=scene.head, traineeship=late, reason="伙伴医院同意延后")
    assert (late.state, late.reason) == ("accepted", "伙伴医院同意延后")
    with pytest.raises(Conflict, match="同时接收 1 人，2014-03-01 已有 1 人"):
        actions.accept(actor=scene.head, traineeship=partner)
    with pytest.raises(Invalid, match="超出名额的日期"):
        actions.arrive(actor=scene.host, stay=late, on=dt.date(2014, 2, 1))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first_day": LAST, "last_day": FIRST}, "早于第一天"),
        ({"places": 0}, "应为 1 到"),
        ({"specialty": ""}, "请选择专业"),
        ({"note": "字" * 301}, "300"),
    ],
)
def test_places_that_make_no_sense(scene: Scene, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        scene.place(**values)


def test_what_a_place_refuses(scene: Scene) -> None:
    place = scene.place(first_day=APRIL)
    with pytest.raises(Invalid, match="超出名额的日期"):
        scene.apply(place=place)
    with pytest.raises(Invalid, match="另一个专业"):
        scene.apply(place=place, planned_from=APRIL, specialty="neurology")
    actions.close_place(actor=scene.host, place=place, on=timezone.localdate(), reason="科室装修")
    with pytest.raises(Conflict, match="已停止接收"):
        actions.close_place(actor=scene.host, place=place, on=timezone.localdate(), reason="科室装修")
    with pytest.raises(Invalid, match="停止接收"):
        scene.apply(place=place, planned_from=APRIL)


def test_a_whole_team_is_applied_for_together(scene: Scene) -> None:
    people = [scene.person("甲"), scene.person("乙")]
    values: dict[str, Any] = {"pairing": scene.pairing, "planned_from": FIRST, "planned_to": LAST}
    with pytest.raises(Invalid, match="TRN-03"):
        actions.apply_together(actor=scene.home, people=people[:1], **values)
    scene.apply(people[1])
    with pytest.raises(Conflict, match="另一段进修"):
        actions.apply_together(actor=scene.home, people=people, **values)
    assert Traineeship.objects.count() == 1  # nobody of the team
    Traineeship.objects.all().delete()
    one, two = actions.apply_together(actor=scene.home, people=people, **values)
    assert one.together == two.together is not None


def test_two_traineeships_of_a_person_never_overlap(scene: Scene) -> None:
    person = scene.person()
    first = scene.apply(person)
    with pytest.raises(Conflict, match="另一段进修"):
        scene.apply(person, planned_from=LAST, planned_to=LAST)
    later = scene.apply(person, planned_from=NEXT, planned_to=dt.date(2014, 12, 31))
    for changes in ({"first_day": LAST}, {"first_day": FIRST, "last_day": LAST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Traineeship.objects.filter(pk=later.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        traineeship_of(scene.pairing, "甲", person=person)
    actions.withdraw(actor=scene.home, traineeship=first, reason="改派他人")
    traineeship_of(scene.pairing, "甲", person=person)  # a withdrawn one stands in nobody's way
    with pytest.raises(IntegrityError), transaction.atomic():
        Traineeship.objects.filter(pk=first.pk).update(state="applied")


def test_an_arrival_that_runs_into_another_traineeship(scene: Scene) -> None:
    person = scene.person()
    first = scene.ended(person, planned_to=APRIL)
    second = scene.accepted(person, planned_from=JUNE)
    with pytest.raises(Conflict, match="另一段进修"):
        actions.arrive(actor=scene.host, stay=second, on=first.last_day)
    second.refresh_from_db()
    assert second.state == "accepted"


def test_what_arrival_and_end_refuse(scene: Scene) -> None:
    one = scene.apply()
    with pytest.raises(Conflict):
        actions.arrive(actor=scene.host, stay=one, on=MARCH)
    actions.accept(actor=scene.head, traineeship=one)
    with pytest.raises(Conflict, match="尚未报到"):
        actions.end(actor=scene.host, stay=one, on=JUNE)
    for day, said in ((TOMORROW, "之后"), (NEXT, "晚于计划"), (dt.date(2012, 1, 1), "结对期限")):
        with pytest.raises(Invalid, match=said):
            actions.arrive(actor=scene.host, stay=one, on=day)
    actions.arrive(actor=scene.host, stay=one, on=MARCH)
    with pytest.raises(Conflict):
        actions.arrive(actor=scene.host, stay=one, on=MARCH)  # twice
    with pytest.raises(Invalid, match="须写明理由"):
        actions.end(actor=scene.home, stay=one, on=JUNE)
    with pytest.raises(Invalid, match="早于"):
        actions.end(actor=scene.host, stay=one, on=dt.date(2014, 2, 20))


def test_an_early_end_cuts_absence_and_rotation(scene: Scene) -> None:
    one = scene.studying()
    ward, _head = scene.ward()
    over = _absence(scene, one, dt.date(2014, 5, 25), dt.date(2014, 6, 20))
    after = actions.plan_rotation(
        actor=scene.host, traineeship=one, department=ward, first_day=dt.date(2014, 7, 1), last_day=LAST
    )
    actions.end(actor=scene.home, stay=one, on=JUNE, reason="本院急需")
    over.refresh_from_db()
    after.refresh_from_db()
    assert (over.last_day, over.withdrawn_at, after.withdrawn_at is None) == (JUNE, None, False)
    assert one.last_day == JUNE


def _absence(scene: Scene, one: Traineeship, first: dt.date, last: dt.date) -> Absence:
    return actions.take_leave(actor=scene.host, stay=one, first_day=first, last_day=last, reason="事假")


def test_what_absence_refuses(scene: Scene) -> None:
    with pytest.raises(Conflict, match="没有报到"):
        _absence(scene, scene.accepted(), APRIL, APRIL)
    one = scene.studying(scene.person("乙"))
    with pytest.raises(Invalid, match="早于第一天"):
        _absence(scene, one, JUNE, APRIL)
    with pytest.raises(Invalid, match="超出进修日期"):
        _absence(scene, one, LAST, NEXT)
    absence = _absence(scene, one, APRIL, JUNE)
    with pytest.raises(Conflict, match="已登记请假"):
        _absence(scene, one, JUNE, LAST)
    actions.withdraw_leave(actor=scene.host, leave=absence, reason="没有请")
    _absence(scene, one, APRIL, JUNE)
    with pytest.raises(Conflict):
        actions.withdraw_leave(actor=scene.host, leave=absence, reason="没有请")


def test_days_are_put_right_with_a_trail(scene: Scene) -> None:
    one = scene.ended()
    absence = _absence(scene, one, MARCH, dt.date(2014, 3, 2))

    def correct(**more: Any) -> Traineeship:
        values = {"arrived_on": APRIL, "left_on": LAST, "reason": "误登", **more}
        return actions.correct_days(actor=scene.host, stay=one, **values)

    with pytest.raises(Invalid, match="在更正后的进修日期之外"):
        correct()
    actions.withdraw_leave(actor=scene.host, leave=absence, reason="误登")
    for changes, said in (({"left_on": None}, "必须填写"), ({"reason": " "}, "理由")):
        with pytest.raises(Invalid, match=said):
            correct(**changes)
    correct()
    event = AuditEvent.objects.filter(action="training.correct_days").latest("number")
    assert (event.before["arrived_on"], event.after["arrived_on"]) == ("2014-03-01", "2014-04-01")
    assert one.first_day == APRIL


def test_a_leap_day_is_a_day_like_others(scene: Scene) -> None:
    leap = dt.date(2016, 2, 29)
    Pairing.objects.filter(pk=scene.pairing.pk).update(end=dt.date(2016, 12, 31))
    scene.pairing.refresh_from_db()
    one = scene.studying(planned_from=leap, planned_to=leap)
    assert list(in_training(scene.supporter, leap)) == [one]
    appraise(scene, one, year=2016, on=leap)


def appraise(scene: Scene, one: Traineeship, **more: Any) -> Appraisal:
    values = {"year": 2014, "passed": True, "on": LAST, **more}
    return actions.appraise(actor=values.pop("actor", scene.host), stay=one, **values)


def test_an_appraisal_is_replaced_with_a_reason(scene: Scene) -> None:
    one = scene.ended()
    first = appraise(scene, one, passed=False)
    with pytest.raises(Invalid, match="理由"):
        appraise(scene, one)
    second = appraise(scene, one, reason="复核后更正")
    first.refresh_from_db()
    assert (first.replaced_at is None, first.replaced_reason) == (False, "复核后更正")
    assert one.appraisals.get(replaced_at=None) == second
    for changes, said in (
        ({"year": 2015}, "2015 年没有进修"),
        ({"on": TOMORROW}, "之后"),
        ({"on": dt.date(2014, 1, 1)}, "早于"),
        ({"kind": "magic"}, "没有这种考核"),
    ):
        with pytest.raises(Invalid, match=said):
            appraise(scene, one, **changes)


def test_the_head_of_the_department_appraises_the_own_trainees_only(scene: Scene) -> None:
    ward, head = scene.ward()
    _other, stranger = scene.ward("演示外科")
    one = scene.ended(host_department=ward)
    assert appraise(scene, one, actor=head).passed
    with pytest.raises(Denied):
        appraise(scene, one, actor=stranger, reason="x")


def test_of_two_who_act_at_once_one_wins(scene: Scene) -> None:
    one = scene.apply()
    seen = one.version
    actions.accept(actor=scene.head, traineeship=Traineeship.objects.get(pk=one.pk), version=seen)
    with pytest.raises(Conflict):
        actions.refuse(actor=scene.head, traineeship=one, reason="x", version=seen)


def test_the_database_itself_holds_the_rules(scene: Scene) -> None:
    place = scene.place()
    for change in ({"last_day": dt.date(2014, 1, 1)}, {"places": 0}, {"closed_on": APRIL}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Place.objects.filter(pk=place.pk).update(**change)


def test_somebody_renamed_or_moved_changes_no_old_traineeship(scene: Scene) -> None:
    one = scene.ended()
    before = (one.recipient_id, one.home_path, one.title)
    person = one.person
    person.name, person.title, person.hospital = "甲某", "主任医师", scene.stranger()
    person.save()
    one.refresh_from_db()
    assert (one.recipient_id, one.home_path, one.title) == before
