"""The insurer's settlements: tables as they came in, and what stands of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.discharges.models.submissions import FIRST_MONTH, LAST_MONTH
from duikou.wings.places.models import Division


class SettlementTable(Scoped):
    """One imported table of the insurer (医保结算表): taken whole, or refused with its faults."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("有效")
        REFUSED = "refused", _("已退回")
        RETRACTED = "retracted", _("已撤回")

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    scope_path = PathField()  # the unit that holds all its counties; of a refused one, the importer's
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.IN_FORCE)
    filename = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)
    rows = models.PositiveIntegerField(_("县月数"), default=0)
    stays = models.PositiveBigIntegerField(_("住院人次"), default=0)
    first_month = models.PositiveIntegerField(_("起始月"), null=True, blank=True)
    last_month = models.PositiveIntegerField(_("终止月"), null=True, blank=True)
    faults: models.JSONField[Any, Any] = models.JSONField(default=list)  # row, column, found, zh, en
    demonstration = models.BooleanField(_("演示数据"), default=False)
    imported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("导入时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("医保结算表")
        ordering = ["-imported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="discharges_settlementtable_refused_has_faults",
                condition=Q(state="refused", first_month=None) | (~Q(state="refused") & Q(faults=[])),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class SettlementLine(models.Model):
    """The settled stays of one county's insured in one month (医保结算县月)."""

    table = models.ForeignKey(SettlementTable, on_delete=models.CASCADE, related_name="lines")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")  # as it was then
    month = models.PositiveIntegerField(_("结算月份"))
    in_county = models.PositiveIntegerField(_("县域内"))
    in_city = models.PositiveIntegerField(_("市内县外"))
    in_province = models.PositiveIntegerField(_("省内市外"))
    outside = models.PositiveIntegerField(_("省外"))
    in_force = models.BooleanField(_("有效"), default=True)
    replaced_by = models.ForeignKey(
        SettlementTable, null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )

    class Meta:
        verbose_name = _("医保结算县月")
        ordering = ["table", "month", "division__code"]
        constraints = [
            models.UniqueConstraint(
                name="discharges_settlementline_once", fields=["table", "division", "month"]
            ),
            models.UniqueConstraint(
                name="discharges_settlementline_one_in_force",
                fields=["division", "month"],
                condition=Q(in_force=True),
            ),
            models.CheckConstraint(
                name="discharges_settlementline_month", condition=Q(month__range=(FIRST_MONTH, LAST_MONTH))
            ),
            models.CheckConstraint(
                name="discharges_settlementline_replaced_is_over",
                condition=Q(replaced_by=None) | Q(in_force=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division} · {self.period}"

    @property
    def period(self) -> str:
        """The month as people write it: 2014-03."""
        return f"{self.month // 100:04d}-{self.month % 100:02d}"

    @property
    def whole(self) -> int:
        """All settled stays."""
        return self.in_county + self.in_city + self.in_province + self.outside
