"""The table of uploads: who sends what, and how it stands."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """An address that nobody can guess and that says nothing."""
    return secrets.token_hex(16)


class Upload(models.Model):
    """A file on its way, or arrived and waiting for the wing that it is meant for (分段上传).

    How much has arrived is the length of its file, not a column. Rows are their owner's alone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("上传中")
        WHOLE = "whole", _("已收齐")
        TAKEN = "taken", _("已接收")
        DAMAGED = "damaged", _("已损坏")

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    purpose = models.CharField(_("用途"), max_length=20)
    filename = models.CharField(_("文件名"), max_length=120)
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    began_at = models.DateTimeField(_("开始"), auto_now_add=True)
    touched_at = models.DateTimeField(_("最近一段"))
    settled_at = models.DateTimeField(_("结束"), null=True, blank=True)

    class Meta:
        verbose_name = _("分段上传")
        ordering = ["-touched_at", "-pk"]
        constraints = [
            # Whoever chooses the same file again goes on with the upload that broke off.
            models.UniqueConstraint(
                name="core_upload_one_open_per_content",
                fields=["owner", "purpose", "sha256", "size"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(name="core_upload_has_bytes", condition=Q(size__gt=0)),
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="core_upload_age")]

    def __str__(self) -> str:
        return self.key  # a file's name may hold a person's
