"""Proposals of a next round (方案): settings, edits, result, and their way to being opened."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duikou.core.models import OrgUnit, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models.rounds import Pairing, Round


class Proposal(Scoped):
    """A proposal for the round after a round, with its own life: workflow.toml, `proposal`.

    It may change the tables of the authority at `scope_path` and of those below it. A
    draft is seen by that authority alone; once submitted, also by the cities whose tables
    it touches, because they decide on them (PAIR-06).
    """

    scope_fields = ("scope_path",)
    read_permission = "proposal.view"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField(_("编号"))
    name = models.CharField(_("名称"), max_length=120)
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")
    scope_path = PathField()  # the authority that proposes: province or city
    state = models.CharField(_("状态"), max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    settings = models.JSONField(default=dict)  # wings.pairings.settings.Settings
    inputs = models.PositiveIntegerField(default=1)  # grows with every change of settings and edits
    copied_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    changed_at = models.DateTimeField(_("更改时间"), auto_now=True)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    returned_reason = models.CharField(_("退回理由"), max_length=500, blank=True, default="")
    opened_as = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.PROTECT, related_name="opened_from"
    )
    job_id = models.CharField(max_length=32, blank=True, default="")  # the newest solve in the background
    running = models.JSONField(default=list)  # that solve's curve so far: [seconds, level, incumbent, bound]

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("方案")
        ordering = ["-round_id", "-number"]
        constraints = [
            models.UniqueConstraint(name="pairings_proposal_number", fields=["round", "number"]),
            models.CheckConstraint(
                name="pairings_proposal_submitted_by_somebody",
                condition=Q(state__in=("draft", "withdrawn")) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pairings_proposal_opened_has_round",
                condition=Q(state="opened", opened_as__isnull=False)
                | (~Q(state="opened") & Q(opened_as__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Own proposals, and submitted ones that an authority of the area has to decide on."""
        own = super().visibility(paths)
        if paths == ("",) or not paths:
            return own
        concerned = ProposalApproval.objects.filter(within(paths, ("authority_path",))).values("proposal_id")
        return own | Q(pk__in=concerned)


