"""A person of the supporter at work in the recipient for a time, with leave and appraisal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models.requests import StaffRequest
from duikou.wings.stays.models import Away, Stay, Verdict


class Posting(Stay):
    """A person of the supporter posted to the recipient (派驻): field list of PER and annex 3."""

    class State(models.TextChoices):
        NOMINATED = "nominated", _("已提名")
        APPROVED = "approved", _("已同意")
        ON_POST = "on_post", _("在岗")
        ENDED = "ended", pgettext_lazy("派驻", "已结束")
        REFUSED = "refused", _("未同意")
        WITHDRAWN = "withdrawn", pgettext_lazy("派驻", "已撤回")

    class Office(models.TextChoices):
        NONE = "", _("医师")
        PRESIDENT = "president", _("院长")
        VICE_PRESIDENT = "vice_president", _("副院长")
        HEAD = "head", _("科室主任")
        DEPUTY_HEAD = "deputy_head", _("科室副主任")

    LIVE = (State.NOMINATED, State.APPROVED, State.ON_POST, State.ENDED)
    SERVED = (State.ON_POST, State.ENDED)
    OVERLAPS = _("该人员在这段日期已有另一段派驻（规则 PER-17）。请改正日期或另派他人。")

    read_permission = "posting.view"
    own_permission = "posting.own"

    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="postings"
    )
    request = models.ForeignKey(
        StaffRequest,
        verbose_name=_("需求"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings",
    )
    person = models.ForeignKey(
        Person, verbose_name=_("派驻人员"), on_delete=models.PROTECT, related_name="postings"
    )
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="postings_sent"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="postings_received"
    )
    home_department = models.ForeignKey(
        Department,
        verbose_name=_("原科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings_sent",
    )
    host_department = models.ForeignKey(
        Department,
        verbose_name=_("派驻科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings_received",
    )
    title = models.CharField(_("提名时职称"), max_length=40)
    title_since = models.DateField(_("任职时间"), null=True, blank=True)
    office = models.CharField(_("挂职职务"), max_length=16, choices=Office, blank=True, default=Office.NONE)
    planned_from = models.DateField(_("计划到岗"))
    arrived_on = models.DateField(_("到岗"), null=True, blank=True)
    left_on = models.DateField(_("最后在岗日"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.NOMINATED)
    rule = models.CharField(_("规则"), max_length=20, blank=True, default="")  # that a refusal goes by
    nominated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField(auto_now_add=True)

    class Meta(Stay.Meta):
        verbose_name = _("派驻")
        constraints = [
            *Stay.Meta.constraints,
            models.CheckConstraint(
                name="postings_posting_on_post_has_arrived",
                condition=~Q(state__in=["on_post", "ended"]) | Q(arrived_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "first_day", "last_day"], name="postings_posting_host_days"),
            models.Index(fields=["supporter", "first_day", "last_day"], name="postings_posting_home_days"),
            models.Index(fields=["person", "first_day"], name="postings_posting_person_days"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.supporter} → {self.recipient}"


class Leave(Away):
    """Days away from the post, both ends included; they earn no credit."""

    STAY = "posting"
    read_permission = "posting.view"
    own_field = "posting__person__user_id"
    own_permission = "posting.own"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="leaves")

    class Meta(Away.Meta):
        verbose_name = _("派驻请假")


class Appraisal(Verdict):
    """The recipient's appraisal of a posting for one calendar year (派驻考核)."""

    STAY = "posting"
    read_permission = "posting.view"
    own_field = "posting__person__user_id"
    own_permission = "posting.own"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="appraisals")

    class Meta(Verdict.Meta):
        verbose_name = _("派驻考核")
        constraints = [
            models.UniqueConstraint(
                name="postings_appraisal_one_counts",
                fields=["posting", "year"],
                condition=Q(replaced_at__isnull=True),
            ),
        ]
