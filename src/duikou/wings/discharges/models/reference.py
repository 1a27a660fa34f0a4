"""What groupings and readings stand on: schemes, code mappings, organisation codes, residences."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital


class Scheme(models.Model):
    """A registered grouping scheme (分组方案): which tables, from where, in force since when.

    A scheme is reference data without a place: everybody who sees discharges sees it. The
    newest `active_from` that has come is the one by which new submissions are grouped.
    """

    key = models.SlugField(_("标识"), max_length=80, unique=True)  # folder name: name-version
    name = models.CharField(_("名称"), max_length=120)
    edition = models.CharField(_("版本"), max_length=40)
    title_zh = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(max_length=200)
    checksum = models.CharField(_("校验值"), max_length=64)
    source = models.CharField(_("来源"), max_length=300, blank=True, default="")
    official = models.BooleanField(_("官方"), default=False)
    active_from = models.DateField(_("启用"), null=True, blank=True)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)  # of MDC, ADRG, DRG …
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("分组方案")
        ordering = ["name", "edition"]
        constraints = [
            models.UniqueConstraint(name="discharges_scheme_edition", fields=["name", "edition"]),
            models.UniqueConstraint(
                name="discharges_scheme_one_a_day",
                fields=["active_from"],
                condition=Q(active_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return f"{self.title_en if english else self.title_zh} {self.edition}"


class Regrouping(models.Model):
    """A year grouped anew by another scheme, beside what is in force (重新分组对照)."""

    year = models.PositiveSmallIntegerField(_("年度"))
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="regroupings")
    org_path = PathField()  # for whose hospitals
    result: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    basis = models.CharField(max_length=64, blank=True, default="")  # fingerprint of the batches that it read
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now=True)
    job_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("重新分组对照")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(name="discharges_regrouping_once", fields=["year", "scheme", "org_path"]),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.scheme}"


class CodeMapping(models.Model):
    """One imported mapping between two editions of codes (编码映射表); the pairs lie in the wing's folder."""

    class Kind(models.TextChoices):
        DIAGNOSES = "dx", _("诊断")
        OPERATIONS = "px", _("手术操作")

    kind = models.CharField(_("类别"), max_length=2, choices=Kind)
    name = models.CharField(_("名称"), max_length=120)
    checksum = models.CharField(max_length=64)
    pairs = models.PositiveIntegerField(_("对照数"))
    active = models.BooleanField(_("使用中"), default=True)
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("编码映射表")
        ordering = ["kind", "-registered_at"]
        constraints = [
            models.UniqueConstraint(
                name="discharges_codemapping_one_active", fields=["kind"], condition=Q(active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HospitalCode(Scoped):
    """The code by which a hospital calls itself in its files (组织机构代码)."""

    scope_fields = ("hospital__scope_path",)
    read_permission = "discharge.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="discharge_codes")
    code = models.CharField(_("组织机构代码"), max_length=60, unique=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("组织机构代码")
        ordering = ["hospital_id", "code"]

    def __str__(self) -> str:
        return f"{self.code} · {self.hospital}"


OUTSIDE = "000000"  # residence known, in no division of the register


class ResidenceAlias(models.Model):
    """A way in which a county is written in residences (现住址写法), learnt from a person's decision."""

    text = models.CharField(_("写法"), max_length=60, unique=True)
    division_code = models.CharField(_("行政区划代码"), max_length=6)  # OUTSIDE: of another province
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("现住址写法")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class ResidenceReview(Scoped):
    """A residence that could not be told (现住址待裁定): its beginning only, never street or house."""

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    text = models.CharField(_("写法"), max_length=60)
    scope_path = PathField()  # the hospital's whose file has it
    count = models.PositiveIntegerField(_("行数"), default=0)
    decided = models.BooleanField(_("已裁定"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("现住址待裁定")
        ordering = ["-count", "text"]
        constraints = [
            models.UniqueConstraint(name="discharges_residencereview_once", fields=["text", "scope_path"]),
        ]

    def __str__(self) -> str:
        return self.text
