"""Broadcasts: what a teacher's browser sends now, for those whom a wing lets watch."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.media.models.recordings import Recording, new_number


class Broadcast(Scoped):
    """A live broadcast (直播). Kept as a recording only if that was said when it began, to everybody."""

    class State(models.TextChoices):
        LIVE = "live", _("直播中")
        ENDED = "ended", _("已结束")

    scope_fields = ("scope_path",)
    read_permission = "media.edit"
    for_departments = True

    number = models.CharField(_("直播编号"), max_length=16, unique=True, default=new_number, editable=False)
    title = models.CharField(_("名称"), max_length=120)
    scope_path = PathField()
    state = models.CharField(_("状态"), max_length=5, choices=State, default=State.LIVE)
    keeps = models.BooleanField(_("保存为录像"), default=False)
    notice = models.CharField(_("录制告知"), max_length=300, blank=True, default="")  # shown while it is live
    started_at = models.DateTimeField(_("开始"), default=timezone.now)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    recording = models.OneToOneField(
        Recording, null=True, blank=True, on_delete=models.PROTECT, related_name="broadcast"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("直播")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="media_broadcast_ended_with_its_time",
                condition=Q(state="live", ended_at=None, recording=None)
                | Q(state="ended", ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="media_broadcast_kept_as_was_said",
                condition=Q(keeps=False, recording=None) | (Q(keeps=True) & ~Q(notice="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state == self.State.LIVE
