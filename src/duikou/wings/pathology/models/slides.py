"""Slides: a scanned glass each, belonging to a study. Who sees the study sees its slides, nobody else."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.wings.imaging.models import Study


def new_number() -> str:
    """A number for addresses and files that says nothing."""
    return secrets.token_hex(8)


class Slide(models.Model):
    """A scanned glass (病理切片): its file lies on the disk, what the gate found of it in this row."""

    class State(models.TextChoices):
        CHECKING = "checking", _("检查中")
        READY = "ready", _("可阅片")
        DOUBTFUL = "doubtful", _("质量存疑")
        REFUSED = "refused", _("不合格")

    class Stain(models.TextChoices):
        HE = "he", _("HE 染色")
        IHC = "ihc", _("免疫组化")
        SPECIAL = "special", _("特殊染色")
        CYTOLOGY = "cytology", _("细胞涂片")
        FROZEN = "frozen", _("冰冻切片")
        OTHER = "other", _("其他")

    number = models.CharField(_("切片编号"), max_length=16, unique=True, default=new_number, editable=False)
    study = models.ForeignKey(Study, verbose_name=_("检查"), on_delete=models.PROTECT, related_name="slides")
    title = models.CharField(
        _("部位与蜡块"), max_length=60
    )  # of the tissue and its block, never a person's name
    stain = models.CharField(_("染色"), max_length=8, choices=Stain)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.CHECKING)
    filename = models.CharField(max_length=120)  # as it came: shown at the own hospital alone
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64)

    fault = models.CharField(max_length=12, blank=True, default="")  # a code of `catalogue`
    doubts = models.JSONField(default=list)  # codes
    vendor = models.CharField(_("格式"), max_length=40, blank=True, default="")
    width = models.PositiveIntegerField(_("宽（像素）"), default=0)
    height = models.PositiveIntegerField(_("高（像素）"), default=0)
    levels = models.PositiveSmallIntegerField(_("金字塔层数"), default=0)
    mpp_x = models.FloatField(_("每像素微米（横）"), null=True, blank=True)
    mpp_y = models.FloatField(_("每像素微米（纵）"), null=True, blank=True)
    objective = models.FloatField(_("物镜倍数"), null=True, blank=True)
    focus = models.FloatField(_("清晰度"), null=True, blank=True)
    has_label = models.BooleanField(_("含标签照片"), default=False)

    added_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("处理意见"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("病理切片")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="pathology_slide_once_in_study", fields=["study", "sha256"]),
            models.CheckConstraint(
                name="pathology_slide_ready_was_checked",
                condition=~Q(state="ready") | Q(checked_at__isnull=False, fault="", width__gt=0),
            ),
            models.CheckConstraint(
                name="pathology_slide_scale_in_both_ways",
                condition=Q(mpp_x=None, mpp_y=None) | Q(mpp_x__gt=0, mpp_y__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def measurable(self) -> bool:
        """Whether lengths may be measured: only where the file says how large a pixel is."""
        return self.mpp_x is not None and self.mpp_y is not None