class ProposalEdit(models.Model):
    """A pair that must, or must not, be in the proposal (指定与禁止), with who wanted it and why."""

    class Kind(models.TextChoices):
        LOCK = "lock", _("指定")
        FORBID = "forbid", _("禁止")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="edits")
    # Keys, because a newcomer may stand for a hospital that is still to be registered.
    supporter_key = models.CharField(max_length=80)
    recipient_key = models.CharField(max_length=80)
    supporter_name = models.CharField(_("支援医院"), max_length=120)
    recipient_name = models.CharField(_("受援医院"), max_length=120)
    kind = models.CharField(_("要求"), max_length=6, choices=Kind)
    reason = models.CharField(_("理由"), max_length=500)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), auto_now=True)

    class Meta:
        verbose_name = _("方案要求")
        ordering = ["proposal_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="pairings_proposaledit_once", fields=["proposal", "supporter_key", "recipient_key"]
            ),
            models.CheckConstraint(
                name="pairings_proposaledit_kind", condition=Q(kind__in=("lock", "forbid"))
            ),
            models.CheckConstraint(
                name="pairings_proposaledit_two_hospitals", condition=~Q(supporter_key=F("recipient_key"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supporter_name} → {self.recipient_name}"


class ProposalResult(models.Model):
    """What the newest solve of a proposal gave, and from what: an older one is known to be out of date."""

    class Status(models.TextChoices):
        OPTIMAL = "optimal", _("已证明最优")
        FEASIBLE = "feasible", _("可行，未证明最优")
        CANCELLED = "cancelled", _("已中止，保留当时最好的")
        INFEASIBLE = "infeasible", _("要求相互矛盾")
        FAILED = "failed", _("求解失败")

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="result")
    revision = models.PositiveIntegerField()  # the round's, as it was read
    inputs = models.PositiveIntegerField()  # the proposal's
    facts = models.CharField(max_length=64)  # fingerprint of declarations, register and distances
    digest = models.CharField(max_length=64)  # fingerprint of the problem that was solved
    status = models.CharField(_("结论"), max_length=10, choices=Status)
    verified = models.BooleanField(_("已独立复核"), default=False)
    regime = models.CharField(_("方法"), max_length=20)
    solver = models.CharField(_("求解器"), max_length=80)
    seconds = models.FloatField(_("用时（秒）"))
    cpu_seconds = models.FloatField(default=0)
    levels = models.JSONField(
        default=list
    )  # [{"name", "title", "unit", "value", "bound"}], most important first
    breaches = models.JSONField(
        default=list
    )  # [{"rule", "subject", "name", "amount", "found", "least", "most"}]
    figures = models.JSONField(default=dict)  # coverage, loads, distance, changes: queries.proposals.Summary
    note = models.JSONField(default=dict)  # {"zh", "en"}: why there is no plan, or what to know about it
    contradiction = models.JSONField(default=dict)  # outcome.contradiction_of, where nothing fits
    curve = models.JSONField(default=list)  # [seconds, level, incumbent, bound]
    solved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    solved_at = models.DateTimeField(_("求解时间"), auto_now=True)

    class Meta:
        verbose_name = _("方案结果")
        constraints = [
            models.CheckConstraint(
                name="pairings_proposalresult_no_proof_unverified",
                condition=~Q(status="optimal") | Q(verified=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} · {self.get_status_display()}"

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan that may be shown as such."""
        return self.verified and self.status not in (self.Status.INFEASIBLE, self.Status.FAILED)


class ProposalPair(Scoped):
    """One pair of a proposal: kept, added or dropped against the present round."""

    class Change(models.TextChoices):
        KEPT = "kept", _("保留")
        ADDED = "added", _("新增")
        DROPPED = "dropped", _("不再保留")

    scope_fields = ("authority_path", "supporter_path", "recipient_path")
    read_permission = "proposal.view"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="pairs")
    change = models.CharField(_("变化"), max_length=8, choices=Change)
    locked = models.BooleanField(_("指定"), default=False)
    pairing = models.ForeignKey(  # the present one, of pairs that are kept or dropped
        Pairing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    supporter = models.ForeignKey(Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supporter_key = models.CharField(max_length=80)
    recipient_key = models.CharField(max_length=80)
    supporter_name = models.CharField(_("支援医院"), max_length=120)
    recipient_name = models.CharField(_("受援医院"), max_length=120)
    table = models.CharField(_("表"), max_length=2)
    group = models.CharField(_("地区"), max_length=40, blank=True, default="")
    county_code = models.CharField(max_length=6)
    county = models.CharField(_("受援县（市、区）"), max_length=40)
    authority_path = PathField()  # who decides on it (PAIR-06)
    supporter_path = PathField(blank=True, default="")
    recipient_path = PathField(blank=True, default="")
    parts = models.JSONField(default=dict)  # score parts by name, each in its own unit
    unknown = models.JSONField(default=list)  # names of parts that could not be known
    reason = models.JSONField(default=dict)  # {"zh", "en"}: why it is kept, added or dropped

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("方案结对")
        ordering = ["proposal_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="pairings_proposalpair_once", fields=["proposal", "supporter_key", "recipient_key"]
            ),
        ]
        indexes = [models.Index(fields=["proposal", "change"], name="pairings_proposalpair_change")]

    def __str__(self) -> str:
        return f"{self.supporter_name} → {self.recipient_name}"

    def why(self) -> str:
        """The reason in the language of the request."""
        return _in_language(self.reason)


class ProposalApproval(models.Model):
    """An authority that has to agree to its part of a submitted proposal (PAIR-06), and whether it did."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="approvals")
    org = models.ForeignKey(OrgUnit, verbose_name=_("审批单位"), on_delete=models.PROTECT, related_name="+")
    authority_path = PathField()
    changes = models.PositiveIntegerField(
        _("变动数"), default=0
    )  # pairs of its tables that are added or dropped
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    on_behalf = models.BooleanField(_("代为批准"), default=False)  # by an authority above, with a reason
    reason = models.CharField(_("意见"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("方案审批")
        ordering = ["proposal_id", "authority_path"]
        constraints = [
            models.UniqueConstraint(name="pairings_proposalapproval_once", fields=["proposal", "org"]),
            models.CheckConstraint(
                name="pairings_proposalapproval_on_behalf_says_why",
                condition=Q(on_behalf=False) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} · {self.org}"


def _in_language(text: dict[str, Any]) -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(text.get(language, ""))
