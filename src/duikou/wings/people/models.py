"""Persons: staff of authorities and hospitals, with or without an account."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from duikou.core.models import User
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department, Hospital


class Person(Scoped):
    """Somebody who works for a hospital (人员): name, title, post."""

    scope_fields = ("hospital__scope_path",)
    read_permission = "person.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="persons")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="persons"
    )
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称"), max_length=40, blank=True, default="")
    post = models.CharField(_("职务"), max_length=40, blank=True, default="")
    # What decides on being posted (PER-01): since when the title is held, and for what one is registered.
    title_since = models.DateField(_("任职时间"), null=True, blank=True)
    specialty = models.CharField(_("专业"), max_length=40, blank=True, default="")  # id, as of departments
    registered_scope = models.CharField(_("执业范围"), max_length=80, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)
    left_on = models.DateField(_("离任"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)  # grows with each correction

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("人员")
        ordering = ["hospital_id", "name"]

    def __str__(self) -> str:
        return self.name
