"""Who was named for a consultation, and what they signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.wings.telehealth.models.consultations import Consultation
from duikou.wings.telehealth.models.experts import Expert


class Seat(models.Model):
    """An expert named for a consultation. The chair signs the answer; in a group round, after the others."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="seats")
    chair = models.BooleanField(_("主持"), default=False)
    named_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(_("改派时间"), null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("受邀专家")
        ordering = ["-chair", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="telehealth_seat_once",
                fields=["consultation", "expert"],
                condition=Q(released_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="telehealth_seat_one_chair",
                fields=["consultation"],
                condition=Q(chair=True, released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.expert)


class Opinion(models.Model):
    """A signed opinion or report: account, time and a digest of its content. Never changed afterwards."""

    class Role(models.TextChoices):
        OPINION = "opinion", _("会诊意见")
        REPORT = "report", _("诊断报告")
        MEMBER = "member", _("专家意见")
        JOINT = "joint", _("专家组意见")

    AS_WRITTEN = (
        "consultation_id", "seat_id", "role", "findings", "conclusion", "advice", "signed_by_id",
        "signed_name", "signed_title", "signed_hospital", "signed_at", "digest",
    )  # fmt: skip

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="opinions")
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="opinion")
    role = models.CharField(_("性质"), max_length=8, choices=Role)
    findings = models.TextField(_("所见与分析"))
    conclusion = models.TextField(_("诊断意见"))
    advice = models.TextField(_("处理建议"), blank=True, default="")
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(_("签名"), max_length=120)
    signed_title = models.CharField(_("职称"), max_length=40, blank=True, default="")
    signed_hospital = models.CharField(_("单位"), max_length=120)
    signed_at = models.DateTimeField(_("签名时间"))
    digest = models.CharField(_("内容摘要值"), max_length=64)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("会诊意见")
        ordering = ["signed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="telehealth_opinion_signed_by_somebody",
                condition=Q(signed_by__isnull=False) | Q(demonstration=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.signed_name}"


class Picture(models.Model):
    """A picture that an expert chose for the opinion: kept as it was then, covered by the signature."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="pictures")
    source = models.CharField(max_length=80)  # "study:12:34:1", "slide:5", "tracing:12": of what it was made
    caption = models.CharField(_("图注"), max_length=200)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("添加时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("意见附图")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="telehealth_picture_once", fields=["seat", "source"]),
        ]

    def __str__(self) -> str:
        return self.caption


class Draft(models.Model):
    """What a named expert has written so far; goes once it is signed."""

    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="draft")
    findings = models.TextField(blank=True, default="")
    conclusion = models.TextField(blank=True, default="")
    advice = models.TextField(blank=True, default="")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("意见草稿")

    def __str__(self) -> str:
        return str(self.seat)
