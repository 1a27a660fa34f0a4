"""A case sent to another hospital for its opinion, with its files and what both sides thought of it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import ROOT, Actor, Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.imaging.models import Study
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Patient


class Consultation(Scoped):
    """One request for an opinion (远程会诊、远程诊断), from the draft to both sides' rating.

    The inviting side sees it where it sees the patient; the invited side once it was sent: whoever
    answers for the hospital, and the experts who were named.
    """

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("会诊")
        IMAGING = "imaging", _("影像诊断")
        PATHOLOGY = "pathology", _("病理诊断")
        ECG = "ecg", _("心电诊断")
        TCM = "tcm", _("中医会诊")
        GROUP = "group", _("重大疾病专家组会诊")

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("常规")
        URGENT = "urgent", _("加急")
        EMERGENCY = "emergency", _("紧急")

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        SUBMITTED = "submitted", _("待本院医务科核准")
        SENT = "sent", _("待受邀方答复")
        RETURNED = "returned", _("退回补充")
        ACCEPTED = "accepted", _("已接受，待指派专家")
        ASSIGNED = "assigned", _("待专家意见")
        ANSWERED = "answered", _("意见已签发，待确认")
        ACKNOWLEDGED = "acknowledged", _("已确认")
        CLOSED = "closed", _("已办结")
        DECLINED = "declined", _("受邀方谢绝")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Adoption(models.TextChoices):
        NONE = "", _("尚未确认")
        FULL = "full", _("采纳")
        PART = "part", _("部分采纳")
        NOT = "not", _("未采纳")

    DIAGNOSES = (Kind.IMAGING, Kind.PATHOLOGY, Kind.ECG)  # the invited side issues the report (TEL-09)
    OVER = (State.CLOSED, State.DECLINED, State.WITHDRAWN)
    COUNTED = (State.ACKNOWLEDGED, State.CLOSED)  # returned, signed and acknowledged

    scope_fields: ClassVar[tuple[str, ...]] = ("home_path", "host_path")
    read_permission = "consult.view"

    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    urgency = models.CharField(_("紧急程度"), max_length=9, choices=Urgency, default=Urgency.ROUTINE)
    patient = models.ForeignKey(
        Patient, verbose_name=_("患者"), on_delete=models.PROTECT, related_name="consultations"
    )
    inviting = models.ForeignKey(
        Hospital, verbose_name=_("邀请医院"), on_delete=models.PROTECT, related_name="consultations_asked"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("邀请科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    invited = models.ForeignKey(
        Hospital, verbose_name=_("受邀医院"), on_delete=models.PROTECT, related_name="consultations_received"
    )
    pairing = models.ForeignKey(
        Pairing,
        verbose_name=_("结对"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
    )
    home_path = PathField()  # where the patient is held
    host_path = PathField()  # of the invited hospital
    reason_wanted = models.CharField(_("会诊理由"), max_length=500)
    aim = models.CharField(_("会诊目的"), max_length=500)
    specialty = models.CharField(_("所需专业"), max_length=40)
    title = models.CharField(_("所需职称"), max_length=40, blank=True, default="")
    live = models.BooleanField(_("希望实时连线"), default=False)
    wanted_at = models.DateTimeField(_("希望时间"), null=True, blank=True)
    diagnosis = models.CharField(_("初步诊断"), max_length=500)
    summary = models.TextField(_("病历摘要"))
    history = models.TextField(_("既往史"), blank=True, default="")
    examinations = models.TextField(_("检查与用药"), blank=True, default="")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")  # of the last step
    due_at = models.DateTimeField(_("限时"), null=True, blank=True)  # of who must act; none: nobody's clock
    studies = models.ManyToManyField(Study, verbose_name=_("检查影像"), related_name="consultations")
    consent = models.ForeignKey("patients.Consent", null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_name = models.CharField(_("申请医师"), max_length=120)
    requested_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    request_key = models.CharField(max_length=40, blank=True, default="")  # one form sent twice is one row
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    approved_name = models.CharField(_("核准人"), max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    adoption = models.CharField(_("采纳"), max_length=4, choices=Adoption, blank=True, default="")
    adoption_note = models.CharField(_("采纳说明"), max_length=500, blank=True, default="")
    acknowledged_name = models.CharField(_("确认医师"), max_length=120, blank=True, default="")
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    over_at = models.DateTimeField(_("结束"), null=True, blank=True)
    erased_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)  # with its patient's record
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("远程会诊")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="telehealth_consultation_two_hospitals", condition=~Q(inviting=F("invited"))
            ),
            models.UniqueConstraint(
                name="telehealth_consultation_one_form_one_row",
                fields=["requested_by", "request_key"],
                condition=~Q(request_key=""),
            ),
            models.CheckConstraint(
                name="telehealth_consultation_counted_when_signed_and_acknowledged",
                condition=~Q(state__in=["acknowledged", "closed"])
                | (
                    Q(sent_at__isnull=False, answered_at__isnull=False, acknowledged_at__isnull=False)
                    & ~Q(adoption="")
                ),
            ),
            models.CheckConstraint(
                name="telehealth_consultation_not_adopted_with_reason",
                condition=~Q(adoption__in=["part", "not"]) | ~Q(adoption_note=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="telehealth_consultation_due"),
            models.Index(fields=["pairing", "acknowledged_at"], name="telehealth_consultation_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """From where the patient is held; what concerns the invited side is in `own_rows`."""
        return within(paths, ("home_path",))

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """Sent to a hospital for which the actor answers, or to the actor as a named expert."""
        from duikou.wings.telehealth.models.opinions import Seat

        answers = actor.paths("consult.answer")
        condition = within(answers, ("host_path",)) & Q(sent_at__isnull=False) if answers else None
        if actor.user_id is None or not actor.may("consult.opinion"):
            return condition
        seats = Seat.objects.filter(released_at=None, expert__person__user=actor.user_id)
        named = Q(pk__in=seats.values("consultation"), sent_at__isnull=False)
        return condition | named if condition else named

    def inviting_side(self, actor: Actor) -> bool:
        """Whether the actor stands on the inviting side."""
        return any(path == ROOT or self.home_path.startswith(path) for path in actor.paths("consult.view"))

    @property
    def is_diagnosis(self) -> bool:
        """Whether the invited side issues the report, as in imaging, pathology and ECG."""
        return self.kind in self.DIAGNOSES

    @property
    def reference(self) -> str:
        """How shares, rooms and grants name it."""
        return f"consultation:{self.pk}"

    def late(self, at: dt.datetime | None = None) -> bool:
        """Whether the clock of who must act has run out."""
        return self.due_at is not None and self.due_at < (at or timezone.now())


class CaseFile(models.Model):
    """A file of the case; it reaches who reaches the case. One taken out stays in the record."""

    class Part(models.TextChoices):
        RECORD = "record", _("病历资料")
        LAB = "lab", _("检验报告")
        IMAGE = "image", _("影像")
        SLIDE = "slide", _("病理切片")
        ECG = "ecg", _("心电图")
        OTHER = "other", _("其他")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="files")
    part = models.CharField(_("类别"), max_length=6, choices=Part)
    title = models.CharField(_("名称"), max_length=120)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("会诊资料")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class Rating(models.Model):
    """What one side thought of a consultation: once, by each side."""

    class Side(models.TextChoices):
        INVITING = "inviting", _("邀请方")
        INVITED = "invited", _("受邀方")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="ratings")
    side = models.CharField(_("评价方"), max_length=8, choices=Side)
    timely = models.PositiveSmallIntegerField(_("及时"))
    useful = models.PositiveSmallIntegerField(_("质量"))  # of the opinion; of the case's documents
    remark = models.CharField(_("评语"), max_length=500, blank=True, default="")
    rated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("会诊质量评价")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="telehealth_rating_once_a_side", fields=["consultation", "side"]),
            models.CheckConstraint(
                name="telehealth_rating_one_to_five",
                condition=Q(timely__gte=1, timely__lte=5, useful__gte=1, useful__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.get_side_display()}"
