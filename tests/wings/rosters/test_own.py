"""One's own duties: seen once published, wished for, exchanged, read by a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from icalendar import Calendar

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import Actor
from duikou.wings.people.models import Person
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.actions.feeds import FEED
from duikou.wings.rosters.models import Duty, DutyFeed, Roster, SwapRequest, Wish
from duikou.wings.rosters.sheet import sheet_of
from tests.wings.rosters.conftest import MONTH, Ward, client

pytestmark = pytest.mark.django_db
Account = Callable[[Person], Actor]


def may(day: int) -> dt.date:
    return MONTH.replace(day=day)


@pytest.fixture
def published(ward: Ward) -> Roster:
    """甲 has clinic on the 5th, the posted doctor a duty on the 7th, 乙 clinic on the 8th."""
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    roster = ward.put(roster, ward.posted, 7, ward.night)
    roster = ward.put(roster, ward.own[1], 8, ward.clinic)
    return actions.publish(actor=ward.head, roster=roster, version=roster.version)


def duty_of(person: Person) -> Duty:
    return Duty.objects.select_related("roster__department", "person", "shift").get(person=person)


def asked(ward: Ward, account: Account) -> SwapRequest:
    return actions.ask(
        actor=account(ward.posted),
        mine=duty_of(ward.posted),
        theirs=duty_of(ward.own[0]),
        reason="回院开会",
    )


def test_own_duties_are_seen_once_published(ward: Ward, published: Roster, account: Account) -> None:
    actor = account(ward.posted)
    found = list(queries.own_duties(actor, may(1), may(31)))
    assert [(one.day, one.shift.name) for one in found] == [(may(7), "值班")]
    assert set(Duty.objects.visible_to(actor).values_list("person", flat=True)) == {ward.posted.pk}
    actions.reopen(actor=ward.head, roster=published, version=published.version, reason="调整")
    assert not queries.own_duties(actor, may(1), may(31)).exists()
    assert not Duty.objects.visible_to(actor).exists()


def test_an_exchange_from_request_to_approval(ward: Ward, published: Roster, account: Account) -> None:
    swap = asked(ward, account)
    with pytest.raises(Conflict, match="待对方同意"):
        actions.decide(actor=ward.head, swap=swap, approve=True)
    with pytest.raises(Denied):
        actions.answer(actor=account(ward.own[1]), swap=swap, agree=True)
    actions.answer(actor=account(ward.own[0]), swap=swap, agree=True)
    actions.decide(actor=ward.head, swap=swap, approve=True)
    assert swap.state == "approved"
    first, second = duty_of(ward.posted), duty_of(ward.own[0])
    assert (first.day, first.shift, first.posting) == (may(5), ward.clinic, ward.posting)
    assert (second.day, second.shift, second.posting) == (may(7), ward.night, None)
    published.refresh_from_db()
    assert not sheet_of(published).hard


def test_two_shifts_of_one_day_change_hands(ward: Ward, account: Account) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    roster = ward.put(roster, ward.posted, 5, ward.night)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    swap = asked(ward, account)
    actions.answer(actor=account(ward.own[0]), swap=swap, agree=True)
    actions.decide(actor=ward.head, swap=swap, approve=True)
    assert (duty_of(ward.posted).shift, duty_of(ward.own[0]).shift) == (ward.clinic, ward.night)


def test_what_breaks_a_rule_is_neither_offered_nor_taken(ward: Ward, account: Account) -> None:
    """甲 works on the 8th: with the duty of the 7th he would not have the day after it off."""
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    roster = ward.put(roster, ward.own[0], 8, ward.clinic)
    roster = ward.put(roster, ward.posted, 7, ward.night)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    mine = duty_of(ward.posted)
    clinic = Duty.objects.get(person=ward.own[0], day=may(5))
    last = Duty.objects.get(person=ward.own[0], day=may(8))
    assert [one.day for one in queries.counterparts(mine)] == [may(8)]
    with pytest.raises(Invalid, match="次日不能排"):
        actions.ask(actor=account(ward.posted), mine=mine, theirs=clinic, reason="开会")
    with pytest.raises(Invalid):
        actions.ask(actor=account(ward.posted), mine=mine, theirs=last, reason=" ")


def test_a_roster_that_changed_meanwhile_is_noticed(ward: Ward, published: Roster, account: Account) -> None:
    swap = asked(ward, account)
    actions.answer(actor=account(ward.own[0]), swap=swap, agree=True)
    actions.reopen(actor=ward.head, roster=published, version=published.version, reason="调整")
    roster = ward.put(published, ward.own[0], 5, None)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    with pytest.raises(Conflict, match="不再成立"):
        actions.decide(actor=ward.head, swap=swap, approve=True)
    swap.refresh_from_db()
    assert swap.state == "agreed"
    actions.withdraw(actor=account(ward.posted), swap=swap)
    assert swap.state == "withdrawn"


def test_refused_with_a_reason_and_once(ward: Ward, published: Roster, account: Account) -> None:
    swap = asked(ward, account)
    with pytest.raises(Conflict, match="未办完"):
        actions.ask(
            actor=account(ward.posted),
            mine=duty_of(ward.posted),
            theirs=duty_of(ward.own[0]),
            reason="再试",
        )
    actions.answer(actor=account(ward.own[0]), swap=swap, agree=True)
    with pytest.raises(Invalid):
        actions.decide(actor=ward.head, swap=swap, approve=False)
    actions.decide(actor=ward.head, swap=swap, approve=False, reason="人手不足")
    with pytest.raises(Conflict):
        actions.decide(actor=ward.head, swap=swap, approve=True)
    assert (swap.state, swap.decision) == ("refused", "人手不足")


def test_nobody_gives_away_the_duties_of_others(ward: Ward, published: Roster, account: Account) -> None:
    with pytest.raises(Denied):
        actions.ask(
            actor=account(ward.own[1]),
            mine=duty_of(ward.posted),
            theirs=duty_of(ward.own[0]),
            reason="x",
        )


def test_wishes_are_one_s_own_and_come_before_publishing(ward: Ward, account: Account) -> None:
    actor = account(ward.posted)
    wish = actions.make_wish(
        actor=actor, person=ward.posted, department=ward.department, day=may(6), shift=None
    )
    actions.make_wish(
        actor=actor, person=ward.posted, department=ward.department, day=may(6), shift=ward.clinic
    )
    assert Wish.objects.get().shift == ward.clinic
    roster = ward.put(ward.roster(), ward.own[0], 6, ward.clinic)
    assert "wish" in {one.rule for one in sheet_of(roster).conflicts}
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    with pytest.raises(Invalid, match="已经发布"):
        actions.make_wish(actor=actor, person=ward.posted, department=ward.department, day=may(9), shift=None)
    with pytest.raises(Invalid, match="不在该科室排班"):
        actions.make_wish(
            actor=actor,
            person=ward.posted,
            department=ward.department,
            day=dt.date(2014, 9, 1),
            shift=None,
        )
    other = account(ward.own[0])
    with pytest.raises(Denied):
        actions.drop_wish(actor=other, wish=wish)
    with pytest.raises(Denied):
        actions.make_wish(actor=other, person=ward.posted, department=ward.department, day=may(9), shift=None)
    actions.drop_wish(actor=actor, wish=Wish.objects.get())
    assert not Wish.objects.exists()


def test_the_calendar_reads_own_duties_under_a_secret_address(
    ward: Ward, published: Roster, account: Account
) -> None:
    actor = account(ward.posted)
    token = FEED.renew(actor=actor)
    assert token not in str(DutyFeed.objects.values())
    answer = client(actor).get(reverse("rosters:feed", args=[token]))
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart").date() == may(7)
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(minutes=900)
    assert ward.own[0].name not in answer.content.decode()
    assert ward.posted.name not in answer.content.decode()
    newer = FEED.renew(actor=actor)
    assert FEED.reader(token) is None
    assert FEED.reader(newer) is not None
    FEED.stop(actor=actor)
    assert client(actor).get(reverse("rosters:feed", args=[newer])).status_code == 404
    with pytest.raises(Denied):
        FEED.renew(actor=actor.limited_to({"roster.own"}))


def test_somebody_with_a_department_may_wish_where_posted_too(ward: Ward, account: Account) -> None:
    from duikou.wings.hospitals.models import Department
    from duikou.wings.rosters.queries.duties import own_departments

    home = Department.objects.create(hospital=ward.pairing.supporter, specialty="cardiology", name="原科室")
    ward.posted.department = home
    ward.posted.save()
    assert own_departments(ward.posted) == [ward.department]
    assert own_departments(ward.own[0]) == [ward.department]
