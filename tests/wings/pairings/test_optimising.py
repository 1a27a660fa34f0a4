"""The loaded round as a problem of the optimiser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duikou.core.scope import SYSTEM
from duikou.engines.pairing.optimise.options import Options
from duikou.wings.hospitals.actions.entry import Facts as EntryFacts
from duikou.wings.hospitals.actions.entry import register_hospital
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import AidLoad, Round
from duikou.wings.pairings.optimising import facts_for, problem_for
from duikou.wings.pairings.translate import engine_round
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    return Round.objects.get(key="zhejiang-2014")


def hospital(name: str) -> Hospital:
    return Hospital.objects.get(name=name)


def test_size_of_the_problem(round_: Round) -> None:
    problem = problem_for(round_)
    assert (len(problem.supporters), len(problem.recipients), len(problem.counties)) == (67, 153, 90)
    assert int(problem.candidates.existing.sum()) == 165
    assert [one.name for one in problem.recipients if one.assumed] == [
        "长兴县县级医院（待定）",
        "天台县县级医院（待定）",
    ]


def test_every_candidate_has_an_estimated_distance(round_: Round) -> None:
    problem = problem_for(round_)
    assert not problem.candidates.unknown["travel"].any()
    assert (problem.candidates.parts["travel"] > 0).any()


@pytest.mark.parametrize("rows", [165, 20])
def test_the_number_of_queries_does_not_grow_with_the_round(round_: Round, rows: int) -> None:
    round_.pairings.filter(position__gt=rows).delete()
    with CaptureQueriesContext(connection) as queries:
        problem_for(round_)
    assert len(queries) <= 20


def test_weak_departments_are_needs_and_present_ones_strengths(round_: Round) -> None:
    supporter, recipient = hospital("浙江医院"), hospital("安吉县人民医院")
    closed = dt.date(2015, 1, 1)
    for owner, specialty, state, until in (
        (supporter, "cardiology", Department.State.PRESENT, None),
        (supporter, "neurology", Department.State.PRESENT, closed),
        (recipient, "cardiology", Department.State.WEAK, None),
        (recipient, "neurology", Department.State.MISSING, None),
        (recipient, "urology", Department.State.PRESENT, None),
    ):
        Department.objects.create(
            hospital=owner, specialty=specialty, name=specialty, state=state, closed_on=until
        )
    facts = facts_for(round_, engine_round(round_))
    assert facts.strengths == {supporter.key: frozenset({"cardiology"})}
    assert facts.needs == {recipient.key: {"cardiology": 1, "neurology": 1}}
    assert "fit" in {level.name for level in problem_for(round_).levels}


def test_aid_loads_of_the_time_are_added_up(round_: Round) -> None:
    supporter = hospital("浙江医院")
    for months, start, end in ((6, dt.date(2014, 1, 1), None), (4, dt.date(2015, 1, 1), None),
                               (None, dt.date(2014, 1, 1), None),
                               (9, dt.date(2013, 1, 1), dt.date(2014, 1, 31))):  # fmt: skip
        AidLoad.objects.create(
            hospital=supporter, programme="tibet", person_months=months, start=start, end=end, source="试验"
        )
    facts = facts_for(round_, engine_round(round_))
    assert facts.aid_months == {supporter.key: 10}


def test_a_closed_hospital_takes_no_part(round_: Round) -> None:
    closed = hospital("浙江衢化医院")
    Hospital.objects.filter(pk=closed.pk).update(state="closed", closed_on=dt.date(2016, 1, 1))
    problem = problem_for(round_)
    assert closed.key not in {one.key for one in problem.supporters}
    assert problem.lost_pairs == 1
    assert [(one.supporter, one.why) for one in problem.lost] == [("浙江衢化医院", "supporter_closed")]


def test_a_registered_hospital_of_an_empty_county_is_proposed_before_an_assumed_one(round_: Round) -> None:
    register_hospital(
        actor=SYSTEM,
        name="天台县人民医院",
        facts=EntryFacts(kind="general", tier="county"),
        division=Division.objects.get(name="天台县"),
    )
    problem = problem_for(round_)
    assert [one.name for one in problem.recipients if one.assumed] == ["长兴县县级医院（待定）"]
    assert problem.recipients[-2].name == "天台县人民医院"


def test_a_named_hospital_takes_the_place_of_an_assumed_one(round_: Round) -> None:
    problem = problem_for(round_, Options(recipients=(("长兴县", "长兴县人民医院"),)))
    assert [one.name for one in problem.recipients if one.assumed] == ["天台县县级医院（待定）"]
    assert "长兴县人民医院" in [one.name for one in problem.recipients]
