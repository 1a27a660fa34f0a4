"""Obligations, and what is said and shown about them. Rows are closed, withdrawn or answered; none goes."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.obligations.standing import Said, Says, Side, Stage
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

PARTIES = ((Party.SUPPORTER, _("支援方")), (Party.RECIPIENT, _("受援方")), (Party.BOTH, _("双方")))
SIDES = (
    (Side.SUPPORTER, _("支援方")),
    (Side.RECIPIENT, _("受援方")),
    (Side.SUPERIOR, _("上级主管部门")),
)
PERIODS = (
    (Period.ONCE, _("一次")),
    (Period.MONTH, _("每月")),
    (Period.QUARTER, _("每季度")),
    (Period.YEAR, _("每年")),
    (Period.TERM, _("协议期内")),
    (Period.EVENT, _("遇事履行")),
    (Period.STANDING, _("持续有效")),
)
SAYS = (
    (Says.PROMISED, _("已承诺")),
    (Says.DELIVERED, _("已履行")),
    (Says.VERIFIED, _("已核实")),
    (Says.UNMET, _("未履行")),
)
STAGES = (
    (Stage.PROMISED, _("已承诺")),
    (Stage.DELIVERED, _("已履行，待核实")),
    (Stage.VERIFIED, _("已核实")),
    (Stage.UNMET, _("认定未履行")),
    (Stage.DISPUTED, _("各方说法不一")),
)
AGREED = "agreed"  # mark of a target that both parties set together


class Obligation(Scoped):
    """One duty in one period (责任): who owes what to whom, by when, and how it stands.

    The words and the measure are copied from the duty: a later amendment changes what is still to
    come, not what was owed before. `given` counts the evidence, `accepted` the part of it that
    somebody else has accepted; both leave out what was withdrawn or rejected.
    """

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "obligation.view"
    for_departments = True

    holder = models.CharField(_("来源"), max_length=40)  # agreement:12, plan:7
    key = models.CharField(_("条目"), max_length=80)  # of the duty, stable within its holder
    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="obligations"
    )
    supporter_path = PathField()
    recipient_path = PathField()

    period = models.CharField(max_length=24)  # `Span.name`
    period_kind = models.CharField(_("周期"), max_length=8, choices=PERIODS)
    number = models.PositiveSmallIntegerField(_("第几期"), default=1)
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"))
    due = models.DateField(_("期限"), null=True, blank=True)

    title = models.JSONField(_("责任"))  # {"zh", "en"}
    text = models.JSONField(_("条款原文"))  # {"zh", "en"}
    owner = models.CharField(_("责任方"), max_length=9, choices=PARTIES)
    beneficiary = models.CharField(_("受益方"), max_length=9, choices=PARTIES)
    owner_department = models.CharField(_("责任科室"), max_length=40, blank=True, default="")
    owner_person = models.ForeignKey(
        Person, verbose_name=_("责任人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.CharField(_("规则"), max_length=20, blank=True, default="")
    source = models.CharField(_("出处"), max_length=200, blank=True, default="")
    unit = models.CharField(_("单位"), max_length=30, blank=True, default="")  # "": nothing is counted
    target = models.PositiveIntegerField(_("目标值"), null=True, blank=True)
    target_mark = models.CharField(max_length=10, blank=True, default="")
    note = models.JSONField(_("说明"), null=True, blank=True)  # of the measure: {"zh", "en"}
    evidence_kinds = models.JSONField(_("可用佐证"), default=list)

    stage = models.CharField(_("状态"), max_length=9, choices=STAGES, default=Stage.PROMISED)
    supporter_says = models.CharField(max_length=9, choices=SAYS, default=Says.PROMISED)
    supporter_quantity = models.PositiveIntegerField(null=True, blank=True)
    recipient_says = models.CharField(max_length=9, choices=SAYS, default=Says.PROMISED)
    recipient_quantity = models.PositiveIntegerField(null=True, blank=True)
    superior_says = models.CharField(max_length=9, choices=SAYS, blank=True, default="")
    superior_quantity = models.PositiveIntegerField(null=True, blank=True)
    given = models.PositiveIntegerField(_("已提交"), default=0)
    accepted = models.PositiveIntegerField(_("已认可"), default=0)
    evidence_count = models.PositiveIntegerField(_("佐证数"), default=0)
    escalated_on = models.DateField(_("提请上级日期"), null=True, blank=True)
    closed_on = models.DateField(_("失效"), null=True, blank=True)
    closed_reason = models.CharField(_("失效原因"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("责任")
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(name="obligations_obligation_once", fields=["holder", "key", "period"]),
            models.CheckConstraint(name="obligations_obligation_days", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="obligations_obligation_closed_has_reason",
                condition=Q(closed_on__isnull=True, closed_reason="")
                | (Q(closed_on__isnull=False) & ~Q(closed_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["closed_on", "due"], name="obligations_obligation_due"),
            models.Index(fields=["pairing", "rule"], name="obligations_obligation_rule"),
            models.Index(fields=["stage", "due"], name="obligations_obligation_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.title['zh']} · {self.start.isoformat()}"

    @property
    def party(self) -> Party:
        """The owner as a party."""
        return Party(self.owner)

    @property
    def words(self) -> dict[Side, Said]:
        """What each side says at present."""
        return {
            side: Said(Says(getattr(self, f"{side}_says")), getattr(self, f"{side}_quantity"))
            for side in Side
        }

    def path_of(self, side: Side) -> str:
        """The path of a party; for an authority that of the recipient, which lies below it or beside."""
        return self.supporter_path if side is Side.SUPPORTER else self.recipient_path

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the due date has passed and nobody says that it was done."""
        return (
            self.due is not None
            and self.due < today
            and self.closed_on is None
            and self.stage in (Stage.PROMISED, Stage.UNMET)
        )


