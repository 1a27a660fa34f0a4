"""The certificate of a completed course, as printed and for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, within
from duikou.wings.education.models.courses import Course
from duikou.wings.education.models.learning import Enrolment


class CourseCertificate(Scoped):
    """What somebody has completed (结业证书). Never changed afterwards; it may be revoked with a reason."""

    AS_WRITTEN: ClassVar[tuple[str, ...]] = (
        "enrolment_id", "number", "code", "person_name", "person_title", "hospital_name", "course_title",
        "offered_by", "hours", "credit_class", "credits", "project_code", "quiz_percent", "credited_seconds",
        "home_path", "teach_path", "issued_at",
    )  # fmt: skip

    scope_fields = ("home_path", "teach_path")
    read_permission = "course.enrol"

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(_("证书编号"), max_length=20, unique=True)
    code = models.CharField(_("核验码"), max_length=19, unique=True)
    person_name = models.CharField(_("姓名"), max_length=60)
    person_title = models.CharField(_("职称"), max_length=40, blank=True, default="")
    hospital_name = models.CharField(_("医院"), max_length=120)
    course_title = models.CharField(_("课程名称"), max_length=120)
    offered_by = models.CharField(_("开课医院"), max_length=120)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1, null=True, blank=True)
    credit_class = models.CharField(
        _("学分类别"), max_length=1, choices=Course.CreditClass, blank=True, default=""
    )
    credits = models.DecimalField(_("学分"), max_digits=4, decimal_places=1, null=True, blank=True)
    project_code = models.CharField(_("项目编号"), max_length=40, blank=True, default="")
    quiz_percent = models.PositiveSmallIntegerField(_("测验得分（%）"), null=True, blank=True)
    credited_seconds = models.PositiveIntegerField(_("计入观看（秒）"), default=0)
    home_path = PathField()
    teach_path = PathField()
    issued_at = models.DateTimeField(_("发证时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_reason = models.CharField(_("撤销理由"), max_length=500, blank=True, default="")
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("结业证书")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="education_certificate_revoked_with_reason",
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Of the own staff."""
        return within(paths, ("home_path",))

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """One's own, and those of the courses that the actor teaches."""
        taught = actor.paths("course.teach")
        condition = within(taught, ("teach_path",)) if taught else None
        if actor.user_id is None or not actor.may("course.learn"):
            return condition
        own = Q(enrolment__person__user=actor.user_id)
        return condition | own if condition else own

    @property
    def valid(self) -> bool:
        """Whether nobody has revoked it."""
        return self.revoked_at is None
