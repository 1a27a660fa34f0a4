"""Tutors, rotations, logbooks: what is signed by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.scope import actor_for
from duikou.wings.obligations import evidence
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing
from duikou.wings.training import actions
from duikou.wings.training.models import LogEntry
from duikou.wings.training.queries import logbook
from duikou.wings.training.queries.places import busiest
from tests.examples import examples
from tests.wings.posted import FIRST, LAST, account_of
from tests.wings.training.conftest import APRIL, JUNE, MARCH, Scene

TOMORROW = timezone.localdate() + dt.timedelta(days=1)


@pytest.mark.django_db
def test_a_team_teaches_a_team(scene: Scene) -> None:
    team = scene.team()
    one = scene.accepted()
    actions.assign_team(actor=scene.host, traineeship=one, team=team)
    assert one.team == team
    with pytest.raises(Denied):
        actions.assign_team(actor=scene.home, traineeship=one, team=team)
    other = Pairing.objects.exclude(supporter=scene.supporter).first()
    assert other is not None
    team.pairing = other
    with pytest.raises(Invalid, match="另一对医院"):
        actions.assign_team(actor=scene.host, traineeship=one, team=team)


@pytest.mark.django_db
def test_what_a_team_refuses(scene: Scene) -> None:
    for change, said in (
        ({"leader": scene.person("乙")}, "不是"),
        ({"tutors": []}, "TRN-03"),
        ({"on": TOMORROW}, "超出结对期限"),
        ({"on": dt.date(2012, 1, 1)}, "超出结对期限"),
    ):
        with pytest.raises(Invalid, match=said):
            scene.team(**change)
    team = scene.team()
    with pytest.raises(Invalid, match="早于第一天"):
        actions.end_team(actor=scene.host, team=team, on=dt.date(2014, 1, 1), reason="x")
    actions.end_team(actor=scene.host, team=team, on=APRIL, reason="人员调整")
    with pytest.raises(Conflict, match="已经解散"):
        actions.end_team(actor=scene.host, team=team, on=APRIL, reason="人员调整")
    with pytest.raises(Invalid, match="解散"):
        actions.accept(actor=scene.head, traineeship=scene.apply(), team=team)


@pytest.mark.django_db
def test_stays_follow_each_other(scene: Scene) -> None:
    ward, _head = scene.ward()
    one = scene.apply()

    def plan(**more: Any) -> object:
        values = {"department": ward, "first_day": APRIL, "last_day": JUNE, **more}
        return actions.plan_rotation(actor=scene.host, traineeship=one, **values)

    with pytest.raises(Conflict, match="尚未接收"):
        plan()
    actions.accept(actor=scene.head, traineeship=one)
    stay = plan()
    for change, kind, said in (
        ({}, Conflict, "已安排轮转"),
        ({"first_day": JUNE, "last_day": APRIL}, Invalid, "早于第一天"),
        ({"first_day": MARCH - dt.timedelta(days=1), "last_day": MARCH}, Invalid, "超出进修日期"),
        ({"first_day": MARCH, "last_day": MARCH, "tutor": scene.person("乙")}, Invalid, "不是"),
    ):
        with pytest.raises(kind, match=said):
            plan(**change)
    actions.withdraw_rotation(actor=scene.host, rotation=stay, reason="改期")  # type: ignore[arg-type]
    plan()
    with pytest.raises(Conflict, match="已经撤回"):
        actions.withdraw_rotation(actor=scene.host, rotation=stay, reason="改期")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_tutor_of_the_stay_signs_and_nobody_else(scene: Scene) -> None:
    ward, head = scene.ward()
    tutor = scene.person("师甲", scene.supporter)
    teacher = actor_for(account_of(tutor))
    one, trainee = scene.book()
    actions.plan_rotation(
        actor=scene.host, traineeship=one, department=ward, first_day=APRIL, last_day=JUNE, tutor=tutor
    )
    inside = scene.entry(one, trainee)
    outside = scene.entry(one, trainee, on=MARCH)
    assert list(logbook.to_sign(teacher)) == list(logbook.to_sign(head)) == [inside]
    assert not logbook.to_sign(trainee)
    for actor in (trainee, scene.home):
        with pytest.raises(Denied):
            actions.sign_entry(actor=actor, entry=inside)
    with pytest.raises(Denied):
        actions.sign_entry(actor=teacher, entry=outside)
    with pytest.raises(Missing):
        logbook.entry_to_sign(teacher, outside.pk)
    with pytest.raises(Invalid, match="理由"):
        actions.return_entry(actor=teacher, entry=inside, reason="")
    actions.return_entry(actor=teacher, entry=inside, reason="次数不符")
    actions.rewrite_entry(actor=trainee, entry=inside, number=1)
    actions.sign_entry(actor=head, entry=inside)
    assert (inside.state, inside.number, inside.signed_by_id) == ("signed", 1, head.user_id)
    with pytest.raises(Conflict, match="已签字"):
        actions.rewrite_entry(actor=trainee, entry=inside, number=5)
    with pytest.raises(Conflict, match="已经签字或退回"):
        actions.sign_entry(actor=teacher, entry=inside)
    (total,) = logbook.totals(one)
    assert (total.kind, total.number, total.signed) == ("round", 3, 1)


@pytest.mark.django_db
def test_what_a_logbook_refuses(scene: Scene) -> None:
    one, trainee = scene.book()
    with pytest.raises(Denied, match="本人"):
        scene.entry(one, scene.host)
    actions.take_leave(actor=scene.host, stay=one, first_day=JUNE, last_day=JUNE, reason="事假")
    for change, said in (
        ({"kind": "magic"}, "没有这种内容"),
        ({"number": 0}, "应为 1 到"),
        ({"on": TOMORROW}, "之后"),
        ({"on": FIRST - dt.timedelta(days=1)}, "超出进修日期"),
        ({"on": JUNE}, "已登记请假"),
        ({"note": "字" * 301}, "300"),
    ):
        with pytest.raises(Invalid, match=said):
            scene.entry(one, trainee, **change)
    mine = scene.entry(one, trainee)
    with pytest.raises(Denied):
        actions.rewrite_entry(actor=scene.host, entry=mine, number=1)
    other = scene.accepted(scene.person("乙"))
    other.person.user_id = trainee.user_id
    with pytest.raises(Conflict, match="尚未报到"):
        scene.entry(other, trainee)
    assert LogEntry.objects.count() == 1


@pytest.mark.django_db
def test_stays_and_teams_are_evidence_of_their_pairing_only(scene: Scene) -> None:
    one, team = scene.studying(), scene.team()
    mine = Obligation(pairing=scene.pairing)
    other = Obligation(pairing=Pairing.objects.exclude(pk=scene.pairing.pk).first())
    for id, row, on in (("trainee", one, FIRST), ("tutoring", team, FIRST)):
        kind = evidence.kind(id)
        assert kind is not None
        assert [offer.reference for offer in kind.offers(scene.host, mine)] == [str(row.pk)]
        found = kind.resolve(scene.host, mine, str(row.pk))
        assert found is not None
        assert found.on == on
        assert kind.offers(scene.host, other) == []
        for reference in (str(row.pk), "x", "²", ""):
            assert kind.resolve(scene.host, other, reference) is None


DAYS = st.integers(0, 20).map(lambda n: FIRST + dt.timedelta(days=n))
STAYS = st.lists(st.tuples(DAYS, DAYS).map(sorted).map(tuple), max_size=6)


@settings(max_examples=examples(60))
@given(STAYS, DAYS, DAYS)
def test_the_busiest_day_is_that_of_counting_day_by_day(
    stays: list[tuple[dt.date, dt.date]], one: dt.date, two: dt.date
) -> None:
    first, last = sorted((one, two))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    counted = {day: sum(a <= day <= b for a, b in stays) for day in days}
    day, number = busiest(stays, first, last)
    assert number == max(counted.values())
    assert counted[day] == number
    assert last <= LAST
