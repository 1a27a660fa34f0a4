"""A phone's queue: late, twice, out of order, with a wrong clock; what is refused, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

import pytest

from duikou.core.errors import Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import NOBODY, Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.presence.actions import confirm_week, correct_day, correct_work
from duikou.wings.presence.actions.replay import MOST_ITEMS, replay
from duikou.wings.presence.models import Delivery, Mark, Work, WorkDay
from tests.wings.posted import posting_of
from tests.wings.presence.conftest import Phone, clock

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2014, 3, 3)


def facts(posting: Posting) -> list[Any]:
    """All that counts of a posting."""
    days = WorkDay.objects.filter(posting=posting).order_by("day")
    work = Work.objects.filter(posting=posting).order_by("day", "activity")
    return [
        *days.values_list("day", "present", "first_in", "last_out", "place"),
        *work.values_list("day", "activity", "count"),
    ]


def test_a_day_without_a_link(phone: Phone, posting: Posting) -> None:
    phone.tap("in", "2014-03-03 07:55", "near")
    phone.report("2014-03-03", "2014-03-03 17:10", outpatient=31, ward_round=1)
    phone.tap("out", "2014-03-03 17:30")
    told = phone.send("2014-03-05 09:00")
    assert [one.status for one in told.outcomes] == ["taken"] * 3
    assert told.skew_seconds == 0
    day = WorkDay.objects.get()
    assert (day.day, day.present, day.place) == (MONDAY, True, "near")
    assert (day.first_in, day.last_out) == (clock("2014-03-03 07:55"), clock("2014-03-03 17:30"))
    assert dict(Work.objects.values_list("activity", "count")) == {"outpatient": 31, "ward_round": 1}
    kept = Delivery.objects.get(kind="in")
    assert (kept.client_at, kept.received_at) == (clock("2014-03-03 07:55"), clock("2014-03-05 09:00"))
    event = AuditEvent.objects.get(action="presence.deliver")
    assert event.after == {"taken": 3}
    assert event.scope_path == posting.host_path


def test_sent_twice_nothing_changes_and_the_answer_is_the_same(phone: Phone, posting: Posting) -> None:
    phone.tap("in", "2014-03-03 07:55")
    phone.report("2014-03-03", "2014-03-03 17:10", outpatient=31)
    phone.send("2014-03-03 18:00")
    before = facts(posting)
    again = phone.send("2014-03-04 18:00")
    assert [one.status for one in again.outcomes] == ["known", "known"]
    assert facts(posting) == before
    assert Mark.objects.count() == 1
    assert set(Delivery.objects.values_list("tries", flat=True)) == {2}


def test_the_order_of_arrival_decides_nothing(phone: Phone, pairing: Pairing, posting: Posting) -> None:
    phone.tap("in", "2014-03-03 07:55", "near")
    phone.tap("out", "2014-03-03 17:30")
    phone.report("2014-03-03", "2014-03-03 12:00", outpatient=10)
    phone.report("2014-03-03", "2014-03-03 17:00", outpatient=31)
    seen = []
    for order in itertools.permutations(phone.queue):
        Mark.objects.all().delete()
        WorkDay.objects.all().delete()
        Work.objects.all().delete()
        Delivery.objects.all().delete()
        for item in order:
            phone.send("2014-03-03 18:00", [item])
        seen.append(facts(posting))
    assert all(one == seen[0] for one in seen)
    assert seen[0][-1] == (MONDAY, "outpatient", 31)


def test_what_was_said_earlier_and_comes_later_is_kept_and_answered(phone: Phone) -> None:
    early = phone.report("2014-03-03", "2014-03-03 12:00", outpatient=10)
    late = phone.report("2014-03-03", "2014-03-03 17:00", outpatient=31)
    phone.send("2014-03-03 18:00", [late])
    (told,) = phone.send("2014-03-03 18:01", [early]).outcomes
    assert told.status == "superseded"
    assert "门急诊接诊" in told.message
    assert Delivery.objects.get(uuid=early["uuid"]).payload == {"counts": {"outpatient": 10}}
    assert Work.objects.get().count == 31


def test_a_second_check_in_is_kept_and_the_first_counts(phone: Phone) -> None:
    phone.tap("in", "2014-03-03 07:55")
    phone.send("2014-03-03 08:00")
    again = phone.tap("in", "2014-03-03 09:10")
    (told,) = phone.send("2014-03-03 09:11", [again]).outcomes
    assert told.status == "taken"
    assert "已经签到过" in told.message
    assert Mark.objects.count() == 2
    assert WorkDay.objects.get().first_in == clock("2014-03-03 07:55")


@pytest.mark.parametrize("hours", [-30, -8, 9, 24 * 40])
def test_a_wrong_clock_is_put_right_and_all_three_times_are_kept(phone: Phone, hours: int) -> None:
    phone.wrong = dt.timedelta(hours=hours)
    phone.tap("in", "2014-03-03 07:55")
    told = phone.send("2014-03-03 10:00")
    assert told.outcomes[0].status == "taken"
    assert told.skew_seconds == -hours * 3600
    assert WorkDay.objects.get().first_in == clock("2014-03-03 07:55")
    kept = Delivery.objects.get()
    assert kept.client_at == clock("2014-03-03 07:55") + phone.wrong
    assert (kept.sent_at, kept.received_at) == (
        clock("2014-03-03 10:00") + phone.wrong,
        clock("2014-03-03 10:00"),
    )


def test_a_far_check_in_waits_for_the_host(phone: Phone, posting: Posting, liaison: Actor) -> None:
    phone.tap("in", "2014-03-03 07:55", "far")
    assert "较远" in phone.one("2014-03-03 08:00").message
    with pytest.raises(Exception, match="2014-03-03"):
        confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    correct_day(actor=liaison, posting=posting, day=MONDAY, present=True, reason="下乡义诊", version=1)
    assert confirm_week(actor=liaison, posting=posting, monday=MONDAY).days == 1


def test_what_the_host_put_right_or_confirmed_stays(phone: Phone, posting: Posting, liaison: Actor) -> None:
    phone.report("2014-03-03", "2014-03-03 12:00", outpatient=10, lecture=1)
    phone.send("2014-03-03 12:00")
    correct_day(actor=liaison, posting=posting, day=MONDAY, present=False, reason="当天未到")
    correct_work(
        actor=liaison, posting=posting, day=MONDAY, activity="lecture", count=0, reason="未开讲", version=1
    )
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    phone.queue = []
    phone.tap("in", "2014-03-03 08:00", "near")
    phone.report("2014-03-03", "2014-03-03 20:00", outpatient=11, lecture=2, course=1)
    told = phone.send("2014-03-04 08:00").outcomes
    assert [one.status for one in told] == ["superseded", "superseded"]
    assert not WorkDay.objects.get().present
    assert Mark.objects.count() == 1  # kept all the same
    assert dict(Work.objects.values_list("activity", "count")) == {
        "outpatient": 10,
        "lecture": 0,
        "course": 1,
    }
    assert Work.objects.get(activity="course").confirmation is None  # new: waits for the next confirmation


def test_a_late_mark_opens_the_confirmed_day_again(phone: Phone, posting: Posting, liaison: Actor) -> None:
    phone.tap("in", "2014-03-03 08:00")
    phone.send("2014-03-03 08:00")
    confirm_week(actor=liaison, posting=posting, monday=MONDAY)
    phone.tap("out", "2014-03-03 17:00")
    phone.send("2014-03-20 08:00")
    day = WorkDay.objects.get()
    assert (day.last_out, day.confirmation) == (clock("2014-03-03 17:00"), None)


def test_a_night_duty_and_the_last_one_of_the_posting(phone: Phone, posting: Posting) -> None:
    phone.tap("out", "2014-09-01 08:00")
    assert phone.one("2014-09-01 08:01").status == "taken"
    phone.tap("in", "2014-08-31 20:00")
    phone.send("2014-09-01 08:05")
    day = WorkDay.objects.get()
    assert (day.day, day.last_out) == (dt.date(2014, 8, 31), clock("2014-09-01 08:00"))


def test_leave_is_told(phone: Phone, posting: Posting) -> None:
    Leave.objects.create(
        posting=posting,
        home_path=posting.home_path,
        host_path=posting.host_path,
        first_day=MONDAY,
        last_day=MONDAY,
        reason="事假",
    )
    phone.tap("in", "2014-03-03 08:00")
    assert "请假" in phone.one("2014-03-03 08:00").message


def test_a_leap_day_counts(phone: Phone, pairing: Pairing, posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(last_day=dt.date(2016, 12, 31))
    phone.tap("in", "2016-02-29 08:00")
    assert phone.one("2016-02-29 08:00").day == dt.date(2016, 2, 29)


def test_a_refused_item_may_come_again_when_it_is_right(phone: Phone, pairing: Pairing) -> None:
    Posting.objects.update(state="approved", arrived_on=None)
    phone.tap("in", "2014-03-03 08:00")
    told = phone.one("2014-03-03 08:00")
    assert told.status == "refused"
    assert "登记到岗" in told.message
    assert Delivery.objects.get().status == "refused"
    Posting.objects.update(state="on_post", arrived_on=MONDAY)
    assert phone.one("2014-03-05 08:00").status == "taken"
    assert WorkDay.objects.get().first_in == clock("2014-03-03 08:00")
    assert Delivery.objects.get().tries == 2


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "lunch"}, "无法识别"),
    ({"at": "yesterday"}, "at"),
    ({"at": "2014-03-03T08:00:00"}, "at"),  # no zone
    ({"uuid": "no-uuid"}, "uuid"),
    ({"place": "31.2,121.5"}, "place"),  # a position is not taken
    ({"latitude": 31.2}, "latitude"),
    ({"at": "1914-03-03T08:00:00+08:00"}, "不合理"),
    ({"at": "2014-03-09T08:00:00+08:00"}, "还没有到"),
    ({"at": "2014-02-28T08:00:00+08:00"}, "没有在岗的派驻"),
    ({"kind": "out", "place": "near"}, "不核对地点"),
    ({"kind": "work", "day": "2014-03-03", "counts": {}}, "counts"),
    ({"kind": "work", "day": "2014-03-03", "counts": {"lecture": -1}}, "counts"),
    ({"kind": "work", "day": "2014-03-03", "counts": {"lecture": "2"}}, "counts"),
    ({"kind": "work", "day": "2014-03-03", "counts": {"lecture": 500}}, "0 到 20"),
    ({"kind": "work", "day": "2014-03-03", "counts": {"singing": 1}}, "singing"),
    ({"kind": "work", "day": "2014-03-04", "counts": {"lecture": 1}}, "还没有到"),
    ({"kind": "work", "day": "2014-13-04", "counts": {"lecture": 1}}, "day"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_what_is_wrong_is_refused_alone(phone: Phone, change: dict[str, Any], words: str) -> None:
    good = phone.tap("in", "2014-03-03 08:00")
    bad = {"uuid": str(uuid.uuid4()), "kind": "in", "at": "2014-03-03T07:00:00+08:00", **change}
    first, second = phone.send("2014-03-03 08:10", [bad, good]).outcomes
    assert (first.status, second.status) == ("refused", "taken")
    assert words in first.message
    assert first.uuid == bad["uuid"]
    assert Mark.objects.count() == 1
    assert not Work.objects.exists()


@pytest.mark.parametrize("raw", [None, 7, "in", [], {}, {"uuid": "\ud800", "kind": "in"}])
def test_what_is_no_item_at_all_is_answered(phone: Phone, raw: object) -> None:
    (told,) = phone.send("2014-03-03 08:00", [raw]).outcomes
    assert told.status == "refused"


def test_a_queue_that_is_too_long_comes_in_parts(phone: Phone) -> None:
    with pytest.raises(Invalid, match="200"):
        phone.send("2014-03-03 08:00", [{}] * (MOST_ITEMS + 1))


def test_nobody_reports_for_another(phone: Phone, pairing: Pairing, liaison: Actor) -> None:
    posting_of(pairing, "乙")
    item = phone.tap("in", "2014-03-03 08:00")
    now = clock("2014-03-03 08:00")
    for stranger in (NOBODY, liaison):
        with pytest.raises(Denied):
            replay(actor=stranger, sent_at=now, sent=[item], now=now)
    assert not Delivery.objects.exists()


def test_the_same_number_from_another_phone_is_another_item(
    phone: Phone, pairing: Pairing, posting: Posting
) -> None:
    from duikou.core.scope import actor_for
    from tests.wings.posted import account_of

    other = Phone(actor_for(account_of(posting_of(pairing, "乙").person)))
    item = phone.tap("in", "2014-03-03 08:00")
    phone.send("2014-03-03 08:00")
    (told,) = other.send("2014-03-03 08:00", [item]).outcomes
    assert told.status == "taken"
    assert WorkDay.objects.count() == 2


def test_renamed_or_moved_the_record_stays(phone: Phone, pairing: Pairing, posting: Posting) -> None:
    phone.tap("in", "2014-03-03 08:00")
    phone.send("2014-03-03 08:00")
    posting.person.name, posting.person.hospital = "改名", pairing.recipient
    posting.person.save()
    phone.tap("out", "2014-03-03 17:00")
    assert phone.send("2014-03-03 17:00").outcomes[-1].status == "taken"
    assert WorkDay.objects.get().last_out == clock("2014-03-03 17:00")
