"""Gateways: the machines of hospitals that send pictures by themselves."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital

AE_TITLE = RegexValidator(r"^[A-Z0-9_-]{1,16}\Z", _("AE 标题应为 1–16 位大写字母、数字、- 或 _。"))


class StoreCursor(models.Model):
    """How far the changes of the live store were read; one row."""

    last = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("影像存储读取位置")

    def __str__(self) -> str:
        return str(self.last)


class Gateway(Scoped):
    """A sender of pictures (影像网关) by its AE title and address: what it sends is its hospital's."""

    scope_fields = ("scope_path",)
    read_permission = "study.match"

    hospital = models.ForeignKey(
        Hospital, verbose_name=_("医院"), on_delete=models.PROTECT, related_name="gateways"
    )
    scope_path = PathField()
    ae_title = models.CharField(_("AE 标题"), max_length=16, unique=True, validators=[AE_TITLE])
    address = models.GenericIPAddressField(_("网络地址"))
    port = models.PositiveIntegerField(_("端口"), default=104)
    active = models.BooleanField(_("启用"), default=True)
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("影像网关")
        ordering = ["ae_title"]
        constraints = [
            models.CheckConstraint(
                name="imaging_gateway_port", condition=models.Q(port__gte=1, port__lte=65535)
            )
        ]

    def __str__(self) -> str:
        return self.ae_title
