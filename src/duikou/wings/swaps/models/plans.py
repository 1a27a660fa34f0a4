"""Plans in which posted doctors and trainees replace each other (置换, TRN-02), and their rows."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.faces import words
from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.engines.credits import add_months
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.training.models import Traineeship


class SwapPlan(Scoped):
    """A plan of one pairing: who is posted for which request, and when those who applied may go to study."""

    class State(StrEnum):
        """States of `workflow.toml`."""

        DRAFT = "draft"
        SOLVED = "solved"
        AGREED = "agreed"
        ADOPTED = "adopted"
        DISCARDED = "discarded"

    CHANGEABLE = (State.DRAFT, State.SOLVED, State.AGREED)

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "swap.view"

    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="swap_plans"
    )
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="+"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="+"
    )
    supporter_path = PathField()
    recipient_path = PathField()
    name = models.CharField(_("名称"), max_length=120)
    first_month = models.DateField(_("第一个月"))  # its first day
    months = models.PositiveSmallIntegerField(
        _("月数"), validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    # The share of its registered staff that each department keeps present, in percent.
    home_least = models.PositiveSmallIntegerField(
        _("支援医院科室在岗下限（%）"), default=70, validators=[MaxValueValidator(100)]
    )
    host_least = models.PositiveSmallIntegerField(
        _("受援医院科室在岗下限（%）"), default=80, validators=[MaxValueValidator(100)]
    )
    rest = models.PositiveSmallIntegerField(
        _("两次派驻至少间隔（月）"), default=6, validators=[MaxValueValidator(36)]
    )
    state = models.CharField(_("状态"), max_length=10, default=State.DRAFT)  # see workflow.toml
    job_id = models.CharField(max_length=32, blank=True, default="")  # the last solve that was asked for
    result = models.JSONField(default=dict)  # outcome.result_of
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("编制时间"), auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("置换方案")
        ordering = ["-first_month", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="swaps_plan_some_months", condition=Q(months__gte=1) & Q(months__lte=36)
            ),
            models.CheckConstraint(
                name="swaps_plan_shares", condition=Q(home_least__lte=100) & Q(host_least__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def day(self, month: int) -> dt.date:
        """The first day of a month of the plan."""
        return add_months(self.first_month, month)

    @property
    def last_day(self) -> dt.date:
        """The last day of the plan."""
        return self.day(self.months) - dt.timedelta(days=1)


class SwapStay(Scoped):
    """A row of a plan: a doctor posted for a request, or the months of somebody who applied for training."""

    class Way(models.TextChoices):
        DOWN = "down", _("下派")
        UP = "up", _("上送进修")

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "swap.view"

    plan = models.ForeignKey(SwapPlan, on_delete=models.CASCADE, related_name="stays")
    supporter_path = PathField()
    recipient_path = PathField()
    way = models.CharField(_("方向"), max_length=4, choices=Way)
    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(StaffRequest, null=True, on_delete=models.PROTECT, related_name="+")
    traineeship = models.ForeignKey(Traineeship, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("岗位"), max_length=160)
    start = models.PositiveSmallIntegerField()  # month of the plan, from 0
    months = models.PositiveSmallIntegerField(_("月数"))
    extra_days = models.PositiveSmallIntegerField(default=0)  # of hand-over, after the last month
    kept = models.BooleanField(_("人工指定"), default=False)  # part of every later solve
    why = models.JSONField(default=dict)
    posting = models.ForeignKey(  # once adopted
        Posting, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("置换方案安排")
        ordering = ["plan_id", "way", "start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="swaps_stay_one_place",
                condition=Q(way="down", request__isnull=False, traineeship__isnull=True)
                | Q(way="up", request__isnull=True, traineeship__isnull=False),
            ),
            models.CheckConstraint(name="swaps_stay_some_months", condition=Q(months__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.place}"

    @property
    def first_day(self) -> dt.date:
        """The first day, inside the pairing."""
        return max(self.plan.day(self.start), self.plan.pairing.start)

    @property
    def last_day(self) -> dt.date:
        """The last day with hand-over, inside the pairing."""
        last = self.plan.day(self.start + self.months) + dt.timedelta(days=self.extra_days - 1)
        return min(last, self.plan.pairing.end)

    @property
    def why_text(self) -> str:
        """Why, in the language of the request."""
        return words(self.why.get("text")) if self.why.get("text") else ""

    @property
    def others(self) -> list[str]:
        """Why it is nobody else, in the language of the request."""
        rows: list[Any] = self.why.get("others", [])
        return [words(row) for row in rows]
