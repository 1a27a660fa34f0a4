"""What is kept of a session: recordings with everyone's consent, and how good the link was."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.wings.rooms.models.rooms import Room
from duikou.wings.rooms.models.signals import Presence


class Recording(models.Model):
    """A recording (录音录像) that runs, or ran, while everybody agreed."""

    class Ended(models.TextChoices):
        STOPPED = "stopped", _("录制人停止")
        WITHDRAWN = "withdrawn", _("有人撤回同意")
        JOINED = "joined", _("进入者未同意")
        LEFT = "left", _("录制人离开")
        CLOSED = "closed", _("会诊室关闭")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="recordings")
    recorder = models.ForeignKey(Presence, on_delete=models.PROTECT, related_name="recordings")
    started_at = models.DateTimeField(_("开始"), default=timezone.now)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    why_ended = models.CharField(_("结束原因"), max_length=9, choices=Ended, blank=True, default="")
    agreed_by = models.JSONField(_("同意的人"), default=list)  # labels, as they stood at the start
    file = models.CharField(max_length=64)  # a random name under the folder of recordings
    size = models.PositiveBigIntegerField(_("字节数"), default=0)

    class Meta:
        verbose_name = _("录音录像")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="rooms_recording_one_at_a_time", fields=["room"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="rooms_recording_ended_whole",
                condition=Q(ended_at__isnull=True, why_ended="")
                | (Q(ended_at__gte=F("started_at")) & ~Q(why_ended="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.started_at:%Y-%m-%d %H:%M}"


class QualitySummary(models.Model):
    """How good one stay's link was, as its browser measured it; the newest summary of the stay."""

    presence = models.OneToOneField(Presence, on_delete=models.CASCADE, related_name="quality")
    seconds = models.PositiveIntegerField(_("连通（秒）"), default=0)
    round_trip = models.PositiveIntegerField(_("往返时延（毫秒）"), null=True, blank=True)
    loss = models.PositiveIntegerField(_("丢包（千分之）"), null=True, blank=True)
    freezes = models.PositiveIntegerField(_("画面停顿（次）"), default=0)
    restarts = models.PositiveIntegerField(_("重连（次）"), default=0)
    relayed = models.BooleanField(_("经中继"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("通话质量")

    def __str__(self) -> str:
        return f"{self.presence}: {self.round_trip} ms"
