"""The life of a plan: what it takes to agree, whose word counts, what an edition obliges to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.agreements.duties import duties_changed
from duikou.wings.plans.actions import plans, shares, steps, tasks
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import PlanEdition, SupportPlan, YearTask
from duikou.wings.plans.queries.plans import duties
from tests.wings.plans.conftest import YEAR, Pair, again, agreed, broken_down, fresh, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was said about duties."""
    heard: list[dict[str, Any]] = []

    def hear(**said: Any) -> None:
        heard.append(said)

    duties_changed.connect(hear)
    yield heard
    duties_changed.disconnect(hear)


def test_a_plan_is_agreed_by_both_and_then_obliges(
    pair: Pair, year_list: SupportPlan, told: list[dict[str, Any]]
) -> None:
    steps.offer(actor=pair.liaison, plan=year_list, version=year_list.version)
    steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")
    assert fresh(year_list).state == "offered"
    assert not told
    steps.agree(actor=pair.recipient, plan=year_list, version=year_list.version, side="recipient")
    plan = fresh(year_list)
    assert (plan.state, plan.edition) == ("agreed", 1)
    (said,) = told
    assert said["holder"] == f"plan:{plan.pk}"
    assert said["pairing"] == pair.pairing
    assert said["duties"] == duties(plan)
    first = said["duties"][0]
    task = YearTask.objects.filter(plan=plan).order_by("position")[0]
    assert first.key == f"task-{task.pk}"
    assert (first.owner, first.beneficiary) == (Party.SUPPORTER, Party.RECIPIENT)
    assert first.rule == "GOAL-01"
    assert "2015 年度任务清单（第 1 版）#1" in first.source
    assert (first.start, first.end) == (dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 20))
    assert first.measure is not None
    assert (first.measure.unit, first.measure.target, first.measure.period) == ("case", 10, Period.ONCE)
    assert first.evidence == ("upload",)


def test_the_duty_names_the_department_and_person_that_lead(pair: Pair, year_list: SupportPlan) -> None:
    plan = agreed(pair, broken_down(pair, year_list))
    first = duties(plan)[0]
    assert (first.owner_department, first.owner_person) == ("urology", pair.supporter_chief.pk)


def test_departments_of_the_joint_plan_are_duties_of_both(pair: Pair, support_plan: SupportPlan) -> None:
    plan = agreed(pair, support_plan)
    (only,) = duties(plan)
    assert (only.key, only.owner, only.rule) == ("department-urology", Party.BOTH, "CAP-01")
    assert (only.start, only.end) == (pair.pairing.start, pair.pairing.end)


def test_nobody_agrees_for_the_other_party(pair: Pair, year_list: SupportPlan) -> None:
    steps.offer(actor=pair.recipient, plan=year_list, version=year_list.version)
    for who, side in (
        (pair.supporter, "recipient"),
        (pair.recipient, "supporter"),
        (pair.stranger, "recipient"),
        (pair.liaison, "recipient"),
    ):
        with pytest.raises(Denied):
            steps.agree(actor=who, plan=year_list, version=year_list.version, side=side)
        with pytest.raises(Denied):
            steps.send_back(actor=who, plan=year_list, version=year_list.version, side=side, reason="不同意")
    with pytest.raises(Invalid, match="代表哪一方"):
        steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="both")
    assert fresh(year_list).supporter_agreed_at is None


def test_agreeing_twice_or_to_no_offer_is_refused(pair: Pair, year_list: SupportPlan) -> None:
    with pytest.raises(Conflict, match="不在等待同意"):
        steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")
    steps.offer(actor=pair.recipient, plan=year_list, version=year_list.version)
    steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")
    with pytest.raises(Conflict, match="已经同意过"):
        steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")


def test_agreeing_to_a_text_that_was_changed_meanwhile_is_refused(pair: Pair, year_list: SupportPlan) -> None:
    steps.offer(actor=pair.recipient, plan=year_list, version=year_list.version)
    seen = fresh(year_list)
    steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")
    with pytest.raises(Conflict, match="刚被他人改动"):
        steps.agree(actor=pair.recipient, plan=seen, version=seen.version, side="recipient")


def test_a_list_without_the_four_ones_is_not_offered(pair: Pair) -> None:
    plan = plans.open_year(actor=pair.supporter, pairing=pair.pairing, year=YEAR)
    with pytest.raises(Invalid) as refused:
        steps.offer(actor=pair.supporter, plan=plan, version=plan.version)
    said = refused.value.fields["plan"]
    assert len([one for one in said if "四个一" in one and "GOAL-01" in one]) == 4
    assert any("没有任务" in one for one in said)
    assert any("总目标" in one for one in said)


def test_a_task_without_baseline_target_or_evidence_is_named(pair: Pair, year_list: SupportPlan) -> None:
    tasks.add_task(
        actor=pair.supporter,
        plan=year_list,
        version=year_list.version,
        values=values(baseline="", target="", evidence=(), title="空任务"),
    )
    with pytest.raises(Invalid) as refused:
        steps.offer(actor=pair.supporter, plan=fresh(year_list), version=year_list.version)
    said = "；".join(refused.value.fields["plan"])
    for name in ("现状基线", "目标", "所需佐证"):
        assert f"任务“空任务”没有填写{name}" in said


def test_a_joint_plan_lacks_factors_departments_and_presidents(pair: Pair) -> None:
    plan = plans.open_support_plan(actor=pair.supporter, pairing=pair.pairing)
    with pytest.raises(Invalid) as refused:
        steps.offer(actor=pair.supporter, plan=plan, version=plan.version)
    said = "；".join(refused.value.fields["plan"])
    for factor in demands(plan.policy_pack).factors:
        assert factor in said
    assert "没有选定重点建设科室（CAP-01）" in said
    assert "支援医院没有指定第一责任人（AGR-18）" in said
    assert "受援医院没有指定第一责任人（AGR-18）" in said


