"""What both sides say about a text, their signatures, the originals and the copy that is filed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import OrgUnit, User
from duikou.wings.agreements.models.agreements import Agreement, Side, Version


class Comment(models.Model):
    """A remark on a text or on one of its clauses (批注)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="comments")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comments")
    clause = models.CharField(_("条款"), max_length=60, blank=True, default="")  # id; empty: the whole text
    side = models.CharField(_("一方"), max_length=10, choices=Side, blank=True, default="")  # '': authority
    text = models.CharField(_("批注"), max_length=1000)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(_("了结时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("批注")
        ordering = ["agreement_id", "at", "pk"]
        constraints = [
            models.CheckConstraint(name="agreements_comment_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Approval(models.Model):
    """What one side decided on the text that was sent to it (审议意见)."""

    class Decision(models.TextChoices):
        AGREED = "agreed", _("同意")
        RETURNED = "returned", _("退回修改")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="approvals")
    submission = models.PositiveIntegerField()  # the sending that it answers
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="approvals")
    side = models.CharField(_("一方"), max_length=10, choices=Side)
    decision = models.CharField(_("意见"), max_length=10, choices=Decision)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("审议意见")
        ordering = ["agreement_id", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="agreements_approval_once_per_side", fields=["agreement", "submission", "side"]
            ),
            models.CheckConstraint(
                name="agreements_approval_return_has_reason",
                condition=Q(decision="agreed") | (Q(decision="returned") & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.get_decision_display()}"


class Signature(models.Model):
    """Who signed for one side, and when (签署记录)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")  # the text signed
    side = models.CharField(_("一方"), max_length=10, choices=Side)
    signatory = models.CharField(_("签署人"), max_length=60)
    post = models.CharField(_("职务"), max_length=40, blank=True, default="")
    on = models.DateField(_("签署日期"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("签署记录")
        ordering = ["agreement_id", "on", "pk"]
        constraints = [
            models.UniqueConstraint(name="agreements_signature_once_per_side", fields=["agreement", "side"]),
            models.CheckConstraint(name="agreements_signature_has_name", condition=~Q(signatory="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.signatory}"


class Original(models.Model):
    """One of the four originals and who holds it (协议原件, AGR-03)."""

    class Holder(models.TextChoices):
        SUPPORTER = "supporter", _("支援医院")
        RECIPIENT = "recipient", _("受援医院")
        SUPPORTER_SUPERIOR = "supporter_superior", _("支援医院上级主管部门")
        RECIPIENT_SUPERIOR = "recipient_superior", _("受援医院上级主管部门")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="originals")
    number = models.PositiveIntegerField(_("份号"))
    holder = models.CharField(_("持有方"), max_length=20, choices=Holder)
    org = models.ForeignKey(OrgUnit, verbose_name=_("持有单位"), on_delete=models.PROTECT, related_name="+")
    handed_on = models.DateField(_("收到日期"), null=True, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("协议原件")
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(name="agreements_original_number", fields=["agreement", "number"]),
            models.UniqueConstraint(name="agreements_original_holder", fields=["agreement", "holder"]),
            models.CheckConstraint(name="agreements_original_four", condition=Q(number__range=(1, 4))),
        ]

    def __str__(self) -> str:
        return f"{self.number}/4 · {self.org}"


class Filing(models.Model):
    """The copy that goes to the provincial office, and its receipt (备案, AGR-02)."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="filing")
    office = models.ForeignKey(OrgUnit, verbose_name=_("省办"), on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(_("报送日期"))
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(_("回执编号"), max_length=20, blank=True, default="")
    received_on = models.DateField(_("收存日期"), null=True, blank=True)
    received_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("备案")
        constraints = [
            models.UniqueConstraint(
                name="agreements_filing_receipt_once", fields=["office", "receipt"], condition=~Q(receipt="")
            ),
            models.CheckConstraint(
                name="agreements_filing_receipt_with_day",
                condition=Q(receipt="", received_on__isnull=True)
                | (~Q(receipt="") & Q(received_on__gte=F("sent_on"))),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or f"{self.agreement_id}"
