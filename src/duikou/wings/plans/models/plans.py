"""Plans of recipients and of pairings, what they were made from, and each edition that was agreed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.engines.clauses.model import Party
from duikou.wings.agreements.documents.verification import new_code
from duikou.wings.hospitals.models import Hospital, HospitalPartner, Mark
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

FIRST_YEAR, LAST_YEAR = 2009, 2099


class SupportPlan(Scoped):
    """A plan (规划、年度任务清单). What is agreed is kept as an edition; the row holds the work at hand.

    A recipient's own development plan has no pairing: it has one, whoever supports it.
    """

    class Kind(models.TextChoices):
        DEVELOPMENT = "development", _("受援医院三年发展规划")
        SUPPORT = "support", _("三年对口支援规划")
        YEAR = "year", _("年度任务清单")

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "plan.view"
    for_departments = True

    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    pairing = models.ForeignKey(
        Pairing, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="plans"
    )
    supporter_path = PathField(blank=True, default="")  # empty for a recipient's own plan
    recipient_path = PathField()
    policy_pack = models.CharField(max_length=60)  # of the round: what it demands of a plan
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"))
    goal = models.CharField(_("总目标"), max_length=1000, blank=True, default="")
    direction = models.CharField(_("重点专科方向"), max_length=1000, blank=True, default="")
    # Both presidents answer for it together (AGR-18); each side names its own.
    supporter_president = models.ForeignKey(
        Person,
        verbose_name=_("支援医院第一责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recipient_president = models.ForeignKey(
        Person,
        verbose_name=_("受援医院第一责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(_("状态"), max_length=10, default="draft")  # workflow.toml: plan
    version = models.PositiveIntegerField(default=1)  # grows with every change of the plan and its parts
    edition = models.PositiveSmallIntegerField(_("版次"), default=0)  # how often it was agreed
    reason = models.CharField(_("修订理由"), max_length=500, blank=True, default="")
    supporter_agreed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supporter_agreed_at = models.DateTimeField(null=True, blank=True)
    recipient_agreed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_agreed_at = models.DateTimeField(null=True, blank=True)
    started_on = models.DateField(_("开始执行"), null=True, blank=True)
    closed_on = models.DateField(_("关闭"), null=True, blank=True)
    conclusion = models.CharField(_("年终小结"), max_length=1000, blank=True, default="")
    # Printed on each page of the plan book: whoever holds the paper finds the plan by it.
    code = models.CharField(_("核验码"), max_length=19, unique=True, default=new_code, editable=False)
    demonstration = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("规划")
        ordering = ["pairing_id", "kind", "year"]
        constraints = [
            models.UniqueConstraint(
                name="plans_plan_support_once", fields=["pairing"], condition=Q(kind="support")
            ),
            models.UniqueConstraint(
                name="plans_plan_year_once", fields=["pairing", "year"], condition=Q(kind="year")
            ),
            models.UniqueConstraint(
                name="plans_plan_development_once",
                fields=["recipient", "start"],
                condition=Q(kind="development"),
            ),
            models.CheckConstraint(
                name="plans_plan_kind_has_its_parts",
                condition=Q(kind="development", pairing__isnull=True, year__isnull=True)
                | Q(kind="support", pairing__isnull=False, year__isnull=True)
                | Q(kind="year", pairing__isnull=False, year__range=(FIRST_YEAR, LAST_YEAR)),
            ),
            models.CheckConstraint(name="plans_plan_dates_in_order", condition=Q(end__gte=F("start"))),
        ]
        indexes = [models.Index(fields=["kind", "year", "state"], name="plans_plan_by_year")]

    def __str__(self) -> str:
        whose = str(self.pairing) if self.pairing else self.recipient.name
        return f"{whose} · {self.title}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Also a recipient's own plan for its supporters, who help with it (TGT-02)."""
        own = super().visibility(paths)
        if paths == ("",) or not paths:
            return own
        inside = Q()
        for path in paths:
            inside |= Q(hospital__scope_path__within=path)
        partners = HospitalPartner.objects.filter(inside).values("partner_id")
        return own | Q(kind=cls.Kind.DEVELOPMENT, recipient__in=partners)

    @property
    def title(self) -> str:
        """What it is called beside its pairing."""
        if self.kind == self.Kind.YEAR:
            return _now("%(year)s 年度任务清单") % {"year": self.year}
        return str(self.get_kind_display())

    @property
    def sides(self) -> tuple[Party, ...]:
        """Who has to agree to it."""
        if self.kind == self.Kind.DEVELOPMENT:
            return (Party.RECIPIENT,)
        return (Party.SUPPORTER, Party.RECIPIENT)

    def path_of(self, side: Party | str) -> str:
        """The path of one party: what it says needs the permission there."""
        return self.supporter_path if side == Party.SUPPORTER else self.recipient_path

    def agreed_by(self, side: Party | str) -> User | None:
        """Who agreed for a party to the text at hand."""
        return self.supporter_agreed_by if side == Party.SUPPORTER else self.recipient_agreed_by


class PlanFactor(models.Model):
    """A condition that the plan was made from (规划依据因素, TGT-01), with its source and year."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="factors")
    factor = models.CharField(_("因素"), max_length=40)  # a word of the pack's list
    value = models.CharField(_("情况"), max_length=1000)
    source = models.CharField(_("来源"), max_length=200)
    year = models.PositiveSmallIntegerField(_("年份"))
    mark = models.CharField(_("依据"), max_length=10, choices=Mark, default=Mark.ENTERED)

    class Meta:
        verbose_name = _("规划因素")
        ordering = ["plan_id", "id"]
        constraints = [
            models.UniqueConstraint(name="plans_factor_once", fields=["plan", "factor"]),
            models.CheckConstraint(
                name="plans_factor_year", condition=Q(year__range=(1949, LAST_YEAR)) & ~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} · {self.year}"


class PlanDepartment(models.Model):
    """A department that the plan builds up (重点建设科室), and why it was chosen."""

    class Origin(models.TextChoices):
        OUT_REFERRAL = "out_referral", _("县外就诊前列病种")
        DECLARED = "declared", _("申报的薄弱科室")
        GAP = "gap", _("填平补齐")
        OWN = "own", _("双方商定")

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="departments")
    specialty = models.CharField(_("专科"), max_length=40)
    position = models.PositiveSmallIntegerField(_("次序"))
    origin = models.CharField(_("来源"), max_length=12, choices=Origin, default=Origin.OWN)
    basis = models.JSONField(default=dict, blank=True)  # {"zh", "en"}: what speaks for it, with figures
    reason = models.CharField(_("说明"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("重点建设科室")
        ordering = ["plan_id", "position"]
        constraints = [
            models.UniqueConstraint(name="plans_department_once", fields=["plan", "specialty"]),
        ]

    def __str__(self) -> str:
        return self.specialty


class PlanEdition(models.Model):
    """A plan as both parties agreed to it (版次): never changed, the newest one is in force."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField(_("版次"))
    content = models.JSONField()  # `editions.content_of`
    reason = models.CharField(_("修订理由"), max_length=500, blank=True, default="")
    agreed_at = models.DateTimeField(_("同意时间"))
    supporter_by = models.CharField(_("支援方"), max_length=120, blank=True, default="")
    recipient_by = models.CharField(_("受援方"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("规划版次")
        ordering = ["plan_id", "-number"]
        constraints = [models.UniqueConstraint(name="plans_edition_once", fields=["plan", "number"])]

    def __str__(self) -> str:
        return f"{self.plan} #{self.number}"
