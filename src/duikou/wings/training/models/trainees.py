"""A person of the recipient in training at the supporter, with absence and appraisal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.stays.models import Away, Stay, Verdict
from duikou.wings.training.models.places import Place
from duikou.wings.training.models.tutors import TutorTeam


class Traineeship(Stay):
    """A person of the recipient who studies at the supporter (进修): TRN-01, TRN-03, TRN-04, PER-04."""

    class State(models.TextChoices):
        APPLIED = "applied", _("已申请")
        ACCEPTED = "accepted", _("已接收")
        IN_TRAINING = "in_training", _("进修中")
        ENDED = "ended", pgettext_lazy("派驻", "已结束")
        REFUSED = "refused", _("未接收")
        WITHDRAWN = "withdrawn", pgettext_lazy("派驻", "已撤回")

    class Route(models.TextChoices):
        FURTHER = "further", _("进修")
        RESIDENCY = "residency", _("住院医师规范化培训")
        SECONDMENT = "secondment", _("挂职锻炼")
        COURSE = "course", _("短期学习")

    LIVE = (State.APPLIED, State.ACCEPTED, State.IN_TRAINING, State.ENDED)
    SERVED = (State.IN_TRAINING, State.ENDED)
    OVERLAPS = _("该人员在这段日期已有另一段进修。请改正日期或另选人员。")

    read_permission = "training.view"
    own_permission = "training.own"

    # None: a hospital that is not paired with the supporter; such applications come after the partners'.
    pairing = models.ForeignKey(
        Pairing,
        verbose_name=_("结对"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="traineeships",
    )
    place = models.ForeignKey(
        Place,
        verbose_name=_("进修名额"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="traineeships",
    )
    team = models.ForeignKey(
        TutorTeam,
        verbose_name=_("导师团队"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="traineeships",
    )
    # The same for all who were applied for together as a team (TRN-03).
    together = models.UUIDField(null=True, blank=True, db_index=True)
    person = models.ForeignKey(
        Person, verbose_name=_("进修人员"), on_delete=models.PROTECT, related_name="traineeships"
    )
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="trainees_received"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="trainees_sent"
    )
    home_department = models.ForeignKey(
        Department,
        verbose_name=_("原科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="trainees_sent",
    )
    host_department = models.ForeignKey(
        Department,
        verbose_name=_("进修科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="trainees_received",
    )
    route = models.CharField(_("途径"), max_length=12, choices=Route, default=Route.FURTHER)
    title = models.CharField(_("申请时职称"), max_length=40, blank=True, default="")
    post = models.CharField(_("挂职岗位"), max_length=60, blank=True, default="")  # of a secondment (PER-04)
    purpose = models.CharField(_("进修目标"), max_length=500, blank=True, default="")
    free = models.BooleanField(_("免费"), default=False)
    planned_from = models.DateField(_("计划开始"))
    arrived_on = models.DateField(_("报到"), null=True, blank=True)
    left_on = models.DateField(_("最后一天"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.APPLIED)
    applied_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(default=timezone.now)

    class Meta(Stay.Meta):
        verbose_name = _("进修")
        constraints = [
            *Stay.Meta.constraints,
            models.CheckConstraint(
                name="training_traineeship_begun_has_arrived",
                condition=~Q(state__in=["in_training", "ended"]) | Q(arrived_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["supporter", "first_day", "last_day"], name="training_trainee_host_days"),
            models.Index(fields=["recipient", "first_day", "last_day"], name="training_trainee_home_days"),
            models.Index(fields=["person", "first_day"], name="training_trainee_person_days"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.recipient} → {self.supporter}"


class Absence(Away):
    """Days away from training, both ends included; they earn no credit."""

    STAY = "traineeship"
    read_permission = "training.view"
    own_field = "traineeship__person__user_id"
    own_permission = "training.own"

    traineeship = models.ForeignKey(Traineeship, on_delete=models.PROTECT, related_name="absences")

    class Meta(Away.Meta):
        verbose_name = _("进修请假")


class Appraisal(Verdict):
    """The supporter's appraisal of a traineeship (进修考核): at half-time, or the final one of a year.

    CME-01 looks at the final appraisal of the calendar year; the last one that was recorded counts.
    """

    class Kind(models.TextChoices):
        MIDTERM = "midterm", _("中期考核")
        FINAL = "final", _("结业考核")

    STAY = "traineeship"
    read_permission = "training.view"
    own_field = "traineeship__person__user_id"
    own_permission = "training.own"

    traineeship = models.ForeignKey(Traineeship, on_delete=models.PROTECT, related_name="appraisals")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)

    class Meta(Verdict.Meta):
        verbose_name = _("进修考核")
        constraints = [
            models.UniqueConstraint(
                name="training_appraisal_one_counts",
                fields=["traineeship", "kind", "year"],
                condition=Q(replaced_at__isnull=True),
            ),
        ]
