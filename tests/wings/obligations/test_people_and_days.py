"""Deputies, reminders, escalation, the calendar's secret address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, DuikouError, Invalid, Missing
from duikou.core.models import AuditEvent, User
from duikou.core.scope import Actor, actor_for
from duikou.policy import load_pack
from duikou.policy.agreements import Period
from duikou.wings.obligations.actions import attach, judge, state
from duikou.wings.obligations.actions.delegations import colleagues, delegate, revoke
from duikou.wings.obligations.actions.feeds import FEED
from duikou.wings.obligations.actions.reminders import Made, remind
from duikou.wings.obligations.models import CalendarFeed, Delegation, Obligation, Reminder
from duikou.wings.obligations.reminding import DEFAULT, days
from duikou.wings.obligations.sides import acting
from duikou.wings.obligations.standing import Says
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import RECIPIENT, SUPPORTER, duty, send

DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


# ---------------------------------------------------------------- deputies


@pytest.fixture
def away(account: Callable[..., Any]) -> User:
    """The supporter's president, who goes away."""
    return account("hospital_president", SUPPORTER, "away")


@pytest.fixture
def deputy(account: Callable[..., Any]) -> User:
    """A colleague who may only look."""
    user: User = account(None, None, "deputy")
    return user


@pytest.fixture
def colleague(deputy: User, pairing: Pairing) -> User:
    """The same, with a role in the supporter that does no work in the ledger."""
    from duikou.core.models import OrgUnit, RoleGrant

    unit = OrgUnit.objects.create(kind="department", name="院办", parent=pairing.supporter.org)
    RoleGrant.objects.create(user=deputy, role="department_head", org=unit, valid_from=dt.date(2014, 1, 1))
    return deputy


def give(away: User, to: User, **given: Any) -> Delegation:
    values = {"start": today(), "end": today() + 5 * DAY, "reason": "外出学习", **given}
    return delegate(actor=actor_for(away), to=to, **values)


def test_a_deputy_acts_and_the_audit_shows_for_whom(
    obligation: Obligation, away: User, colleague: User
) -> None:
    me = actor_for(colleague)
    with pytest.raises(Denied):
        attach(actor=me, obligation=obligation, kind="posting", on=obligation.start, note="x")
    give(away, colleague)
    row = attach(actor=me, obligation=obligation, kind="posting", on=obligation.start, note="x")
    event = AuditEvent.objects.get(action="evidence.attach")
    assert event.actor_id == colleague.pk
    assert event.actor_label == f"{colleague}（代{away}）" == row.by_label
    state(actor=me, obligation=obligation, version=2, says=Says.DELIVERED)
    assert obligation.statements.get().by_id == colleague.pk


def test_a_deputy_gets_no_more_than_the_ledger(away: User, colleague: User, pairing: Pairing) -> None:
    give(away, colleague)
    _own, other = acting(actor_for(colleague))
    assert other.permissions == {"obligation.view", "obligation.work", "obligation.verify"}


def test_a_token_of_a_deputy_is_limited_too(away: User, colleague: User) -> None:
    give(away, colleague)
    _own, other = acting(actor_for(colleague).limited_to({"obligation.view"}))
    assert other.permissions == {"obligation.view"}


@pytest.mark.parametrize("shift", [-10, 10])
def test_outside_its_days_a_delegation_gives_nothing(
    obligation: Obligation, away: User, colleague: User, shift: int
) -> None:
    row = give(away, colleague)
    Delegation.objects.filter(pk=row.pk).update(start=row.start + shift * DAY, end=row.end + shift * DAY)
    with pytest.raises(Denied):
        attach(actor=actor_for(colleague), obligation=obligation, kind="posting", note="x")


def test_a_delegation_that_was_revoked_gives_nothing(
    obligation: Obligation, away: User, colleague: User
) -> None:
    row = give(away, colleague)
    with pytest.raises(Missing):
        revoke(actor=actor_for(colleague), delegation=row)
    revoke(actor=actor_for(away), delegation=row)
    with pytest.raises(Denied):
        attach(actor=actor_for(colleague), obligation=obligation, kind="posting", note="x")
    with pytest.raises(Conflict, match="已经收回"):
        revoke(actor=actor_for(away), delegation=row)


