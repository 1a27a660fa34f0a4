"""Agreements with their versions, and the official templates that commissions hand in."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import OrgUnit, StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing

ON_ITS_WAY = ("draft", "review", "approved")
IN_FORCE = ("signed", "filed")
BINDING = (*IN_FORCE, "expired", "ended", "replaced")  # was signed at some time
STATES = (*ON_ITS_WAY, *BINDING, "withdrawn")


class Side(models.TextChoices):
    """The two parties; the values are those of the clause engine's `Party`."""

    SUPPORTER = "supporter", _("甲方（支援医院）")
    RECIPIENT = "recipient", _("乙方（受援医院）")


def new_code() -> str:
    """A verification code that nobody guesses."""
    from duikou.wings.agreements.documents import verification  # brings all of printing along

    return verification.new_code()


class UploadedTemplate(Scoped):
    """A commission's own official template (上传的范本), cut into clauses of the pack's template.

    `content` holds its clauses in the order of printing: `{"id", "text"}`; the id is that of the pack's
    clause whose duty it states, empty for what the commission added.
    """

    scope_fields = ("scope_path",)
    read_permission = "agreement.view"

    org = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="agreement_templates")
    scope_path = PathField()  # the commission's: it holds for pairings below
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("协议类别"), max_length=10)
    policy_pack = models.CharField(_("政策包"), max_length=60)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    content: models.JSONField[Any, Any] = models.JSONField(default=list)
    added = models.PositiveIntegerField(_("增加的条款"), default=0)
    active = models.BooleanField(_("使用中"), default=True)
    version = models.PositiveIntegerField(default=1)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("协议范本")
        ordering = ["-active", "-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                name="agreements_template_one_active",
                fields=["org", "kind", "policy_pack"],
                condition=Q(active=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Agreement(Scoped):
    """An agreement of one pairing (协议): its parties, term and state. Its words are in its versions.

    `turn` counts the terms of a pairing's agreements of one kind: a renewal begins the next turn, an
    amendment stays in the turn of what it amends. So at any time at most one agreement of a turn is in
    force, and at most one is on its way; turns follow each other without gap.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("帮扶协议")
        BRANCH = "branch", _("分院合作协议")
        UNION = "union", _("医联体（托管）协议")
        TARGET = "target", _("目标协议")

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "agreement.view"
    for_departments = True

    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="agreements"
    )
    kind = models.CharField(_("协议类别"), max_length=10, choices=Kind, default=Kind.STANDARD)
    specialty = models.CharField(_("专业"), max_length=40, blank=True, default="")  # of a department's target
    turn = models.PositiveIntegerField(_("期次"), default=1)
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="+"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="+"
    )
    supporter_path = PathField()
    recipient_path = PathField()
    supporter_representative = models.CharField(_("甲方代表"), max_length=60, blank=True, default="")
    recipient_representative = models.CharField(_("乙方代表"), max_length=60, blank=True, default="")
    code = models.CharField(_("验证码"), max_length=20, unique=True, default=new_code)
    policy_pack = models.CharField(_("政策包"), max_length=60)
    template = models.CharField(_("范本"), max_length=40)  # id in the pack
    uploaded_template = models.ForeignKey(
        UploadedTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    drafted_on = models.DateField(_("起草日期"))
    term_start = models.DateField(_("起"))
    term_end = models.DateField(_("止（含）"))
    state = models.CharField(_("状态"), max_length=10, default="draft")  # workflow.toml: agreement
    version = models.PositiveIntegerField(default=1)  # of the record; texts have numbers of their own
    latest = models.PositiveIntegerField(_("文本版次"), default=0)  # number of the newest text
    accepted = models.BooleanField(_("条款检查通过"), default=False)  # of the newest text
    submission = models.PositiveIntegerField(default=0)  # how often a text was sent to both sides
    signed_on = models.DateField(_("签署日期"), null=True, blank=True)
    scan = models.ForeignKey(  # of the page with signatures and seals
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)  # the last day
    ended_reason = models.CharField(_("终止理由"), max_length=500, blank=True, default="")
    amends = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals"
    )
    demonstration = models.BooleanField(_("演示数据"), default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("协议")
        ordering = ["pairing__position", "kind", "specialty", "turn", "pk"]
        constraints = [
            models.CheckConstraint(name="agreements_agreement_state", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="agreements_agreement_term_in_order", condition=Q(term_end__gt=F("term_start"))
            ),
            models.CheckConstraint(
                name="agreements_agreement_two_hospitals", condition=~Q(supporter=F("recipient"))
            ),
            models.CheckConstraint(name="agreements_agreement_turn", condition=Q(turn__gte=1)),
            models.UniqueConstraint(
                name="agreements_agreement_one_on_its_way",
                fields=["pairing", "kind", "specialty", "turn"],
                condition=Q(state__in=ON_ITS_WAY),
            ),
            models.UniqueConstraint(
                name="agreements_agreement_one_in_force",
                fields=["pairing", "kind", "specialty", "turn"],
                condition=Q(state__in=IN_FORCE),
            ),
            models.CheckConstraint(
                name="agreements_agreement_signed_has_day_and_scan",
                condition=Q(state__in=BINDING, signed_on__isnull=False, scan__isnull=False)
                | (~Q(state__in=BINDING) & Q(signed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="agreements_agreement_signed_after_draft_within_term",
                condition=Q(signed_on__isnull=True)
                | Q(signed_on__gte=F("drafted_on"), signed_on__lte=F("term_end")),
            ),
            models.CheckConstraint(
                name="agreements_agreement_filed_has_day",
                condition=Q(state="filed", filed_on__isnull=False) | ~Q(state="filed"),
            ),
            models.CheckConstraint(
                name="agreements_agreement_filed_after_signing",
                condition=Q(filed_on__isnull=True) | Q(filed_on__gte=F("signed_on")),
            ),
            models.CheckConstraint(
                name="agreements_agreement_ended_has_day_and_reason",
                condition=(Q(state="ended", ended_on__gte=F("signed_on")) & ~Q(ended_reason=""))
                | (~Q(state="ended") & Q(ended_on__isnull=True, ended_reason="")),
            ),
            models.CheckConstraint(
                name="agreements_agreement_amends_or_renews",
                condition=Q(amends__isnull=True) | Q(renews__isnull=True),
            ),
            models.CheckConstraint(
                name="agreements_agreement_specialty_only_of_targets",
                condition=Q(specialty="") | Q(kind="target"),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "term_end"], name="agreements_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.supporter.name} → {self.recipient.name} · {self.get_kind_display()}"

    def path_of(self, side: str) -> str:
        """The place of one party in the organisation tree."""
        return self.supporter_path if side == Side.SUPPORTER else self.recipient_path

    def hospital_of(self, side: str) -> Hospital:
        """One party."""
        return self.supporter if side == Side.SUPPORTER else self.recipient


class Version(models.Model):
    """One text of an agreement (文本版次). Never changed: each edit is a new one, with the file kept.

    `content`: `{"clauses": [{"id", "heading", "text", "target"}], "others"}`; the id is that of the
    template's clause, empty for what the parties added; `target` is the figure that they agreed on where the
    documents leave it open. `verdict` is that of the clause check in both languages.
    """

    class Origin(models.TextChoices):
        TEMPLATE = "template", _("按范本生成")
        EDITED = "edited", _("在线修改")
        UPLOADED = "uploaded", _("上传文本")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版次"))
    origin = models.CharField(_("来源"), max_length=10, choices=Origin)
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")  # the .docx
    pdf = models.ForeignKey(StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verdict: models.JSONField[Any, Any] = models.JSONField(default=dict)
    accepted = models.BooleanField(_("条款检查通过"))
    note = models.CharField(_("修改说明"), max_length=300, blank=True, default="")
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("协议文本")
        ordering = ["agreement_id", "-number"]
        constraints = [
            models.UniqueConstraint(name="agreements_version_number", fields=["agreement", "number"]),
            models.CheckConstraint(name="agreements_version_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new version; one that exists stays as it is."""
        if self.pk is not None:
            raise TypeError("a version of an agreement is never changed: make a new one")
        super().save(*args, **kwargs)
