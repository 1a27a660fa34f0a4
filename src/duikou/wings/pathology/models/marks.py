"""What people draw on slides, and the pictures they choose for reports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pathology.models.slides import Slide


class Mark(models.Model):
    """A mark on a slide (标记), with its author; in pixels of the full picture. Taken back, never changed."""

    class Kind(models.TextChoices):
        POINT = "point", _("点")
        BOX = "box", _("方框")
        POLYGON = "polygon", _("多边形")
        TEXT = "text", _("文字")
        LENGTH = "length", _("长度")

    slide = models.ForeignKey(Slide, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    points = models.JSONField(_("位置"))  # [[x, y], …]
    text = models.CharField(_("说明"), max_length=200, blank=True, default="")
    micrometres = models.FloatField(_("长度（微米）"), null=True, blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    hospital = models.ForeignKey(Hospital, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("时间"), default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("切片标记")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pathology_mark_length_is_measured",
                condition=Q(kind="length", micrometres__gt=0)
                | (~Q(kind="length") & Q(micrometres__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slide} · {self.kind}"


class KeyImage(models.Model):
    """A part of a slide as a picture (关键图), for the report."""

    slide = models.ForeignKey(Slide, on_delete=models.PROTECT, related_name="key_images")
    x = models.IntegerField()
    y = models.IntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    caption = models.CharField(_("图注"), max_length=200)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("关键图")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.slide} · {self.pk}"
