"""Delegations that concern an actor, reminders of its area."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import User
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.obligations.models import Delegation, Reminder


def delegations(actor: Actor) -> ScopedQuerySet:
    """Delegations of the actor's area; those that one gave or took, wherever."""
    inside = Delegation.visibility(actor.paths("obligation.view"))
    own = Q(delegator=actor.user_id) | Q(delegate=actor.user_id)
    found: ScopedQuerySet = Delegation.objects.filter(inside | own if actor.user_id else inside)
    return found.select_related("delegator", "delegate")


def delegation(actor: Actor, pk: int) -> Delegation:
    """One delegation; raises Missing."""
    found = delegations(actor).filter(pk=pk).first()
    if not isinstance(found, Delegation):
        raise Missing(_("没有这项委托，或它不在您的范围内。"))
    return found


def user(pk: int) -> User:
    """An active account; raises Missing."""
    found = User.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise Missing(_("没有这个账号。"))
    return found


def reminders(actor: Actor) -> ScopedQuerySet:
    """Reminders of the actor's area, newest first."""
    found: ScopedQuerySet = Reminder.objects.visible_to(actor).select_related(
        "obligation__pairing__supporter", "obligation__pairing__recipient"
    )
    return found
