"""Both sides look at a text: whose word counts, what is refused, what a return does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.agreements.actions import reviewing
from duikou.wings.agreements.actions._common import Refused
from duikou.wings.agreements.models import Agreement, Approval
from duikou.wings.agreements.queries import waits_for
from tests.wings.agreements.conftest import Made

pytestmark = pytest.mark.django_db


def test_both_agree_and_it_can_be_signed(made: Made) -> None:
    agreement = made.review()
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    assert agreement.state == "review"
    reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    assert agreement.state == "approved"
    assert [one.side for one in agreement.approvals.all()] == ["supporter", "recipient"]


def test_a_refused_text_goes_no_step(made: Made) -> None:
    agreement = made.shrunken()
    with pytest.raises(Refused, match="只能增加，不能减少"):
        reviewing.send(actor=made.people.recipient_liaison, agreement=agreement)
    Agreement.objects.filter(pk=agreement.pk).update(state="review", submission=1)
    agreement.refresh_from_db()
    with pytest.raises(Refused):
        reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    assert not Approval.objects.exists()


def test_nobody_speaks_for_the_partner(made: Made) -> None:
    agreement = made.review()
    for who, side in (
        (made.people.supporter, "recipient"),
        (made.people.recipient, "supporter"),
        (made.people.supporter_liaison, "supporter"),  # drafts, but does not decide
        (made.people.province, "supporter"),
        (made.people.county, "recipient"),
        (made.people.stranger, "recipient"),
    ):
        with pytest.raises(Denied):
            reviewing.agree(actor=who, agreement=agreement, side=side)
        with pytest.raises(Denied):
            reviewing.send_back(actor=who, agreement=agreement, side=side, reason="不行")
    assert not Approval.objects.exists()


def test_a_side_that_is_none_is_refused(made: Made) -> None:
    with pytest.raises(Invalid, match="甲方或乙方"):
        reviewing.agree(actor=made.people.supporter, agreement=made.review(), side="both")


def test_a_side_decides_once(made: Made) -> None:
    agreement = made.review()
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    with pytest.raises(Conflict, match="已对这一版表态"):
        reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            agreement=agreement,
            submission=agreement.submission,
            version=agreement.versions.get(),
            side="supporter",
            decision="agreed",
        )


def test_a_stale_agreement_is_not_agreed_to(made: Made) -> None:
    agreement = made.review()
    stale = Agreement.objects.get(pk=agreement.pk)
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    with pytest.raises(Conflict, match="刚被他人改动"):
        reviewing.agree(actor=made.people.recipient, agreement=stale, side="recipient")
    assert Approval.objects.count() == 1


def test_a_return_needs_a_reason_and_makes_a_draft_again(made: Made) -> None:
    agreement = made.review()
    with pytest.raises(Invalid, match="理由"):
        reviewing.send_back(actor=made.people.recipient, agreement=agreement, side="recipient", reason=" ")
    reviewing.send_back(
        actor=made.people.recipient, agreement=agreement, side="recipient", reason="请写明派驻人数"
    )
    assert agreement.state == "draft"
    assert [item.kind for item in waits_for(made.people.supporter)] == ["agreement_repair"]
    reviewing.send(actor=made.people.supporter_liaison, agreement=agreement)
    reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    assert agreement.submission == 2


def test_a_draft_is_not_agreed_to_and_a_sent_text_not_sent_again(made: Made) -> None:
    agreement = made.draft()
    with pytest.raises(Conflict):
        reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    reviewing.send(actor=made.people.supporter_liaison, agreement=agreement)
    with pytest.raises(Conflict):
        reviewing.send(actor=made.people.supporter_liaison, agreement=agreement)


def test_reopening_and_withdrawing_need_a_reason(made: Made) -> None:
    agreement = made.approved()
    for step in (reviewing.reopen, reviewing.withdraw):
        with pytest.raises(Invalid):
            step(actor=made.people.supporter_liaison, agreement=agreement, reason="")
        with pytest.raises(Denied):
            step(actor=made.people.stranger, agreement=agreement, reason="x")
    reviewing.reopen(actor=made.people.supporter_liaison, agreement=agreement, reason="增加条款")
    assert agreement.state == "draft"
    reviewing.withdraw(actor=made.people.supporter_liaison, agreement=agreement, reason="改签分院协议")
    assert agreement.state == "withdrawn"
    assert made.draft().state == "draft"  # the place is free again


def test_comments(made: Made) -> None:
    agreement = made.review()
    one = reviewing.comment(
        actor=made.people.recipient_liaison,
        agreement=agreement,
        text=" 请写明人数 ",
        clause="supporter-posting",
    )
    assert (one.side, one.text) == ("recipient", "请写明人数")
    assert reviewing.comment(actor=made.people.province, agreement=agreement, text="同意").side == ""
    for text, clause, words in (("", "", "1 至"), ("x" * 1001, "", "1 至"), ("x", "no-clause", "没有这一条")):
        with pytest.raises(Invalid, match=words):
            reviewing.comment(
                actor=made.people.recipient_liaison, agreement=agreement, text=text, clause=clause
            )
    with pytest.raises(Denied):
        reviewing.comment(actor=made.people.stranger, agreement=agreement, text="x")
    reviewing.settle_comment(actor=made.people.supporter_liaison, agreement=agreement, comment_id=one.pk)
    with pytest.raises(Conflict, match="已经了结"):
        reviewing.settle_comment(actor=made.people.supporter_liaison, agreement=agreement, comment_id=one.pk)
    with pytest.raises(Missing):
        reviewing.settle_comment(actor=made.people.supporter_liaison, agreement=agreement, comment_id=10**6)


def test_a_signed_agreement_takes_no_comments(made: Made) -> None:
    with pytest.raises(Conflict):
        reviewing.comment(actor=made.people.supporter_liaison, agreement=made.signed(), text="晚了")


def test_each_step_is_in_the_audit_trail(made: Made) -> None:
    agreement = made.approved()
    acts = AuditEvent.objects.filter(
        target_type="agreements.agreement", target_id=str(agreement.pk)
    ).order_by("number")
    assert [event.action for event in acts] == [
        "agreement.create",
        "agreement.send",
        "agreement.decide",
        "agreement.decide",
        "agreement.approve",
    ]


def test_what_waits_for_whom(made: Made) -> None:
    def kinds(who: object) -> list[str]:
        return [item.kind for item in waits_for(who)]  # type: ignore[arg-type]

    agreement = made.review()
    assert kinds(made.people.supporter) == kinds(made.people.recipient) == ["agreement_agree"]
    assert kinds(made.people.stranger) == []
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    assert kinds(made.people.supporter) == []
    reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    assert kinds(made.people.supporter) == kinds(made.people.recipient) == ["agreement_sign"]
