"""What a recipient asks its supporter for: people of a specialty and title, for months and a purpose."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing


class StaffRequest(Scoped):
    """A recipient's request for posted staff (派驻需求): AGR-09 has the supporter post on request."""

    class State(models.TextChoices):
        OPEN = "open", _("待派人")
        FILLED = "filled", _("已满足")
        DECLINED = "declined", _("不能满足")
        WITHDRAWN = "withdrawn", pgettext_lazy("派驻", "已撤回")

    scope_fields = ("home_path", "host_path")
    read_permission = "posting.view"

    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="staff_requests"
    )
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="staff_asked_of"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="staff_requests"
    )
    host_department = models.ForeignKey(
        Department,
        verbose_name=_("派驻科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="staff_requests",
    )
    home_path = PathField()  # of the supporter
    host_path = PathField()  # of the host department, or of the whole recipient
    specialty = models.CharField(_("专业"), max_length=40)
    title = models.CharField(_("最低职称"), max_length=40)
    office = models.CharField(_("挂职职务"), max_length=16, blank=True, default="")
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    months = models.PositiveSmallIntegerField(_("月数"))
    wanted_from = models.DateField(_("希望到岗"))
    purpose = models.CharField(_("目的"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("派驻需求")
        ordering = ["-wanted_from", "pk"]
        constraints = [
            models.CheckConstraint(
                name="postings_request_some_people_and_months",
                condition=Q(people__gte=1) & Q(months__gte=1),
            ),
            models.CheckConstraint(
                name="postings_request_closed_with_reason",
                condition=~Q(state__in=["declined", "withdrawn"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} · {self.specialty}"
