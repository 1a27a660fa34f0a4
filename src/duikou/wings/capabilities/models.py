"""Approvals of techniques and what was performed; the standing itself is `hospitals.Capability`.

A capability's state, first case and the two approvals on it follow from these rows alone
(`standing.settle`): nobody ticks them.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.people.models import Person


class ApprovalQuerySet(ScopedQuerySet):
    """Approvals, also by date."""

    def on(self, day: dt.date) -> Self:
        """Those that hold on a day: from the day of approval to the day before their end."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), on__lte=day)


class Approval(Scoped):
    """One hospital's leave to practise a technique at the recipient, or its word that it is mastered.

    PER-06: posted staff may practise what both hospitals have approved. Each hospital approves for
    itself, with its own permission; neither can do it for the other.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", _("准许开展")
        INDEPENDENT = "independent", _("认定独立开展")

    scope_fields = ("recipient_path", "hospital_path")
    read_permission = "capability.view"
    for_departments = True

    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="approvals")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.LEAVE)
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("批准医院"), on_delete=models.PROTECT, related_name="technique_approvals"
    )
    hospital_path = PathField()
    recipient_path = PathField()
    on = models.DateField(_("批准日期"))
    number = models.CharField(_("批准文号"), max_length=80)
    document = models.ForeignKey(
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_on = models.DateField(_("停止日期"), null=True, blank=True)  # the first day without it
    ended_reason = models.CharField(_("停止理由"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("技术批准")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="capabilities_approval_one_open",
                fields=["capability", "hospital", "kind"],
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="capabilities_approval_dates_in_order",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("on")),
            ),
            models.CheckConstraint(
                name="capabilities_approval_end_has_reason",
                condition=Q(ended_on__isnull=True) | ~Q(ended_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.get_kind_display()}"


class Performance(Scoped):
    """What was performed of a technique on a day: how many cases, by whom. Never anything of a patient."""

    class By(models.TextChoices):
        POSTED = "posted", _("派驻人员开展")
        GUIDED = "guided", _("派驻人员指导下开展")
        OWN = "own", _("本院独立开展")

    scope_fields = ("recipient_path", "supporter_path")
    read_permission = "capability.view"
    for_departments = True

    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="performances")
    on = models.DateField(_("日期"))
    by = models.CharField(_("开展方式"), max_length=8, choices=By)
    supporter = models.ForeignKey(
        Hospital,
        verbose_name=_("支援医院"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    supporter_path = PathField(blank=True, default="")
    recipient_path = PathField()
    person = models.ForeignKey(
        Person, verbose_name=_("派驻人员"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cases = models.PositiveSmallIntegerField(_("例数"), default=1)
    note = models.CharField(_("佐证说明"), max_length=300, blank=True, default="")
    document = models.ForeignKey(
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("技术开展记录")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(name="capabilities_performance_some_cases", condition=Q(cases__gte=1)),
            models.CheckConstraint(
                name="capabilities_performance_supporter_unless_own",
                condition=Q(by="own", supporter__isnull=True, person__isnull=True)
                | (~Q(by="own") & Q(supporter__isnull=False)),
            ),
            models.CheckConstraint(
                name="capabilities_performance_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["capability", "on"], name="capabilities_performance_day")]

    def __str__(self) -> str:
        return f"{self.on} · {self.get_by_display()} · {self.cases}"
