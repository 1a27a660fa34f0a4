"""Referrals: one patient's way from one hospital to another, and back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.referrals.models.services import Service, Slot


class Referral(Scoped):
    """A referral (转诊) up or down. The receiving side sees it from when it is sent, never the draft."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SENT = "sent", pgettext_lazy("转诊", "待答复")
        RETURNED = "returned", pgettext_lazy("转诊", "退回补充")
        ACCEPTED = "accepted", pgettext_lazy("转诊", "已接受")
        ARRIVED = "arrived", _("已到达")
        TREATING = "treating", _("诊治中")
        BACK = "back", _("已转回，待确认")
        FOLLOW_UP = "follow_up", _("已接回，随访中")
        CLOSED = "closed", _("已结案")
        DECLINED = "declined", pgettext_lazy("转诊", "未接受")
        WITHDRAWN = "withdrawn", pgettext_lazy("转诊", "已撤回")

    class Direction(models.TextChoices):
        UP = "up", _("上转")
        DOWN = "down", _("下转")

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("普通")
        URGENT = "urgent", _("加急")
        EMERGENCY = "emergency", _("急诊")

    class Outcome(models.TextChoices):
        RECOVERED = "recovered", _("治愈")
        IMPROVED = "improved", _("好转")
        UNCHANGED = "unchanged", _("未变化")
        WORSE = "worse", _("加重")
        DIED = "died", _("死亡")
        AGAIN = "again", _("再次转诊")
        LOST = "lost", _("失访")

    LIVE = (
        State.DRAFT, State.SENT, State.RETURNED, State.ACCEPTED, State.ARRIVED, State.TREATING, State.BACK,
    )  # fmt: skip
    SHARED = (*LIVE[1:], State.FOLLOW_UP)  # states in which both hospitals see the record
    RECEIVED = (State.ARRIVED, State.TREATING, State.BACK, State.FOLLOW_UP, State.CLOSED)
    EARLY = (Outcome.DIED, Outcome.AGAIN, Outcome.LOST)  # need not wait for the day of the outcome

    scope_fields = ("from_path", "to_path")
    read_permission = "referral.view"

    key = models.CharField(max_length=40, unique=True)  # that the form had: twice sent is one draft
    direction = models.CharField(_("方向"), max_length=4, choices=Direction)
    urgency = models.CharField(_("缓急"), max_length=9, choices=Urgency, default=Urgency.ROUTINE)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    remark = models.CharField(_("最近一步的理由"), max_length=500, blank=True, default="")

    patient = models.ForeignKey(Patient, verbose_name=_("患者"), on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(_("病情"), max_length=60)  # what may be live only once for a patient
    tier = models.CharField(_("分级病种"), max_length=40, blank=True, default="")  # id in the policy pack
    code = models.CharField(_("诊断编码"), max_length=12, blank=True, default="")
    diagnosis = models.CharField(_("诊断"), max_length=200)
    conditions = models.JSONField(_("转诊指征"), default=list, blank=True)  # ids in the policy pack
    exception = models.CharField(_("不按分级的理由"), max_length=500, blank=True, default="")
    why = models.CharField(_("转诊原因和目的"), max_length=500)
    summary = models.TextField(_("病情摘要"))  # complaint, history, findings, course, treatment so far
    plan = models.TextField(_("后续治疗和照护"), blank=True, default="")  # of a referral down
    escort = models.CharField(_("护送人员"), max_length=120, blank=True, default="")
    escort_phone = models.CharField(_("护送联系电话"), max_length=30, blank=True, default="")

    pairing = models.ForeignKey(
        Pairing, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    from_hospital = models.ForeignKey(
        Hospital, verbose_name=_("转出医院"), on_delete=models.PROTECT, related_name="referrals_sent"
    )
    from_department = models.ForeignKey(
        Department,
        verbose_name=_("转出科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    from_path = PathField()
    from_doctor = models.ForeignKey(
        Person, verbose_name=_("转出医师"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_phone = models.CharField(_("转出方电话"), max_length=30, blank=True, default="")
    service = models.ForeignKey(
        Service, verbose_name=_("接诊服务"), on_delete=models.PROTECT, related_name="referrals"
    )
    to_hospital = models.ForeignKey(
        Hospital, verbose_name=_("接收医院"), on_delete=models.PROTECT, related_name="referrals_received"
    )
    to_department = models.ForeignKey(
        Department,
        verbose_name=_("接收科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    to_path = PathField()
    to_doctor = models.ForeignKey(
        Person, verbose_name=_("接收医师"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    appointed_on = models.DateField(_("预约日期"), null=True, blank=True)
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    slot_starts = models.TimeField(_("预约时间"), null=True, blank=True)  # stays when the slot goes
    bed = models.CharField(_("床位或接诊地点"), max_length=120, blank=True, default="")
    answer_note = models.CharField(_("接收意见"), max_length=500, blank=True, default="")

    back_summary = models.TextField(_("诊治小结"), blank=True, default="")
    back_plan = models.TextField(_("转回后的治疗计划"), blank=True, default="")
    outcome = models.CharField(_("结局"), max_length=9, choices=Outcome, blank=True, default="")
    outcome_on = models.DateField(_("结局日期"), null=True, blank=True)
    outcome_note = models.CharField(_("结局说明"), max_length=500, blank=True, default="")

    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到达时间"), null=True, blank=True)
    back_at = models.DateTimeField(_("转回时间"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("接回时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("转诊")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="referrals_referral_one_live",
                fields=["patient", "problem"],
                condition=Q(
                    state__in=["draft", "sent", "returned", "accepted", "arrived", "treating", "back"]
                ),
            ),
            models.CheckConstraint(
                name="referrals_referral_between_two", condition=~Q(from_hospital=F("to_hospital"))
            ),
            models.CheckConstraint(
                name="referrals_referral_sent_has_time",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(sent_at__isnull=False, from_doctor__isnull=False),
            ),
            models.CheckConstraint(
                name="referrals_referral_emergency_escorted",
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(urgency="emergency") | ~Q(escort=""),
            ),
            models.CheckConstraint(
                name="referrals_referral_received_by_a_doctor",
                condition=~Q(state__in=["accepted", "arrived", "treating", "back", "follow_up", "closed"])
                | Q(to_doctor__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referrals_referral_closed_with_outcome",
                condition=~Q(state="closed") | (~Q(outcome="") & Q(outcome_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["from_path", "state"], name="referrals_referral_from"),
            models.Index(fields=["to_path", "state"], name="referrals_referral_to"),
            models.Index(fields=["service", "appointed_on"], name="referrals_referral_booked"),
            # The worklist is counted and ordered out of these alone: the rows are wide.
            models.Index(
                fields=["from_path", "to_path", "sent_at", "created_at", "id"],
                name="referrals_referral_by_sender",
            ),
            models.Index(
                fields=["to_path", "from_path", "created_at", "id"],
                name="referrals_referral_by_receiver",
                condition=Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"转诊 {self.pk}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """From the sending side always; from the receiving side once it has been sent."""
        inside = within(paths, ("from_path",))
        return inside | (within(paths, ("to_path",)) & Q(sent_at__isnull=False)) if inside else inside

    @classmethod
    def parts(cls, paths: tuple[str, ...]) -> tuple[Q, ...]:
        """`visibility` in parts of which no row meets two: what was sent from there, what was sent there."""
        inside = within(paths, ("from_path",))
        received = within(paths, ("to_path",)) & Q(sent_at__isnull=False) & ~inside
        return (inside, received) if inside else (inside,)

    @property
    def reference(self) -> str:
        """What the shares of the patient's record name."""
        return f"referral:{self.pk}"

    @property
    def live(self) -> bool:
        """Whether it keeps another referral for the same problem out."""
        return self.state in self.LIVE
