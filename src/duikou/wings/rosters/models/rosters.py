"""A month's roster of a department, its duties, exchanges of duties and calendars that read them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import FeedAddress
from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.rosters.models.rules import Shift


class Roster(Scoped):
    """The roster of one department for one month (月排班表)."""

    read_permission = "roster.view"

    hospital = models.ForeignKey(
        Hospital, verbose_name=_("医院"), on_delete=models.PROTECT, related_name="rosters"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("科室"), on_delete=models.PROTECT, related_name="rosters"
    )
    scope_path = PathField()  # of the department
    month = models.DateField(_("月份"))  # its first day
    state = models.CharField(_("状态"), max_length=10, default="draft")  # workflow.toml: roster
    version = models.PositiveIntegerField(default=1)  # grows with each change of a cell, too
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # The last roster that was worked out: what it costs, what none can cost less than, by which job.
    job_id = models.CharField(max_length=40, blank=True, default="")
    solved_at = models.DateTimeField(null=True, blank=True)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    # What it changed of the draft that it began from: [person, day, shift before, shift after] each.
    changes = models.JSONField(default=list, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("月排班表")
        ordering = ["-month", "department_id"]
        constraints = [
            models.UniqueConstraint(name="rosters_roster_once", fields=["department", "month"]),
            models.CheckConstraint(name="rosters_roster_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.month:%Y-%m}"


class Duty(Scoped):
    """One shift of one person on one day (班次安排)."""

    read_permission = "roster.view"
    own_permission = "roster.own"

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="duties")
    scope_path = PathField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    posting = models.ForeignKey(
        Posting, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    day = models.DateField(_("日期"))
    shift = models.ForeignKey(Shift, verbose_name=_("班次"), on_delete=models.PROTECT, related_name="duties")
    fixed = models.BooleanField(_("锁定"), default=False)  # set by hand: working out anew keeps it
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("班次安排")
        ordering = ["day", "shift__position", "pk"]
        constraints = [
            # A person stands in one roster at a time only, wherever it is.
            models.UniqueConstraint(name="rosters_duty_one_a_day", fields=["person", "day"]),
        ]
        indexes = [models.Index(fields=["roster", "day"], name="rosters_duty_days")]

    def __str__(self) -> str:
        return f"{self.day} · {self.shift}"

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """One's own duties, once they are published."""
        if actor.user_id is None or not actor.may(cls.own_permission):
            return None
        return Q(person__user_id=actor.user_id, roster__state="published")


class SwapRequest(Scoped):
    """Two people exchange their duties (换班): asked, agreed by the other one, approved by the head.

    Both duties are named by person, day and shift: a roster that was changed meanwhile is noticed.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待对方同意")
        AGREED = "agreed", _("待科室批准")
        APPROVED = "approved", _("已换班")
        DECLINED = "declined", _("对方不同意")
        REFUSED = "refused", _("科室未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    OPEN = (State.ASKED, State.AGREED)

    read_permission = "roster.view"
    own_permission = "roster.own"

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="swaps")
    scope_path = PathField()
    asker = models.ForeignKey(
        Person, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="swaps_asked"
    )
    asker_day = models.DateField(_("申请人的班次日期"))
    asker_shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(
        Person, verbose_name=_("对方"), on_delete=models.PROTECT, related_name="swaps_received"
    )
    other_day = models.DateField(_("对方的班次日期"))
    other_shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("说明"), max_length=300, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("换班申请")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="rosters_swap_two_people", condition=~Q(asker=F("other"))),
            models.UniqueConstraint(
                name="rosters_swap_one_open",
                fields=["asker", "asker_day"],
                condition=Q(state__in=["asked", "agreed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker} {self.asker_day} ⇄ {self.other} {self.other_day}"

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """Those that one has asked for or is asked for."""
        if actor.user_id is None or not actor.may(cls.own_permission):
            return None
        return Q(asker__user_id=actor.user_id) | Q(other__user_id=actor.user_id)


class DutyFeed(FeedAddress):
    """The secret address under which somebody's calendar reads the own duties (班次订阅)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="duty_feed")

    class Meta:
        verbose_name = _("班次订阅")
