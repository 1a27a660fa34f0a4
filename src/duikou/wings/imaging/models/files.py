"""The files of a study, as they came; and the pictures that readers point out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.wings.imaging.models.studies import Study


class StudyFile(models.Model):
    """One DICOM file of a study. Who reaches it is who reaches its study."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="files")
    sop_uid = models.CharField("SOP UID", max_length=64, unique=True)
    sop_class = models.CharField("SOP class", max_length=64)
    series_uid = models.CharField("Series UID", max_length=64)
    series_number = models.IntegerField(_("序列号"), default=0)
    series_description = models.CharField(_("序列"), max_length=120, blank=True, default="")
    modality = models.CharField(_("设备类型"), max_length=16, blank=True, default="")
    number = models.IntegerField(_("图像号"), default=0)
    frames = models.PositiveIntegerField(_("帧数"), default=0)  # none: not a picture
    size = models.BigIntegerField(_("字节"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    forwarded_at = models.DateTimeField(
        _("转入影像存储"), null=True, blank=True
    )  # none: in our own store alone

    class Meta:
        verbose_name = _("检查文件")
        ordering = ["series_number", "series_uid", "number", "pk"]
        indexes = [
            models.Index(
                fields=["study"], name="imaging_file_waiting", condition=Q(forwarded_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.sop_uid


class KeyImage(models.Model):
    """A picture that a reader points out (关键图像), for the opinion."""

    file = models.ForeignKey(StudyFile, on_delete=models.PROTECT, related_name="key_images")
    frame = models.PositiveIntegerField(_("帧"), default=1)  # the first is 1
    window = models.CharField(max_length=8, blank=True, default="")  # of a CT; none: the file's own
    reference = models.CharField(max_length=40, blank=True, default="")  # consultation:12
    note = models.CharField(_("说明"), max_length=300, blank=True, default="")
    marked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(_("标记时间"), auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("关键图像")
        ordering = ["marked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="imaging_key_image_once", fields=["file", "frame", "reference", "marked_by"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.file}#{self.frame}"
