"""What follows a clock and a signed opinion: who was told, and what went into the studies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.wings.imaging.models import Study, StudyFile
from duikou.wings.telehealth.models.consultations import Consultation


class Escalation(models.Model):
    """Who was told that a consultation's clock ran out (超时上报), once for each level of each clock."""

    class Level(models.IntegerChoices):
        ACTING = 1, _("应办一方")
        OFFICE = 2, _("医务部门和院长")
        SUPERIOR = 3, _("主管部门")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="escalations")
    state = models.CharField(_("环节"), max_length=12, choices=Consultation.State)
    due_at = models.DateTimeField(_("限时"))  # the clock's: another clock of the same state has another
    level = models.PositiveSmallIntegerField(_("上报到"), choices=Level)
    made_at = models.DateTimeField(_("时间"), default=timezone.now)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("会诊超时上报")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="telehealth_escalation_once", fields=["consultation", "state", "due_at", "level"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.get_level_display()}"


class Push(models.Model):
    """The signed opinion on its way into a study of the case (意见归入检查)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待归入")
        KEPT = "kept", _("已归入")
        REFUSED = "refused", _("不能归入")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="pushes")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=7, choices=State, default=State.WAITING)
    file = models.ForeignKey(StudyFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fault = models.CharField(_("原因"), max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("归入时间"), null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("意见归入检查")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="telehealth_push_once", fields=["consultation", "study"]),
            models.CheckConstraint(
                name="telehealth_push_kept_as_a_file",
                condition=~Q(state="kept") | Q(file__isnull=False, done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.study}"
