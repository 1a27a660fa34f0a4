"""Duties become obligations; what holds stays, what does not is closed, nothing is deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from duikou.core.errors import Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.obligations.models import Evidence, Obligation, Statement
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import END, HOLDER, START, duty, send

LATER = dt.date(2015, 6, 1)


def periods_of(key: str = "posting", *, closed: bool = False) -> list[str]:
    rows = Obligation.objects.filter(holder=HOLDER, key=key, closed_on__isnull=not closed)
    return [row.start.isoformat() for row in rows.order_by("start")]


def test_a_signed_agreement_fills_the_ledger(pairing: Pairing) -> None:
    send(duty(), duty("standing", None), duty("both", Period.TERM, owner=Party.BOTH), pairing=pairing)
    assert periods_of() == ["2014-02-15", "2015-02-15", "2016-02-15"]
    first = Obligation.objects.get(key="posting", number=1)
    assert (first.due, first.target, first.unit) == (dt.date(2015, 2, 14), 2, "person")
    assert (first.supporter_path, first.recipient_path) == (pairing.supporter_path, pairing.recipient_path)
    assert first.stage == "promised"  # both sides promised by signing
    assert (first.supporter_says, first.recipient_says, first.superior_says) == ("promised", "promised", "")
    standing = Obligation.objects.get(key="standing")
    assert (standing.due, standing.unit, standing.target) == (None, "", None)
    assert Obligation.objects.get(key="both").due == END


def test_sending_the_same_again_changes_nothing(pairing: Pairing) -> None:
    send(duty(), duty("standing", None), pairing=pairing)
    before = list(Obligation.objects.order_by("pk").values())
    send(duty(), duty("standing", None), pairing=pairing)
    assert list(Obligation.objects.order_by("pk").values()) == before


def test_an_extension_adds_periods_and_keeps_evidence(obligation: Obligation, pairing: Pairing) -> None:
    Statement.objects.create(obligation=obligation, side="supporter", says="delivered", by_label="甲")
    send(duty(end=dt.date(2018, 2, 14)), pairing=pairing, on=LATER, reason="续签")
    assert periods_of() == ["2014-02-15", "2015-02-15", "2016-02-15", "2017-02-15"]
    assert Obligation.objects.get(number=1).pk == obligation.pk
    assert obligation.statements.count() == 1


def test_a_shorter_duty_cuts_the_period_and_closes_the_rest(obligation: Obligation, pairing: Pairing) -> None:
    send(duty(end=dt.date(2015, 12, 31)), pairing=pairing, on=LATER, reason="缩短")
    assert periods_of() == ["2014-02-15", "2015-02-15"]
    assert Obligation.objects.get(number=2).due == dt.date(2015, 12, 31)
    closed = Obligation.objects.get(number=3)
    assert (closed.closed_on, closed.closed_reason) == (LATER, "缩短")


def test_an_ended_agreement_closes_what_is_still_to_come(obligation: Obligation, pairing: Pairing) -> None:
    """What was owed before the end stays owed: its period is over."""
    Evidence.objects.create(
        obligation=obligation, side="supporter", kind="note", title="t", on=START, by_label="甲"
    )
    send(pairing=pairing, on=LATER, reason="终止协议")
    assert periods_of() == ["2014-02-15"]
    assert periods_of(closed=True) == ["2015-02-15", "2016-02-15"]
    assert Obligation.objects.count() == 3
    assert Evidence.objects.count() == 1


def test_what_holds_again_comes_back_as_it_was(obligation: Obligation, pairing: Pairing) -> None:
    second = Obligation.objects.get(number=2)
    send(pairing=pairing, on=START, reason="误录")
    assert periods_of() == []
    send(duty(), pairing=pairing, on=START, reason="更正")
    assert periods_of() == ["2014-02-15", "2015-02-15", "2016-02-15"]
    second.refresh_from_db()
    assert (second.closed_on, second.closed_reason) == (None, "")


def test_another_first_day_does_not_ask_for_the_same_days_twice(
    obligation: Obligation, pairing: Pairing
) -> None:
    moved = dt.date(2014, 3, 1)
    send(duty(start=moved), pairing=pairing, on=LATER, reason="更正起始日")
    assert periods_of() == ["2014-03-01", "2015-03-01", "2016-03-01"]
    assert periods_of(closed=True) == ["2014-02-15", "2015-02-15", "2016-02-15"]


def test_an_amendment_changes_what_is_to_come(obligation: Obligation, pairing: Pairing) -> None:
    """A duty amended from a day on is sent with that day as its beginning."""
    amended = duty(text="派驻主任医师", target=3, start=dt.date(2015, 2, 15))
    send(amended, pairing=pairing, on=dt.date(2015, 2, 15), reason="补充协议")
    first, second = (Obligation.objects.get(start=day) for day in (START, dt.date(2015, 2, 15)))
    assert (first.title["zh"], first.target, first.closed_on) == ("派驻副主任医师以上人员", 2, None)
    assert (second.title["zh"], second.target) == ("派驻主任医师", 3)


def test_an_amendment_leaves_what_is_over_as_it_was(obligation: Obligation, pairing: Pairing) -> None:
    send(duty(text="派驻主任医师", target=3), pairing=pairing, on=LATER, reason="补充协议")
    assert [
        (row.title["zh"], row.target) for row in Obligation.objects.filter(closed_on=None).order_by("start")
    ] == [("派驻副主任医师以上人员", 2), ("派驻主任医师", 3), ("派驻主任医师", 3)]


def test_two_holders_do_not_touch_each_other(obligation: Obligation, pairing: Pairing) -> None:
    send(duty("task-1"), pairing=pairing, holder="plan:1")
    send(pairing=pairing, holder="plan:1", reason="作废")
    assert periods_of() == ["2014-02-15", "2015-02-15", "2016-02-15"]


def test_two_duties_of_one_key_are_a_defect_of_the_sender(pairing: Pairing) -> None:
    with pytest.raises(ValueError, match="posting"):
        send(duty(), duty(), pairing=pairing)


def test_a_reason_is_demanded(pairing: Pairing) -> None:
    with pytest.raises(Invalid):
        send(duty(), pairing=pairing, reason=" ")


def test_nobody_from_elsewhere_changes_the_ledger(pairing: Pairing, stranger: Actor) -> None:
    with pytest.raises(Denied):
        send(duty(), pairing=pairing, actor=stranger)
    assert not Obligation.objects.exists()


def test_a_person_who_is_not_registered_is_left_open(pairing: Pairing) -> None:
    from dataclasses import replace

    send(replace(duty(), owner_person=999_999), pairing=pairing)
    assert set(Obligation.objects.values_list("owner_person", flat=True)) == {None}


def test_the_audit_tells_what_changed(obligation: Obligation) -> None:
    event = AuditEvent.objects.filter(action="obligation.set_duties").get()
    assert event.after["made"] == 3
    assert event.reason == "协议签订"


def test_a_hospital_that_moves_takes_its_obligations_along(obligation: Obligation) -> None:
    old = obligation.recipient_path
    hospital_moved.send(sender=None, hospital=obligation.pairing.recipient, old_path=old, new_path=old + "9")
    obligation.refresh_from_db()
    assert obligation.recipient_path == old + "9"


def test_who_sees_what(
    obligation: Obligation, giver: Actor, taker: Actor, county: Actor, province: Actor, stranger: Actor,
    actor: Callable[..., Actor],
) -> None:  # fmt: skip
    for one in (giver, taker, county, province):
        assert Obligation.objects.visible_to(one).count() == 3
    assert Obligation.objects.visible_to(stranger).count() == 0
    assert Obligation.objects.visible_to(actor()).count() == 0
