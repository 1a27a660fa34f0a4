"""Confirmed months as evidence: what each kind counts, what is not offered, how corrections are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, User
from duikou.core.scope import SYSTEM, Actor, actor_for
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Hospital
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions import attach, judge, renew, withdraw
from duikou.wings.obligations.models import Evidence, EvidenceChange, Obligation
from duikou.wings.obligations.queries.waiting import waits_for
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Posting
from duikou.wings.presence.actions import confirm_week, correct_work
from duikou.wings.presence.evidence import TITLES, offers, resolve
from tests.wings.posted import posting_of
from tests.wings.presence.conftest import Phone, owed

pytestmark = pytest.mark.django_db
UserAt = Callable[[Hospital, str], User]
MONDAY = dt.date(2014, 3, 3)
ALL = dict.fromkeys(TITLES, 0)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language a page was asked for before."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def obligation(pairing: Pairing) -> Obligation:
    return owed(pairing)


@pytest.fixture
def giver(pairing: Pairing, user_at: UserAt) -> Actor:
    """Who acts for the supporter in the ledger."""
    return actor_for(user_at(pairing.supporter, "hospital_liaison"))


@pytest.fixture
def taker(pairing: Pairing, user_at: UserAt) -> Actor:
    """Who judges for the recipient."""
    return actor_for(user_at(pairing.recipient, "hospital_president"))


def worked(phone: Phone, day: str = "2014-03-03", **counts: int) -> None:
    phone.queue = []
    phone.report(day, f"{day} 17:00", **counts)
    phone.send(f"{day} 18:00")


def name_of(posting: Posting, month: str = "2014-03") -> str:
    return f"{posting.pk}:{month}"


@pytest.fixture
def attached(
    phone: Phone, posting: Posting, liaison: Actor, obligation: Obligation, giver: Actor
) -> Evidence:
    """March with three lectures, confirmed, and attached by the supporter."""
    worked(phone, lecture=2)
    worked(phone, "2014-03-04", lecture=1, outpatient=20)
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    return attach(actor=giver, obligation=obligation, kind="lecture", reference=name_of(posting))


def correct(liaison: Actor, posting: Posting, count: int, version: int = 1, day: int = 3) -> None:
    correct_work(
        actor=liaison,
        posting=posting,
        day=dt.date(2014, 3, day),
        activity="lecture",
        count=count,
        reason="签到表只有一场",
        version=version,
    )


# ---------------------------------------------------------------- what is offered


def test_every_counter_of_the_packs_is_counted_by_a_kind_that_is_offered() -> None:
    for pack in ("national-2012", "zhejiang-2014"):
        named = {one.evidence for one in load_pack(pack).activities.values()} - {""}
        assert named <= set(TITLES)
        assert set(TITLES) <= set(load_pack(pack).evidence_kinds)
    for kind in TITLES:
        assert registry.kind(kind) is not None


@pytest.mark.parametrize("kind", sorted(TITLES))
def test_each_kind_counts_its_own_work_alone(
    phone: Phone, posting: Posting, liaison: Actor, obligation: Obligation, kind: str
) -> None:
    """Every counter once on one day, and once again on the next: what a kind gives is its counters twice."""
    known = load_pack("zhejiang-2014").activities
    for day in ("2014-03-03", "2014-03-04"):
        worked(phone, day, **dict.fromkeys(known, 1))
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    counters = [one for one in known.values() if one.evidence == kind]
    found = resolve(kind, SYSTEM, obligation, name_of(posting))
    offered = offers(kind, SYSTEM, obligation)
    if not counters:  # a kind of evidence that no counter of the pack makes
        assert found is None
        assert not offered
        return
    assert found is not None
    assert (found.quantity, found.on) == (2 * len(counters), dt.date(2014, 3, 31))
    assert found.url.endswith("?week=2014-03-01")
    assert [one.reference for one in offered] == [name_of(posting)]
    assert "2014-03" in offered[0].label
    assert "甲" in offered[0].label


def test_a_month_is_not_offered_while_anything_in_it_waits(
    phone: Phone, posting: Posting, liaison: Actor, obligation: Obligation, giver: Actor
) -> None:
    worked(phone, lecture=2)
    worked(phone, "2014-03-11", outpatient=9)  # of another counter, in another week of the month
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    assert not offers("lecture", giver, obligation)
    with pytest.raises(Invalid, match="没有找到所选的工作记录"):
        attach(actor=giver, obligation=obligation, kind="lecture", reference=name_of(posting))
    confirm_week(actor=liaison, posting=posting, monday=dt.date(2014, 3, 10))
    assert [one.reference for one in offers("lecture", giver, obligation)] == [name_of(posting)]
    assert (
        attach(actor=giver, obligation=obligation, kind="lecture", reference=name_of(posting)).quantity == 2
    )
    assert not Evidence.objects.exclude(kind="lecture").exists()


def test_work_of_another_pair_is_not_taken(
    attached: Evidence, posting: Posting, pairing: Pairing, user_at: UserAt
) -> None:
    other = Pairing.objects.exclude(recipient=pairing.recipient).exclude(supporter=pairing.supporter)[0]
    foreign = owed(other, key="foreign")
    stranger = actor_for(user_at(other.supporter, "hospital_liaison"))
    assert not offers("lecture", stranger, foreign)
    with pytest.raises(Invalid, match="不属于这两家医院"):
        attach(actor=stranger, obligation=foreign, kind="lecture", reference=name_of(posting))
    assert Evidence.objects.get() == attached


NO_MONTH = (
    "", "7", "x:2014-03", "{pk}:2014-13", "{pk}:2014-00", "{pk}:1914-03", "{pk}:2014-04", "0:2014-03",
    "{pk}:2014-03 ", "{pk}:２０１４-03", "9" * 30 + ":2014-03",
)  # fmt: skip


@pytest.mark.parametrize("name", NO_MONTH)
def test_what_names_no_month_of_work_is_not_found(
    attached: Evidence, posting: Posting, obligation: Obligation, name: str
) -> None:
    assert resolve("lecture", SYSTEM, obligation, name.format(pk=posting.pk)) is None


def test_months_outside_the_period_are_not_offered(attached: Evidence, pairing: Pairing) -> None:
    year = {"start": dt.date(2014, 4, 1), "end": dt.date(2014, 12, 31)}
    later = owed(pairing, key="later", **year)
    assert not offers("lecture", SYSTEM, later)


def test_months_are_offered_by_person_the_latest_first(
    phone: Phone, posting: Posting, pairing: Pairing, liaison: Actor, obligation: Obligation,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for day in ("2014-03-03", "2014-04-07", "2014-05-05"):
        worked(phone, day, lecture=1)
        confirm_week(actor=liaison, posting=posting, monday=dt.date.fromisoformat(day))
    with django_assert_num_queries(1):
        found = offers("lecture", SYSTEM, obligation)
    assert [one.reference for one in found] == [name_of(posting, f"2014-0{n}") for n in (5, 4, 3)]


# ---------------------------------------------------------------- corrections reach the ledger


def test_a_correction_is_told_and_changes_nothing_by_itself(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, obligation: Obligation
) -> None:
    correct(liaison, posting, 1)
    attached.refresh_from_db()
    obligation.refresh_from_db()
    assert (attached.quantity, attached.figure, attached.figure_now) == (3, 3, 2)
    assert (obligation.given, obligation.evidence_count) == (3, 1)  # as it was attached
    change = EvidenceChange.objects.get()
    assert (change.before, change.after) == (3, 2)
    assert change.why["zh"].startswith("2014-03-03 ")
    assert change.why["zh"].endswith(" 2 → 1：签到表只有一场")
    assert change.why["en"].endswith(" 2 → 1: 签到表只有一场")
    assert change.by_label == liaison.label[:120]
    event = AuditEvent.objects.get(action="evidence.change")
    assert event.target_id == str(obligation.pk)
    assert (event.before["figure"], event.after["figure"]) == (3, 2)
    waits = {one.kind: one.count for one in waits_for(giver)}
    assert waits["obligation_changed"] == 1
    assert "obligation_changed" not in {one.kind for one in waits_for(liaison)}


def test_the_giver_takes_the_new_figure_over_and_it_is_judged_anew(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, taker: Actor, obligation: Obligation
) -> None:
    judge(actor=taker, evidence=attached, version=1, verdict="accepted")
    correct(liaison, posting, 1)
    fresh = renew(actor=giver, evidence=attached, version=3)
    assert fresh is not None
    attached.refresh_from_db()
    obligation.refresh_from_db()
    assert (fresh.quantity, fresh.figure, fresh.figure_now, fresh.replaces) == (2, 2, None, attached)
    assert (attached.quantity, attached.withdrawn_at is None) == (3, False)  # on record as it was
    assert (obligation.given, obligation.accepted, obligation.evidence_count) == (2, 0, 1)
    with pytest.raises(Conflict, match="已经撤回"):
        renew(actor=giver, evidence=attached, version=4)
    with pytest.raises(Conflict, match="没有变化"):
        renew(actor=giver, evidence=fresh, version=1)
    judge(actor=taker, evidence=fresh, version=1, verdict="accepted")
    obligation.refresh_from_db()
    assert obligation.accepted == 2
    correct(liaison, posting, 0, version=2)  # and once more
    fresh.refresh_from_db()
    assert fresh.figure_now == 1
    assert "1 → 0" in fresh.changes.get().why["zh"]
    assert "2 → 1" not in fresh.changes.get().why["zh"]  # told before, with the earlier piece


def test_put_back_the_figure_is_as_it_was_attached(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor
) -> None:
    correct(liaison, posting, 1)
    correct(liaison, posting, 2, version=2)
    attached.refresh_from_db()
    assert attached.figure_now is None
    assert list(attached.changes.values_list("before", "after")) == [(3, 2), (2, 3)]
    assert "obligation_changed" not in {one.kind for one in waits_for(giver)}


def test_with_nothing_left_the_piece_goes_and_none_comes(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, obligation: Obligation
) -> None:
    correct(liaison, posting, 0)
    correct(liaison, posting, 0, day=4)
    attached.refresh_from_db()
    assert attached.figure_now == 0
    assert renew(actor=giver, evidence=attached, version=attached.version) is None
    obligation.refresh_from_db()
    assert (obligation.given, obligation.evidence_count) == (0, 0)
    assert Evidence.objects.count() == 1


def test_late_work_is_told_once_it_is_confirmed(
    attached: Evidence, phone: Phone, posting: Posting, liaison: Actor, giver: Actor
) -> None:
    worked(phone, "2014-03-18", course=2)
    attached.refresh_from_db()
    assert attached.figure_now is None
    correct(liaison, posting, 1)  # while the month waits it has no figure
    attached.refresh_from_db()
    assert attached.figure_now is None
    confirm_week(actor=liaison, posting=posting, monday=dt.date(2014, 3, 17))
    attached.refresh_from_db()
    assert attached.figure_now == 4
    why = attached.changes.get().why
    assert "2 → 1" in why["zh"]
    assert "补报并确认 +2" in why["zh"]
    assert "reported and confirmed later: +2" in why["en"]
    worked(phone, "2014-03-25", outpatient=1)
    with pytest.raises(Conflict, match="待确认"):
        renew(actor=giver, evidence=attached, version=attached.version)


def test_work_of_other_kinds_changes_nothing(
    attached: Evidence, phone: Phone, posting: Posting, liaison: Actor
) -> None:
    correct_work(
        actor=liaison, posting=posting, day=dt.date(2014, 3, 4), activity="outpatient", count=5,
        reason="误填", version=1,
    )  # fmt: skip
    attached.refresh_from_db()
    assert attached.figure_now is None
    assert not EvidenceChange.objects.exists()


def test_a_part_that_was_attached_stays_a_part(
    phone: Phone, posting: Posting, liaison: Actor, obligation: Obligation, giver: Actor
) -> None:
    worked(phone, lecture=5)
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    part = attach(actor=giver, obligation=obligation, kind="lecture", reference=name_of(posting), quantity=2)
    correct(liaison, posting, 4)
    part.refresh_from_db()
    assert (part.figure, part.figure_now) == (5, 4)
    fresh = renew(actor=giver, evidence=part, version=part.version)
    assert fresh is not None
    assert (fresh.quantity, fresh.figure) == (2, 4)


def test_withdrawn_evidence_is_left_alone_and_a_closed_duty_still_learns(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, obligation: Obligation
) -> None:
    Obligation.objects.update(closed_on=dt.date(2014, 12, 31), closed_reason="协议终止")
    correct(liaison, posting, 1)
    attached.refresh_from_db()
    assert attached.figure_now == 2
    with pytest.raises(Conflict, match="失效"):
        renew(actor=giver, evidence=attached, version=attached.version)
    Obligation.objects.update(closed_on=None, closed_reason="")
    withdraw(actor=giver, evidence=attached, version=attached.version, reason="记错了")
    correct(liaison, posting, 0, version=2)
    assert EvidenceChange.objects.count() == 1


def test_only_the_side_that_gave_it_takes_it_over(
    attached: Evidence, posting: Posting, liaison: Actor, taker: Actor
) -> None:
    correct(liaison, posting, 1)
    attached.refresh_from_db()
    for other in (liaison, taker):
        with pytest.raises(Denied):
            renew(actor=other, evidence=attached, version=attached.version)
    assert Evidence.objects.count() == 1


def test_a_correction_of_another_persons_month_is_not_told(
    attached: Evidence, pairing: Pairing, liaison: Actor
) -> None:
    correct(liaison, posting_of(pairing, "乙"), 7, version=0)
    attached.refresh_from_db()
    assert attached.figure_now is None


# ---------------------------------------------------------------- the pages and the interface


def test_the_page_of_the_duty_shows_the_difference_and_carries_it_out(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, taker: Actor, obligation: Obligation
) -> None:
    correct(liaison, posting, 1)
    mine, theirs = Client(), Client()
    mine.force_login(User.objects.get(pk=giver.user_id))
    theirs.force_login(User.objects.get(pk=taker.user_id))
    page = reverse("obligations:detail", args=[obligation.pk])
    html = mine.get(page).content.decode()
    for words in ("数字已更正为 2", "3 → 2", "签到表只有一场", "按新数字 2 提交"):
        assert words in html
    other = theirs.get(page).content.decode()
    assert "数字已更正为 2" in other
    assert "按新数字 2 提交" not in other
    assert "佐证数字已更正" in mine.get(reverse("home")).content.decode()
    listed = mine.get(reverse("obligations:list") + "?waits=changed").content.decode()
    assert "临床教学" in listed
    address = reverse("obligations:renew", args=[attached.pk])
    assert theirs.post(address, {"version": "2"}).status_code == 403
    assert mine.post(address, {"version": "1"}).status_code == 409
    assert mine.post(address, {"version": "x"}).status_code == 422
    assert mine.post(address, {"version": "2"}).status_code == 302
    html = mine.get(page).content.decode()
    for words in ("已由新数字代替", "代替原佐证：3 → 2"):
        assert words in html


def test_the_interface_of_the_duty(
    attached: Evidence, posting: Posting, liaison: Actor, giver: Actor, obligation: Obligation
) -> None:
    correct(liaison, posting, 1)
    program = Client()
    program.force_login(User.objects.get(pk=giver.user_id))
    (piece,) = program.get(f"/api/v1/obligations/{obligation.pk}").json()["evidence"]
    assert (piece["quantity"], piece["figure_now"], piece["changes"][0]["after"]) == (3, 2, 2)
    told = program.post(
        f"/api/v1/obligation-evidence/{attached.pk}/renewal",
        {"version": piece["version"]},
        content_type="application/json",
    ).json()
    assert [(one["quantity"], one["replaces_id"]) for one in told["evidence"]] == [
        (3, None),
        (2, attached.pk),
    ]
    assert told["given"] == 2
