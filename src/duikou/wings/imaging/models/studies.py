"""Studies: what was made of a patient in one go; and which other hospitals see it meanwhile."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.models.gateways import Gateway
from duikou.wings.patients.models import Patient


class StudyQuerySet(ScopedQuerySet):
    """Studies."""

    def visible_to(self, actor: Actor, permission: str | None = None) -> Self:
        """What the actor may see: the own, and what is granted while the grant lasts.

        With a permission: only studies that are held where the actor has it.
        """
        if permission is None:
            return super().visible_to(actor)
        return self.filter(self.model.held(actor.paths(permission)))

    def ready(self) -> Self:
        """Those that belong to a patient and were not taken back."""
        return self.filter(state=Study.State.READY)


class Study(Scoped):
    """An examination of a patient (检查): a series of pictures, a slide, a tracing, a document.

    It belongs to the hospital that made it. Its UID, which says nothing about anybody, stands in addresses.
    """

    class Kind(models.TextChoices):
        DICOM = "dicom", _("影像")
        SLIDE = "slide", _("病理切片")
        ECG = "ecg", _("心电图")
        DOCUMENT = "document", _("文件")

    class State(models.TextChoices):
        UNMATCHED = "unmatched", _("待匹配患者")
        READY = "ready", _("可阅片")
        WITHDRAWN = "withdrawn", _("已撤下")
        ERASED = "erased", _("已随档案销毁")

    scope_fields = ("scope_path",)
    read_permission = "study.view"

    patient = models.ForeignKey(
        Patient,
        verbose_name=_("患者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="studies",
    )
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("检查医院"), on_delete=models.PROTECT, related_name="studies"
    )
    scope_path = PathField()  # where the patient was held when it was made; of the hospital while unmatched
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    modality = models.CharField(_("设备类型"), max_length=16, blank=True, default="")  # CT, MR, SM, ECG …
    study_uid = models.CharField("Study UID", max_length=64, unique=True)
    description = models.CharField(_("检查项目"), max_length=120, blank=True, default="")
    taken_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    measurable = models.BooleanField(
        _("可测量"), default=True
    )  # the size of a pixel is known in all pictures
    remarks = models.JSONField(default=list, blank=True)  # ids of what the check of the files found
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.READY)
    received_at = models.DateTimeField(_("接收时间"), default=timezone.now)
    gateway = models.ForeignKey(
        Gateway, null=True, blank=True, on_delete=models.PROTECT, related_name="studies"
    )
    header_sealed = models.TextField(blank=True, default="")  # whom the pictures name, while unmatched
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    forgotten_at = models.DateTimeField(null=True, blank=True)  # the live store has let go of an erased one
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="imaging_study_ready_with_its_patient",
                condition=Q(state="unmatched", patient__isnull=True)
                | Q(state="ready", patient__isnull=False)
                | Q(state__in=("withdrawn", "erased")),
            ),
        ]
        indexes = [models.Index(fields=["patient", "-taken_at"], name="imaging_study_of_patient")]

    def __str__(self) -> str:
        return self.study_uid

    @classmethod
    def held(cls, paths: tuple[str, ...]) -> Q:
        """Condition: made there, or of a patient whom the same hospital has handed there since."""
        there = within(paths, ("scope_path",))
        moved = within(paths, ("patient__scope_path",))
        return there | (Q(patient__hospital=F("hospital")) & moved) if there else there

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Held there, or granted to it while the grant lasts."""
        inside = cls.held(paths)
        granted = StudyGrant.objects.live().filter(within(paths, ("path",))).values("study")
        return inside | (Q(pk__in=granted) & ~Q(state=cls.State.UNMATCHED)) if inside else inside

    def scope_paths(self) -> tuple[str, ...]:
        """Where it was made, and where the same hospital holds its patient now."""
        patient = self.patient
        moved = patient.scope_path if patient and patient.hospital_id == self.hospital_id else ""
        return tuple(dict.fromkeys(path for path in (self.scope_path, moved) if path))


class StudyGrantQuerySet(models.QuerySet["StudyGrant"]):
    """Grants of studies."""

    def live(self) -> Self:
        """Those that last."""
        return self.filter(ended_at=None)


class StudyGrant(models.Model):
    """What lets another hospital, or one of its departments, see a study while a consultation lasts."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="grants")
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("对方医院"), on_delete=models.PROTECT, related_name="+"
    )
    path = PathField()  # of the hospital, or of its department
    reference = models.CharField(max_length=40, db_index=True)  # consultation:12
    granted_at = models.DateTimeField(_("起"), default=timezone.now)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = StudyGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查授权")
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="imaging_grant_once",
                fields=["study", "path", "reference"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="imaging_grant_times_in_order",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("granted_at")),
            ),
            models.CheckConstraint(name="imaging_grant_for_something", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.study} · {self.reference}"
