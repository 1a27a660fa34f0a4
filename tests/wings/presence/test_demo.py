"""Invented presence: what a real phone and host would have left, marked, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.postings import demo as postings_demo
from duikou.wings.presence import demo
from duikou.wings.presence.actions.days import settle_days
from duikou.wings.presence.folding import FAR, TRUSTED, monday_of, put_right
from duikou.wings.presence.models import Confirmation, Correction, Delivery, Mark, Work, WorkDay
from duikou.wings.presence.queries import days_present, work_of
from tests.wings.presence.conftest import owed

pytestmark = pytest.mark.django_db


def test_demonstration_presence_is_consistent_and_goes_without_trace() -> None:
    postings_demo.load(seed=3)
    posting = demo._postings()[0]
    values = {"start": demo.FIRST, "end": demo.LAST, "due": None, "demonstration": True}
    obligation = owed(posting.pairing, key="visits", **values)
    made = demo.load(seed=3)
    assert made["deliveries"] == Delivery.objects.count()
    with pytest.raises(Conflict):
        demo.load(seed=3)

    # every mark is where its delivery's three clocks put it
    for mark in Mark.objects.select_related("delivery"):
        sent = mark.delivery
        assert put_right(sent.client_at, sent.sent_at, sent.received_at) == mark.at
        assert sent.skew_seconds == round((sent.received_at - sent.sent_at).total_seconds())
        assert sent.received_at >= mark.at
    late = [one for one in Delivery.objects.all() if (one.received_at.date() - one.client_at.date()).days > 0]
    assert len(late) > 100  # came when there was a link again
    assert any(abs(one.skew_seconds) > TRUSTED.total_seconds() for one in Delivery.objects.all())

    # folded anew, no day changes; a far check-in was decided on, or waits
    rows = WorkDay.objects.order_by("pk").values_list("pk", "version", "first_in", "last_out")
    before = list(rows)
    for day in WorkDay.objects.select_related("posting")[:40]:
        settle_days(day.posting, day.day)
    assert list(rows.all()) == before
    far = WorkDay.objects.filter(place=FAR)
    assert far.exists()
    assert not far.filter(confirmation__isnull=False, corrected=False).exists()

    # what the host said of a week is what is in it; some last weeks still wait
    for word in Confirmation.objects.all():
        assert word.monday == monday_of(word.monday)
        assert word.confirmed_days.count() == word.days
        assert word.confirmed_work.count() == word.entries
    assert WorkDay.objects.filter(confirmation=None).exists()
    assert Work.objects.filter(confirmation=None).exists()
    postings = [one.pk for one in demo._postings()]
    assert sum(days_present(postings, demo.FIRST, demo.LAST).values()) > 500
    assert all(work_of(postings, demo.FIRST, demo.LAST).values())

    # one attached month was put right afterwards: the ledger knows, and has changed nothing
    evidence = Evidence.objects.get(obligation=obligation)
    assert evidence.figure_now == evidence.quantity - 1
    assert Correction.objects.exclude(subject=Correction.PRESENCE).count() == 1
    assert Obligation.objects.get(pk=obligation.pk).given == evidence.quantity

    demo.clear()
    for model in (Delivery, Mark, Work, WorkDay, Confirmation, Correction):
        assert not model.objects.exists()
    postings_demo.clear()
