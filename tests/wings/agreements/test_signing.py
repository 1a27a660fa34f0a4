"""Signing, originals, filing: days in order, four originals, who confirms what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.wings.agreements.actions import drafting, reviewing, signing
from duikou.wings.agreements.actions._common import Refused
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.duties import duties_changed
from duikou.wings.agreements.models import Agreement, Original, Signature
from duikou.wings.agreements.queries import duties, waits_for
from tests.wings.agreements.conftest import SCAN, TERM, TODAY, Made, with_clause

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def sign(made: Made, agreement: Agreement, side: str = "supporter", **options: Any) -> None:
    signing.sign(
        **{
            "actor": getattr(made.people, side),
            "agreement": agreement,
            "side": side,
            "signatory": "演示甲",
            "on": TODAY,
            "scan": SCAN,
            **options,
        }
    )


def test_in_force_from_the_later_signature(made: Made) -> None:
    agreement = made.approved()
    sign(made, agreement, on=TODAY - 3 * DAY, scan=None)
    assert agreement.state == "approved"
    assert duties(agreement) == ()
    sign(made, agreement, "recipient", on=TODAY - DAY)
    assert (agreement.state, agreement.signed_on) == ("signed", TODAY - DAY)
    assert agreement.scan is not None


def test_duties_are_told_once_both_have_signed(made: Made) -> None:
    told: list[dict[str, Any]] = []

    def listen(sender: object, **values: Any) -> None:
        told.append(values)

    duties_changed.connect(listen)
    try:
        agreement = made.signed()
    finally:
        duties_changed.disconnect(listen)
    (values,) = told
    assert values["holder"] == f"agreement:{agreement.pk}"
    assert values["pairing"] == made.pairing
    keys = {duty.key for duty in values["duties"]}
    assert {"supporter-posting", "recipient-disputes"} <= keys
    assert values["duties"] == duties(agreement)
    for duty in values["duties"]:
        assert (duty.start, duty.end) == (TODAY, agreement.term_end)
        assert duty.source.startswith("S1")


def test_added_clauses_and_agreed_figures_become_duties(made: Made) -> None:
    agreement = made.draft()
    content = with_clause(agreement, "supporter", "甲方每年为乙方举办学术会议两次。")
    rows = [{**row, "target": 24} if row["id"] == "supporter-posting" else row for row in content["clauses"]]
    drafting.edit_text(
        actor=made.people.supporter_liaison, agreement=agreement, content={**content, "clauses": rows}
    )
    reviewing.send(actor=made.people.supporter_liaison, agreement=agreement)
    reviewing.agree(actor=made.people.supporter, agreement=agreement, side="supporter")
    reviewing.agree(actor=made.people.recipient, agreement=agreement, side="recipient")
    made.sign(agreement)
    found = {duty.key: duty for duty in duties(agreement)}
    (added,) = [duty for key, duty in found.items() if key.startswith("added-")]
    assert (added.owner, added.beneficiary, added.rule) == ("supporter", "recipient", "AGR-04")
    measure = found["supporter-posting"].measure
    assert measure is not None
    assert measure.target == 24
    assert not measure.mark.to_confirm


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"signatory": "  "}, "signatory", "签署人"),
        ({"on": TERM.drafted_on - DAY}, "on", "不早于起草日期"),  # type: ignore[operator]
        ({"on": TODAY + DAY}, "on", "不晚于今天"),
        ({"scan": Upload(b"PK\x03\x04 docx", "a.docx")}, "file", "不是 .pdf、.png、.jpeg"),
        ({"scan": Upload(b"", "a.pdf")}, "file", "文件为空"),
    ],
)
def test_wrong_signatures_are_refused(made: Made, options: dict[str, Any], field: str, words: str) -> None:
    agreement = made.approved()
    with pytest.raises(Invalid, match=words) as caught:
        sign(made, agreement, **options)
    assert field in caught.value.fields
    assert not Signature.objects.exists()


def test_not_after_the_term(made: Made) -> None:
    start = TODAY - dt.timedelta(days=3 * 366 + 30)
    agreement = made.draft(terms=Terms(drafted_on=start, start=start, end=drafting.last_day_of(start, 3)))
    Agreement.objects.filter(pk=agreement.pk).update(state="approved")
    agreement.refresh_from_db()
    with pytest.raises(Invalid, match="期满之后"):
        sign(made, agreement)


def test_without_a_scan_it_does_not_take_effect(made: Made) -> None:
    agreement = made.approved()
    sign(made, agreement, scan=None)
    with pytest.raises(Invalid, match="扫描件"):
        sign(made, agreement, "recipient", scan=None)
    agreement.refresh_from_db()
    assert agreement.state == "approved"
    assert Signature.objects.count() == 1


def test_nobody_signs_for_the_partner_and_nobody_twice(made: Made) -> None:
    agreement = made.approved()
    for who in (
        made.people.recipient,
        made.people.supporter_liaison,
        made.people.province,
        made.people.stranger,
    ):
        with pytest.raises(Denied):
            sign(made, agreement, actor=who)
    sign(made, agreement)
    with pytest.raises(Conflict, match="已经签署"):
        sign(made, agreement)


def test_only_an_approved_and_accepted_text_is_signed(made: Made) -> None:
    agreement = made.review()
    with pytest.raises(Conflict):
        sign(made, agreement)
    Agreement.objects.filter(pk=agreement.pk).update(state="approved", accepted=False)
    agreement.refresh_from_db()
    with pytest.raises(Refused):
        sign(made, agreement)


def test_a_stale_agreement_is_not_signed(made: Made) -> None:
    agreement = made.approved()
    stale = Agreement.objects.get(pk=agreement.pk)
    sign(made, agreement)
    with pytest.raises(Conflict, match="刚被他人改动"):
        sign(made, stale, "recipient")


def test_the_database_holds_the_order_of_days(made: Made) -> None:
    agreement = made.signed()
    for change in (
        {"signed_on": agreement.drafted_on - DAY},
        {"signed_on": None},
        {"scan": None},
        {"term_end": agreement.term_start},
        {"state": "filed"},
        {"filed_on": TODAY - DAY},
        {"state": "ended"},
        {"ended_on": TODAY},
        {"state": "strange"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(**change)


# ---------------------------------------------------------------- originals


def test_four_originals_with_their_holders(made: Made) -> None:
    agreement = made.signed()
    holders = [(one.number, one.holder, one.org.name) for one in agreement.originals.select_related("org")]
    supporter, recipient = made.pairing.supporter.org, made.pairing.recipient.org
    assert supporter.parent is not None
    assert recipient.parent is not None
    assert holders == [
        (1, "supporter", supporter.name),
        (2, "recipient", recipient.name),
        (3, "supporter_superior", supporter.parent.name),
        (4, "recipient_superior", recipient.parent.name),
    ]
    for change in ({"number": 5}, {"number": 2}, {"holder": "recipient"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            agreement.originals.filter(number=1).update(**change)


def test_only_the_holder_confirms_an_original(made: Made) -> None:
    agreement = made.signed()
    people = made.people
    rights = {1: people.supporter_liaison, 2: people.recipient_liaison, 3: people.province, 4: people.county}
    wrong = {
        1: people.recipient_liaison,
        2: people.supporter_liaison,
        3: people.supporter,
        4: people.recipient,
    }
    for number, who in wrong.items():
        with pytest.raises(Denied):
            signing.receive_original(actor=who, agreement=agreement, number=number, on=TODAY)
    for number, who in rights.items():
        signing.receive_original(actor=who, agreement=agreement, number=number, on=TODAY)
    with pytest.raises(Conflict, match="已经登记"):
        signing.receive_original(actor=rights[1], agreement=agreement, number=1, on=TODAY)
    assert not Original.objects.filter(handed_on=None).exists()


def test_originals_that_are_none(made: Made) -> None:
    with pytest.raises(Missing):
        signing.receive_original(actor=made.people.supporter, agreement=made.draft(), number=1, on=TODAY)
    agreement = Agreement.objects.get()
    Agreement.objects.filter(pk=agreement.pk).delete()
    agreement = made.signed()
    with pytest.raises(Missing):
        signing.receive_original(actor=made.people.supporter, agreement=agreement, number=5, on=TODAY)
    for day, words in ((TODAY - DAY, "不早于签署日期"), (TODAY + DAY, "不晚于今天")):
        with pytest.raises(Invalid, match=words):
            signing.receive_original(actor=made.people.supporter, agreement=agreement, number=1, on=day)


# ---------------------------------------------------------------- filing


def test_the_office_confirms_and_gives_a_number(made: Made) -> None:
    agreement = made.signed()
    signing.send_copy(actor=made.people.supporter_liaison, agreement=agreement, on=TODAY)
    assert "agreement_copy" in [item.kind for item in waits_for(made.people.province)]
    filing = signing.confirm_copy(actor=made.people.province, agreement=agreement, on=TODAY)
    assert filing.receipt == f"{TODAY.year}-0001"
    assert (agreement.state, agreement.filed_on) == ("filed", TODAY)


def test_filing_refusals(made: Made, actor: Any) -> None:
    agreement = made.signed()
    with pytest.raises(Conflict, match="还没有报送"):
        signing.confirm_copy(actor=made.people.province, agreement=agreement, on=TODAY)
    for who in (made.people.stranger, made.people.county):
        with pytest.raises(Denied):
            signing.send_copy(actor=who, agreement=agreement, on=TODAY)
    for day, words in ((TODAY - DAY, "不早于签署日期"), (TODAY + DAY, "不晚于今天")):
        with pytest.raises(Invalid, match=words):
            signing.send_copy(actor=made.people.supporter_liaison, agreement=agreement, on=day)
    signing.send_copy(actor=made.people.supporter_liaison, agreement=agreement, on=TODAY)
    with pytest.raises(Conflict, match="已经报送"):
        signing.send_copy(actor=made.people.supporter_liaison, agreement=agreement, on=TODAY)
    for who in (actor("city_officer", "湖州市"), made.people.supporter, made.people.county):
        with pytest.raises(Denied):
            signing.confirm_copy(actor=who, agreement=agreement, on=TODAY)
    with pytest.raises(Invalid, match="不早于报送日期"):
        signing.confirm_copy(actor=made.people.province, agreement=agreement, on=TODAY - DAY)
    signing.confirm_copy(actor=made.people.province, agreement=agreement, on=TODAY)
    with pytest.raises(Conflict):
        signing.confirm_copy(actor=made.people.province, agreement=agreement, on=TODAY)


def test_a_draft_is_not_filed(made: Made) -> None:
    with pytest.raises(Conflict):
        signing.send_copy(actor=made.people.supporter_liaison, agreement=made.draft(), on=TODAY)
