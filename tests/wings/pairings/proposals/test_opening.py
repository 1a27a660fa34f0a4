"""Opening the next round: one day follows the other for everybody, or it is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.actions import Facts, register_hospital
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions.opening import next_term, open_next_round
from duikou.wings.pairings.models import (
    DepartmentLink,
    Finding,
    Pairing,
    Proposal,
    ProposalPair,
    ProposalResult,
    Round,
)
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"
DAY = dt.timedelta(days=1)


@pytest.fixture
def opening(chief, approved) -> Any:
    """Opens the approved proposal; the recipients that are still to be named are left out."""
    left_out = {pair.recipient_key: None for pair in approved.pairs.filter(recipient=None)}
    assert len(left_out) == 2

    def call(**changes: Any) -> Round:
        options = {"key": "zhejiang-2017", "name": "浙江省2017年轮次", "names": left_out, **changes}
        return open_next_round(actor=chief, proposal=approved, **options)

    return call


def gap_days(first: Round, second: Round) -> list[str]:
    """Days on which a recipient of both rounds has no supporter, found day by day."""
    spans: dict[int, list[tuple[dt.date, dt.date]]] = {}
    for row in Pairing.objects.filter(round__in=(first, second)):
        spans.setdefault(row.recipient_id, []).append((row.start, row.end))
    both = set(Pairing.objects.filter(round=first).values_list("recipient", flat=True)) & set(
        Pairing.objects.filter(round=second).values_list("recipient", flat=True)
    )
    found = []
    for recipient in both:
        day, last = min(spans[recipient])[0], second.start + 2 * DAY
        while day <= last:
            if not any(start <= day <= end for start, end in spans[recipient]):
                found.append(f"{recipient} {day}")
            day += DAY
    return found


def test_the_day_after(opening, approved, chief):
    present = Round.objects.get(key=ROUND)
    made = opening()
    assert (made.start, made.end) == (dt.date(2017, 2, 15), dt.date(2020, 2, 14))
    assert made.previous_id == present.pk
    assert made.state == "active"  # its first day has come
    present.refresh_from_db()
    assert (present.end, present.state) == (dt.date(2017, 2, 14), "closed")
    rows = list(Pairing.objects.filter(round=made).order_by("position"))
    assert len(rows) == 151
    assert [row.position for row in rows] == list(range(1, 152))
    assert {(row.start, row.end) for row in rows} == {(made.start, made.end)}
    assert gap_days(present, made) == []
    approved.refresh_from_db()
    assert (approved.state, approved.opened_as_id) == ("opened", made.pk)
    assert not Finding.objects.filter(round=made, rule="PAIR-05", key__contains="gap:").exists()
    actions = AuditEvent.objects.filter(action__in=("proposal.open", "round.opened", "round.create"))
    assert actions.count() == 3


def test_running_numbers_count_each_supporter_s_rows(opening):
    made = opening()
    counted: dict[int, int] = {}
    for row in Pairing.objects.filter(round=made).order_by("position"):
        counted[row.supporter_id] = counted.get(row.supporter_id, 0) + 1
        assert row.running_number == counted[row.supporter_id]


def test_an_early_hand_over_ends_the_present_round(opening):
    day = dt.date(2016, 9, 1)
    made = opening(hand_over=day)
    present = Round.objects.get(key=ROUND)
    assert (present.end, made.start, made.end) == (day - DAY, day, dt.date(2019, 8, 31))
    assert set(Pairing.objects.filter(round=present).values_list("end", flat=True)) == {day - DAY}
    assert Pairing.objects.filter(round=present).exclude(ended_reason="").count() == 0
    assert gap_days(present, made) == []
    assert Pairing.objects.on(day - DAY).count() == 165
    assert Pairing.objects.on(day).count() == 151
    assert Pairing.history.filter(round=present.pk, end=day - DAY).count() == 165


def test_a_round_of_the_future_stays_a_draft(opening):
    Round.objects.update(end="2030-02-14")
    Pairing.objects.update(end="2030-02-14")
    made = opening()
    assert made.state == "draft"
    assert Round.objects.get(key=ROUND).state == "active"


def test_kept_pairs_take_their_links_and_terms_along(opening, approved):
    kept = approved.pairs.filter(change="kept")[0].pairing
    Pairing.objects.filter(pk=kept.pk).update(departments=["儿科"], reason="约定")
    open_link = DepartmentLink.objects.create(pairing=kept, specialty="cardiology", start=kept.start)
    closed = DepartmentLink.objects.create(
        pairing=kept, specialty="nephrology", start=kept.start, end=kept.start
    )
    made = opening()
    new = Pairing.objects.get(round=made, supporter=kept.supporter, recipient=kept.recipient)
    assert (new.departments, new.reason) == (["儿科"], "约定")
    assert [(link.specialty, link.start, link.end) for link in new.department_links.all()] == [
        ("cardiology", made.start, None)
    ]
    open_link.refresh_from_db()
    closed.refresh_from_db()
    assert (open_link.end, closed.end) == (made.start - DAY, kept.start)


def test_a_stand_in_becomes_a_registered_hospital(chief, approved):
    county = Division.objects.on(dt.date(2017, 2, 15)).get(name="长兴县")
    hospital = register_hospital_in(chief, county, "长兴县人民医院")
    names = {
        pair.recipient_key: hospital.key if pair.county == "长兴县" else None
        for pair in approved.pairs.filter(recipient=None)
    }
    made = open_next_round(actor=chief, proposal=approved, key="zhejiang-2017", name="新一轮", names=names)
    row = Pairing.objects.get(round=made, recipient=hospital)
    assert row.recipient_printed == "长兴县人民医院"
    assert row.recipient_division.name == "长兴县"
    uncovered = [f.subjects for f in Finding.objects.filter(round=made, rule="PAIR-03")]
    assert ["天台县"] in uncovered
    assert ["长兴县"] not in uncovered


def register_hospital_in(actor: Any, county: Division, name: str) -> Hospital:
    return register_hospital(
        actor=actor, name=name, facts=Facts(kind="general", tier="county"), division=county
    )


# ---------------------------------------------------------------- refusals


def test_stand_ins_must_be_named(chief, approved):
    with pytest.raises(Invalid, match="哪家医院") as refused:
        open_next_round(actor=chief, proposal=approved, key="z", name="x")
    assert "names" in refused.value.fields
    keys = list(approved.pairs.filter(recipient=None).values_list("recipient_key", flat=True))
    with pytest.raises(Missing):
        open_next_round(
            actor=chief, proposal=approved, key="z", name="x", names=dict.fromkeys(keys, "no-such")
        )
    elsewhere = Hospital.objects.filter(division__name="淳安县").first()
    with pytest.raises(Invalid, match="淳安县"):
        open_next_round(
            actor=chief, proposal=approved, key="z", name="x", names=dict.fromkeys(keys, elsewhere.key)
        )
    assert Round.objects.count() == 1


def test_who_may_open(approved, hangzhou, actor, opening):
    for other in (hangzhou, actor("inspector", "浙江省")):
        with pytest.raises(Denied):
            open_next_round(actor=other, proposal=approved, key="z", name="x")


def test_only_an_approved_one_is_opened(chief, solved):
    with pytest.raises(Conflict, match="草案"):
        open_next_round(actor=chief, proposal=solved, key="z", name="x")


def test_it_is_opened_once(opening, chief, approved):
    opening()
    with pytest.raises(Conflict):
        opening(key="again")
    assert Round.objects.count() == 2


def test_a_round_has_one_next_round(opening):
    present = Round.objects.get(key=ROUND)
    Round.objects.create(
        key="other", name="别的", org=present.org, policy_pack=present.policy_pack, previous=present,
        start="2017-02-15", end="2020-02-14", divisions_on="2017-02-15",
    )  # fmt: skip
    with pytest.raises(Conflict, match="other"):
        opening()


def test_the_key_must_be_free(opening):
    with pytest.raises(Conflict, match=ROUND):
        opening(key=ROUND)


def test_not_on_a_round_that_has_changed(opening):
    Round.objects.update(revision=99)
    with pytest.raises(Conflict, match="批准之后"):
        opening()


@pytest.mark.parametrize("day", ["2014-02-15", "2014-02-16", "2017-02-16", "2020-01-01"])
def test_hand_over_days_that_leave_a_gap_or_no_round(opening, day):
    with pytest.raises(Invalid) as refused:
        opening(hand_over=dt.date.fromisoformat(day))
    assert "hand_over" in refused.value.fields


def test_an_end_before_the_start(opening):
    with pytest.raises(Invalid):
        opening(end=dt.date(2017, 1, 1))
    assert Round.objects.count() == 1


def test_nobody_is_left_alone(opening, approved):
    """A plan may leave a recipient without support; that is never opened silently."""
    lone = approved.pairs.filter(change="kept")[0]
    ProposalPair.objects.filter(pk=lone.pk).update(change="dropped")
    with pytest.raises(Invalid, match=lone.recipient.name):
        opening()
    Hospital.objects.filter(pk=lone.recipient_id).update(state="closed", closed_on="2016-01-01")
    assert opening().pairings.count() == 150


def test_a_closed_hospital_is_not_opened_with(opening, approved):
    pair = approved.pairs.filter(change="kept")[0]
    Hospital.objects.filter(pk=pair.supporter_id).update(state="closed", closed_on="2016-01-01")
    with pytest.raises(Invalid, match="已注销"):
        opening()


def test_support_that_ends_before_the_hand_over_is_told(opening, approved):
    pair = approved.pairs.filter(change="kept")[0]
    Pairing.objects.filter(recipient=pair.recipient_id).update(end="2016-06-30")
    with pytest.raises(Invalid, match="断档"):
        opening()
    assert opening(hand_over=dt.date(2016, 7, 1)).start == dt.date(2016, 7, 1)


def test_a_pairing_that_has_not_begun_by_the_hand_over(opening, approved):
    Pairing.objects.filter(pk=Pairing.objects.all()[0].pk).update(start="2016-10-01")
    with pytest.raises(Invalid, match="2016-10-01"):
        opening(hand_over=dt.date(2016, 9, 1))


def test_terms():
    year = Round(policy_pack="zhejiang-2014", start=dt.date(2014, 2, 15), end=dt.date(2017, 2, 14))
    assert next_term(year).end == dt.date(2020, 2, 14)
    leap = Round(policy_pack="zhejiang-2014", start=dt.date(2013, 3, 1), end=dt.date(2016, 2, 28))
    assert (next_term(leap).start, next_term(leap).end) == (dt.date(2016, 2, 29), dt.date(2019, 2, 27))


# ---------------------------------------------------------------- a property

DAYS = st.dates(dt.date(2014, 2, 15), dt.date(2017, 2, 14))


class _Undo(Exception):
    pass


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_opened_means_without_a_gap(opening, approved, data):
    """Whatever the terms of the present pairings and the hand-over day: refused, or not one day missing."""
    from django.db import transaction

    rows = list(Pairing.objects.filter(round__key=ROUND).order_by("pk"))
    some = data.draw(st.lists(st.sampled_from(rows), max_size=4, unique_by=lambda row: row.pk))
    hand_over = data.draw(st.one_of(st.none(), DAYS))
    try:
        with transaction.atomic():
            for row in some:
                start, end = sorted((data.draw(DAYS), data.draw(DAYS)))
                start = data.draw(st.sampled_from([row.start, start]))
                Pairing.objects.filter(pk=row.pk).update(start=start, end=end)
            dropped = data.draw(st.lists(st.sampled_from(rows), max_size=2, unique_by=lambda row: row.pk))
            ProposalPair.objects.filter(pairing__in=dropped).update(change="dropped")
            fresh = Proposal.objects.get(pk=approved.pk)
            for name in ("version", "state"):
                setattr(approved, name, getattr(fresh, name))
            before = set(Pairing.objects.filter(round__key=ROUND).values_list("recipient", flat=True))
            try:
                made = opening(hand_over=hand_over)
            except Invalid:
                raise _Undo from None
            present = Round.objects.get(key=ROUND)
            after = set(Pairing.objects.filter(round=made).values_list("recipient", flat=True))
            assert before <= after
            last = {}
            for row in Pairing.objects.filter(round=present):
                last[row.recipient_id] = max(row.end, last.get(row.recipient_id, row.end))
            assert set(last.values()) == {made.start - DAY}
            assert not Finding.objects.filter(
                round=made, rule="PAIR-05", present=True, key__contains=f"gap:{made.start - DAY}"
            ).exists()
            assert ProposalResult.objects.filter(proposal=approved).exists()
            raise _Undo
    except _Undo:
        approved.refresh_from_db()
