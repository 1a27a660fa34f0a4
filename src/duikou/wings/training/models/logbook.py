"""What a trainee goes through: stays in departments (rotation), and the logbook that tutors sign."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.stays.models import Part, Stretch
from duikou.wings.training.models.trainees import Traineeship


class Rotation(Stretch):
    """Some weeks of a traineeship in one department, with a tutor and an aim (轮转)."""

    STAY = "traineeship"
    read_permission = "training.view"
    own_field = "traineeship__person__user_id"
    own_permission = "training.own"

    traineeship = models.ForeignKey(Traineeship, on_delete=models.PROTECT, related_name="rotations")
    department = models.ForeignKey(
        Department, verbose_name=_("轮转科室"), on_delete=models.PROTECT, related_name="rotations"
    )
    tutor = models.ForeignKey(
        Person,
        verbose_name=_("带教老师"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rotations_taught",
    )
    aim = models.CharField(_("轮转目标"), max_length=300, blank=True, default="")

    class Meta(Stretch.Meta):
        verbose_name = _("轮转")

    def __str__(self) -> str:
        return f"{self.department} · {self.first_day}—{self.last_day}"


class LogEntry(Part):
    """What a trainee did or saw on a day (进修日志); a number and a few words, nothing of any patient."""

    class Kind(models.TextChoices):
        ROUND = "round", _("参加查房")
        OUTPATIENT = "outpatient", _("跟门诊")
        PATIENT = "patient", _("管理病人")
        OPERATION_SEEN = "operation_seen", _("观摩手术")
        OPERATION_ASSISTED = "operation_assisted", _("参与手术")
        OPERATION_DONE = "operation_done", _("指导下主刀")
        PROCEDURE = "procedure", pgettext_lazy("日志", "操作")
        DISCUSSION = "discussion", _("病例讨论")
        LECTURE = "lecture", _("听课")
        DUTY = "duty", _("值班")

    class State(models.TextChoices):
        WRITTEN = "written", _("待签字")
        SIGNED = "signed", _("已签字")
        RETURNED = "returned", _("已退回")

    STAY = "traineeship"
    read_permission = "training.view"
    own_field = "traineeship__person__user_id"
    own_permission = "training.own"

    traineeship = models.ForeignKey(Traineeship, on_delete=models.PROTECT, related_name="entries")
    on = models.DateField(_("日期"))
    kind = models.CharField(_("内容"), max_length=20, choices=Kind)
    number = models.PositiveSmallIntegerField(_("次数"), default=1)
    note = models.CharField(_("要点"), max_length=300, blank=True, default="")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WRITTEN)
    answer = models.CharField(_("退回理由"), max_length=300, blank=True, default="")
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta(Part.Meta):
        verbose_name = _("进修日志")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(name="training_entry_some", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="training_entry_returned_with_reason", condition=~Q(state="returned") | ~Q(answer="")
            ),
            models.CheckConstraint(
                name="training_entry_signed_at", condition=~Q(state="signed") | Q(signed_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["state", "on"], name="training_entry_state")]

    def __str__(self) -> str:
        return f"{self.on} · {self.get_kind_display()}"
