"""A month by hand: who can be rostered, what is in conflict at once, publishing, taking back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import NOBODY, SYSTEM, Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.models import Absence, Duty, Member, Roster, RosterRules, Shift
from duikou.wings.rosters.sheet import SENIOR, key_of, sheet_of
from tests.wings.posted import person_of
from tests.wings.rosters.conftest import MONTH, Ward

pytestmark = pytest.mark.django_db


def may(day: int) -> dt.date:
    return MONTH.replace(day=day)


def test_own_and_posted_staff_stand_in_one_roster(ward: Ward) -> None:
    roster = ward.roster()
    sheet = sheet_of(roster)
    assert {who.person.name for who in sheet.people.values()} == {"本院甲", "本院乙", "本院丙", "派驻甲"}
    roster = ward.put(roster, ward.posted, 5, ward.clinic)
    duty = Duty.objects.get()
    assert (duty.posting, duty.fixed, duty.scope_path) == (ward.posting, True, roster.scope_path)
    assert AuditEvent.objects.filter(action="roster.assign").count() == 1
    roster = ward.put(roster, ward.posted, 5, ward.night)
    assert Duty.objects.get().shift == ward.night
    ward.put(roster, ward.posted, 5, None)
    assert not Duty.objects.exists()


def test_a_posted_doctor_on_leave_is_refused(ward: Ward) -> None:
    Leave.objects.create(
        posting=ward.posting, home_path="", host_path="", first_day=may(10), last_day=may(12), reason="家事"
    )
    roster = ward.roster()
    with pytest.raises(Invalid, match="请假"):
        ward.put(roster, ward.posted, 11, ward.clinic)
    with pytest.raises(Invalid, match="请假"):
        ward.put(roster, ward.posted, 9, ward.night)  # runs into the first day of leave
    ward.put(roster, ward.posted, 13, ward.clinic)
    Leave.objects.update(withdrawn_at=dt.datetime(2014, 5, 1, tzinfo=dt.UTC))
    roster.refresh_from_db()
    ward.put(roster, ward.posted, 11, ward.clinic)


def test_outside_the_posting_nobody_is_rostered(ward: Ward) -> None:
    Posting.objects.update(arrived_on=may(8), first_day=may(8), last_day=may(20))
    roster = ward.roster()
    for day in (7, 21):
        with pytest.raises(Invalid, match="不在派驻期内"):
            ward.put(roster, ward.posted, day, ward.clinic)
    ward.put(roster, ward.posted, 8, ward.clinic)


def test_an_ended_posting_shows_what_was_rostered_before(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.posted, 20, ward.clinic)
    Posting.objects.update(state="ended", left_on=may(15), last_day=may(15))
    hard = sheet_of(roster).hard
    assert [(one.rule, one.staff) for one in hard] == [("busy", key_of(ward.posted.pk))]
    with pytest.raises(Invalid, match="冲突"):
        actions.publish(actor=ward.head, roster=roster, version=roster.version)


@pytest.mark.parametrize("state", ["nominated", "refused", "withdrawn"])
def test_who_is_not_agreed_on_is_not_there(ward: Ward, state: str) -> None:
    Posting.objects.update(state=state)
    with pytest.raises(Invalid, match="不在本科室"):
        ward.put(ward.roster(), ward.posted, 5, ward.clinic)


@pytest.mark.parametrize(("reason", "words"), [("home", "回派出医院"), ("training", "培训")])
def test_days_away_that_the_department_entered(ward: Ward, reason: str, words: str) -> None:
    absence = actions.add_absence(
        actor=ward.head,
        department=ward.department,
        person=ward.posted,
        first_day=may(6),
        last_day=may(6),
        reason=reason,
    )
    roster = ward.roster()
    with pytest.raises(Invalid, match=words):
        ward.put(roster, ward.posted, 6, ward.clinic)
    actions.withdraw_absence(actor=ward.head, absence=absence)
    ward.put(roster, ward.posted, 6, ward.clinic)
    with pytest.raises(Conflict, match="已经撤回"):
        actions.withdraw_absence(actor=ward.head, absence=absence)


def test_rest_is_a_conflict_at_once_and_forbids_publishing(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.night)
    roster = ward.put(roster, ward.own[0], 6, ward.clinic)
    rules = {one.rule for one in sheet_of(roster).hard}
    assert rules == {"sequence"}
    with pytest.raises(Invalid, match="值班的次日不能排门诊"):
        actions.publish(actor=ward.head, roster=roster, version=roster.version)
    roster = ward.put(roster, ward.own[0], 6, None)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    assert roster.state == "published"


def test_rest_goes_on_from_the_month_before(ward: Ward) -> None:
    april = ward.roster(dt.date(2014, 4, 1))
    ward.put(april, ward.own[0], 30, ward.night)
    roster = ward.put(ward.roster(), ward.own[0], 1, ward.clinic)
    assert [one.rule for one in sheet_of(roster).hard] == ["sequence"]


def test_a_skill_is_asked_for(ward: Ward) -> None:
    Shift.objects.filter(pk=ward.night.pk).update(skill="介入")
    roster = ward.roster()
    with pytest.raises(Invalid, match="介入"):
        ward.put(roster, ward.own[0], 5, ward.night)
    actions.set_member(
        actor=ward.head, department=ward.department, person=ward.own[0], takes_part=True, skills="介入，内镜"
    )
    ward.put(roster, ward.own[0], 5, ward.night)
    assert Member.objects.get().skills == "介入、内镜"


def test_seniors_are_counted_by_their_title(ward: Ward) -> None:
    Shift.objects.filter(pk=ward.clinic.pk).update(senior_need=1)
    junior = ward.own[0]
    junior.title = "主治医师"
    junior.save()
    roster = ward.put(ward.roster(), junior, 5, ward.clinic)
    sheet = sheet_of(roster)
    assert SENIOR not in sheet.people[key_of(junior.pk)].skills
    short = [one.text.zh for one in sheet.conflicts if one.rule == "short" and one.day == 4]
    assert any(SENIOR in text for text in short)


def test_who_does_not_take_part_is_not_there(ward: Ward) -> None:
    person = ward.own[1]
    actions.set_member(actor=ward.head, department=ward.department, person=person, takes_part=False)
    with pytest.raises(Invalid):
        ward.put(ward.roster(), person, 5, ward.clinic)


def test_nobody_works_in_two_rosters_on_a_day(ward: Ward) -> None:
    ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    other = Department.objects.create(
        hospital=ward.pairing.recipient, specialty="cardiology", name="演示二科"
    )
    actions.begin(actor=SYSTEM, department=other)
    person_of(ward.pairing.recipient, "二科甲", department=other)
    second = actions.open_roster(actor=SYSTEM, department=other, month=MONTH)
    person = ward.own[0]
    person.department = other
    person.save()
    shift = Shift.objects.filter(department=other).first()
    assert shift is not None
    with pytest.raises(Invalid, match="另有安排"):
        ward_put(second, person.pk, 5, shift)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(roster=second, person=person, day=may(5), shift=shift, scope_path="")


def ward_put(roster: Roster, person: int, day: int, shift: Shift) -> Roster:
    return actions.assign(
        actor=SYSTEM,
        roster=roster,
        version=roster.version,
        person_id=person,
        day=may(day),
        shift_id=shift.pk,
    )


def test_of_two_who_change_at_once_one_wins(ward: Ward) -> None:
    roster = ward.roster()
    stale = Roster.objects.get(pk=roster.pk)
    ward.put(roster, ward.own[0], 5, ward.clinic)
    with pytest.raises(Conflict, match="他人改动"):
        ward.put(stale, ward.own[1], 5, ward.clinic)
    assert Duty.objects.count() == 1


def test_a_published_roster_is_changed_only_when_taken_back(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    assert list(queries.duties_of(ward.own[0], may(1), may(31)).values_list("day", flat=True)) == [may(5)]
    with pytest.raises(Conflict, match="收回"):
        ward.put(roster, ward.own[0], 6, ward.clinic)
    with pytest.raises(Invalid):
        actions.reopen(actor=ward.head, roster=roster, version=roster.version, reason=" ")
    actions.reopen(actor=ward.head, roster=roster, version=roster.version, reason="有人请假")
    assert not queries.duties_of(ward.own[0], may(1), may(31)).exists()
    ward.put(roster, ward.own[0], 6, ward.clinic)


def test_an_empty_roster_is_not_published(ward: Ward) -> None:
    roster = ward.roster()
    with pytest.raises(Invalid, match="还是空的"):
        actions.publish(actor=ward.head, roster=roster, version=roster.version)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"day": dt.date(2014, 6, 1)}, "day"),
    ({"person_id": 10**9}, "person"),
    ({"shift_id": 10**9}, "shift"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_cells_that_do_not_exist(ward: Ward, wrong: dict[str, Any], field: str) -> None:
    roster = ward.roster()
    values = {"person_id": ward.own[0].pk, "day": may(5), "shift_id": ward.clinic.pk, **wrong}
    with pytest.raises(Invalid) as caught:
        actions.assign(actor=ward.head, roster=roster, version=roster.version, **values)
    assert set(caught.value.fields) == {field}


def test_rosters_are_opened_once_and_with_reason(ward: Ward) -> None:
    ward.roster()
    with pytest.raises(Conflict, match="已经有了"):
        ward.roster()
    for month in (dt.date(1999, 1, 1), dt.date(2999, 1, 1)):
        with pytest.raises(Invalid) as caught:
            ward.roster(month)
        assert set(caught.value.fields) == {"month"}
    empty = Department.objects.create(hospital=ward.pairing.recipient, specialty="icu", name="演示空科")
    with pytest.raises(Invalid, match="还没有排班规则"):
        actions.open_roster(actor=SYSTEM, department=empty, month=MONTH)
    actions.begin(actor=SYSTEM, department=empty)
    with pytest.raises(Invalid, match="没有可排班的人员"):
        actions.open_roster(actor=SYSTEM, department=empty, month=MONTH)


def test_others_see_and_do_nothing(ward: Ward, pairing: Any, user_elsewhere: Actor) -> None:
    roster = ward.roster()
    for actor in (NOBODY, user_elsewhere):
        with pytest.raises(Missing):
            queries.find_roster(actor, roster.pk)
        with pytest.raises(Denied):
            actions.assign(
                actor=actor,
                roster=roster,
                version=1,
                person_id=ward.own[0].pk,
                day=may(5),
                shift_id=ward.clinic.pk,
            )
        with pytest.raises(Denied):
            actions.begin(actor=actor, department=ward.department)


@pytest.fixture
def user_elsewhere(pairing: Any) -> Actor:
    """The head of another department of the same hospital."""
    from duikou.core.models import RoleGrant, User
    from duikou.core.scope import actor_for
    from duikou.wings.hospitals.units import unit_of

    other = Department.objects.create(hospital=pairing.recipient, specialty="icu", name="演示他科")
    user = User.objects.create(username="other-head")
    RoleGrant.objects.create(
        user=user, role="department_head", org=unit_of(other), valid_from=dt.date(2014, 1, 1)
    )
    return actor_for(user)


# ---------------------------------------------------------------- rules


def values_of(shift: Shift, **changed: Any) -> dict[str, Any]:
    from duikou.wings.rosters.actions.rules import SHIFT_FIELDS

    return {name: getattr(shift, name) for name in SHIFT_FIELDS} | changed


def test_the_rules_begin_once(ward: Ward) -> None:
    actions.begin(actor=ward.head, department=ward.department)
    assert (RosterRules.objects.count(), Shift.objects.count()) == (1, 3)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minutes": 10}, "minutes"),
        ({"minutes": 5000}, "minutes"),
        ({"mark": "门"}, "mark"),
        ({"name": " "}, "name"),
        ({"senior_need": 9}, "senior_need"),
        ({"kind": "flying"}, "kind"),
    ],
)
def test_shifts_that_are_refused(ward: Ward, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        actions.keep_shift(
            actor=ward.head,
            department=ward.department,
            values=values_of(ward.night, **changed),
            shift=ward.night,
        )
    assert set(caught.value.fields) == {field}


def test_a_shift_in_use_keeps_its_times(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    with pytest.raises(Invalid) as caught:
        actions.keep_shift(
            actor=ward.head,
            department=ward.department,
            values=values_of(ward.clinic, minutes=480),
            shift=ward.clinic,
        )
    assert set(caught.value.fields) == {"minutes"}
    actions.keep_shift(
        actor=ward.head,
        department=ward.department,
        values=values_of(ward.clinic, weekday_need=2),
        shift=ward.clinic,
    )
    actions.retire_shift(actor=ward.head, shift=ward.clinic)
    with pytest.raises(Invalid, match="停用"):
        ward.put(roster, ward.own[1], 5, ward.clinic)
    assert len(sheet_of(roster).duties) == 1


def test_limits_change_once_for_each_reading(ward: Ward) -> None:
    from duikou.wings.rosters.actions.rules import LIMITS

    rules = RosterRules.objects.get()
    values = {name: getattr(rules, name) for name in LIMITS} | {"max_run": 3}
    actions.set_limits(actor=ward.head, rules=rules, version=1, values=values)
    assert RosterRules.objects.get().max_run == 3
    with pytest.raises(Conflict):
        actions.set_limits(actor=ward.head, rules=rules, version=1, values=values)
    with pytest.raises(Invalid) as caught:
        actions.set_limits(actor=ward.head, rules=rules, version=2, values={**values, "max_run": 0})
    assert set(caught.value.fields) == {"max_run"}


def test_days_away_that_are_refused(ward: Ward) -> None:
    def away(**changed: Any) -> Absence:
        given = {"person": ward.own[0], "first_day": may(5), "last_day": may(6), "reason": "leave"}
        return actions.add_absence(actor=ward.head, department=ward.department, **{**given, **changed})

    stranger = person_of(ward.pairing.recipient, "外科甲")
    for changed, field in (
        ({"last_day": may(4)}, "last_day"),
        ({"last_day": dt.date(2016, 1, 1)}, "last_day"),
        ({"reason": "sleep"}, "reason"),
        ({"person": stranger}, "person"),
    ):
        with pytest.raises(Invalid) as caught:
            away(**changed)
        assert set(caught.value.fields) == {field}
