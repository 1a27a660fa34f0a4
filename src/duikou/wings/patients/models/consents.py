"""Consents: what a patient agreed to, for one purpose each; who said so, how and when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.wings.patients.models.patients import Patient


class Consent(models.Model):
    """One consent (知情同意). It reaches who reaches its patient; the database keeps what was said."""

    class Giver(models.TextChoices):
        PATIENT = "patient", _("患者本人")
        GUARDIAN = "guardian", _("监护人")
        RELATIVE = "relative", _("近亲属")

    class Way(models.TextChoices):
        WRITTEN = "written", _("书面")
        ORAL = "oral", _("口头（紧急）")

    # What is personal is left out: it goes when the record is erased. The patient changes with a merge.
    AS_WRITTEN = (
        "purpose", "giver", "way", "given_at", "text_version", "rule", "recorded_by_id", "recorded_at",
    )  # fmt: skip

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("同意事项"), max_length=40)  # id in the policy pack
    rule = models.CharField(_("依据规则"), max_length=20)
    text_version = models.CharField(_("告知文本版本"), max_length=20)
    giver = models.CharField(_("由谁同意"), max_length=8, choices=Giver)
    giver_name = models.CharField(_("同意人姓名"), max_length=60, blank=True, default="")
    giver_relation = models.CharField(_("与患者的关系"), max_length=40, blank=True, default="")
    why_not_patient = models.CharField(_("非本人同意的原因"), max_length=300, blank=True, default="")
    way = models.CharField(_("方式"), max_length=8, choices=Way)
    document = models.ForeignKey(
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_at = models.CharField(_("签字原件存放处"), max_length=120, blank=True, default="")
    circumstances = models.CharField(_("紧急情形"), max_length=300, blank=True, default="")
    witness_one = models.CharField(_("见证人一"), max_length=60, blank=True, default="")
    witness_two = models.CharField(_("见证人二"), max_length=60, blank=True, default="")
    given_at = models.DateTimeField(_("同意时间"))
    stands_until = models.DateTimeField(null=True, blank=True)  # of an oral consent that nobody has confirmed
    confirmed_at = models.DateTimeField(_("书面确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.CharField(_("由谁撤回"), max_length=8, choices=Giver, blank=True, default="")
    withdrawn_note = models.CharField(_("撤回说明"), max_length=500, blank=True, default="")
    withdrawal_recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("知情同意")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="patients_consent_once_at_a_time",
                fields=["patient", "purpose", "given_at"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="patients_consent_withdrawn_afterwards",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="patients_consent_confirmed_afterwards",
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="patients_consent_oral_stands_for_a_time",
                condition=Q(way="written", stands_until__isnull=True)
                | Q(way="oral", stands_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["patient", "purpose"], name="patients_consent_purpose")]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.given_at:%Y-%m-%d}"
