"""Recordings: a video each. Its files lie on the disk, what is known of them in this row."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet


def new_number() -> str:
    """A number for addresses and folders that says nothing."""
    return secrets.token_hex(8)


class Recording(Scoped):
    """A video (录像): seen by those who keep videos at its hospital, and by whom a wing lets watch."""

    class State(models.TextChoices):
        PENDING = "pending", _("等待处理")
        WORKING = "working", _("处理中")
        READY = "ready", _("可播放")
        REFUSED = "refused", _("不能播放")

    class Origin(models.TextChoices):
        UPLOAD = "upload", _("上传")
        BROADCAST = "broadcast", _("直播")

    scope_fields = ("scope_path",)
    read_permission = "media.edit"
    for_departments = True

    number = models.CharField(_("录像编号"), max_length=16, unique=True, default=new_number, editable=False)
    title = models.CharField(_("名称"), max_length=120)  # of what is taught, never a patient's name
    scope_path = PathField()  # where it was brought in
    origin = models.CharField(_("来源"), max_length=9, choices=Origin, default=Origin.UPLOAD)
    state = models.CharField(_("状态"), max_length=7, choices=State, default=State.PENDING)
    fault = models.CharField(max_length=12, blank=True, default="")  # a code of `catalogue.FAULTS`
    attempts = models.PositiveSmallIntegerField(default=0)  # jobs that were begun for it

    filename = models.CharField(max_length=120, blank=True, default="")  # as it came
    size = models.PositiveBigIntegerField(_("字节数"), default=0)  # of the original
    sha256 = models.CharField(max_length=64, blank=True, default="")
    duration_seconds = models.PositiveIntegerField(_("时长（秒）"), default=0)  # whole seconds, once ready
    width = models.PositiveIntegerField(_("宽（像素）"), default=0)
    height = models.PositiveIntegerField(_("高（像素）"), default=0)

    added_at = models.DateTimeField(_("加入时间"), default=timezone.now)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ready_at = models.DateTimeField(_("可播放时间"), null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("录像")
        ordering = ["-added_at", "-pk"]
        indexes = [models.Index(fields=["state"], name="media_recording_state")]
        constraints = [
            models.CheckConstraint(
                name="media_recording_ready_whole",
                condition=~Q(state="ready") | Q(ready_at__isnull=False, duration_seconds__gt=0, fault=""),
            ),
            models.CheckConstraint(
                name="media_recording_refused_with_reason",
                condition=(Q(state="refused") & ~Q(fault="")) | (~Q(state="refused") & Q(fault="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ready(self) -> bool:
        """Whether it can be played."""
        return self.state == self.State.READY


class Use(models.Model):
    """Something of another wing that shows a recording or a broadcast: who may see that, may watch this."""

    recording = models.ForeignKey(
        Recording, null=True, blank=True, on_delete=models.CASCADE, related_name="uses"
    )
    broadcast = models.ForeignKey(
        "media.Broadcast", null=True, blank=True, on_delete=models.CASCADE, related_name="uses"
    )
    reference = models.CharField(_("用处"), max_length=60)  # lesson:12

    class Meta:
        verbose_name = _("录像的用处")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="media_use_of_one", condition=Q(recording=None, broadcast__isnull=False)
                | Q(recording__isnull=False, broadcast=None)
            ),
            models.UniqueConstraint(
                name="media_use_recording_once", fields=["recording", "reference"],
                condition=Q(recording__isnull=False),
            ),
            models.UniqueConstraint(
                name="media_use_broadcast_once", fields=["broadcast", "reference"],
                condition=Q(broadcast__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class Subtitle(models.Model):
    """Subtitles of a recording in a language, as checked WebVTT."""

    class Language(models.TextChoices):
        CHINESE = "zh", _("中文")
        ENGLISH = "en", _("英文")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="subtitles")
    language = models.CharField(_("语言"), max_length=2, choices=Language)
    text = models.TextField()
    cues = models.PositiveIntegerField(_("条数"))
    added_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("字幕")
        ordering = ["-language"]
        constraints = [
            models.UniqueConstraint(name="media_subtitle_once_a_language", fields=["recording", "language"])
        ]

    def __str__(self) -> str:
        return self.get_language_display()
