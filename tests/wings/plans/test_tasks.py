"""Annual tasks: what a task must say, who reports, who accepts, who confirms a part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import actor_for
from duikou.wings.people.models import Person
from duikou.wings.plans.actions import plans, shares, tasks
from duikou.wings.plans.models import SupportPlan, TaskShare, YearTask
from duikou.wings.plans.queries import tasks as queries
from duikou.wings.plans.queries.waiting import waits_for
from tests.wings.plans.conftest import YEAR, Pair, again, fresh, values

pytestmark = pytest.mark.django_db


def first(plan: SupportPlan) -> YearTask:
    return YearTask.objects.select_related("plan__pairing").filter(plan=plan).order_by("position")[0]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": " "}),
        ("one", {"one": "five_ones"}),
        ("focus", {"focus": "别的"}),
        ("specialty", {"specialty": "magic"}),
        ("technique", {"technique": "magic"}),
        ("unit", {"unit": "date"}),
        ("period", {"period": "event"}),
        ("owner", {"owner": "nobody"}),
        ("evidence", {"evidence": ("hearsay",)}),
        ("due", {"due": dt.date(YEAR + 1, 1, 1)}),
        ("amount", {"unit": "", "amount": 3}),
        ("amount", {"unit": "case", "amount": 0}),
    ],
)
def test_a_task_that_says_what_it_cannot(
    pair: Pair, year_list: SupportPlan, field: str, change: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        tasks.add_task(
            actor=pair.supporter, plan=year_list, version=year_list.version, values=values(**change)
        )
    assert list(refused.value.fields) == [field]
    assert YearTask.objects.filter(plan=year_list).count() == 4


def test_the_database_holds_the_four_ones_itself(pair: Pair, year_list: SupportPlan) -> None:
    from django.db import IntegrityError, transaction

    task = first(year_list)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearTask.objects.create(
            plan=year_list, recipient=task.recipient, year=task.year, position=99, one=task.one, title="x",
            due=task.due,
        )  # fmt: skip


def test_tasks_belong_into_a_year(pair: Pair, support_plan: SupportPlan) -> None:
    with pytest.raises(Invalid, match="年度任务清单"):
        tasks.add_task(actor=pair.supporter, plan=support_plan, version=support_plan.version, values=values())


def test_strangers_add_and_change_nothing(pair: Pair, year_list: SupportPlan) -> None:
    with pytest.raises(Denied):
        tasks.add_task(actor=pair.stranger, plan=year_list, version=year_list.version, values=values())
    task = first(year_list)
    with pytest.raises(Denied):
        tasks.edit_task(actor=pair.stranger, task=task, version=task.version, values=values(task.one))
    with pytest.raises(Denied):
        tasks.remove_task(actor=pair.stranger, task=task, version=task.version)
    with pytest.raises(Missing):
        queries.task(pair.stranger, task.pk)


def test_the_party_that_owes_reports_the_other_accepts(pair: Pair, running: SupportPlan) -> None:
    task = first(running)
    with pytest.raises(Invalid, match="应由其报告"):
        tasks.report(actor=pair.recipient, task=task, version=task.version, side="recipient", result="做了")
    with pytest.raises(Denied):
        tasks.report(actor=pair.recipient, task=task, version=task.version, side="supporter", result="做了")
    with pytest.raises(Invalid, match="完成情况"):
        tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result=" ")
    with pytest.raises(Conflict):
        tasks.accept(actor=pair.recipient, task=task, version=task.version)  # nothing was reported
    task = again(task)
    tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result="12 例")
    with pytest.raises(Denied):
        tasks.accept(actor=pair.supporter, task=task, version=task.version)
    with pytest.raises(Denied):  # the liaison may edit, but not accept
        tasks.accept(actor=pair.liaison, task=task, version=task.version)
    with pytest.raises(Invalid, match="理由"):
        tasks.refuse_task(actor=pair.recipient, task=again(task), version=again(task).version, reason="")
    tasks.refuse_task(actor=pair.recipient, task=task, version=again(task).version, reason="只有 6 例")
    task = again(task)
    assert (task.state, task.decision) == ("open", "只有 6 例")
    tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result="12 例")
    tasks.accept(actor=pair.recipient, task=task, version=task.version, note="属实")
    assert again(task).state == "accepted"


def test_of_a_task_of_both_the_one_that_did_not_report_accepts(pair: Pair, year_list: SupportPlan) -> None:
    from duikou.wings.plans.actions import steps
    from tests.wings.plans.conftest import agreed, broken_down

    task = first(year_list)
    tasks.edit_task(
        actor=pair.supporter, task=task, version=task.version, values=values(task.one, owner="both")
    )
    plan = broken_down(pair, agreed(pair, fresh(year_list)))
    shares.add_share(
        actor=pair.recipient, task=again(task), side="recipient", department="urology",
        person=pair.recipient_chief.pk, part="学习",
    )  # fmt: skip
    steps.start(actor=pair.supporter, plan=plan, version=fresh(plan).version)
    task = again(task)
    tasks.report(actor=pair.recipient, task=task, version=task.version, side="recipient", result="学会")
    with pytest.raises(Denied):
        tasks.accept(actor=pair.recipient, task=again(task), version=again(task).version)
    tasks.accept(actor=pair.supporter, task=again(task), version=again(task).version)
    assert again(task).state == "accepted"


def test_nothing_is_reported_before_the_list_runs(pair: Pair, year_list: SupportPlan) -> None:
    task = first(year_list)
    with pytest.raises(Conflict, match="还没有开始执行"):
        tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result="做了")
    with pytest.raises(Conflict, match="还没有开始执行"):
        tasks.conclude(actor=pair.recipient, task=task, version=task.version, reason="没做")


def test_a_task_that_nobody_agreed_to_is_not_reported(pair: Pair, running: SupportPlan) -> None:
    from duikou.wings.plans.actions import steps

    steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="补充")
    made = tasks.add_task(
        actor=pair.supporter, plan=fresh(running), version=fresh(running).version, values=values()
    )
    with pytest.raises(Conflict, match="还没有经双方同意"):
        tasks.report(
            actor=pair.supporter, task=again(made), version=made.version, side="supporter", result="做了"
        )


def test_what_was_accepted_is_not_changed_any_more(pair: Pair, running: SupportPlan) -> None:
    from duikou.wings.plans.actions import steps

    task = first(running)
    tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result="做了")
    tasks.accept(actor=pair.recipient, task=again(task), version=again(task).version)
    steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="补充")
    with pytest.raises(Conflict, match="不能修改"):
        tasks.edit_task(
            actor=pair.supporter, task=again(task), version=again(task).version, values=values(task.one)
        )
    with pytest.raises(Conflict, match="不能修改"):
        tasks.remove_task(actor=pair.supporter, task=again(task), version=again(task).version, reason="x")


# ---------------------------------------------------------------- shares


def test_a_part_is_of_a_person_in_office_of_the_own_hospital(pair: Pair, year_list: SupportPlan) -> None:
    task = first(year_list)
    give = {"actor": pair.supporter, "task": task, "side": "supporter"}
    with pytest.raises(Missing, match="在职人员"):
        shares.add_share(**give, department="urology", person=pair.recipient_chief.pk, part="x")
    with pytest.raises(Invalid) as refused:
        shares.add_share(**give, department="magic", person=pair.supporter_chief.pk, part=" ")
    assert set(refused.value.fields) == {"department", "part"}
    made = shares.add_share(**give, department="urology", person=pair.supporter_chief.pk, part="带教")
    with pytest.raises(Conflict, match="同样的分工"):
        shares.add_share(**give, department="urology", person=pair.supporter_chief.pk, part="带教")
    with pytest.raises(Denied):
        shares.remove_share(actor=pair.recipient, share=made, version=made.version)
    shares.remove_share(actor=pair.supporter, share=made, version=made.version)
    assert not TaskShare.objects.exists()


def part_of(pair: Pair, plan: SupportPlan, person: Person) -> TaskShare:
    made = shares.add_share(
        actor=pair.recipient, task=first(plan), side="recipient", department="urology", person=person.pk,
        part="学习",
    )  # fmt: skip
    return TaskShare.objects.select_related("task__plan", "person").get(pk=made.pk)


def test_the_person_confirms(pair: Pair, year_list: SupportPlan) -> None:
    user = User.objects.create(username="head")
    department = OrgUnit.objects.create(kind="department", name="泌尿外科", parent=pair.pairing.recipient.org)
    RoleGrant.objects.create(
        user=user, role="department_head", org=department, valid_from=dt.date(2014, 1, 1)
    )
    person = Person.objects.create(hospital=pair.pairing.recipient, name="丙", user=user)
    share = part_of(pair, year_list, person)
    head = actor_for(user)
    assert [item.kind for item in waits_for(head)] == ["plan_share"]
    with pytest.raises(Denied, match="应由本人确认"):
        shares.confirm_share(actor=pair.recipient, share=share, version=share.version, note="代签")
    shares.confirm_share(actor=head, share=queries.share(head, share.pk), version=share.version)
    share.refresh_from_db()
    assert share.confirmed_by == user
    assert list(waits_for(head)) == []
    with pytest.raises(Conflict, match="已经确认过"):
        shares.confirm_share(actor=head, share=queries.share(head, share.pk), version=share.version)


def test_for_a_person_without_an_account_the_hospital_confirms_on_a_ground(
    pair: Pair, year_list: SupportPlan
) -> None:
    share = part_of(pair, year_list, pair.recipient_chief)
    with pytest.raises(Denied):
        shares.confirm_share(actor=pair.supporter, share=share, version=share.version, note="代签")
    with pytest.raises(Invalid, match="写明依据"):
        shares.confirm_share(actor=pair.recipient, share=share, version=share.version, note=" ")
    shares.confirm_share(
        actor=pair.recipient, share=share, version=share.version, note="已在纸质任务书上签名"
    )
    assert share.confirmed_at is not None


def test_what_waits_for_presidents(pair: Pair, running: SupportPlan, support_plan: SupportPlan) -> None:
    from duikou.wings.plans.actions import steps

    assert list(waits_for(pair.recipient)) == []
    steps.offer(actor=pair.recipient, plan=support_plan, version=support_plan.version)
    task = first(running)
    tasks.report(actor=pair.supporter, task=task, version=task.version, side="supporter", result="做了")
    assert [item.kind for item in waits_for(pair.recipient)] == ["plan_offered", "plan_reported"]
    assert [item.kind for item in waits_for(pair.supporter)] == ["plan_offered"]
    assert list(waits_for(pair.stranger)) == []
    steps.agree(actor=pair.supporter, plan=support_plan, version=support_plan.version, side="supporter")
    assert list(waits_for(pair.supporter)) == []


def test_a_draft_list_can_be_removed_with_its_tasks(pair: Pair, year_list: SupportPlan) -> None:
    plans.remove_plan(actor=pair.recipient, plan=year_list, version=year_list.version)
    assert not YearTask.objects.exists()
