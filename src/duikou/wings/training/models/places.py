"""Places for trainees that a department of a supporter offers for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing


class Place(Scoped):
    """How many trainees a department takes at a time, from one day to another (进修名额).

    The supporter's own people see it, and those of the hospitals that it supports or has supported:
    they are the ones who apply.
    """

    scope_fields = ("host_path",)
    read_permission = "training.view"

    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="training_places"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("进修科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="training_places",
    )
    host_path = PathField()  # of the department, or of the whole supporter
    specialty = models.CharField(_("专业"), max_length=40)
    first_day = models.DateField(_("第一天"))
    last_day = models.DateField(_("最后一天"))
    places = models.PositiveSmallIntegerField(_("同时接收人数"), default=1)
    free = models.BooleanField(_("免费"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True, default="")
    closed_on = models.DateField(_("停止接收"), null=True, blank=True)
    closed_reason = models.CharField(_("停止理由"), max_length=500, blank=True, default="")
    offered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("进修名额")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="training_place_days_in_order", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(name="training_place_some", condition=Q(places__gte=1)),
            models.CheckConstraint(
                name="training_place_closed_with_reason",
                condition=Q(closed_on__isnull=True) | ~Q(closed_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supporter} · {self.specialty} · {self.first_day}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """The supporter's own, and those of a hospital that supports one's own."""
        inside = super().visibility(paths)
        if not inside:
            return inside  # everything
        supported = Pairing.objects.filter(within(paths, ("recipient_path",))).values("supporter")
        return inside | Q(supporter__in=supported)
