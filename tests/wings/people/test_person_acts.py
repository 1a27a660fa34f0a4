"""Entering and correcting persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.people import queries
from duikou.wings.people.actions import PersonEntry, correct_person, enter_person
from duikou.wings.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Hospital:
    return Hospital.objects.get(name="安吉县人民医院")


@pytest.fixture
def liaison(account: Callable[..., Any], hospital: Hospital) -> Any:
    return account("hospital_liaison", hospital.org.name)


@pytest.fixture
def me(liaison: Any) -> Any:
    from duikou.core.scope import actor_for

    return actor_for(liaison)


def test_it_works(me: Any, liaison: Any, hospital: Hospital) -> None:
    surgery = Department.objects.create(hospital=hospital, specialty="general_surgery", name="普外科")
    person = enter_person(
        actor=me, hospital=hospital, entry=PersonEntry(" 示例甲 ", "主任医师", "科室主任", surgery, liaison)
    )
    assert (person.name, person.department, person.user) == ("示例甲", surgery, liaison)
    correct_person(
        actor=me, person=person, version=person.version, entry=PersonEntry("示例甲", "主任医师", "副院长")
    )
    person.refresh_from_db()
    assert (person.post, person.department, person.user) == ("副院长", None, None)
    event = AuditEvent.objects.get(action="person.correct")
    assert event.before["post"] == "科室主任"
    assert event.after == {"name": "示例甲", "title": "主任医师", "post": "副院长"}
    assert event.scope_path == hospital.scope_path
    assert person.history.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "名" * 61}, "name"),
        ({"title": "职\x00称"}, "title"),
        ({"post": "职" * 41}, "post"),
        ({"left_on": timezone.localdate() + dt.timedelta(days=1)}, "left_on"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(
    me: Any, hospital: Hospital, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        enter_person(actor=me, hospital=hospital, entry=PersonEntry(**{"name": "示例甲", **changes}))
    assert set(refusal.value.fields) == {field}
    assert not Person.objects.exists()


def test_departments_and_accounts_of_other_hospitals_are_refused(
    me: Any, hospital: Hospital, account: Callable[..., Any]
) -> None:
    other = Hospital.objects.get(name="安吉县中医院")
    strange = Department.objects.create(hospital=other, specialty="general_surgery", name="普外科")
    stranger = account("hospital_liaison", other.org.name)
    with pytest.raises(Invalid) as refusal:
        enter_person(
            actor=me, hospital=hospital, entry=PersonEntry("示例甲", department=strange, user=stranger)
        )
    assert set(refusal.value.fields) == {"department", "user"}


def test_an_account_belongs_to_one_person(me: Any, liaison: Any, hospital: Hospital) -> None:
    enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例甲", user=liaison))
    with pytest.raises(Conflict):
        enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例乙", user=liaison))
    assert Person.objects.count() == 1


def test_other_hospitals_are_out_of_reach(me: Any, actor: Callable[..., Any], hospital: Hospital) -> None:
    other = Hospital.objects.get(name="安吉县中医院")
    with pytest.raises(Denied):
        enter_person(actor=me, hospital=other, entry=PersonEntry("示例甲"))
    person = enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例甲"))
    for role, place in (("city_officer", "杭州市"), ("county_officer", "安吉县"), ("auditor", "浙江省")):
        with pytest.raises(Denied):
            correct_person(actor=actor(role, place), person=person, version=1, entry=PersonEntry("改名"))
    officer = actor("city_officer", "湖州市")
    correct_person(actor=officer, person=person, version=1, entry=PersonEntry("示例乙"))


def test_of_two_correctors_the_second_is_told(me: Any, hospital: Hospital) -> None:
    first = enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例甲"))
    second = Person.objects.get(pk=first.pk)
    seen = second.version
    correct_person(actor=me, person=first, version=seen, entry=PersonEntry("示例甲", post="院长"))
    with pytest.raises(Conflict):
        correct_person(actor=me, person=second, version=seen, entry=PersonEntry("示例甲", post="副院长"))
    assert (second.post, second.version) == ("院长", seen + 1)
    assert Person.objects.get(pk=first.pk).post == "院长"
    assert AuditEvent.objects.filter(action="person.correct").count() == 1


def test_a_refused_correction_leaves_the_person_as_it_was(me: Any, liaison: Any, hospital: Hospital) -> None:
    enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例甲", user=liaison))
    person = enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例乙"))
    with pytest.raises(Conflict):
        correct_person(actor=me, person=person, version=1, entry=PersonEntry("示例丙", user=liaison))
    assert (person.name, person.user, person.version) == ("示例乙", None, 1)


def test_partners_see_no_persons(me: Any, actor: Callable[..., Any], hospital: Hospital) -> None:
    """A partner hospital sees the entry in the register, not the staff."""
    enter_person(actor=me, hospital=hospital, entry=PersonEntry("示例甲"))
    supporter = Hospital.objects.filter(supports__recipient=hospital).first()
    assert supporter is not None
    partner = actor("hospital_liaison", supporter.org.name)
    assert not queries.persons(partner).exists()
    assert hospital not in queries.staffed_hospitals(partner)
    assert queries.persons(actor("county_officer", "安吉县")).count() == 1
