"""Abstract rows: a stay in the partner hospital, days away from it, its appraisal."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet


class StayQuerySet(ScopedQuerySet):
    """Stays, also by date."""

    def on(self, day: dt.date) -> Self:
        """Those who are there on a day, days away included."""
        return self.between(day, day)

    def between(self, first: dt.date, last: dt.date) -> Self:
        """Those who were or are there on a day from `first` to `last`, both included."""
        return self.filter(state__in=self.model.SERVED, first_day__lte=last, last_day__gte=first)


class Stay(Scoped):
    """Some months of a person of one hospital at the other one of a pairing.

    `first_day` and `last_day` are the real days where they are known and the planned ones before: what
    overlaps, rosters and sums go by. The title is the one held at the start; a person who is renamed,
    promoted or moves to another hospital changes nothing here.
    """

    LIVE: ClassVar[tuple[str, ...]]  # no two of a person in these states share a day
    SERVED: ClassVar[tuple[str, ...]]  # whoever has come
    OVERLAPS: ClassVar[Any]  # what the database's refusal of a shared day means, in words

    scope_fields = ("home_path", "host_path")
    own_field = "person__user_id"

    # The words of these differ; each kind declares them.
    state: models.CharField[str, str]
    planned_from: models.DateField[dt.date, dt.date]
    arrived_on: models.DateField[dt.date | None, dt.date | None]
    left_on: models.DateField[dt.date | None, dt.date | None]

    home_path = PathField()  # of the home department, or of the whole hospital that sends
    host_path = PathField()  # of the host department, or of the whole hospital that receives
    specialty = models.CharField(_("专业"), max_length=40)
    planned_to = models.DateField(_("计划最后一天"))
    first_day = models.DateField(editable=False)
    last_day = models.DateField(editable=False)
    # Why it was refused, withdrawn, ended early, or accepted out of turn.
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)  # grows with each step
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = StayQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_days_in_order",
                condition=Q(planned_to__gte=F("planned_from")) & Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_two_hospitals", condition=~Q(supporter=F("recipient"))
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_last_day",
                condition=~Q(state="ended") | Q(left_on__isnull=False),
            ),
        ]

    def settle_days(self) -> None:
        """Set `first_day` and `last_day` from what is known; before saving."""
        self.first_day = self.arrived_on or self.planned_from
        self.last_day = self.left_on or max(self.planned_to, self.first_day)


class Part(Scoped):
    """A row that belongs to a stay, with the places and the reader of the stay."""

    STAY: ClassVar[str]  # its column for the stay

    scope_fields = ("home_path", "host_path")

    home_path = PathField()
    host_path = PathField()
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stay(self) -> Any:
        """The stay that this belongs to."""
        return getattr(self, self.STAY)


class Stretch(Part):
    """Days of a stay, both ends included; withdrawn ones stay visible and count for nothing."""

    first_day = models.DateField(_("第一天"))
    last_day = models.DateField(_("最后一天"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=300, blank=True, default="")

    class Meta(Part.Meta):
        abstract = True
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_days_in_order", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}—{self.last_day}"


class Away(Stretch):
    """Days away from a stay (请假); they earn no credit."""

    reason = models.CharField(_("事由"), max_length=200)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(Stretch.Meta):
        abstract = True


class Verdict(Part):
    """The host's appraisal of a stay for one calendar year; the last one that was recorded counts."""

    year = models.PositiveSmallIntegerField(_("年度"))
    passed = models.BooleanField(_("合格"))
    on = models.DateField(_("考核日期"))
    remark = models.CharField(_("评语"), max_length=500, blank=True, default="")
    appraised_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)  # by a later one of the same year
    replaced_reason = models.CharField(_("更正理由"), max_length=500, blank=True, default="")

    class Meta(Part.Meta):
        abstract = True
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return f"{self.stay} · {self.year}"
