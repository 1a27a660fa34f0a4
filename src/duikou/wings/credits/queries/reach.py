"""Whose credits an actor may see: those of the hospital that sent the person, and of the present employer."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from duikou.core.scope import Actor, within
from duikou.wings.credits.histories import Part, parts
from duikou.wings.people.models import Person

FIELDS = ("home_path", "person__hospital__scope_path")


def reach(actor: Actor, permission: str = "credit.view") -> Q:
    """Condition on postings, traineeships and certificates."""
    return within(actor.paths(permission), FIELDS)


def reached(actor: Actor, first: dt.date, until: dt.date, permission: str = "credit.view") -> list[Part]:
    """The stays in the actor's reach, and with them the others of persons who have changed hospitals.

    Without those a year that was begun at one hospital and ended at another would lack days.
    """
    found = parts(reach(actor, permission), first, until)
    homes = dict(
        Person.objects.filter(pk__in={part.person_id for part in found}).values_list("pk", "hospital_id")
    )
    moved = {part.person_id for part in found if part.home_id != homes[part.person_id]}
    if not moved:
        return found
    whole = parts(Q(person__in=moved), first, until)
    return sorted(
        [part for part in found if part.person_id not in moved] + whole,
        key=lambda part: (part.first, part.pk),
    )
