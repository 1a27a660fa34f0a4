"""Making plans: who may write, what is refused, what departments are proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Declaration, Pairing
from duikou.wings.plans import sources
from duikou.wings.plans.actions import plans
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import SupportPlan
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries.departments import proposal
from duikou.wings.plans.queries.matrix import Have, gaps, matrix
from duikou.wings.plans.queries.milestones import milestones
from duikou.wings.plans.sources import CountyNeeds, Disease, NeededDepartment
from tests.wings.plans.conftest import YEAR, Pair, fresh

pytestmark = pytest.mark.django_db


def test_what_packs_demand() -> None:
    zhejiang, nation = demands("zhejiang-2014"), demands("national-2012")
    assert zhejiang.ones == ("urgent_need", "weak_link", "technical_team", "new_service")
    assert (zhejiang.years, zhejiang.plan_years) == (3, 3)
    assert (zhejiang.out_of_county, zhejiang.out_of_county_rule) == (5, "CAP-01")
    assert (nation.out_of_county, nation.out_of_county_rule) == (4, "CAP-02")
    assert nation.ones == ()  # the four ones are Zhejiang's
    assert len(load_pack("zhejiang-2014").specialties) == 22


def test_one_joint_plan_and_one_list_a_year(pair: Pair) -> None:
    plans.open_support_plan(actor=pair.supporter, pairing=pair.pairing)
    with pytest.raises(Conflict, match="已经有了"):
        plans.open_support_plan(actor=pair.recipient, pairing=pair.pairing)
    plans.open_year(actor=pair.supporter, pairing=pair.pairing, year=YEAR)
    with pytest.raises(Conflict, match="已经有了"):
        plans.open_year(actor=pair.supporter, pairing=pair.pairing, year=YEAR)
    for year in (2013, 2018):
        with pytest.raises(Invalid, match="结对期限"):
            plans.open_year(actor=pair.supporter, pairing=pair.pairing, year=year)


def test_strangers_and_authorities_write_nothing(pair: Pair, actor: Any) -> None:
    province = actor("provincial_officer", "浙江省")
    for who in (pair.stranger, province):
        with pytest.raises(Denied):
            plans.open_support_plan(actor=who, pairing=pair.pairing)
        with pytest.raises(Denied):
            plans.open_development_plan(
                actor=who,
                recipient=pair.pairing.recipient,
                start=dt.date(2014, 1, 1),
                end=dt.date(2016, 12, 31),
                policy_pack="zhejiang-2014",
            )


def test_who_sees_what(pair: Pair, support_plan: SupportPlan, actor: Any) -> None:
    own = plans.open_development_plan(
        actor=pair.recipient,
        recipient=pair.pairing.recipient,
        start=dt.date(2014, 1, 1),
        end=dt.date(2016, 12, 31),
        policy_pack="zhejiang-2014",
    )
    province = actor("provincial_officer", "浙江省")
    for who in (pair.supporter, pair.recipient, pair.liaison, province):
        assert {support_plan.pk, own.pk} <= {plan.pk for plan in queries.plans(who)}
    assert not queries.plans(pair.stranger).filter(pk__in=[support_plan.pk, own.pk])
    with pytest.raises(Missing):
        queries.plan(pair.stranger, own.pk)
    with pytest.raises(Denied):  # the supporter helps, but writes nothing in it (TGT-02)
        plans.edit_plan(actor=pair.supporter, plan=own, version=own.version, goal="x")


def test_a_plan_of_less_than_three_years_is_refused(pair: Pair, support_plan: SupportPlan) -> None:
    with pytest.raises(Invalid) as refused:
        plans.open_development_plan(
            actor=pair.recipient,
            recipient=pair.pairing.recipient,
            start=dt.date(2014, 3, 1),
            end=dt.date(2017, 2, 27),
            policy_pack="zhejiang-2014",
        )
    assert "2017-02-28" in refused.value.fields["end"][0]
    with pytest.raises(Invalid):
        plans.edit_plan(
            actor=pair.recipient,
            plan=support_plan,
            version=support_plan.version,
            goal="x",
            end=dt.date(2016, 1, 1),
        )


@pytest.mark.parametrize(
    ("start", "last"),
    [("2014-03-01", "2017-02-28"), ("2012-02-29", "2015-02-28"), ("2013-01-01", "2015-12-31")],
)
def test_last_days(start: str, last: str) -> None:
    assert plans.last_day_of(dt.date.fromisoformat(start), 3) == dt.date.fromisoformat(last)


def test_a_factor_has_a_source_and_a_year(pair: Pair, support_plan: SupportPlan) -> None:
    with pytest.raises(Invalid) as refused:
        plans.set_factor(
            actor=pair.recipient,
            plan=support_plan,
            version=support_plan.version,
            factor="风水",
            value=" ",
            source="",
            year=1,
            mark="heard",
        )
    assert set(refused.value.fields) == {"factor", "value", "source", "year", "mark"}
    plan = fresh(support_plan)
    plans.set_factor(
        actor=pair.recipient, plan=plan, version=plan.version, factor="服务人口", value="46 万",
        source="统计年鉴", year=2013, mark="found",
    )  # fmt: skip
    assert plan.factors.get(factor="服务人口").value == "46 万"
    assert plan.factors.count() == len(demands(plan.policy_pack).factors)


def test_each_side_names_its_own_president(pair: Pair, support_plan: SupportPlan) -> None:
    plan = support_plan
    with pytest.raises(Denied):
        plans.name_president(
            actor=pair.recipient, plan=plan, version=plan.version, side="supporter",
            person=pair.supporter_chief.pk,
        )  # fmt: skip
    with pytest.raises(Missing, match="在职人员"):
        plans.name_president(
            actor=pair.recipient, plan=plan, version=plan.version, side="recipient",
            person=pair.supporter_chief.pk,
        )  # fmt: skip
    with pytest.raises(Invalid):
        plans.name_president(actor=pair.recipient, plan=plan, version=plan.version, side="both", person=None)


def test_departments_are_chosen_with_a_reason_and_once(pair: Pair, support_plan: SupportPlan) -> None:
    plan = support_plan
    with pytest.raises(Invalid) as refused:
        plans.add_department(
            actor=pair.recipient, plan=plan, version=plan.version, specialty="magic", reason=" "
        )
    assert set(refused.value.fields) == {"specialty", "reason"}
    plan = fresh(plan)
    with pytest.raises(Conflict, match="已在规划中"):
        plans.add_department(
            actor=pair.recipient, plan=plan, version=plan.version, specialty="urology", reason="x"
        )
    plan = fresh(plan)
    with pytest.raises(Invalid, match="没有提出过"):
        plans.adopt_departments(
            actor=pair.recipient, plan=plan, version=plan.version, specialties=["pathology"],
            proposal=proposal(pair.recipient, plan),
        )  # fmt: skip
    plan = fresh(plan)
    plans.remove_department(actor=pair.recipient, plan=plan, version=plan.version, specialty="urology")
    with pytest.raises(Invalid, match="没有这个科室"):
        plans.remove_department(actor=pair.recipient, plan=plan, version=plan.version, specialty="urology")


def test_what_was_changed_meanwhile_is_not_overwritten(pair: Pair, support_plan: SupportPlan) -> None:
    seen = support_plan.version
    plans.edit_plan(actor=pair.recipient, plan=support_plan, version=seen, goal="一")
    with pytest.raises(Conflict, match="刚被他人改动"):
        plans.edit_plan(actor=pair.supporter, plan=fresh(support_plan), version=seen, goal="二")


# ---------------------------------------------------------------- the matrix and the proposal


def declared(hospital: Any, kind: str, specialty: str, year: int = 2014, amount: int = 1) -> None:
    Declaration.objects.create(
        hospital=hospital, year=year, kind=kind, specialty=specialty, amount=amount, source="填报"
    )


def test_the_matrix_says_have_weak_missing_and_unknown(pair: Pair, actor: Any) -> None:
    own, giver = pair.pairing.recipient, pair.pairing.supporter
    for specialty, state in (("urology", "present"), ("pathology", "missing"), ("neurology", "weak")):
        Department.objects.create(hospital=own, specialty=specialty, name=specialty, state=state)
    Department.objects.create(hospital=own, specialty="cardiology", name="心内", state="present")
    declared(own, "need", "cardiology", 2013, 5)
    declared(own, "need", "nephrology", 2012, 5)
    declared(own, "strength", "nephrology", 2014)  # the newer word counts
    declared(giver, "strength", "pathology")
    Department.objects.create(hospital=giver, specialty="neurology", name="神内", state="present")
    found = {one.specialty.id: one for one in gaps(pair.pairing)}
    assert len(found) == 22
    states = {key: one.recipient.have for key, one in found.items()}
    assert states["urology"] is Have.HAVE
    assert states["pathology"] is Have.MISSING
    assert states["neurology"] is Have.WEAK
    assert states["cardiology"] is Have.WEAK  # there, but declared as weak
    assert states["nephrology"] is Have.HAVE
    assert states["dentistry" if "dentistry" in states else "ophthalmology"] is Have.UNKNOWN
    assert (found["pathology"].advice, found["neurology"].advice) == ("match", "able")
    assert found["cardiology"].advice == "seek"
    assert found["urology"].advice == ""
    area = matrix(actor("provincial_officer", "浙江省"))
    (row,) = [row for row in area.rows if row.id == own.pk]
    assert row.count(Have.WEAK) == 2
    assert area.count("pathology", Have.MISSING) == 1


@pytest.fixture
def provider() -> Iterator[list[Any]]:
    """A province whose front pages tell about one county; what was asked is kept."""
    before = list(sources._providers)
    asked: list[Any] = []

    def answer(actor: Actor, county: str, most: int, years: int) -> CountyNeeds:
        asked.append((county, most, years))
        return CountyNeeds(
            "2011-03",
            "2014-02",
            (Disease(1, "C34", Text("肺癌", "lung cancer"), 120, "8.1%"),),
            (NeededDepartment("thoracic_surgery", Text("胸外科", "Thoracic surgery"), ("C34",)),),
        )

    sources.register_needs(answer)
    yield asked
    sources._providers[:] = before


def test_departments_come_from_front_pages_then_needs_then_gaps(
    pair: Pair, support_plan: SupportPlan, provider: list[Any]
) -> None:
    own = pair.pairing.recipient
    declared(own, "need", "pathology", 2014, 2)
    declared(own, "need", "neurology", 2014, 7)
    Department.objects.create(hospital=own, specialty="cardiology", name="x", state="missing")
    found = proposal(pair.recipient, support_plan)
    assert provider == [(own.division.code, 5, 3)]
    assert [(row.specialty, row.origin) for row in found.rows] == [
        ("thoracic_surgery", "out_referral"),
        ("neurology", "declared"),
        ("pathology", "declared"),
        ("cardiology", "gap"),
    ]
    assert "C34 肺癌（第 1 位，120 人次）" in found.rows[0].basis.zh
    assert "rank 1, 120 stays" in found.rows[0].basis.en


def test_without_front_pages_the_declared_needs_speak(pair: Pair, support_plan: SupportPlan) -> None:
    declared(pair.pairing.recipient, "need", "pathology")
    found = proposal(pair.recipient, support_plan)
    assert found.needs is None
    assert [row.specialty for row in found.rows] == ["pathology"]


def test_milestones_by_year_with_the_task_that_carries_them(pair: Pair, year_list: SupportPlan) -> None:
    from duikou.wings.hospitals.models import Capability

    task = year_list.tasks.order_by("position")[0]
    task.technique = "icu_department"
    task.save()
    Capability.objects.create(
        hospital=pair.pairing.recipient, technique="icu_department", state="independent"
    )
    found = milestones(pair.pairing)
    assert [year.year for year, _rows in found] == [2014, 2015, 2016]
    assert found[0][1] == []  # no task is listed for 2014
    (icu,) = [one for one in found[1][1] if one.technique.id == "icu_department"]
    assert icu.reached
    assert icu.task == task


def test_a_hospital_with_another_keeper_keeps_its_plans(pair: Pair, support_plan: SupportPlan) -> None:
    from duikou.wings.hospitals.signals import hospital_moved

    own = pair.pairing.recipient
    hospital_moved.send(type(own), hospital=own, old_path=own.scope_path, new_path=own.scope_path + "0009999")
    assert fresh(support_plan).recipient_path.endswith("0009999")
    assert Pairing.objects.get(pk=pair.pairing.pk).recipient_path.endswith("0009999")
