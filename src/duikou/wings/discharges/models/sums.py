"""Sums that provinces send up instead of stays: who may send, and what came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet


class SumsSender(Scoped):
    """A province that sends (汇总上报单位), by its name in the files and the key that it signs with."""

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    scope_path = PathField()  # of the unit that receives
    name = models.CharField(_("名称"), max_length=80, unique=True)
    code = models.CharField(_("行政区划代码"), max_length=6)  # whose residents are its own
    public_key = models.CharField(_("公钥"), max_length=64)  # Ed25519, hexadecimal
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("汇总上报单位")
        ordering = ["code", "name"]

    def __str__(self) -> str:
        return self.name


class SumsFile(Scoped):
    """One received file of sums (汇总文件) and what became of it; the file lies in the wing's folder."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("有效")
        REPLACED = "replaced", _("已被替换")
        RETRACTED = "retracted", _("已撤回")

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    scope_path = PathField()  # of the unit that received it
    sender = models.ForeignKey(SumsSender, on_delete=models.PROTECT, related_name="files")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.IN_FORCE)
    filename = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)
    first_month = models.PositiveIntegerField(_("起始月"))
    last_month = models.PositiveIntegerField(_("终止月"))
    store_version = models.PositiveIntegerField(_("存储版本"))  # of the sender's store
    minimum = models.PositiveIntegerField(_("最小例数"))  # smaller cells have lost their details
    hospitals = models.PositiveIntegerField(_("医院数"))
    stays = models.PositiveBigIntegerField(_("住院人次"))
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("接收时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("汇总文件")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="discharges_sumsfile_once_in_force", fields=["sha256"], condition=Q(state="in_force")
            ),
            models.CheckConstraint(
                name="discharges_sumsfile_replaced_has_successor",
                condition=Q(state="replaced", replaced_by__isnull=False)
                | (~Q(state="replaced") & Q(replaced_by__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} · {self.period}"

    @property
    def period(self) -> str:
        """The months as people write them."""
        first, last = self.first_month, self.last_month
        return f"{first // 100:04d}-{first % 100:02d} – {last // 100:04d}-{last % 100:02d}"
