"""Two records made one and two again: nothing is lost, whatever the order; against a slow model."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import SYSTEM
from duikou.wings.patients import actions, consents
from duikou.wings.patients.models import Consent, Merge, Patient
from duikou.wings.patients.queries import doubles, records
from duikou.wings.patients.sealing import blind_index
from tests.wings.patients.conftest import Ward, card


def merge(ward: Ward, survivor: Patient, duplicate: Patient, **more: Any) -> Merge:
    values: dict[str, Any] = {"actor": ward.doctor, "reason": "同一人两次建档", **more}
    return actions.merge(survivor=survivor, duplicate=duplicate, **values)


def test_a_merge_brings_everything_along_and_leads_there(ward: Ward) -> None:
    survivor, duplicate = ward.without_card(), ward.patient(phone="")
    given = ward.agrees(duplicate)
    relation = actions.share(
        actor=ward.doctor, patient=duplicate, hospital=ward.other, kind="referral", reference="r:1"
    )
    actions.look(actor=ward.doctor, number=duplicate.number, where="page")
    done = merge(ward, survivor, duplicate)
    survivor.refresh_from_db()
    assert survivor.identity == card()
    assert doubles.holder_of(blind_index("card", card())) == survivor
    assert consents.standing(survivor, "consultation") == given
    assert consents.standing(Patient.objects.get(pk=duplicate.pk), "consultation") == given
    assert list(records.shares_of(survivor)) == [relation]
    assert [row.patient for row in records.looks_at(survivor)] == [duplicate]
    assert list(records.patients(ward.doctor)) == [survivor]
    assert actions.look(actor=ward.other_doctor, number=survivor.number, where="page") == survivor
    with pytest.raises(Conflict, match=survivor.number):
        ward.agrees(Patient.objects.get(pk=duplicate.pk))

    actions.undo_merge(actor=ward.doctor, done=done, reason="两个人")
    survivor.refresh_from_db()
    duplicate.refresh_from_db()
    assert (survivor.identity, survivor.identity_kind) == ("", "none")
    assert (duplicate.identity, duplicate.merged_into) == (card(), None)
    assert consents.standing(survivor, "consultation") is None
    assert consents.standing(duplicate, "consultation") == given
    with pytest.raises(Conflict, match="已经撤销"):
        actions.undo_merge(actor=ward.doctor, done=done, reason="再来")


def test_merges_that_are_refused(ward: Ward) -> None:
    first, second = ward.patient(), ward.patient(identity=card(2))
    with pytest.raises(Conflict, match="PAT-01"):
        merge(ward, first, second)
    with pytest.raises(Conflict, match="同一份"):
        merge(ward, first, first)
    third, fourth = ward.without_card(), ward.without_card(department=ward.heart)
    with pytest.raises(Invalid):
        merge(ward, first, third, reason="  ")
    with pytest.raises(Denied):
        merge(ward, first, third, actor=ward.other_doctor)
    with pytest.raises(Conflict, match="本科室"):
        merge(ward, first, fourth, actor=ward.heart_doctor)
    merge(ward, first, third)
    with pytest.raises(Conflict, match="已并入"):
        merge(ward, second, third)
    with pytest.raises(Conflict, match="已并入"):
        merge(ward, third, fourth)


def test_a_later_merge_is_undone_first(ward: Ward) -> None:
    first, second, third = (ward.without_card(name) for name in ("甲甲", "乙乙", "丙丙"))
    inner = merge(ward, second, third)
    outer = merge(ward, first, second)
    with pytest.raises(Conflict, match=first.number):
        actions.undo_merge(actor=ward.doctor, done=inner, reason="x")
    actions.undo_merge(actor=ward.doctor, done=outer, reason="x")
    actions.undo_merge(actor=ward.doctor, done=inner, reason="x")
    assert Patient.objects.standing().count() == 3


def test_a_number_corrected_since_stays_with_the_survivor(ward: Ward) -> None:
    survivor, duplicate = ward.without_card("於碶峃"), ward.patient()
    done = merge(ward, survivor, duplicate)
    survivor.refresh_from_db()
    actions.correct(
        actor=ward.doctor, patient=survivor, details=ward.details(identity=card(3)), reason="证件更正"
    )
    actions.undo_merge(actor=ward.doctor, done=done, reason="两个人")
    survivor.refresh_from_db()
    duplicate.refresh_from_db()
    assert (survivor.identity, duplicate.identity) == (card(3), "")


PEOPLE = 4
HOUR = dt.timedelta(hours=1)
AT = dt.datetime(2014, 3, 1, tzinfo=dt.UTC)
person = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), person, person), st.tuples(st.just("undo"), st.integers(0, 4), st.just(0))
    ),
    max_size=9,
)


class Model:
    """Who leads to whom, whose consents each record shows, who has the card: in plain collections."""

    def __init__(self, carded: set[int]) -> None:
        self.leads: dict[int, int] = {}
        self.shows = {n: {n} for n in range(PEOPLE)}
        self.carded = set(carded)
        self.done: list[tuple[Merge, int, int, set[int], bool]] = []
        self.undone: set[int] = set()

    def may_merge(self, into: int, out: int) -> bool:
        return into != out and into not in self.leads and out not in self.leads

    def merge(self, made: Merge, into: int, out: int) -> None:
        took = out in self.carded
        self.done.append((made, into, out, set(self.shows[out]), took))
        self.leads[out] = into
        self.shows[into] |= self.shows[out]
        self.shows[out] = set()
        if took:
            self.carded = {into}

    def may_undo(self, number: int) -> bool:
        return number not in self.undone and self.done[number][1] not in self.leads

    def undo(self, number: int) -> None:
        _made, into, out, moved, took = self.done[number]
        self.undone.add(number)
        del self.leads[out]
        self.shows[out] = moved & self.shows[into]
        self.shows[into] -= moved
        if took and into in self.carded:
            self.carded = {out}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sets(person, max_size=1))
def test_merging_and_undoing_in_any_order_loses_nothing(
    ward: Ward, drawn: list[tuple[str, int, int]], carded: set[int]
) -> None:
    with transaction.atomic():
        people = [ward.patient() if n in carded else ward.without_card(f"病人{n}") for n in range(PEOPLE)]
        keys = [one.pk for one in people]
        for number, one in enumerate(people):
            Consent.objects.create(
                patient=one, purpose="referral", rule="REF-04", text_version="1", giver="patient",
                way="written", given_at=AT + number * HOUR,
            )  # fmt: skip
        model = Model(carded)
        for what, a, b in drawn:
            if what == "undo" and a >= len(model.done):
                continue
            allowed = model.may_merge(a, b) if what == "merge" else model.may_undo(a)
            try:
                with transaction.atomic():
                    if what == "merge":
                        made = actions.merge(
                            actor=SYSTEM, survivor=people[a], duplicate=people[b], reason="x"
                        )
                    else:
                        done = Merge.objects.get(pk=model.done[a][0].pk)
                        actions.undo_merge(actor=SYSTEM, done=done, reason="x")
            except Conflict:
                assert not allowed
                continue
            assert allowed
            if what == "merge":
                model.merge(made, a, b)
            else:
                model.undo(a)
        rows = Patient.objects.in_bulk(keys)
        leads = {pk: row.merged_into_id for pk, row in rows.items() if row.merged_into_id}
        assert {keys.index(pk): keys.index(into) for pk, into in leads.items()} == model.leads
        for n, key in enumerate(keys):
            given_at = Consent.objects.filter(patient=key).values_list("given_at", flat=True)
            assert {(moment - AT) // HOUR for moment in given_at} == model.shows[n]
        assert {keys.index(pk) for pk, row in rows.items() if row.identity_index} == model.carded
        transaction.set_rollback(True)
