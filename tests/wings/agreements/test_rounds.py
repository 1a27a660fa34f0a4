"""A round by its agreements: the deadline of its pack, who is late, drafts for all pairings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.jobs.context import JobContext
from duikou.policy.loader import load_pack
from duikou.wings.agreements.actions import opening
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import rounds as queries
from duikou.wings.pairings.models import Pairing, Round
from tests.wings.agreements.conftest import TODAY, Made

pytestmark = pytest.mark.django_db
DEADLINE = dt.date(2014, 2, 15)


@pytest.mark.parametrize(
    ("signed_on", "today", "timing"),
    [
        (DEADLINE, DEADLINE, "in_time"),
        (DEADLINE + dt.timedelta(days=1), DEADLINE + dt.timedelta(days=1), "signed_late"),
        (None, DEADLINE, "open"),
        (None, DEADLINE + dt.timedelta(days=1), "late"),
    ],
)
def test_in_time_or_late(signed_on: dt.date | None, today: dt.date, timing: str) -> None:
    assert queries.timing(signed_on, DEADLINE, today) == timing


def test_the_deadline_is_that_of_the_rounds_pack(made: Made) -> None:
    round_ = Round.objects.get()
    assert queries.deadline_of(round_) == DEADLINE
    on_the_day = queries.standings(made.people.province, round_, today=DEADLINE)
    assert {row.timing for row in on_the_day} == {"open"}
    after = queries.standings(made.people.province, round_, today=DEADLINE + dt.timedelta(days=1))
    assert {row.timing for row in after} == {"late"}
    assert len(after) == 165
    assert {row.days_late for row in after} == {1}


def test_a_pack_with_another_date_changes_it_without_code(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = load_pack("zhejiang-2014")
    rule = pack.rules["AGR-01"]
    later = dataclasses.replace(rule.parameters["deadline"], value=TODAY)
    other = dataclasses.replace(rule, parameters={**rule.parameters, "deadline": later})
    changed = dataclasses.replace(pack, rules={**pack.rules, "AGR-01": other})
    monkeypatch.setattr(queries, "load_pack", lambda _name: changed)
    round_ = Round.objects.get()
    agreement = made.signed()
    assert queries.deadline_of(round_) == TODAY
    (row,) = [r for r in queries.standings(made.people.province, round_) if r.agreement_id == agreement.pk]
    assert (row.timing, row.days_late) == ("in_time", 0)
    assert not Agreement.objects.filter(queries.late_condition([round_], TODAY)).exists()


def test_a_pack_without_the_rule_makes_nobody_late(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = load_pack("zhejiang-2014")
    rules = {key: rule for key, rule in pack.rules.items() if key != "AGR-01"}
    monkeypatch.setattr(queries, "load_pack", lambda _name: dataclasses.replace(pack, rules=rules))
    rows = queries.standings(made.people.province, Round.objects.get())
    assert {row.timing for row in rows} == {"open"}


def test_counts_by_city_add_up(made: Made) -> None:
    made.filed()
    rows = queries.standings(made.people.province, Round.objects.get())
    cities, total = queries.by_city(rows), queries.count("", rows)
    assert len(cities) == 11
    for name in ("pairings", "in_time", "signed_late", "late", "filed", "filed_late", "without"):
        assert sum(getattr(city, name) for city in cities) == getattr(total, name)
    assert (total.pairings, total.signed_late, total.filed, total.filed_late) == (165, 1, 1, 1)


def test_an_amendment_does_not_make_late_and_the_first_signature_counts(made: Made) -> None:
    from duikou.wings.agreements.actions import life
    from tests.wings.agreements.test_life import approve

    first = made.signed()
    Agreement.objects.filter(pk=first.pk).update(drafted_on=DEADLINE, signed_on=DEADLINE)
    first.refresh_from_db()
    made.sign(approve(made, life.amend(actor=made.people.supporter_liaison, agreement=first)))
    rows = queries.standings(made.people.province, Round.objects.get())
    (row,) = [row for row in rows if row.pairing_id == made.pairing.pk]
    assert (row.stage, row.timing) == ("signed", "in_time")


def test_everybody_sees_the_own_part(made: Made) -> None:
    made.signed()
    round_ = Round.objects.get()
    own = queries.standings(made.people.recipient, round_)
    assert made.pairing.pk in {row.pairing_id for row in own}
    assert all(row.recipient == made.pairing.recipient_printed for row in own)
    assert made.pairing.pk not in {row.pairing_id for row in queries.standings(made.people.stranger, round_)}


def test_two_queries_for_a_round(made: Made, django_assert_num_queries: Any) -> None:
    made.signed()
    round_ = Round.objects.get()
    with django_assert_num_queries(2):
        queries.standings(made.people.province, round_)


# ---------------------------------------------------------------- drafts for all


def test_drafts_for_the_pairings_that_have_none(made: Made) -> None:
    round_ = Round.objects.get()
    made.draft()
    keep = set(Pairing.objects.order_by("position").values_list("pk", flat=True)[:4])
    Pairing.objects.exclude(pk__in=keep).update(ended_reason="演示", end=dt.date(2014, 12, 31))
    found = opening.draft_all(actor=made.people.province, round_=round_, drafted_on=TODAY, job=JobContext())
    assert (found.drafts, found.refused, found.failed) == (3, 0, [])
    assert set(Agreement.objects.values_list("pairing", flat=True)) == keep
    assert not Agreement.objects.filter(accepted=False).exists()
    again = opening.draft_all(actor=made.people.province, round_=round_, drafted_on=TODAY, job=JobContext())
    assert again.drafts == 0


def test_asking_is_refused(made: Made) -> None:
    round_ = Round.objects.get()
    with pytest.raises(Denied):
        opening.ask_to_open(actor=made.people.supporter, round_=round_)
    with pytest.raises(Invalid, match="不晚于今天"):
        opening.ask_to_open(
            actor=made.people.province, round_=round_, drafted_on=TODAY + dt.timedelta(days=1)
        )
    job = opening.ask_to_open(actor=made.people.province, round_=round_)
    assert opening.ask_to_open(actor=made.people.province, round_=round_).pk == job.pk
    Pairing.objects.update(ended_reason="演示", end=dt.date(2014, 12, 31))
    with pytest.raises(Conflict, match="没有需要起草的"):
        opening.ask_to_open(actor=made.people.province, round_=round_)
