"""Certificates: of a year's credit, and of service before promotion.

Whether a credit is met is worked out anew at every look (`queries`), so a correction is seen at once.
What was issued is kept as it was issued, with its values and the rule as it stood; the database itself
refuses to change it (`guarding`). A later correction shows as a difference beside it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person


class CertificateQuerySet(ScopedQuerySet):
    """Certificates."""

    def standing(self) -> CertificateQuerySet:
        """Those that nobody has revoked."""
        return self.filter(revoked_at=None)


class Certificate(Scoped):
    """A credit recognised (学分认定) or a service certified (基层服务证明), as printed and for ever.

    It belongs to the hospital that sent the person; where the person has moved, the new employer sees
    it, too. `values` holds what the paper says and what it was worked out from.
    """

    class Kind(models.TextChoices):
        POSTING = "posting", _("派驻学分认定")
        TRAINING = "training", _("进修学分认定")
        SERVICE = "service", _("晋升前基层服务证明")

    CREDITS = (Kind.POSTING, Kind.TRAINING)

    scope_fields = ("home_path", "person__hospital__scope_path")
    read_permission = "credit.view"
    own_field = "person__user_id"
    own_permission = "credit.own"

    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)  # of a credit
    rule = models.CharField(_("规则"), max_length=40)  # CME-01; of service PRO-01, PRO-02.副主任医师
    policy_pack = models.CharField(max_length=60)
    rule_digest = models.CharField(max_length=64)
    person_name = models.CharField(_("姓名"), max_length=60)
    person_title = models.CharField(_("职称"), max_length=40, blank=True, default="")
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="certificates")
    hospital_name = models.CharField(_("医院"), max_length=120)
    home_path = PathField()
    until = models.DateField(_("数据截至"))  # days after it were not looked at
    values = models.JSONField()
    code = models.CharField(_("核验码"), max_length=19, unique=True)
    issuer = models.CharField(_("开具单位"), max_length=120)
    issued_on = models.DateField(_("开具日期"))
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)
    revoked_reason = models.CharField(_("撤销理由"), max_length=500, blank=True, default="")
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("证明")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="credits_certificate_one_credit_a_year",
                fields=["person", "kind", "year"],
                condition=Q(revoked_at__isnull=True, year__isnull=False),
            ),
            models.UniqueConstraint(
                name="credits_certificate_one_service_a_rule",
                fields=["person", "rule"],
                condition=Q(revoked_at__isnull=True, kind="service"),
            ),
            models.CheckConstraint(
                name="credits_certificate_credit_has_year",
                condition=Q(kind="service", year__isnull=True) | (~Q(kind="service") & Q(year__isnull=False)),
            ),
            models.CheckConstraint(
                name="credits_certificate_revoked_with_reason",
                condition=Q(revoked_at__isnull=True, revoked_on__isnull=True)
                | (Q(revoked_at__isnull=False, revoked_on__isnull=False) & ~Q(revoked_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["year", "kind"], name="credits_certificate_year")]

    def __str__(self) -> str:
        return f"{self.code} · {self.get_kind_display()}"

    @property
    def valid(self) -> bool:
        """Whether nobody has revoked it."""
        return self.revoked_at is None
