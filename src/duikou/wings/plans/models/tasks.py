"""Annual tasks, the shares of departments and persons in them, and uploaded task lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person
from duikou.wings.plans.models.plans import SupportPlan

MOST_AMOUNT = 1_000_000

OWNERS = ((Party.SUPPORTER.value, _("支援医院")), (Party.RECIPIENT.value, _("受援医院")))
BOTH = (Party.BOTH.value, _("双方"))
PERIODS = (
    (Period.ONCE.value, _("到期一次")),
    (Period.MONTH.value, _("每月")),
    (Period.QUARTER.value, _("每季度")),
    (Period.YEAR.value, _("全年合计")),
)


class YearTask(Scoped):
    """One task of a year (年度任务). `one` makes it one of the year's “four ones” (GOAL-01)."""

    scope_fields = ("plan__supporter_path", "plan__recipient_path")
    read_permission = "plan.view"
    for_departments = True

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="tasks")
    # Of the plan, kept here because the four ones count per recipient and year, whoever supports it.
    recipient = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="year_tasks")
    year = models.PositiveSmallIntegerField(_("年度"))
    position = models.PositiveSmallIntegerField(_("序号"))
    one = models.CharField(_("“四个一”"), max_length=30, blank=True, default="")  # a kind of the pack
    focus = models.CharField(_("分解类别"), max_length=40, blank=True, default="")  # a word of TGT-03
    title = models.CharField(_("任务"), max_length=120)
    content = models.CharField(_("内容"), max_length=1000, blank=True, default="")
    specialty = models.CharField(_("专科"), max_length=40, blank=True, default="")
    technique = models.CharField(_("技术"), max_length=60, blank=True, default="")
    baseline = models.CharField(_("现状基线"), max_length=300, blank=True, default="")
    target = models.CharField(_("目标"), max_length=300, blank=True, default="")
    unit = models.CharField(_("计量单位"), max_length=24, blank=True, default="")  # of the pack's vocabulary
    amount = models.PositiveIntegerField(_("目标数"), null=True, blank=True)  # None: to be agreed
    period = models.CharField(_("频次"), max_length=10, choices=PERIODS, default=Period.ONCE.value)
    evidence = models.JSONField(_("所需佐证"), default=list)  # ids of kinds of evidence
    owner = models.CharField(
        _("责任方"), max_length=10, choices=(*OWNERS, BOTH), default=Party.SUPPORTER.value
    )
    due = models.DateField(_("期限"))
    state = models.CharField(_("状态"), max_length=10, default="open")  # workflow.toml: year_task
    version = models.PositiveIntegerField(default=1)
    # What the party that did it says, and what the other side says to that.
    reported_side = models.CharField(max_length=10, blank=True, default="")
    reported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(_("完成情况"), max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("验收意见"), max_length=500, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("年度任务")
        ordering = ["plan_id", "position"]
        constraints = [
            models.UniqueConstraint(name="plans_task_position", fields=["plan", "position"]),
            models.UniqueConstraint(
                name="plans_task_four_ones_once",
                fields=["recipient", "year", "one"],
                condition=~Q(one="") & ~Q(state="dropped"),
            ),
            models.CheckConstraint(
                name="plans_task_amount_has_unit", condition=Q(amount__isnull=True) | ~Q(unit="")
            ),
        ]
        indexes = [models.Index(fields=["year", "state"], name="plans_task_by_year")]

    def __str__(self) -> str:
        return self.title

    @property
    def other_side(self) -> Party:
        """Who accepts what was reported: the party that did not do it."""
        done_by = self.reported_side or self.owner
        return Party.RECIPIENT if done_by == Party.SUPPORTER else Party.SUPPORTER


class TaskShare(Scoped):
    """What of a task is whose (任务分解, TGT-03): a department and a person, who confirms it."""

    scope_fields = ("task__plan__supporter_path", "task__plan__recipient_path")
    read_permission = "plan.view"
    for_departments = True

    task = models.ForeignKey(YearTask, on_delete=models.CASCADE, related_name="shares")
    side = models.CharField(_("所属方"), max_length=10, choices=OWNERS)
    department = models.CharField(_("科室"), max_length=40)  # a specialty's id, or "other"
    person = models.ForeignKey(
        Person, verbose_name=_("责任人"), on_delete=models.PROTECT, related_name="plan_shares"
    )
    part = models.CharField(_("分工"), max_length=300)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    note = models.CharField(_("代为确认的依据"), max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务分解")
        ordering = ["task_id", "side", "id"]
        constraints = [
            models.UniqueConstraint(name="plans_share_once", fields=["task", "person", "part"]),
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.person}"


class TaskBatch(Scoped):
    """An uploaded task list (任务导入): taken whole, or kept with what was wrong with it."""

    scope_fields = ("plan__supporter_path", "plan__recipient_path")
    read_permission = "plan.edit"

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="batches")
    filename = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField()  # exactly as it came
    sha256 = models.CharField(max_length=64)
    cells = models.JSONField(default=list)  # as read: {"line", "cells": {column: text}}
    issues = models.JSONField(default=list)  # {"line", "column", "expected", "found"}
    taken = models.PositiveSmallIntegerField(_("导入任务数"), default=0)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务导入")
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.filename
