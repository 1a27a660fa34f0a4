"""API tokens: made by their owner, shown once, stored as a digest only."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.models import ApiToken, User
from duikou.core.scope import Actor, actor_for

PREFIX = "dk_"
LONGEST = 366  # days a token may live
MOST = 20  # live tokens of one account


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()  # 256 random bits need no slow hash


def of(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens."""
    return ApiToken.objects.filter(user_id=actor.user_id or 0)


def create(*, actor: Actor, name: str, scopes: Collection[str], days: int) -> tuple[ApiToken, str]:
    """Make a token for the actor's own use; returns the row and the token itself, shown only now.

    Raises Denied when a token asks (it would outlive itself), Invalid when it would allow
    more than its owner may, lives too long, or has no name.
    """
    if actor.limit is not None:
        raise Denied(_("令牌不能再创建令牌。请登录网站，在“接口令牌”页面创建。"))
    fields: dict[str, list[str]] = {}
    if not (name := name.strip()) or len(name) > 60:
        fields["name"] = [_("请填写用途，最多 60 个字。")]
    if not scopes:
        fields["scopes"] = [_("请至少选择一项权限。")]
    elif extra := set(scopes) - actor.permissions:
        fields["scopes"] = [_("令牌不能超出您自己的权限：%(extra)s") % {"extra": "、".join(sorted(extra))}]
    if not 1 <= days <= LONGEST:
        fields["days"] = [_("有效期应为 1 至 %(most)s 天。") % {"most": LONGEST}]
    now = timezone.now()
    if of(actor).filter(revoked_at__isnull=True, expires_at__gt=now).count() >= MOST:
        fields["name"] = [_("有效令牌已达 %(most)s 个，请先停用不再使用的。") % {"most": MOST}]
    if fields:
        raise Invalid(_("令牌没有创建，请修改标出的内容。"), fields=fields)
    token = PREFIX + secrets.token_urlsafe(32)
    with act("token.created", actor=actor, permission="token.manage") as event:
        row = ApiToken.objects.create(
            user_id=actor.user_id or 0,
            name=name,
            digest=_digest(token),
            hint=token[:8],
            scopes=sorted(scopes),
            expires_at=now + dt.timedelta(days=days),
        )
        event.note(row, after={"scopes": row.scopes, "expires_at": row.expires_at})
    return row, token


def revoke(*, actor: Actor, token_id: int) -> None:
    """Stop one of the actor's own tokens for good. Raises Missing for anybody else's."""
    row = of(actor).filter(pk=token_id, revoked_at__isnull=True).first()
    if row is None:
        raise Missing(_("没有这个令牌，或它已停用。"))
    with act("token.revoked", actor=actor, permission="token.manage", target=row) as event:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        event.note(row)


def revoke_all(user: User) -> int:
    """Stop every live token of an account (its password was reset, or it was closed); returns how many."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())


def actor_of(token: str) -> tuple[User, Actor] | None:
    """The owner and the limited actor behind a token; None when it does not (or no longer) count."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    row = ApiToken.objects.select_related("user").filter(digest=_digest(token)).first()
    now = timezone.now()
    if row is None or row.revoked_at or row.expires_at <= now:
        return None
    if not row.user.is_active or row.user.must_change_password:
        return None
    today = timezone.localdate()
    if row.last_used_on != today:  # one write a day, not one per call
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
    return row.user, actor_for(row.user).limited_to(row.scopes)
