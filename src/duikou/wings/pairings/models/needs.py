"""What hospitals need and what they can give (供需填报): declared, never guessed.

What nobody has declared is unknown: there is no row, and no zero is put in its place.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital, Mark

MOST_WEIGHT, MOST_MONTHS = 9, 1200  # of a need; of a hospital in one year (a hundred people)
FIRST_YEAR, LAST_YEAR = 2009, 2099


class Declaration(Scoped):
    """One declared fact of one hospital and year.

    `specialty` is an id of the policy pack's list. `amount` weighs a need (1 to 9), and
    counts person-months a year of those that are asked for or available.
    """

    class Kind(models.TextChoices):
        NEED = "need", _("薄弱科室")
        STRENGTH = "strength", _("优势科室")
        ASKED = "asked", _("需要人月")
        AVAILABLE = "available", _("可派人月")

    DEPARTMENTS = (Kind.NEED, Kind.STRENGTH)

    scope_fields = ("hospital__scope_path",)
    read_permission = "need.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="declarations")
    year = models.PositiveSmallIntegerField(_("年度"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    specialty = models.CharField(_("专业"), max_length=40, blank=True, default="")
    amount = models.PositiveSmallIntegerField(_("数量"), default=1)
    source = models.CharField(_("来源"), max_length=200)
    mark = models.CharField(_("依据"), max_length=10, choices=Mark, default=Mark.ENTERED)
    demonstration = models.BooleanField(_("演示数据"), default=False)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    history = HistoricalRecords(excluded_fields=["changed_at"])

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("供需填报")
        ordering = ["hospital_id", "-year", "kind", "specialty"]
        constraints = [
            models.UniqueConstraint(
                name="pairings_declaration_once", fields=["hospital", "year", "kind", "specialty"]
            ),
            models.CheckConstraint(
                name="pairings_declaration_department_or_months",
                condition=(Q(kind__in=("need", "strength")) & ~Q(specialty=""))
                | Q(kind__in=("asked", "available"), specialty=""),
            ),
            models.CheckConstraint(
                name="pairings_declaration_amount",
                condition=Q(kind="need", amount__range=(1, MOST_WEIGHT))
                | Q(kind="strength", amount=1)
                | Q(kind__in=("asked", "available"), amount__lte=MOST_MONTHS),
            ),
            models.CheckConstraint(
                name="pairings_declaration_year", condition=Q(year__range=(FIRST_YEAR, LAST_YEAR))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.year} · {self.get_kind_display()}"


class DeclarationBatch(Scoped):
    """One uploaded workbook of declarations (供需导入批次): read at once, taken whole or not at all."""

    scope_fields = ("scope_path",)
    read_permission = "need.edit"

    scope_path = PathField()  # for whom it was uploaded: province, city or hospital
    filename = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField()  # exactly as it came
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)  # as read: {"line", "hospital", "name", "year", "kind", …}
    issues = models.JSONField(
        default=list
    )  # {"line", "column", "expected", "found"}, texts in both languages
    state = models.CharField(_("状态"), max_length=12, default="preview")  # workflow.toml: declaration_batch
    version = models.PositiveIntegerField(default=1)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    created = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更改"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("供需导入批次")
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.filename
