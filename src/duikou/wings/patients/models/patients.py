"""Patients: one record for each person, held by the hospital (or department) that entered it."""

from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.patients.identity import masked_name, masked_number, masked_phone
from duikou.wings.patients.sealing import unseal
from duikou.wings.places.models import Division

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without what is misread
LENGTH = 10


def new_number() -> str:
    """A number that says nothing about anybody and that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _unused in range(LENGTH))


class PatientQuerySet(ScopedQuerySet):
    """Patients."""

    def visible_to(self, actor: Actor, permission: str | None = None) -> Self:
        """What the actor may see: the own, what is shared, what was opened in an emergency.

        With a permission: only records that are held where the actor has it.
        """
        if permission is None:
            return super().visible_to(actor)
        return self.filter(within(actor.paths(permission), self.model.scope_fields))

    def standing(self) -> Self:
        """Records of their own: not merged into another, not erased."""
        return self.filter(merged_into=None, erased_at=None)


class Patient(Scoped):
    """A patient (患者) with the least that a referral or a consultation needs.

    The number alone stands in addresses, logs and the audit trail. Identity number and phone are encrypted.
    Once merged into another, a record only leads there; once erased, nothing personal is left in it.
    """

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")
        UNKNOWN = "unknown", _("未知")
        UNSTATED = "unstated", _("未说明")

    class IdentityKind(models.TextChoices):
        CARD = "card", _("居民身份证")
        OTHER = "other", _("其他证件")
        NONE = "none", _("无证件或不详")

    class Care(models.TextChoices):
        OUTPATIENT = "outpatient", _("门（急）诊")
        INPATIENT = "inpatient", _("住院")

    scope_fields = ("scope_path",)
    read_permission = "patient.view"

    number = models.CharField(_("患者编号"), max_length=LENGTH, unique=True, default=new_number)
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("建档医院"), on_delete=models.PROTECT, related_name="patients"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="patients",
    )
    scope_path = PathField()  # of the department, of the hospital without one
    name = models.CharField(_("姓名"), max_length=60)
    name_key = models.CharField(max_length=60, db_index=True)
    sex = models.CharField(_("性别"), max_length=8, choices=Sex)
    birth_date = models.DateField(_("出生日期"), null=True)  # none once erased
    identity_kind = models.CharField(
        _("证件类别"), max_length=5, choices=IdentityKind, default=IdentityKind.CARD
    )
    identity_sealed = models.TextField(blank=True, default="")
    identity_index = models.CharField(max_length=64, blank=True, default="")
    phone_sealed = models.TextField(blank=True, default="")
    payment = models.CharField(_("付费方式"), max_length=40)  # id in the policy pack
    residence = models.ForeignKey(
        Division,
        verbose_name=_("居住地"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    care = models.CharField(_("就诊类别"), max_length=10, choices=Care, default=Care.OUTPATIENT)
    last_contact_on = models.DateField(_("最近就诊"))  # retention counts from here
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("患者")
        ordering = ["-registered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="patients_patient_one_record_a_person",
                fields=["identity_index"],
                condition=~Q(identity_index=""),
            ),
            models.CheckConstraint(
                name="patients_patient_number_with_its_index",
                condition=Q(identity_sealed="", identity_index="")
                | (~Q(identity_sealed="") & ~Q(identity_index="")),
            ),
            models.CheckConstraint(
                name="patients_patient_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
            ),
            models.CheckConstraint(
                name="patients_patient_born_unless_erased",
                condition=Q(birth_date__isnull=False) | Q(erased_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["hospital", "birth_date"], name="patients_patient_born")]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Held there, or shared with it while the relation lasts."""
        from duikou.wings.patients.models.access import Share

        shared = Share.objects.live().filter(within(paths, ("path",))).values("patient")
        inside = within(paths, cls.scope_fields)
        return inside | Q(pk__in=shared) if inside else inside

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """What the actor has opened in an emergency, for its hours."""
        from duikou.wings.patients.models.access import BreakGlass

        if actor.user_id is None or not actor.may("patient.break_glass"):
            return None
        return Q(pk__in=BreakGlass.objects.live().filter(user=actor.user_id).values("patient"))

    @property
    def identity(self) -> str:
        """The identity number in the clear."""
        return unseal(self.identity_sealed)

    @property
    def phone(self) -> str:
        """The phone number in the clear."""
        return unseal(self.phone_sealed)

    @property
    def masked(self) -> str:
        """The name as lists show it."""
        return masked_name(self.name)

    @property
    def masked_identity(self) -> str:
        """The identity number as pages show it."""
        return masked_number(self.identity)

    @property
    def masked_phone(self) -> str:
        """The phone number as pages show it."""
        return masked_phone(self.phone)

    @property
    def hospital_path(self) -> str:
        """The path of the whole hospital that holds it."""
        return str(self.hospital.scope_path)


class Correction(models.Model):
    """What a record said before somebody corrected it: the former values, encrypted, and why."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="corrections")
    fields = models.JSONField()  # names of what changed
    former_sealed = models.TextField()  # JSON
    reason = models.CharField(_("理由"), max_length=500)
    corrected_at = models.DateTimeField(auto_now_add=True)
    corrected_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("患者档案更正")
        ordering = ["-corrected_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.patient} · {self.corrected_at:%Y-%m-%d}"


class Merge(models.Model):
    """Two records found to be one person: what was moved to the survivor, so that it can be undone."""

    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    duplicate = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merged_by")
    moved = models.JSONField()  # numbers of rows by kind; "identity": whether the number moved
    reason = models.CharField(_("理由"), max_length=500)
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = models.CharField(_("撤销理由"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("患者档案合并")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="patients_merge_once_at_a_time",
                fields=["duplicate"],
                condition=Q(undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="patients_merge_undone_with_reason",
                condition=Q(undone_at__isnull=True) | ~Q(undone_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.survivor}"


class Erasure(Scoped):
    """A record that is due, proposed for erasure by one person and decided by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待第二人核准")
        DONE = "done", _("已销毁")
        REFUSED = "refused", _("未核准")

    scope_fields = ("scope_path",)
    read_permission = "patient.review"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="erasures")
    scope_path = PathField()
    due_on = models.DateField(_("到期"))
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("说明"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("到期销毁")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="patients_erasure_one_open", fields=["patient"], condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                name="patients_erasure_by_two",
                condition=~Q(state="done") | ~Q(decided_by=F("proposed_by")),
            ),
        ]
