"""How many the shifts take by day of the week and on dates of their own: engine, sheet, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import NOBODY
from duikou.wings.hospitals.models import Department
from duikou.wings.rosters import actions
from duikou.wings.rosters.board import cover_of, sheets_of
from duikou.wings.rosters.models import Need, RosterRules, Shift
from duikou.wings.rosters.needs import WEEK, Needs, needs_of
from duikou.wings.rosters.sheet import sheet_of
from tests.wings.rosters.conftest import MONTH, Ward, client


def may(day: int) -> dt.date:
    return MONTH.replace(day=day)


def asked(ward: Ward, shift: Shift) -> dict[int, int]:
    """What the engine is asked for, by day of the month."""
    demands = sheet_of(ward.roster()).problem.demands
    return {one.day + 1: one.need for one in demands if one.shift == str(shift.pk) and not one.skill}


def week(ward: Ward, shift: Shift, numbers: list[int], version: int = 1) -> RosterRules:
    return actions.set_week(
        actor=ward.head,
        rules=RosterRules.objects.select_related("department").get(),
        version=version,
        people={(shift.pk, weekday): number for weekday, number in enumerate(numbers)},
    )


def holiday(ward: Ward, **changed: Any) -> list[dt.date]:
    given: dict[str, Any] = {
        "first_day": may(1),
        "last_day": may(3),
        "people": {ward.clinic.pk: 0, ward.ward.pk: 1, ward.night.pk: 2},
        "note": "劳动节",
    }
    return actions.set_days(actor=ward.head, department=ward.department, **{**given, **changed})


@pytest.mark.django_db
def test_a_date_goes_before_the_day_of_the_week_before_the_usual(ward: Ward) -> None:
    """The 1st of May 2014 is a Thursday."""
    week(ward, ward.clinic, [3, 1, 1, 2, 1, 1, 0])
    holiday(ward)
    holiday(ward, first_day=may(10), last_day=may(10), people={ward.clinic.pk: 4}, note="调休上班")
    found = asked(ward, ward.clinic)
    assert [found[day] for day in range(1, 13)] == [0, 0, 0, 0, 3, 1, 1, 2, 1, 4, 0, 3]
    ward.night.refresh_from_db()
    sheet = sheet_of(ward.department.rosters.get())
    nights = {one.day: one.need for one in sheet.problem.demands if one.shift == str(ward.night.pk)}
    assert [nights[day] for day in range(5)] == [2, 2, 2, 1, 1]
    assert Need.objects.filter(day=None).count() == 3  # Monday, Thursday and Saturday are not as usual


@pytest.mark.django_db
def test_what_is_missing_is_told_by_the_numbers_of_the_date(ward: Ward) -> None:
    holiday(ward)
    roster = ward.put(ward.roster(), ward.own[0], 1, ward.night)
    sheet = sheet_of(roster)
    texts = [one.text.zh for one in sheet.conflicts if one.day == 0]
    assert any("值班需要 2 人，排了 1 人，缺 1 人" in text for text in texts)
    assert not any("门诊" in text for text in texts)
    cells = {line.shift.pk: line.cells[0] for line in cover_of(sheet)}
    assert (cells[ward.night.pk].there, cells[ward.night.pk].need, cells[ward.night.pk].short) == (1, 2, True)
    assert not cells[ward.clinic.pk].short
    table = sheets_of(sheet)[0]
    assert tuple(list(table.rows)[-1][:3]) == ("值班", "已排/需要", "1/2")
    page = client(ward.head).get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert "劳动节" in page
    assert ">1/2<" in page
    board = client(ward.head).get(f"/api/v1/rosters/{roster.pk}").json()
    assert [one["text"] for one in board["conflicts"]] == [one.text.zh for one in sheet.conflicts]


@pytest.mark.django_db
def test_seniors_are_no_more_than_the_date_takes(ward: Ward) -> None:
    Shift.objects.filter(pk=ward.clinic.pk).update(senior_need=1)
    holiday(ward, first_day=may(5), last_day=may(5))
    sheet = sheet_of(ward.roster())
    asked = {one.day for one in sheet.problem.demands if one.skill}
    assert 4 not in asked
    assert 5 in asked


@pytest.mark.django_db
def test_the_week_is_changed_once_for_each_reading(ward: Ward) -> None:
    week(ward, ward.clinic, [2, 2, 2, 2, 2, 0, 0])
    with pytest.raises(Conflict, match="他人改动"):
        week(ward, ward.clinic, [1] * 7, version=1)
    week(ward, ward.clinic, [1, 1, 1, 1, 1, 0, 0], version=2)
    assert not Need.objects.exists()  # all as usual again
    event = AuditEvent.objects.filter(action="roster_need.set_week").order_by("pk").first()
    assert event is not None
    assert (event.before["门诊"], event.after["门诊"]) == ([1, 1, 1, 1, 1, 0, 0], [2, 2, 2, 2, 2, 0, 0])


@pytest.mark.django_db
def test_what_is_set_again_or_dropped(ward: Ward) -> None:
    assert holiday(ward) == [may(1), may(2), may(3)]
    holiday(ward, first_day=may(3), last_day=may(4), people={ward.night.pk: 1})
    needs = needs_of(ward.department)
    assert needs.days == {
        **{(shift.pk, may(day)): number for day in (1, 2) for shift, number in
           ((ward.clinic, 0), (ward.ward, 1), (ward.night, 2))},
        (ward.night.pk, may(3)): 1,
        (ward.night.pk, may(4)): 1,
    }  # fmt: skip
    actions.drop_day(actor=ward.head, department=ward.department, day=may(1))
    assert needs_of(ward.department, may(1), may(1)) == Needs()
    with pytest.raises(Conflict, match="没有单独设定"):
        actions.drop_day(actor=ward.head, department=ward.department, day=may(1))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"last_day": dt.date(2014, 4, 30)}, "last_day"),
    ({"last_day": dt.date(2014, 6, 1)}, "last_day"),
    ({"first_day": dt.date(1999, 1, 1), "last_day": dt.date(1999, 1, 2)}, "first_day"),
    ({"people": {}}, "people"),
    ({"people": {10**9: 1}}, "people"),
    ({"note": "很" * 21}, "note"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_days_that_are_refused(ward: Ward, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        holiday(ward, **wrong)
    assert set(caught.value.fields) == {field}
    assert not Need.objects.exists()


@pytest.mark.django_db
def test_numbers_that_are_refused(ward: Ward) -> None:
    for number in (-1, 51):
        with pytest.raises(Invalid, match="0 到 50"):
            holiday(ward, people={ward.night.pk: number})
        with pytest.raises(Invalid, match="0 到 50"):
            week(ward, ward.night, [number] * 7)
    with pytest.raises(Invalid, match="星期"):
        week(ward, ward.night, [1] * 8)
    Shift.objects.filter(pk=ward.clinic.pk).update(retired_at=dt.datetime(2014, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(Invalid, match="停用"):
        holiday(ward)
    with pytest.raises(Denied):
        actions.drop_day(actor=NOBODY, department=ward.department, day=may(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.create(
            department=ward.department, shift=ward.night, scope_path="", weekday=1, day=may(1), people=1
        )


@pytest.mark.django_db
def test_the_pages(ward: Ward, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    head, pk = client(ward.head), ward.department.pk
    url = reverse("rosters:needs", args=[pk])
    page = head.get(url).content.decode()
    assert page.count('type="number"') == 21
    shifts = (ward.clinic, ward.ward, ward.night)
    sent = {f"{shift.pk}-{weekday}": 1 for shift in shifts for weekday in WEEK}
    assert head.post(url, {**sent, f"{ward.night.pk}-6": "x", "version": 1}).status_code == 422
    assert head.post(url, sent).status_code == 409  # nobody knows which rules were read
    assert head.post(url, {**sent, "version": 1}).status_code == 302
    assert Need.objects.count() == 2  # clinic at weekends; the others take one on each day as they are
    days = reverse("rosters:needs-days", args=[pk])
    assert 'value="1"' in head.get(days).content.decode()  # as at weekends
    sent = {f"people-{shift.pk}": 2 for shift in shifts}
    dates = {"first_day": "2014-05-01", "last_day": "2014-05-03", "note": "劳动节"}
    assert head.post(days, {**sent, **dates, "last_day": "2014-04-01"}).status_code == 422
    assert head.post(days, {**sent, **dates}).status_code == 302
    with django_assert_max_num_queries(30):
        page = head.get(reverse("rosters:rules", args=[pk]), {"month": "2014-05"}).content.decode()
    assert page.count("劳动节") == 3
    drop = reverse("rosters:needs-drop", args=[pk, "2014-05-02"])
    assert head.post(drop).status_code == 302
    assert head.post(drop).status_code == 409
    assert head.post(reverse("rosters:needs-drop", args=[pk, "never"])).status_code == 404
    other = Department.objects.create(hospital=ward.pairing.recipient, specialty="icu", name="演示他科")
    assert head.get(reverse("rosters:needs", args=[other.pk])).status_code == 404


@given(
    usual=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    weekdays=st.dictionaries(st.integers(0, 6), st.integers(0, 3)),
    days=st.dictionaries(st.dates(dt.date(2014, 1, 1), dt.date(2014, 2, 28)), st.integers(0, 3)),
    day=st.dates(dt.date(2014, 1, 1), dt.date(2014, 2, 28)),
)
def test_the_numbers_of_a_day_are_what_one_would_look_up_by_hand(
    usual: tuple[int, int], weekdays: dict[int, int], days: dict[dt.date, int], day: dt.date
) -> None:
    shift = Shift(pk=1, weekday_need=usual[0], weekend_need=usual[1])
    needs = Needs({(1, key): n for key, n in weekdays.items()}, {(1, key): n for key, n in days.items()})
    if day in days:
        expected = days[day]
    elif day.weekday() in weekdays:
        expected = weekdays[day.weekday()]
    else:
        expected = usual[day.weekday() in (5, 6)]
    assert needs.on(shift, day) == expected