def test_who_is_away_for_good_gives_nothing(obligation: Obligation, away: User, colleague: User) -> None:
    give(away, colleague)
    away.grants.update(valid_to=today() - DAY)
    with pytest.raises(Denied):
        attach(actor=actor_for(colleague), obligation=obligation, kind="posting", note="x")


def test_what_was_given_as_a_deputy_is_not_verified_by_it(
    obligation: Obligation, away: User, colleague: User
) -> None:
    from duikou.core.models import RoleGrant

    give(away, colleague)
    me = actor_for(colleague)
    row = attach(actor=me, obligation=obligation, kind="posting", on=obligation.start, note="x")
    RoleGrant.objects.create(
        user=colleague,
        role="hospital_president",
        org=obligation.pairing.recipient.org,
        valid_from=dt.date(2014, 1, 1),
    )
    with pytest.raises(Denied, match="自己提交"):
        judge(actor=actor_for(colleague), evidence=row, version=1, verdict="accepted")


REFUSED: list[tuple[dict[str, Any], type[DuikouError], str]] = [
    ({"start": dt.date(2020, 1, 1), "end": dt.date(2020, 1, 5)}, Invalid, "end"),
    ({"start": dt.date(2999, 1, 5), "end": dt.date(2999, 1, 1)}, Invalid, "end"),
    ({"start": dt.date(2998, 1, 5), "end": dt.date(2999, 12, 1)}, Invalid, "end"),
    ({"reason": " "}, Invalid, "reason"),
]


@pytest.mark.parametrize(("given", "error", "field"), REFUSED)
def test_delegations_that_are_refused(
    away: User, colleague: User, given: dict[str, Any], error: type[DuikouError], field: str
) -> None:
    with pytest.raises(error) as caught:
        give(away, colleague, **given)
    assert set(caught.value.fields) == {field}


def test_nobody_of_elsewhere_and_not_oneself(
    away: User, colleague: User, account: Callable[..., Any]
) -> None:
    elsewhere = account("hospital_president", RECIPIENT, "elsewhere")
    for to in (elsewhere, away):
        with pytest.raises(Invalid) as caught:
            give(away, to)
        assert set(caught.value.fields) == {"to"}
    give(away, colleague)
    with pytest.raises(Conflict, match="已经委托"):
        give(away, colleague, start=today() + DAY)


def test_what_somebody_gave_cannot_be_given_on(
    away: User, colleague: User, account: Callable[..., Any]
) -> None:
    give(away, colleague)
    third = account("hospital_liaison", SUPPORTER, "third")
    row = delegate(
        actor=actor_for(colleague), to=third, start=today(), end=today(), reason="x"
    )  # its own department's work, no more
    assert row.scope_path == actor_for(colleague).grants[0].path


def test_colleagues_to_choose_from(away: User, colleague: User, pairing: Pairing) -> None:
    assert colleagues(actor_for(away), pairing.supporter_path) == [colleague]


# ---------------------------------------------------------------- reminders


@pytest.fixture
def due(pairing: Pairing) -> Callable[[int], Obligation]:
    """An obligation that falls due some days from today (before today: negative)."""

    def make(left: int) -> Obligation:
        end = today() + left * DAY
        send(duty(period=Period.ONCE, start=end - 400 * DAY, end=end), pairing=pairing, on=end - 400 * DAY)
        return Obligation.objects.get()

    return make