def test_returning_needs_a_reason_and_takes_the_agreements_back(pair: Pair, year_list: SupportPlan) -> None:
    steps.offer(actor=pair.recipient, plan=year_list, version=year_list.version)
    steps.agree(actor=pair.supporter, plan=year_list, version=year_list.version, side="supporter")
    plan = fresh(year_list)
    with pytest.raises(Invalid, match="理由"):
        steps.send_back(actor=pair.recipient, plan=plan, version=plan.version, side="recipient", reason=" ")
    steps.send_back(
        actor=pair.recipient, plan=plan, version=plan.version, side="recipient", reason="目标过高"
    )
    assert (fresh(plan).state, fresh(plan).supporter_agreed_at) == ("draft", None)


def test_what_is_agreed_changes_only_as_a_new_edition_with_a_reason(
    pair: Pair, running: SupportPlan, told: list[dict[str, Any]]
) -> None:
    with pytest.raises(Conflict, match="修订"):
        plans.edit_plan(actor=pair.supporter, plan=running, version=running.version, goal="别的")
    with pytest.raises(Invalid, match="理由"):
        steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="")
    before = duties(running)
    steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="设备推迟到货")
    task = YearTask.objects.filter(plan=running).select_related("plan__pairing").order_by("position")[0]
    tasks.edit_task(actor=pair.supporter, task=task, version=task.version, values=values(task.one, amount=8))
    assert duties(running) == before  # the edition in force still counts
    assert not told
    plan = agreed(pair, fresh(running))
    assert (plan.state, plan.edition) == ("running", 2)  # a list that was running runs on
    (said,) = told
    assert said["reason"] == "设备推迟到货"
    assert {one.key for one in said["duties"]} == {one.key for one in before}
    assert said["duties"][0].measure.target == 8
    newest = PlanEdition.objects.filter(plan=plan).order_by("-number")[0]
    assert newest.reason == "设备推迟到货"


def test_a_task_that_was_agreed_to_is_dropped_with_a_reason_and_stays_on_record(
    pair: Pair, running: SupportPlan
) -> None:
    steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="调整")
    task = YearTask.objects.filter(plan=running).select_related("plan__pairing").order_by("position")[0]
    with pytest.raises(Invalid, match="理由"):
        tasks.remove_task(actor=pair.supporter, task=task, version=task.version)
    task = again(task)
    tasks.remove_task(actor=pair.supporter, task=task, version=task.version, reason="县里已建成")
    assert again(task).state == "dropped"
    # The kind is free again, and its absence is noticed.
    with pytest.raises(Invalid, match="缺少"):
        steps.offer(actor=pair.supporter, plan=fresh(running), version=fresh(running).version)


def test_a_list_starts_when_each_task_has_its_person(pair: Pair, year_list: SupportPlan) -> None:
    plan = agreed(pair, year_list)
    with pytest.raises(Invalid) as refused:
        steps.start(actor=pair.supporter, plan=plan, version=plan.version)
    assert len(refused.value.fields["plan"]) == 4
    assert all("TGT-03" in one for one in refused.value.fields["plan"])
    plan = broken_down(pair, plan)
    steps.start(actor=pair.supporter, plan=plan, version=plan.version)
    assert fresh(plan).started_on is not None


def test_a_year_closes_when_each_task_has_its_end(pair: Pair, running: SupportPlan) -> None:
    with pytest.raises(Invalid) as refused:
        steps.close(actor=pair.recipient, plan=running, version=running.version, conclusion="小结")
    assert len(refused.value.fields["plan"]) == 4
    for task in YearTask.objects.filter(plan=running).select_related("plan__pairing"):
        tasks.conclude(actor=pair.recipient, task=task, version=task.version, reason="没有完成")
    with pytest.raises(Invalid, match="小结"):
        steps.close(actor=pair.recipient, plan=running, version=running.version, conclusion=" ")
    steps.close(actor=pair.recipient, plan=running, version=running.version, conclusion="下一年继续")
    assert fresh(running).state == "closed"
    with pytest.raises(Conflict):
        steps.revise(actor=pair.recipient, plan=running, version=fresh(running).version, reason="改")


def test_two_supporters_share_the_four_ones_of_a_recipient(pair: Pair, year_list: SupportPlan) -> None:
    """Exactly one of each per recipient and year, whoever supports it."""
    second = pair.pairing
    second.pk, second.position, second.table = None, 9999, "2"
    second.save()
    plan = plans.open_year(actor=pair.recipient, pairing=second, year=YEAR)
    with pytest.raises(Conflict, match="每年每类只能一项"):
        tasks.add_task(actor=pair.recipient, plan=plan, version=plan.version, values=values("urgent_need"))
    plan = fresh(plan)
    plans.edit_plan(actor=pair.recipient, plan=plan, version=plan.version, goal="补充任务")
    tasks.add_task(actor=pair.recipient, plan=plan, version=plan.version, values=values())
    steps.offer(actor=pair.recipient, plan=fresh(plan), version=plan.version)  # nothing is missing


def test_a_share_of_the_own_people_only(pair: Pair, year_list: SupportPlan) -> None:
    task = YearTask.objects.filter(plan=year_list).select_related("plan__pairing")[0]
    with pytest.raises(Denied):
        shares.add_share(
            actor=pair.supporter,
            task=task,
            side="recipient",
            department="urology",
            person=pair.recipient_chief.pk,
            part="x",
        )
