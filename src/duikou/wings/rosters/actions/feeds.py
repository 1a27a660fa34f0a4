"""The secret address of one's own duties: shown once, renewed or stopped at any time."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Denied
from duikou.core.scope import Actor, actor_for
from duikou.wings.rosters.models import DutyFeed


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()  # 256 random bits need no slow hash


def renew(*, actor: Actor) -> str:
    """A new address for the actor's own duties; the one before is dead. Returns the token, shown only now."""
    _own(actor)
    token = secrets.token_urlsafe(32)
    with act("duty_feed.renew", actor=actor, permission="roster.own") as event:
        row, _made = DutyFeed.objects.update_or_create(
            user_id=actor.user_id, defaults={"digest": _digest(token)}
        )
        event.note(row)
    return token


def stop(*, actor: Actor) -> None:
    """No feed any more."""
    _own(actor)
    with act("duty_feed.stop", actor=actor, permission="roster.own") as event:
        event.note(label=actor.label)
        DutyFeed.objects.filter(user=actor.user_id).delete()


def _own(actor: Actor) -> None:
    if actor.limit is not None or actor.user_id is None:  # the address would outlive the token
        raise Denied(_("请登录网站，在“我的班次”页面管理订阅地址。"))


def reader(token: str) -> Actor | None:
    """Whose duties an address shows; None when it does not (or no longer) count."""
    if not 20 <= len(token) <= 100:
        return None
    row = DutyFeed.objects.select_related("user").filter(digest=_digest(token)).first()
    if row is None or not row.user.is_active or row.user.must_change_password:
        return None
    actor = actor_for(row.user).limited_to(("roster.own",))
    return actor if actor.may("roster.own") else None
