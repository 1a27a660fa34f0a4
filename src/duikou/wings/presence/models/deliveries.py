"""What comes from a phone, as it came, and what its owner agreed to."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.scope import Scoped, ScopedQuerySet

# A weak link may take a minute or two; what comes later waited on the phone.
KEPT_AFTER = dt.timedelta(minutes=5)


class Consent(models.Model):
    """A person's yes to one version of the text about the place match at check-in; no row, no match."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text_version = models.CharField(_("文本版本"), max_length=20)
    given_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("定位同意")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="presence_consent_one_in_force",
                fields=["user"],
                condition=Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.text_version


class Delivery(Scoped):
    """One item out of a phone's queue, kept as it came: three clocks, and what became of it.

    `client_at` is the time that the phone gave to the item, `sent_at` the phone's time when it sent
    the queue, `received_at` the server's. An item is told from another by the number that the phone
    made for it (`uuid`): sent again it changes nothing and gets the same answer. A refused item may
    come again: what was wrong may have been put right in the meantime. Invented people have no account.
    """

    class Kind(models.TextChoices):
        IN = "in", _("签到")
        OUT = "out", _("签退")
        WORK = "work", _("工作量")

    class Status(models.TextChoices):
        TAKEN = "taken", _("已收到")
        SUPERSEDED = "superseded", _("已收到，以较晚或已更正的记录为准")
        REFUSED = "refused", _("未接收")

    scope_fields = ("posting__host_path", "posting__home_path")
    read_permission = "presence.view"
    own_field = "user_id"
    own_permission = "presence.own"

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uuid = models.UUIDField(_("手机生成的编号"))
    kind = models.CharField(_("类别"), max_length=4, choices=Kind)
    posting = models.ForeignKey(
        "postings.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    day = models.DateField(_("日期"), null=True, blank=True)
    payload = models.JSONField(_("内容"))  # what was said; never a position
    client_at = models.DateTimeField(_("手机时间"))
    sent_at = models.DateTimeField(_("手机发送时间"))
    received_at = models.DateTimeField(_("收到时间"))
    skew_seconds = models.BigIntegerField(_("时钟偏差（秒）"))  # how far the phone's clock is behind ours
    status = models.CharField(_("结果"), max_length=10, choices=Status)
    reason = models.CharField(_("说明"), max_length=300, blank=True, default="")
    tries = models.PositiveIntegerField(_("送达次数"), default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("手机上报")
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(name="presence_delivery_once", fields=["user", "uuid"])]
        indexes = [models.Index(fields=["posting", "day"], name="presence_delivery_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.client_at:%Y-%m-%d %H:%M}"

    @property
    def kept(self) -> bool:
        """Whether the item waited on the phone: by the phone's own clock it left well after it was made."""
        return self.sent_at - self.client_at > KEPT_AFTER
