"""Submissions of front pages: one hospital, one month, one version; what was wrong; what was kept apart."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.discharges.models.reference import Scheme
from duikou.wings.hospitals.models import Hospital

FIRST_MONTH, LAST_MONTH = 200001, 209912
STATES = (
    "receiving", "checking", "checked", "signed", "committed", "retracting", "refused", "withdrawn",
    "replaced",
)  # fmt: skip
IN_FORCE = ("committed", "retracting")  # its rows are in the store


def new_batch() -> str:
    """A name that no submission has had, in any database."""
    return f"b{secrets.token_hex(10)}"


class Submission(Scoped):
    """The front pages of one hospital and month as one file (报送批次), and its fate.

    The file, the accepted rows and the faults lie in the installation's folder, under the
    batch's name; the store's commit carries that name too, so that both can be reconciled.
    """

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    hospital = models.ForeignKey(
        Hospital, verbose_name=_("医院"), on_delete=models.PROTECT, related_name="submissions"
    )
    scope_path = PathField()  # the hospital's
    month = models.PositiveIntegerField(_("出院月份"))  # yyyymm of discharge
    number = models.PositiveIntegerField(_("版次"))  # counts the files of this hospital and month
    # By this name the folder, the rows and the store's commit know the submission. Never a number of
    # the database: after a restore one would come twice, and the store would take it for the same.
    batch = models.CharField(_("批次名"), max_length=24, unique=True, default=new_batch, editable=False)
    state = models.CharField(_("状态"), max_length=12, default="receiving")  # workflow.toml: submission
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    filename = models.CharField(_("文件名"), max_length=200)
    size = models.PositiveBigIntegerField(_("字节数"))
    received = models.PositiveBigIntegerField(_("已收到"), default=0)
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True, default="")
    layout = models.CharField(_("版式"), max_length=40, blank=True, default="")
    encoding = models.CharField(_("编码"), max_length=20, blank=True, default="")

    rows = models.PositiveIntegerField(_("读到的行"), default=0)
    accepted = models.PositiveIntegerField(_("接收的行"), default=0)
    rejected = models.PositiveIntegerField(_("隔离的行"), default=0)
    faults = models.PositiveIntegerField(_("问题数"), default=0)
    grouped = models.PositiveIntegerField(_("入组的行"), default=0)
    unmapped = models.PositiveIntegerField(_("未识别的编码"), default=0)
    residence_unknown = models.PositiveIntegerField(_("现住址未识别的行"), default=0)
    completeness = models.PositiveIntegerField(_("完整度"), null=True, blank=True)  # in 1e-4
    scheme = models.ForeignKey(
        Scheme, verbose_name=_("分组方案"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refusal = models.JSONField(null=True, blank=True)  # why the file was refused: {"zh", "en"}

    submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("报送时间"), auto_now_add=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    committed_at = models.DateTimeField(_("入库时间"), null=True, blank=True)
    store_version = models.PositiveIntegerField(_("存储版本"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    job_id = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("报送批次")
        ordering = ["-month", "scope_path", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="discharges_submission_number", fields=["hospital", "month", "number"]
            ),
            models.UniqueConstraint(
                name="discharges_submission_one_in_force",
                fields=["hospital", "month"],
                condition=Q(state__in=IN_FORCE),
            ),
            models.UniqueConstraint(
                name="discharges_submission_one_on_its_way",
                fields=["hospital", "month"],
                condition=Q(state="signed"),
            ),
            models.CheckConstraint(name="discharges_submission_state", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="discharges_submission_month", condition=Q(month__range=(FIRST_MONTH, LAST_MONTH))
            ),
            models.CheckConstraint(
                name="discharges_submission_received_within_size", condition=Q(received__lte=F("size"))
            ),
            models.CheckConstraint(
                name="discharges_submission_rows_add_up",
                condition=Q(rows=F("accepted") + F("rejected")),
            ),
            models.CheckConstraint(
                name="discharges_submission_committed_has_version",
                condition=Q(
                    state__in=(*IN_FORCE, "replaced"),
                    store_version__isnull=False,
                    committed_at__isnull=False,
                )
                | ~Q(state__in=(*IN_FORCE, "replaced")),
            ),
            models.CheckConstraint(
                name="discharges_submission_replaced_has_successor",
                condition=Q(state="replaced", replaced_by__isnull=False)
                | (~Q(state="replaced") & Q(replaced_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="discharges_submission_refused_has_reason",
                condition=Q(state="refused", refusal__isnull=False) | ~Q(state="refused"),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "month"], name="discharges_submission_by_state"),
            models.Index(fields=["month", "hospital"], name="discharges_submission_months"),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.period} · {self.number}"

    @property
    def period(self) -> str:
        """The month as people write it: 2014-03."""
        return f"{self.month // 100:04d}-{self.month % 100:02d}"


class FaultCount(models.Model):
    """How often one rule of the checks was broken in a submission (问题计数)."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="fault_counts")
    rule = models.CharField(_("规则"), max_length=60)
    severity = models.CharField(_("程度"), max_length=8)  # reject, warn or note
    column = models.CharField(_("列"), max_length=60, blank=True, default="")  # the one named most often
    count = models.PositiveIntegerField(_("次数"))

    class Meta:
        verbose_name = _("问题计数")
        ordering = ["submission_id", "-count", "rule"]
        constraints = [
            models.UniqueConstraint(name="discharges_faultcount_once", fields=["submission", "rule"]),
            models.CheckConstraint(
                name="discharges_faultcount_severity", condition=Q(severity__in=("reject", "warn", "note"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} × {self.count}"


class QuarantinedRow(Scoped):
    """A row that was kept apart (隔离行), as it came in, without the columns of persons.

    Only those who submit for the hospital see it: it speaks of one patient.
    """

    scope_fields = ("submission__scope_path",)
    read_permission = "discharge.submit"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="quarantine")
    row = models.PositiveIntegerField(_("行"))  # as a spreadsheet shows it
    raw: models.JSONField[Any, Any] = models.JSONField(default=dict)  # text by canonical column
    faults: models.JSONField[Any, Any] = models.JSONField(default=list)  # ids of the rules that it breaks

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("隔离行")
        ordering = ["submission_id", "row"]
        constraints = [
            models.UniqueConstraint(name="discharges_quarantinedrow_once", fields=["submission", "row"]),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} · {self.row}"
