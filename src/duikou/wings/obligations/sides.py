"""For which side somebody speaks: what one party says needs the permission at that party's own place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Denied
from duikou.core.models import OrgUnit
from duikou.core.paths import contains
from duikou.core.roles import permissions
from duikou.core.scope import Actor, Grant, actor_for
from duikou.wings.hospitals.models import Department
from duikou.wings.obligations.models import Delegation, Obligation
from duikou.wings.obligations.models.ledger import SIDES
from duikou.wings.obligations.standing import PARTIES, Side

WORK, VERIFY = "obligation.work", "obligation.verify"
DELEGATED = frozenset({"obligation.view", WORK, VERIFY})  # what a deputy may do, and nothing else


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Somebody on one side: the actor (a deputy acts with the powers of whom it stands for) and where."""

    side: Side
    actor: Actor
    path: str


def acting(actor: Actor, on: dt.date | None = None) -> tuple[Actor, ...]:
    """The actor, and once more for each colleague whose duties are in this actor's hands on a day.

    The second kind carries the colleague's powers in the ledger, the deputy's own number, and a name
    that tells for whom: so the audit trail shows both.
    """
    if actor.user_id is None:
        return (actor,)
    day = on or timezone.localdate()
    taken = Delegation.objects.on(day).filter(delegate=actor.user_id).select_related("delegator")
    return (actor, *(_deputy(actor, one, day) for one in taken.order_by("pk")))


def _deputy(actor: Actor, delegation: Delegation, day: dt.date) -> Actor:
    absent = actor_for(delegation.delegator, day)
    grants = tuple(grant for grant in absent.grants if contains(delegation.scope_path, grant.path))
    limit = DELEGATED if actor.limit is None else DELEGATED & actor.limit
    label = _("%(deputy)s（代%(absent)s）") % {"deputy": actor.label, "absent": absent.label}
    return replace(absent, user_id=actor.user_id, label=label[:120], grants=grants, limit=limit)


def standpoints(actor: Actor, permission: str, obligation: Obligation) -> list[Standpoint]:
    """All sides for which the actor, or a colleague in whose place it acts, may use a permission."""
    return [one for each in acting(actor) for one in _of(each, permission, obligation)]


def _of(actor: Actor, permission: str, obligation: Obligation) -> Iterator[Standpoint]:
    if actor.is_system:
        yield from (Standpoint(side, actor, obligation.path_of(side)) for side in Side)
        return
    for grant in actor.grants:  # not `actor.paths`: that hides a hospital's grant below an authority's
        if permission not in grant.permissions or (actor.limit is not None and permission not in actor.limit):
            continue
        for side in PARTIES:
            hospital = obligation.path_of(side)
            if grant.path == hospital or _is_owning_department(grant, hospital, side, obligation):
                yield Standpoint(side, actor, grant.path)
            elif grant.path != hospital and contains(grant.path, hospital):
                yield Standpoint(Side.SUPERIOR, actor, hospital)


def _is_owning_department(grant: Grant, hospital: str, side: Side, obligation: Obligation) -> bool:
    """Whether a department's grant is that of the department which owes the obligation."""
    return (
        grant.org_kind == OrgUnit.Kind.DEPARTMENT
        and obligation.owner_department != ""
        and obligation.owner in (side, "both")
        and contains(hospital, grant.path)
        and Department.objects.filter(
            hospital__scope_path=hospital, name=grant.org_name, specialty=obligation.owner_department
        ).exists()
    )


def standpoint(actor: Actor, permission: str, obligation: Obligation, side: Side | None = None) -> Standpoint:
    """The one side for which the actor speaks; the given one where it may speak for several.

    Raises Denied when it may not speak for that side, or for none.
    """
    found = standpoints(actor, permission, obligation)
    for one in found:
        if side is None or one.side is side:
            return one
    if not found:
        raise Denied(
            _("您在此范围内没有“%(permission)s”的权限。如工作需要，请联系系统管理员授权。")
            % {"permission": permissions()[permission].label}
        )
    assert side is not None  # else the first would have been taken
    raise Denied(_("这一步只能由%(side)s办理，您不代表这一方。") % {"side": dict(SIDES)[side]})
