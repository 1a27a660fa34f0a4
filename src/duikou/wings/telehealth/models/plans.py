"""Times for all consultations that wait for one hospital's experts, proposed together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import FeedAddress
from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital


class TimePlan(Scoped):
    """A proposal of times (会诊排期): worked out in the background, accepted or dropped by a person."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待求解")
        PROPOSED = "proposed", _("待决定")
        ACCEPTED = "accepted", _("已采用")
        DROPPED = "dropped", _("已放弃")

    OPEN = (State.WAITING, State.PROPOSED)

    scope_fields = ("scope_path",)
    read_permission = "consult.answer"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="+")
    scope_path = PathField()
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    job_id = models.CharField(max_length=32, blank=True, default="")
    result = models.JSONField(default=dict)  # `planning.outcome_of`
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("会诊排期")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="telehealth_plan_one_open",
                fields=["hospital"],
                condition=Q(state__in=["waiting", "proposed"]),
            ),
            models.CheckConstraint(
                name="telehealth_plan_decided_with_its_time",
                condition=Q(state__in=["waiting", "proposed"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.made_at:%Y-%m-%d %H:%M}"


class SessionFeed(FeedAddress):
    """The secret address under which somebody's calendar reads the own live sessions (会诊日历订阅)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="session_feed")

    class Meta:
        verbose_name = _("会诊日历订阅")
