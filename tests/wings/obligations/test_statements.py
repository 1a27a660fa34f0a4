"""What each side says, and targets that both set together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, DuikouError, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, actor_for
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.obligations.actions import attach, state
from duikou.wings.obligations.actions.statements import choices
from duikou.wings.obligations.actions.targets import answer, propose
from duikou.wings.obligations.models import Obligation, Statement, TargetProposal
from duikou.wings.obligations.standing import Says, Side
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import SUPPORTER, duty, send

D, V, U, P, N = Says.DELIVERED, Says.VERIFIED, Says.UNMET, Says.PROMISED, Says.NOTHING


def say(actor: Actor, obligation: Obligation, says: Says, **given: Any) -> Statement:
    """Say something about the obligation as it is now."""
    obligation.refresh_from_db()
    values = {"version": obligation.version, **given}
    row = state(actor=actor, obligation=obligation, says=says, **values)
    obligation.refresh_from_db()
    return row


def done(actor: Actor, obligation: Obligation, quantity: int = 2) -> None:
    """Give evidence, then say "delivered"."""
    attach(
        actor=actor,
        obligation=obligation,
        kind="posting",
        quantity=quantity,
        on=obligation.start,
        note="派驻",
    )
    say(actor, obligation, D)


def test_promised_delivered_verified(obligation: Obligation, giver: Actor, taker: Actor) -> None:
    assert obligation.stage == "promised"
    done(giver, obligation)
    assert (obligation.stage, obligation.supporter_quantity) == ("delivered", 2)
    say(taker, obligation, V)
    assert (obligation.stage, obligation.recipient_quantity) == ("verified", 2)
    assert [s.says for s in obligation.statements.all()] == ["delivered", "verified"]


def test_a_disagreement_is_shown_and_not_averaged(
    obligation: Obligation, giver: Actor, taker: Actor, county: Actor
) -> None:
    done(giver, obligation)
    say(taker, obligation, U, note="只到岗一人")
    assert obligation.stage == "disputed"
    say(county, obligation, V)  # the authority sides with the owner; the recipient's word still stands
    assert obligation.stage == "disputed"
    assert (obligation.supporter_says, obligation.recipient_says, obligation.superior_says) == (D, U, V)
    say(taker, obligation, V)
    assert obligation.stage == "verified"
    assert Statement.objects.count() == 4  # nothing is deleted


def test_two_numbers_are_a_disagreement(obligation: Obligation, giver: Actor, taker: Actor) -> None:
    done(giver, obligation)
    say(taker, obligation, V, quantity=1)
    assert obligation.stage == "disputed"
    say(giver, obligation, D, quantity=1)
    assert obligation.stage == "verified"


def test_both_deliver_and_look_at_each_other(pairing: Pairing, giver: Actor, taker: Actor) -> None:
    send(duty(owner=Party.BOTH, period=None), pairing=pairing)
    obligation = Obligation.objects.get()
    say(giver, obligation, D, note="已建立制度")
    assert obligation.stage == "promised"
    say(taker, obligation, D, note="已建立制度")
    assert obligation.stage == "delivered"
    say(giver, obligation, V)
    say(taker, obligation, V)
    assert obligation.stage == "verified"


def test_a_breach_of_a_standing_duty(pairing: Pairing, giver: Actor, taker: Actor) -> None:
    send(duty("continuity", None), pairing=pairing)
    obligation = Obligation.objects.get()
    say(taker, obligation, U, note="无故撤回派驻人员")
    assert obligation.stage == "unmet"
    say(giver, obligation, D, note="已另派人员")
    assert obligation.stage == "disputed"
    say(taker, obligation, P)  # takes it back
    assert obligation.stage == "delivered"


def test_the_audit_tells_who_said_what(obligation: Obligation, giver: Actor) -> None:
    done(giver, obligation)
    event = AuditEvent.objects.get(action="obligation.state")
    assert event.after == {"side": "supporter", "says": "delivered", "quantity": 2, "stage": "delivered"}
    assert event.actor_id == giver.user_id


def test_the_buttons_of_each(
    obligation: Obligation, giver: Actor, taker: Actor, county: Actor, stranger: Actor
) -> None:
    def shown(actor: Actor) -> list[tuple[Side, Says]]:
        obligation.refresh_from_db()
        return choices(actor, obligation)

    S, R, A = Side
    assert (shown(giver), shown(taker), shown(county)) == ([(S, D)], [(R, U)], [(A, U)])
    done(giver, obligation)
    assert shown(giver) == [(S, P), (S, D)]
    assert shown(taker) == [(R, V), (R, U)]
    assert shown(county) == [(A, V), (A, U)]
    assert shown(stranger) == []


# ---------------------------------------------------------------- refusals

REFUSED: list[tuple[str, Says, dict[str, Any], type[DuikouError], str]] = [
    # the wrong side
    ("taker", D, {"note": "x"}, Denied, "只能由支援方办理"),
    ("county", D, {"note": "x"}, Denied, "没有“履行责任并提交佐证”的权限"),
    ("stranger", D, {"note": "x"}, Denied, "没有"),
    ("giver", V, {}, Conflict, "责任方不能核实自己的责任"),
    ("giver", U, {"note": "x"}, Conflict, "责任方不能认定自己未履行"),
    ("giver", V, {"side": Side.RECIPIENT}, Denied, "只能由受援方办理"),
    # nothing to say it about
    ("taker", V, {}, Conflict, "无从核实"),
    ("county", V, {}, Conflict, "无从核实"),
    ("taker", P, {}, Conflict, "没有可收回的说法"),
    # without what is needed for it
    ("giver", D, {}, Invalid, "请先提交佐证，或写明怎样履行的"),
    ("taker", U, {}, Invalid, "理由"),
    ("giver", D, {"note": "x" * 501}, Invalid, "最多 500"),
    # numbers
    ("giver", D, {"note": "x", "quantity": -1}, Invalid, "不能为负"),
    ("giver", D, {"note": "x", "quantity": 10**7}, Invalid, "最大 1000000"),
    # an old page
    ("giver", D, {"note": "x", "version": 99}, Conflict, "刚被他人改动"),
]


@pytest.mark.parametrize(("who", "says", "given", "error", "words"), REFUSED)
def test_what_cannot_be_said(
    request: pytest.FixtureRequest,
    obligation: Obligation,
    who: str,
    says: Says,
    given: dict[str, Any],
    error: type[DuikouError],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        say(request.getfixturevalue(who), obligation, says, **given)
    assert not Statement.objects.exists()
    obligation.refresh_from_db()
    assert (obligation.stage, obligation.version) == ("promised", 1)


def test_nothing_is_counted_where_there_is_no_unit(pairing: Pairing, giver: Actor) -> None:
    send(duty(period=None), pairing=pairing)
    with pytest.raises(Invalid, match="不计数量"):
        say(giver, Obligation.objects.get(), D, note="x", quantity=1)


def test_a_closed_obligation_is_over(obligation: Obligation, pairing: Pairing, giver: Actor) -> None:
    send(pairing=pairing, on=dt.date(2014, 6, 1), reason="终止协议")
    with pytest.raises(Conflict, match="失效"):
        say(giver, obligation, D, note="x")
    assert choices(giver, obligation) == []


def test_who_said_delivered_does_not_verify(obligation: Obligation, account: Callable[..., Any]) -> None:
    from duikou.core.models import RoleGrant

    user = account("hospital_president", SUPPORTER)
    recipient = obligation.pairing.recipient.org
    RoleGrant.objects.create(
        user=user, role="hospital_president", org=recipient, valid_from=dt.date(2014, 1, 1)
    )
    both = actor_for(user)
    done(both, obligation)
    with pytest.raises(Denied, match="您本人填报"):
        say(both, obligation, V, side=Side.RECIPIENT)


# ---------------------------------------------------------------- targets


@pytest.fixture
def open_target(pairing: Pairing) -> Obligation:
    send(duty(target=None), pairing=pairing)
    return Obligation.objects.get(number=1)


def targets() -> list[tuple[int | None, str]]:
    return list(Obligation.objects.order_by("start").values_list("target", "target_mark"))


def test_both_set_a_target_together(
    open_target: Obligation, pairing: Pairing, giver: Actor, taker: Actor
) -> None:
    assert targets() == [(None, "inferred")] * 3
    row = propose(actor=giver, obligation=open_target, target=2)
    assert targets() == [(None, "inferred")] * 3  # one alone sets nothing
    answer(actor=taker, obligation=open_target, proposal=row, version=1, agree=True)
    assert targets() == [(2, "agreed")] * 3
    send(duty(target=None, end=dt.date(2018, 2, 14)), pairing=pairing, reason="续签")
    assert targets() == [(2, "agreed")] * 4  # also of a period that came later
    again = propose(actor=taker, obligation=open_target, target=3)
    answer(actor=giver, obligation=open_target, proposal=again, version=1, agree=True)
    assert targets() == [(3, "agreed")] * 4


def test_a_declined_target_stays_open(open_target: Obligation, giver: Actor, taker: Actor) -> None:
    row = propose(actor=giver, obligation=open_target, target=2)
    answer(actor=taker, obligation=open_target, proposal=row, version=1, agree=False, reason="太少")
    assert targets() == [(None, "inferred")] * 3
    assert (row.state, row.reason) == ("declined", "太少")


def test_a_new_proposal_takes_the_place_of_the_old(
    open_target: Obligation, giver: Actor, taker: Actor
) -> None:
    old = propose(actor=giver, obligation=open_target, target=2)
    propose(actor=taker, obligation=open_target, target=4)
    assert list(TargetProposal.objects.values_list("state", flat=True)) == ["replaced", "open"]
    with pytest.raises(Conflict, match="已被新建议代替"):
        answer(actor=taker, obligation=open_target, proposal=old, version=1, agree=True)


def test_targets_that_are_refused(
    open_target: Obligation, giver: Actor, taker: Actor, county: Actor, stranger: Actor
) -> None:
    for one in (county, stranger):
        with pytest.raises(Denied, match="双方约定"):
            propose(actor=one, obligation=open_target, target=2)
    for number, words in ((0, "至少为 1"), (-3, "不能为负"), (10**7, "最大 1000000")):
        with pytest.raises(Invalid, match=words):
            propose(actor=giver, obligation=open_target, target=number)
    row = propose(actor=giver, obligation=open_target, target=2)
    with pytest.raises(Denied, match="要由对方同意"):
        answer(actor=giver, obligation=open_target, proposal=row, version=1, agree=True)
    with pytest.raises(Invalid, match="理由"):
        answer(actor=taker, obligation=open_target, proposal=row, version=1, agree=False)
    with pytest.raises(Conflict):
        answer(actor=taker, obligation=open_target, proposal=row, version=5, agree=True)


def test_a_target_that_a_document_fixes(obligation: Obligation, giver: Actor) -> None:
    with pytest.raises(Conflict, match="已由文件或协议确定"):
        propose(actor=giver, obligation=obligation, target=9)


def test_a_duty_that_counts_nothing_has_no_target(pairing: Pairing, giver: Actor) -> None:
    send(duty(period=None), duty("x", Period.YEAR), pairing=pairing)
    with pytest.raises(Conflict):
        propose(actor=giver, obligation=Obligation.objects.get(key="posting"), target=1)
