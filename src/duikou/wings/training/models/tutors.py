"""Teams of tutors: people of the supporter who teach those of one recipient, team to team (TRN-03)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person


class TutorTeam(Scoped):
    """A team of the supporter that teaches a team of the recipient in one specialty (导师团队)."""

    scope_fields = ("home_path", "host_path")
    read_permission = "training.view"

    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), on_delete=models.PROTECT, related_name="tutor_teams"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("进修科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tutor_teams",
    )
    home_path = PathField()  # of the recipient
    host_path = PathField()  # of the department, or of the whole supporter
    specialty = models.CharField(_("专业"), max_length=40)
    leader = models.ForeignKey(
        Person, verbose_name=_("组长"), on_delete=models.PROTECT, related_name="tutor_teams_led"
    )
    tutors = models.ManyToManyField(Person, verbose_name=_("导师"), related_name="tutor_teams", blank=True)
    formed_on = models.DateField(_("组建日期"))
    ended_on = models.DateField(_("解散日期"), null=True, blank=True)
    aim = models.CharField(_("带教目标"), max_length=300, blank=True, default="")
    formed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("导师团队")
        ordering = ["-formed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="training_team_days_in_order",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("formed_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader} · {self.specialty}"
