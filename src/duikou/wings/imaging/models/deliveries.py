"""Deliveries: an upload in pieces while it is checked, and what was refused, with the files as they came."""

from __future__ import annotations

import json
import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.models.gateways import Gateway
from duikou.wings.patients.models import Patient
from duikou.wings.patients.sealing import seal, unseal


def new_delivery_number() -> str:
    """An address that nobody can guess and that says nothing."""
    return secrets.token_hex(8)


class Delivery(Scoped):
    """Pictures that came in one go (收件): an upload in pieces, or a series of a gateway that was refused.

    Seen by whoever matches pictures of the hospital, and by whoever uploaded it. A sender that nobody has
    entered belongs to no hospital yet; its row has no place, and nobody sees more of it than its title.
    """

    class Origin(models.TextChoices):
        UPLOAD = "upload", _("上传")
        GATEWAY = "gateway", _("影像网关")

    class State(models.TextChoices):
        CHECKING = "checking", _("核对中")
        KEPT = "kept", _("已保存")
        REFUSED = "refused", _("已拒收")
        SETTLED = "settled", _("已处置")

    class Cause(models.TextChoices):
        IDENTITY = "identity", _("与患者不符")
        DAMAGED = "damaged", _("文件有误")
        TAKEN = "taken", _("UID 已被占用")
        OFF = "off", _("网关已停用")
        UNKNOWN = "unknown", _("发送方未登记")
        OTHER = "other", _("其他")

    scope_fields = ("scope_path",)
    read_permission = "study.match"
    own_field = "received_by"
    own_permission = "study.edit"

    number = models.CharField(max_length=16, unique=True, default=new_delivery_number)
    origin = models.CharField(_("来源"), max_length=8, choices=Origin)
    state = models.CharField(_("状态"), max_length=8, choices=State)
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("医院"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    scope_path = PathField(blank=True, default="")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    gateway = models.ForeignKey(Gateway, null=True, on_delete=models.PROTECT, related_name="deliveries")
    sender = models.CharField(_("AE 标题"), max_length=16, blank=True, default="")
    address = models.CharField(_("网络地址"), max_length=45, blank=True, default="")
    series = models.CharField(max_length=44, blank=True, default="")  # its name in the live store
    cause = models.CharField(_("原因"), max_length=8, choices=Cause, blank=True, default="")
    faults_sealed = models.TextField(blank=True, default="")  # names of files and people are in it
    files = models.JSONField(default=list, blank=True)  # what a gateway sent, as it came: SHA-256 of each
    count = models.PositiveIntegerField(_("文件"), default=0)
    size = models.PositiveBigIntegerField(_("字节"), default=0)
    studies = models.JSONField(default=list, blank=True)  # UIDs of what it became
    received_at = models.DateTimeField(_("接收时间"), default=timezone.now)
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(_("处置时间"), null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("处置说明"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("影像收件")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="imaging_delivery_series_refused_once",
                fields=["series", "sender"],
                condition=Q(state="refused") & ~Q(series=""),
            ),
            models.CheckConstraint(
                name="imaging_delivery_refused_with_cause",
                condition=~Q(state="refused") | ~Q(cause=""),
            ),
            models.CheckConstraint(
                name="imaging_delivery_placed_unless_unknown",
                condition=Q(cause="unknown") | Q(hospital__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def faults(self) -> list[dict[str, str]]:
        """What was wrong: the file's name, and the words in each language."""
        found: list[dict[str, str]] = json.loads(unseal(self.faults_sealed) or "[]")
        return found

    @staticmethod
    def sealed(faults: list[dict[str, str]]) -> str:
        """Faults as the row keeps them."""
        return seal(json.dumps(faults, ensure_ascii=False)) if faults else ""
