"""Breaches of discipline reported to the supporter, and disputes that the recipient carries.

AGR-15: the recipient reports breaches promptly. AGR-16: it carries and settles medical disputes that
arise in a posting. Both are for the leaders and offices of the two hospitals and for whom it concerns;
what was written stays as it was written (the database refuses changes) and can only be answered.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.postings.models.postings import Posting


class ConductRecord(Scoped):
    """A conduct notice to the supporter (违纪通报) or a record of a medical dispute (纠纷记录)."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("违纪通报")
        DISPUTE = "dispute", _("医疗纠纷")

    AS_WRITTEN = ("posting_id", "kind", "happened_on", "text", "recorded_by_id", "recorded_at")

    scope_fields = ("home_path", "host_path")
    read_permission = "conduct.view"
    own_field = "posting__person__user_id"
    own_permission = "posting.own"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="conduct")
    home_path = PathField()  # of the whole supporter: no department reads it
    host_path = PathField()  # of the whole recipient
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    happened_on = models.DateField(_("发生日期"))
    text = models.CharField(_("情况"), max_length=2000)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(_("支援医院确认收到"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField(_("了结日期"), null=True, blank=True)  # of a dispute, by the recipient
    outcome = models.CharField(_("处理结果"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("违纪通报与纠纷记录")
        ordering = ["-happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="postings_conduct_settled_with_outcome",
                condition=Q(settled_on__isnull=True) | ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="postings_conduct_only_disputes_are_settled",
                condition=Q(settled_on__isnull=True) | Q(kind="dispute"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_on}"


class ConductAnswer(Scoped):
    """What a side, or the person concerned, answers to a record; as unchangeable as the record."""

    class Side(models.TextChoices):
        SUPPORTER = "supporter", _("支援医院")
        RECIPIENT = "recipient", _("受援医院")
        PERSON = "person", _("本人")

    AS_WRITTEN = ("record_id", "side", "text", "answered_by_id", "answered_at")

    scope_fields = ("home_path", "host_path")
    read_permission = "conduct.view"
    own_field = "record__posting__person__user_id"
    own_permission = "posting.own"

    record = models.ForeignKey(ConductRecord, on_delete=models.PROTECT, related_name="answers")
    home_path = PathField()
    host_path = PathField()
    side = models.CharField(_("哪一方"), max_length=10, choices=Side)
    text = models.CharField(_("答复"), max_length=2000)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("违纪通报与纠纷的答复")
        ordering = ["answered_at", "pk"]

    def __str__(self) -> str:
        return f"{self.record} · {self.get_side_display()}"