class _OfObligation(Scoped):
    """A row that belongs to an obligation, and is seen by whoever sees that."""

    scope_fields = ("obligation__supporter_path", "obligation__recipient_path")
    read_permission = "obligation.view"
    for_departments = True

    class Meta:
        abstract = True


class Statement(_OfObligation):
    """What one side said about an obligation (各方说法), one after the other; the last one counts."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="statements")
    side = models.CharField(_("谁"), max_length=9, choices=SIDES)
    says = models.CharField(_("说法"), max_length=9, choices=SAYS, blank=True)
    quantity = models.PositiveIntegerField(_("数量"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("填写人"), max_length=120)  # names whom a delegate acted for
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("说法")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.get_says_display()}"


class Evidence(_OfObligation):
    """What shows that an obligation was fulfilled (佐证): work done elsewhere, a file, a note with a number.

    The other party and an authority each accept or reject it; a rejected piece does not count. `figure`
    is what another wing counted when its work was attached, `figure_now` what it counts since something
    was put right there; `replaces` is the piece that was given before by the earlier figure.
    """

    class Verdict(models.TextChoices):
        OPEN = "", _("待核实")
        ACCEPTED = "accepted", _("认可")
        REJECTED = "rejected", _("不认可")

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="evidence")
    side = models.CharField(_("提交方"), max_length=9, choices=SIDES)
    kind = models.CharField(_("种类"), max_length=40)
    reference = models.CharField(_("对象"), max_length=80, blank=True, default="")  # in its own wing
    document = models.ForeignKey(
        StoredDocument,
        verbose_name=_("文件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField(_("名称"), max_length=200)
    quantity = models.PositiveIntegerField(_("数量"), default=0)
    figure = models.PositiveIntegerField(_("提交时的数字"), null=True, blank=True)
    figure_now = models.PositiveIntegerField(_("更正后的数字"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replaced_by"
    )
    on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("提交人"), max_length=120)
    at = models.DateTimeField(_("提交时间"), auto_now_add=True)

    other_verdict = models.CharField(_("对方意见"), max_length=8, choices=Verdict, blank=True, default="")
    other_reason = models.CharField(max_length=500, blank=True, default="")
    other_by_label = models.CharField(max_length=120, blank=True, default="")
    other_at = models.DateTimeField(null=True, blank=True)
    superior_verdict = models.CharField(_("上级意见"), max_length=8, choices=Verdict, blank=True, default="")
    superior_reason = models.CharField(max_length=500, blank=True, default="")
    superior_by_label = models.CharField(max_length=120, blank=True, default="")
    superior_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证")
        ordering = ["pk"]
        constraints = [
            # The same piece of work counts once for an obligation.
            models.UniqueConstraint(
                name="obligations_evidence_once",
                fields=["obligation", "kind", "reference"],
                condition=~Q(reference="") & Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def attached_figure(self) -> int:
        """What the work behind it counted when it was attached."""
        return self.quantity if self.figure is None else self.figure

    @property
    def current_figure(self) -> int:
        """What the work behind it counts now, as far as the ledger was told."""
        return self.attached_figure if self.figure_now is None else self.figure_now

    @property
    def counts(self) -> bool:
        """Whether it counts as given: neither withdrawn nor rejected by anybody."""
        return self.withdrawn_at is None and "rejected" not in (self.other_verdict, self.superior_verdict)

    @property
    def is_accepted(self) -> bool:
        """Whether somebody else has accepted it, and nobody rejects it."""
        return self.counts and "accepted" in (self.other_verdict, self.superior_verdict)


class EvidenceChange(Scoped):
    """The work behind evidence was put right in its own wing (佐证数字的变化): from what, to what, why."""

    scope_fields = ("evidence__obligation__supporter_path", "evidence__obligation__recipient_path")
    read_permission = "obligation.view"
    for_departments = True

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="changes")
    before = models.PositiveIntegerField(_("原数字"))
    after = models.PositiveIntegerField(_("新数字"))
    why = models.JSONField(_("缘由"))  # {"zh", "en"}
    by_label = models.CharField(_("更正人"), max_length=120)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证数字的变化")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class TargetProposal(Scoped):
    """A number that one party puts forward for a target that the documents leave open (目标建议).

    It holds once the other party has agreed, for all periods of the duty that are still open.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待对方同意")
        AGREED = "agreed", _("双方同意")
        DECLINED = "declined", _("对方未同意")
        REPLACED = "replaced", _("已被新建议代替")

    scope_fields = ("pairing__supporter_path", "pairing__recipient_path")
    read_permission = "obligation.view"
    for_departments = True

    holder = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="+")
    target = models.PositiveIntegerField(_("目标值"))
    side = models.CharField(_("提出方"), max_length=9, choices=SIDES)
    by_label = models.CharField(_("提出人"), max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    answered_by_label = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("目标建议")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="obligations_targetproposal_one_open",
                fields=["holder", "key"],
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.target}"


class Reminder(_OfObligation):
    """A reminder of a due date, before or after it, or its escalation (提醒); made once each."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("到期前提醒")
        AFTER = "after", _("逾期提醒")
        ESCALATION = "escalation", _("提请上级")

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    days = models.PositiveSmallIntegerField(_("天数"))  # before or after the due date
    due = models.DateField(_("期限"))
    made_on = models.DateField(_("提醒日期"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("提醒")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="obligations_reminder_once", fields=["obligation", "kind", "days", "due"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.due.isoformat()}"