def made() -> list[tuple[str, int]]:
    return list(Reminder.objects.order_by("pk").values_list("kind", "days"))


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (31, []),
        (30, [("before", 30)]),
        (8, [("before", 30)]),
        (7, [("before", 7)]),
        (1, [("before", 1)]),
        (0, [("before", 1)]),
        (-1, [("after", 1)]),
        (-6, [("after", 1)]),
        (-13, [("after", 7)]),
        (-14, [("after", 7), ("escalation", 14)]),
        (-900, [("escalation", 14)]),  # entered afterwards: no reminder of what was due years ago
    ],
)
def test_reminders_by_day(
    due: Callable[[int], Obligation], left: int, expected: list[tuple[str, int]]
) -> None:
    obligation = due(left)
    remind()
    assert made() == expected
    obligation.refresh_from_db()
    assert (obligation.escalated_on is not None) == (("escalation", 14) in expected)


def test_each_is_made_once(due: Callable[[int], Obligation]) -> None:
    due(7)
    assert remind() == Made(1, 0)
    assert remind() == Made(0, 0)
    assert AuditEvent.objects.filter(action="obligation.remind").count() == 1
    remind(today=today() + 6 * DAY)
    remind(today=today() + 30 * DAY)
    assert remind(today=today() + 31 * DAY) == Made(0, 0)
    assert made() == [("before", 7), ("before", 1), ("after", 7), ("escalation", 14)]


def test_nobody_is_reminded_of_what_is_done_or_closed(
    due: Callable[[int], Obligation], giver: Actor, pairing: Pairing
) -> None:
    obligation = due(-20)
    state(actor=giver, obligation=obligation, version=1, says=Says.DELIVERED, note="已完成")
    assert remind() == Made(0, 0)
    state(actor=giver, obligation=obligation, version=2, says=Says.PROMISED)
    send(pairing=pairing, on=obligation.start, reason="作废")
    assert remind() == Made(0, 0)


def test_the_days_are_the_packs_and_marked_as_to_be_confirmed() -> None:
    found = days("zhejiang-2014")
    assert (found.before, found.after, found.escalate) == ((30, 7, 1), (7, 1), 14)
    assert found.to_confirm
    assert DEFAULT.to_confirm


def test_another_pack_has_other_days(
    due: Callable[[int], Obligation], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from duikou.wings.obligations import reminding

    pack = load_pack("zhejiang-2014")
    rule = pack.rule("OBL-01")
    parameters = {
        **rule.parameters,
        "remind_before": replace(rule.parameters["remind_before"], value=(60,)),
    }
    changed = replace(pack, rules={**pack.rules, "OBL-01": replace(rule, parameters=parameters)})
    monkeypatch.setattr(reminding, "load_pack", lambda name: changed)
    due(55)
    remind()
    assert made() == [("before", 60)]
    silent = replace(pack, rules={k: r for k, r in pack.rules.items() if k != "OBL-01"})
    monkeypatch.setattr(reminding, "load_pack", lambda name: silent)
    assert days("zhejiang-2014") == DEFAULT


# ---------------------------------------------------------------- the calendar's address


def test_the_address_is_a_secret(giver: Actor) -> None:
    token = FEED.renew(actor=giver)
    assert token not in str(CalendarFeed.objects.values())
    reader = FEED.reader(token)
    assert reader is not None
    assert reader.user_id == giver.user_id
    assert reader.permissions == {"obligation.view"}


def test_a_renewed_address_kills_the_old(giver: Actor) -> None:
    old, new = FEED.renew(actor=giver), FEED.renew(actor=giver)
    assert FEED.reader(old) is None
    assert FEED.reader(new) is not None
    FEED.stop(actor=giver)
    assert FEED.reader(new) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 500])
def test_no_other_address_opens_it(giver: Actor, token: str) -> None:
    FEED.renew(actor=giver)
    assert FEED.reader(token) is None


def test_a_closed_account_has_no_feed(account: Callable[..., Any]) -> None:
    user = account("hospital_president", SUPPORTER)
    token = FEED.renew(actor=actor_for(user))
    user.grants.update(valid_to=today() - DAY)
    assert FEED.reader(token) is None
    user.grants.update(valid_to=None)
    user.is_active = False
    user.save()
    assert FEED.reader(token) is None


def test_an_api_token_makes_no_address(giver: Actor) -> None:
    with pytest.raises(Denied):
        FEED.renew(actor=giver.limited_to({"obligation.view"}))
