"""Who is in a room, and what passes between them. Messages live for an hour or as long as their room."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.wings.rooms.models.rooms import Room

AWAY_AFTER = dt.timedelta(seconds=45)  # without a sign of life: the longest stream and a slow way back


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Stays in rooms."""

    def live(self) -> Self:
        """Those who have not left."""
        return self.filter(left_at=None)

    def here(self) -> Self:
        """Those who have not left and gave a sign of life lately."""
        return self.live().filter(seen_at__gt=timezone.now() - AWAY_AFTER)


class Presence(models.Model):
    """One person's stay in a room. Coming back after a lost link or a reload is the same stay anew."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # none: invented
    label = models.CharField(_("姓名"), max_length=120)
    place = models.CharField(_("单位"), max_length=120)
    part = models.CharField(_("角色"), max_length=8)
    epoch = models.PositiveIntegerField(default=1)
    joined_at = models.DateTimeField(_("进入"), default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(_("离开"), null=True, blank=True)
    agrees = models.BooleanField(_("同意录音录像"), default=False)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("在室记录")
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rooms_presence_once_at_a_time",
                fields=["room", "user"],
                condition=Q(left_at__isnull=True, user__isnull=False),
            ),
            models.CheckConstraint(
                name="rooms_presence_left_afterwards",
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.place}"


class Message(models.Model):
    """One message of a room: numbered without gaps, in the order in which they became visible."""

    class Kind(models.TextChoices):
        # told by the site
        JOINED = "joined", _("进入")
        LEFT = "left", _("离开")
        WAY = "way", _("连接方式")
        AGREED = "agreed", _("同意录音录像")
        RECORDING = "recording", _("录制")
        CLOSED = "closed", _("关闭")
        # told by those present
        SIGNAL = "signal", _("连接协商")
        MEDIA = "media", _("话筒与摄像头")
        STAGE = "stage", _("展示")
        STROKE = "stroke", _("笔画")
        CLEAR = "clear", _("清除笔画")
        POINTER = "pointer", _("指示点")

    SENT: frozenset[str] = frozenset({"signal", "media", "stage", "stroke", "clear", "pointer"})
    LASTING: frozenset[str] = frozenset({"stage", "stroke", "clear", "media"})  # what a newcomer has to know

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    sender = models.ForeignKey(Presence, null=True, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(Presence, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    body: models.JSONField[Any, Any] = models.JSONField(default=dict)
    key = models.CharField(max_length=36, blank=True, default="")  # the sender's own: sent twice is once
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("会诊室消息")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="rooms_message_number_once", fields=["room", "number"]),
            models.UniqueConstraint(
                name="rooms_message_sent_once", fields=["sender", "key"], condition=~Q(key="")
            ),
        ]
        indexes = [models.Index(fields=["at"], name="rooms_message_at")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
