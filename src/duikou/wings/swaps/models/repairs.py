"""An absence within a plan, and the changed plan that answers it, to be adopted or dropped."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.people.models import Person
from duikou.wings.swaps.models.plans import SwapPlan


class SwapRepair(Scoped):
    """A person of a plan cannot be away for some months (补救): one block is planned again.

    Once adopted it is a fact about the person that every later solve of the plan keeps to.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待求解")
        PROPOSED = "proposed", _("待决定")
        ADOPTED = "adopted", _("已采用")
        DROPPED = "dropped", _("已放弃")

    OPEN = (State.WAITING, State.PROPOSED)

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "swap.view"

    plan = models.ForeignKey(SwapPlan, on_delete=models.CASCADE, related_name="repairs")
    supporter_path = PathField()
    recipient_path = PathField()
    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="+")
    start = models.PositiveSmallIntegerField()  # month of the plan, from 0
    months = models.PositiveSmallIntegerField(_("月数"), validators=[MinValueValidator(1)])
    reason = models.CharField(_("事由"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    job_id = models.CharField(max_length=32, blank=True, default="")
    plan_version = models.PositiveIntegerField(default=0)  # of the plan that the proposal changes
    result = models.JSONField(default=dict)  # outcome.repair_of
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("置换补救")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="swaps_repair_some_months", condition=Q(months__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.first_month:%Y-%m} — {self.last_month:%Y-%m}"

    @property
    def first_month(self) -> dt.date:
        """The first month of the absence."""
        return self.plan.day(self.start)

    @property
    def last_month(self) -> dt.date:
        """The last month of the absence."""
        return self.plan.day(self.start + self.months - 1)
