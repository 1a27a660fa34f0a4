"""Who acts for whom while away, and whose calendar reads the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import FeedAddress
from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet


class DelegationQuerySet(ScopedQuerySet):
    """Delegations, also by day."""

    def on(self, day: dt.date) -> Self:
        """Delegations in force on a day."""
        return self.filter(start__lte=day, end__gte=day, revoked_at=None)


class Delegation(Scoped):
    """Somebody's duties in the ledger in the hands of a colleague, for some days (代理)."""

    scope_fields = ("scope_path",)
    read_permission = "obligation.view"

    delegator = models.ForeignKey(
        User, verbose_name=_("委托人"), on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        User, verbose_name=_("代理人"), on_delete=models.PROTECT, related_name="delegations_taken"
    )
    scope_path = PathField()  # where the delegator's grant lies
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"))
    reason = models.CharField(_("事由"), max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("提前收回"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("代理")
        ordering = ["-start", "-pk"]
        constraints = [
            models.CheckConstraint(name="obligations_delegation_days", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="obligations_delegation_two_people", condition=~Q(delegator=F("delegate"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"


class CalendarFeed(FeedAddress):
    """The secret address under which somebody's calendar reads the own obligations (日历订阅)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")

    class Meta:
        verbose_name = _("日历订阅")
