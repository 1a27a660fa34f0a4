"""What happens to an agreement after it was signed: changes of parties, requests to end it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import OrgUnit, StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.agreements.models.agreements import Agreement, Side


class Event(models.Model):
    """Something that changes a party and ends nothing (协议事件, AGR-06)."""

    class Kind(models.TextChoices):
        REPRESENTATIVE = "representative", _("法定代表人变更")
        SUCCESSION = "succession", _("医院承继")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    side = models.CharField(_("一方"), max_length=10, choices=Side)
    on = models.DateField(_("日期"))
    before = models.CharField(_("变更前"), max_length=120)
    after = models.CharField(_("变更后"), max_length=120)
    reason = models.CharField(_("说明"), max_length=500)
    document = models.ForeignKey(
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("协议事件")
        ordering = ["agreement_id", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agreements_event_changes_something", condition=~Q(before=models.F("after"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.before} → {self.after}"


class RefusedUpload(models.Model):
    """A file that was handed in as a text and not taken (未接收的文件): kept for the record, with why."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="refused_uploads")
    filename = models.CharField(_("文件名"), max_length=120)
    reason = models.CharField(_("未接收的原因"), max_length=1000)
    document = models.ForeignKey(  # none for an empty file and for one that is too large
        StoredDocument, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("未接收的文件")
        ordering = ["agreement_id", "-at", "-pk"]

    def __str__(self) -> str:
        return self.filename


class TerminationRequest(Scoped):
    """A side wants to end an agreement early: reason, evidence, and the superior's decision (AGR-13)."""

    scope_fields = ("superior_path", "party_path")
    read_permission = "agreement.view"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="terminations")
    side = models.CharField(_("申请方"), max_length=10, choices=Side)
    last_day = models.DateField(_("最后一日"))
    reason = models.CharField(_("理由"), max_length=500)
    evidence = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey(
        OrgUnit, verbose_name=_("上级主管部门"), on_delete=models.PROTECT, related_name="+"
    )
    superior_path = PathField()
    party_path = PathField()
    state = models.CharField(_("状态"), max_length=10, default="asked")  # workflow.toml: termination
    version = models.PositiveIntegerField(default=1)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("批复时间"), null=True, blank=True)
    decision = models.CharField(_("批复意见"), max_length=500, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("终止申请")
        ordering = ["agreement_id", "-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="agreements_termination_state",
                condition=Q(state__in=("asked", "consented", "refused", "withdrawn")),
            ),
            models.UniqueConstraint(
                name="agreements_termination_one_open", fields=["agreement"], condition=Q(state="asked")
            ),
            models.CheckConstraint(name="agreements_termination_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="agreements_termination_decision_has_time",
                condition=Q(state__in=("consented", "refused"), decided_at__isnull=False)
                | ~Q(state__in=("consented", "refused")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.get_side_display()}"
