"""After signing: amendment, renewal without a gap, changes of parties, early ends, expiry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.actions import drafting, ending, life, reviewing
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.models import Agreement, Event, TerminationRequest
from duikou.wings.agreements.queries import duties, holder_of, waits_for
from duikou.wings.hospitals.models import Hospital, Succession
from duikou.wings.obligations.models import Obligation
from tests.wings.agreements.conftest import TODAY, Made, with_clause

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PROOF = Upload(b"%PDF-1.4 proof", "证明.pdf")


def approve(made: Made, agreement: Agreement) -> Agreement:
    """Sent and agreed to by both."""
    reviewing.send(actor=made.people.supporter_liaison, agreement=agreement)
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    return agreement


# ---------------------------------------------------------------- amendment and renewal


def test_an_amendment_replaces_what_it_amends_and_keeps_the_ledger(made: Made) -> None:
    first = made.signed()
    before = set(Obligation.objects.values_list("key", "period"))
    assert before
    amendment = life.amend(actor=made.people.supporter_liaison, agreement=first)
    drafting.edit_text(
        actor=made.people.supporter_liaison,
        agreement=amendment,
        content=with_clause(amendment, "supporter", "甲方每年为乙方举办学术会议两次。"),
    )
    made.sign(approve(made, amendment))
    first.refresh_from_db()
    assert (first.state, amendment.state, amendment.turn) == ("replaced", "signed", 1)
    assert holder_of(amendment) == f"agreement:{first.pk}"
    assert {row.holder for row in Obligation.objects.all()} == {holder_of(first)}
    assert before < set(Obligation.objects.filter(closed_on=None).values_list("key", "period"))


def test_amendments_are_refused(made: Made) -> None:
    with pytest.raises(Conflict):
        life.amend(actor=made.people.supporter_liaison, agreement=made.draft())
    Agreement.objects.all().delete()
    agreement = made.signed()
    for who in (made.people.stranger, made.people.county):
        with pytest.raises(Denied):
            life.amend(actor=who, agreement=agreement)
    amendment = life.amend(actor=made.people.supporter_liaison, agreement=agreement)
    with pytest.raises(Conflict, match="已有同一期的"):
        life.amend(actor=made.people.supporter_liaison, agreement=agreement)
    with pytest.raises(Invalid, match="修订不改变期限"):
        drafting.change_terms(
            actor=made.people.supporter_liaison,
            agreement=amendment,
            terms=Terms(end=amendment.term_end + 400 * DAY),
        )


def test_a_renewal_begins_on_the_day_after(made: Made) -> None:
    first = made.filed()
    second = life.renew(actor=made.people.recipient_liaison, agreement=first)
    assert second.renews == first
    assert second.turn == 2
    assert second.term_start == first.term_end + DAY
    assert second.term_end == drafting.last_day_of(second.term_start, 3)
    made.sign(approve(made, second))
    first.refresh_from_db()
    assert (first.state, second.state) == ("filed", "signed")
    assert holder_of(second) != holder_of(first)
    assert duties(second)[0].start == second.term_start


@pytest.mark.parametrize("days", [-1, 1, 30])
def test_a_gap_or_an_overlap_is_refused(made: Made, days: int) -> None:
    first = made.signed()
    start = first.term_end + DAY + days * DAY
    with pytest.raises(Invalid, match="衔接") as caught:
        life.renew(actor=made.people.recipient_liaison, agreement=first, terms=Terms(start=start))
    assert "term_start" in caught.value.fields
    second = life.renew(actor=made.people.recipient_liaison, agreement=first)
    with pytest.raises(Invalid, match="衔接"):
        drafting.change_terms(
            actor=made.people.recipient_liaison,
            agreement=second,
            terms=Terms(start=start, end=start + 4 * 365 * DAY),
        )


def test_a_later_agreement_of_the_same_pair_leaves_no_gap_either(made: Made) -> None:
    first = made.signed()
    with pytest.raises(Invalid, match="衔接"):
        made.draft(terms=Terms(start=first.term_end + 31 * DAY, end=first.term_end + 2000 * DAY))


def test_a_renewal_is_not_shorter_either_and_not_made_twice(made: Made) -> None:
    first = made.signed()
    with pytest.raises(Invalid, match="不短于 3 年"):
        life.renew(
            actor=made.people.recipient_liaison,
            agreement=first,
            terms=Terms(end=first.term_end + 365 * DAY),
        )
    life.renew(actor=made.people.recipient_liaison, agreement=first)
    with pytest.raises(Conflict):
        life.renew(actor=made.people.recipient_liaison, agreement=first)
    with pytest.raises(Denied):
        life.renew(actor=made.people.stranger, agreement=first)


def test_a_draft_is_not_renewed(made: Made) -> None:
    with pytest.raises(Conflict):
        life.renew(actor=made.people.supporter_liaison, agreement=made.draft())


# ---------------------------------------------------------------- changes of parties


def test_another_representative_ends_nothing(made: Made) -> None:
    agreement = made.signed()
    open_before = Obligation.objects.filter(closed_on=None).count()
    event = life.change_representative(
        actor=made.people.recipient_liaison,
        agreement=agreement,
        side="recipient",
        name="演示新院长",
        on=TODAY,
        reason="换届",
        paper=PROOF,
    )
    assert (event.before, event.after) == ("演示乙", "演示新院长")
    assert event.document is not None
    agreement.refresh_from_db()
    assert (agreement.state, agreement.recipient_representative) == ("signed", "演示新院长")
    assert Obligation.objects.filter(closed_on=None).count() == open_before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": " "}, "新的法定代表人"),
        ({"name": "演示乙"}, "与现任不同"),
        ({"on": TODAY - DAY}, "不早于签署日期"),
        ({"on": TODAY + DAY}, "不晚于今天"),
        ({"reason": ""}, "理由"),
        ({"paper": Upload(b"GIF89a", "x.gif")}, "文件内容不是"),
        ({"side": "both"}, "甲方或乙方"),
    ],
)
def test_wrong_changes_are_refused(made: Made, options: dict[str, Any], words: str) -> None:
    agreement = made.signed()
    given = {"side": "recipient", "name": "演示丁", "on": TODAY, "reason": "换届", **options}
    with pytest.raises(Invalid, match=words):
        life.change_representative(actor=made.people.recipient_liaison, agreement=agreement, **given)
    assert not Event.objects.exists()


def test_nobody_changes_the_partners_representative(made: Made) -> None:
    agreement = made.signed()
    for who in (made.people.supporter_liaison, made.people.stranger, made.people.county):
        with pytest.raises(Denied):
            life.change_representative(
                actor=who, agreement=agreement, side="recipient", name="演示丁", on=TODAY, reason="换届"
            )


def _merge(old: Hospital, new: Hospital) -> None:
    Succession.objects.create(kind="merge", origin=old, result=new, on=TODAY, reason="合并")
    Hospital.objects.filter(pk=old.pk).update(state="merged", merged_into=new)


def test_a_successor_of_the_register_takes_the_place(made: Made) -> None:
    agreement = made.signed()
    old = made.pairing.recipient
    new = Hospital.objects.exclude(pk__in=(old.pk, made.pairing.supporter_id)).filter(tier="county")[0]
    with pytest.raises(Invalid, match="没有并入其他医院"):
        life.succeed(
            actor=made.people.province, agreement=agreement, side="recipient", on=TODAY, reason="合并"
        )
    _merge(old, new)
    agreement.refresh_from_db()
    with pytest.raises(Denied):
        life.succeed(
            actor=made.people.recipient_liaison,
            agreement=agreement,
            side="recipient",
            on=TODAY,
            reason="合并",
        )
    event = life.succeed(
        actor=made.people.province, agreement=agreement, side="recipient", on=TODAY, reason="合并"
    )
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert (event.before, event.after) == (old.name, new.name)
    assert (agreement.recipient, agreement.recipient_path, agreement.state) == (new, new.scope_path, "signed")


def test_the_partner_is_no_successor(made: Made) -> None:
    agreement = made.signed()
    _merge(made.pairing.recipient, made.pairing.supporter)
    agreement.refresh_from_db()
    with pytest.raises(Conflict, match="同一家医院"):
        life.succeed(
            actor=made.people.province, agreement=agreement, side="recipient", on=TODAY, reason="合并"
        )


# ---------------------------------------------------------------- early ends


def ask(made: Made, agreement: Agreement, **options: Any) -> TerminationRequest:
    return ending.ask_to_end(
        **{
            "actor": made.people.supporter,
            "agreement": agreement,
            "side": "supporter",
            "last_day": TODAY + 30 * DAY,
            "reason": "乙方撤并，无法继续派驻",
            "evidence": PROOF,
            **options,
        }
    )


def test_the_superior_consents_and_duties_end(made: Made) -> None:
    agreement = made.filed()
    request = ask(made, agreement)
    assert request.superior == made.pairing.supporter.org.parent
    assert "agreement_end" in [item.kind for item in waits_for(made.people.province)]
    agreement.refresh_from_db()
    assert agreement.state == "filed"
    ending.consent(actor=made.people.province, request=request, decision="情况属实")
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_on) == ("ended", TODAY + 30 * DAY)
    assert duties(agreement) == ()
    later = Obligation.objects.filter(end__gt=TODAY + 30 * DAY)
    assert later.exists()
    assert not later.filter(closed_on=None).exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"reason": " "}, "理由"),
        ({"evidence": None}, "证明理由的材料"),
        ({"evidence": Upload(b"GIF89a", "x.gif")}, "文件内容不是"),
        ({"last_day": TODAY - DAY}, "最后一日"),
        ({"last_day": TODAY + 4000 * DAY}, "最后一日"),
        ({"side": "both"}, "甲方或乙方"),
    ],
)
def test_an_end_without_reason_evidence_or_a_good_day_is_refused(
    made: Made, options: dict[str, Any], words: str
) -> None:
    agreement = made.signed()
    with pytest.raises(Invalid, match=words):
        ask(made, agreement, **options)
    assert not TerminationRequest.objects.exists()


def test_without_the_own_superiors_consent_nothing_ends(made: Made) -> None:
    agreement = made.signed()
    request = ask(made, agreement)
    for who in (made.people.supporter, made.people.recipient, made.people.county, made.people.stranger):
        with pytest.raises(Denied):
            ending.consent(actor=who, request=request)
        with pytest.raises(Denied):
            ending.refuse(actor=who, request=request, reason="不")
    with pytest.raises(Invalid, match="理由"):
        ending.refuse(actor=made.people.province, request=request, reason="")
    ending.refuse(actor=made.people.province, request=request, reason="理由不充分")
    agreement.refresh_from_db()
    assert (agreement.state, request.state) == ("signed", "refused")
    with pytest.raises(Conflict):
        ending.consent(actor=made.people.province, request=request)


def test_only_the_party_itself_asks_and_one_request_at_a_time(made: Made) -> None:
    agreement = made.signed()
    for who in (made.people.recipient, made.people.supporter_liaison, made.people.province):
        with pytest.raises(Denied):
            ask(made, agreement, actor=who)
    request = ask(made, agreement)
    with pytest.raises(Conflict, match="待批复"), transaction.atomic():
        ask(made, agreement)
    with pytest.raises(Denied):
        ending.take_back(actor=made.people.recipient, request=request)
    ending.take_back(actor=made.people.supporter, request=request)
    assert ask(made, agreement, actor=made.people.recipient, side="recipient").state == "asked"


def test_a_draft_is_not_ended(made: Made) -> None:
    with pytest.raises(Conflict):
        ask(made, made.draft())


def test_the_database_wants_a_reason_and_a_time(made: Made) -> None:
    request = ask(made, made.signed())
    for change in ({"reason": ""}, {"state": "consented"}, {"state": "strange"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TerminationRequest.objects.filter(pk=request.pk).update(**change)


# ---------------------------------------------------------------- the last day


def test_expiry_on_the_day_after(made: Made) -> None:
    agreement = made.signed()
    assert life.expire_due(today=agreement.term_end) == 0
    assert life.expire_due(today=agreement.term_end + DAY) == 1
    agreement.refresh_from_db()
    assert agreement.state == "expired"
    assert life.renew(actor=SYSTEM, agreement=agreement).term_start == agreement.term_end + DAY
