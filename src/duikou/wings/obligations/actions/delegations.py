"""Duties in a colleague's hands while somebody is away, for some days."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.models import OrgUnit, User
from duikou.core.paths import contains
from duikou.core.scope import Actor, Grant, actor_for
from duikou.wings.obligations.models import Delegation
from duikou.wings.obligations.sides import VERIFY, WORK

LONGEST = 366  # days


def delegate(
    *, actor: Actor, to: User, start: dt.date, end: dt.date, reason: str, path: str = ""
) -> Delegation:
    """Give one's own duties in the ledger to a colleague of the same place.

    Only own powers can be given, never those that somebody gave to the actor. Raises Invalid for days
    that cannot be and for who is no colleague, Conflict when these days are given away already.
    """
    reason = require_reason(reason, 200)
    grant = _grant(actor, path)
    if fields := _faults(actor, to, grant, start, end):
        raise Invalid(_("代理没有登记，请修改标出的内容。"), fields=fields)
    permission = WORK if WORK in grant.permissions else VERIFY
    with act("delegation.give", actor=actor, permission=permission, on=grant.path) as event:
        User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)  # of two at once, one waits
        if (
            Delegation.objects.filter(delegator=actor.user_id, scope_path=grant.path, revoked_at=None)
            .filter(start__lte=end, end__gte=start)
            .exists()
        ):
            raise Conflict(_("这段时间已经委托了代理人，请先收回原来的委托。"))
        row = Delegation.objects.create(
            delegator_id=actor.user_id or 0,
            delegate=to,
            scope_path=grant.path,
            start=start,
            end=end,
            reason=reason,
        )
        event.note(row, after={"to": str(to), "start": start, "end": end}, reason=reason)
    return row


def revoke(*, actor: Actor, delegation: Delegation) -> None:
    """Take one's duties back before the last day. Raises Missing for those of somebody else."""
    if delegation.delegator_id != actor.user_id:
        raise Missing(_("没有这项委托，或它不是您作出的。"))
    with act("delegation.revoke", actor=actor, permission="obligation.view", on=delegation) as event:
        won = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())
        if not won:
            raise Conflict(_("这项委托已经收回。"))
        event.note(delegation, after={"revoked": True})


def grants_to_give(actor: Actor) -> list[Grant]:
    """Places where the actor itself works in the ledger or verifies, highest first."""
    return sorted(
        (g for g in actor.grants if {WORK, VERIFY} & g.permissions), key=lambda g: (len(g.path), g.path)
    )


def colleagues(actor: Actor, path: str) -> list[User]:
    """Accounts that hold a role at a place or below it, without the actor."""
    today = timezone.localdate()
    rows = User.objects.filter(is_active=True, grants__org__path__within=path, grants__valid_from__lte=today)
    rows = rows.exclude(grants__valid_to__lt=today).exclude(pk=actor.user_id or 0).distinct()
    return list(rows.order_by("display_name", "username"))


def _grant(actor: Actor, path: str) -> Grant:
    for grant in grants_to_give(actor):
        if path in ("", grant.path):
            return grant
    raise Invalid(_("您没有可以委托的台账职责。"))


def _faults(actor: Actor, to: User, grant: Grant, start: dt.date, end: dt.date) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if to.pk == actor.user_id:
        fields["to"] = [_("不能委托给自己。")]
    elif not any(contains(place_of(grant), one.path) for one in actor_for(to).grants):
        fields["to"] = [_("代理人须是同一单位的在用账号。")]
    if end < start:
        fields["end"] = [_("最后一天早于第一天。")]
    elif end < timezone.localdate():
        fields["end"] = [_("这段时间已经过去。")]
    elif (end - start).days >= LONGEST:
        fields["end"] = [_("一次最多委托 %(most)s 天。") % {"most": LONGEST}]
    return fields


def place_of(grant: Grant) -> str:
    """Within which place a colleague must be: a department's head may ask somebody of the hospital."""
    return grant.path[:-7] if grant.org_kind == OrgUnit.Kind.DEPARTMENT else grant.path
