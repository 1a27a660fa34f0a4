"""What the acts share: the department's place, claims on a roster, objections."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.errors import Conflict, Denied
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in
from duikou.wings.people.models import Person
from duikou.wings.rosters.models import Roster
from duikou.wings.rosters.workflows import ROSTER


def place_of(department: Department, actor: Actor) -> str:
    """The department's path, made with the first act for it. Raises Denied for others."""
    path = department.org.path if department.org else department.hospital.scope_path
    require(actor, "roster.edit", (path or "",))
    return path_in(department.hospital, department)


def claim_draft(roster: Roster, version: int) -> None:
    """Count the roster's version up, if it is a draft and still as it was read; else raise Conflict."""
    won = Roster.objects.filter(pk=roster.pk, state="draft", version=version).update(version=F("version") + 1)
    state = Roster.objects.filter(pk=roster.pk).values_list("state", flat=True).first() or "draft"
    if won:
        roster.refresh_from_db()
        return
    if state != "draft":
        raise Conflict(
            _("排班表目前为“%(state)s”，不能修改。请先收回修改。") % {"state": ROSTER.states[state].label}
        )
    raise Conflict(_("排班表刚被他人改动。请刷新后再试。"))


def oneself(actor: Actor, person: Person) -> None:
    """Raise Denied unless the actor is this person and may act for oneself."""
    require(actor, "roster.own", None)
    # Asked of the table: whose account it is may have changed since the row was read.
    mine = Person.objects.filter(pk=person.pk, user=actor.user_id) if actor.user_id is not None else None
    if mine is None or not mine.exists():
        raise Denied(_("这是他人的班次，只有本人可以办理。"))
