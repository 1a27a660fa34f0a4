"""Accounts and role grants: opened, extended, ended and reset by those who answer for the area."""

from __future__ import annotations

import datetime as dt
import re
import secrets

from axes.utils import reset as lift_lockout
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import tokens
from duikou.core.accounts import name_at_the_door
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.roles import Role, roles
from duikou.core.scope import SYSTEM, Actor

ADMINISTRATOR = "system_admin"
FIRST_ACCOUNT = "admin"
# The first account of an installation also gets the province's business role, so that the loaded
# round can be looked at right away; a note at the first start advises to separate the two.
FIRST_BUSINESS_ROLE = "provincial_officer"

_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
_PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105  (without look-alikes)


def one_time_password() -> str:
    """A fresh password of 16 characters in groups of four (about 92 bits), easy to copy by hand."""
    groups = ("".join(secrets.choice(_PASSWORD_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def open_account(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    role: str,
    org: OrgUnit,
    valid_to: dt.date | None = None,
    language: str = "",
) -> tuple[User, str]:
    """Open an account with its first role; returns it with its one-time password.

    The password is shown once and must be changed at the first sign-in. Raises Denied
    outside the actor's scope, Invalid for a name or role that does not fit.
    """
    username, display_name = username.strip(), display_name.strip()
    with act("account.open", actor=actor, permission="account.manage", on=org.path or "") as event:
        _check_username(username)
        if not display_name or len(display_name) > 60:
            raise Invalid(
                _("请填写姓名（1 至 60 个字）。"), fields={"display_name": [_("应为 1 至 60 个字。")]}
            )
        granted = _grantable(actor, role, org)
        password = one_time_password()
        user = User(
            username=username, display_name=display_name, must_change_password=True, language=language
        )
        user.set_password(password)
        user.save(force_insert=True)
        grant = _grant(actor, user, granted, org, timezone.localdate(), valid_to)
        event.note(
            user,
            after={"username": username, "role": grant.role, "org": org.name, "valid_to": valid_to},
        )
    return user, password


def grant_role(
    *,
    actor: Actor,
    user: User,
    role: str,
    org: OrgUnit,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give an account a further role at an organisation unit, from a day (default: today) on.

    Raises Denied outside the actor's scope and for one's own account, Invalid when the
    role does not belong to that level, Conflict when the account already has it then.
    """
    with act("account.grant", actor=actor, permission="account.manage", on=org.path or "") as event:
        _refuse_own(actor, user)
        if not user.is_active:
            raise Conflict(_("账号“%(user)s”已停用。请先恢复账号再授权。") % {"user": user.username})
        granted = _grantable(actor, role, org)
        grant = _grant(actor, user, granted, org, valid_from or timezone.localdate(), valid_to)
        event.note(
            user,
            after={"role": role, "org": org.name, "valid_from": grant.valid_from, "valid_to": valid_to},
            reason=reason,
        )
    return grant


def end_grant(*, actor: Actor, grant: RoleGrant, reason: str) -> None:
    """Take a role back at once.

    A grant that was given today has not been in force on any earlier day: it is removed,
    and the audit trail keeps it. Raises Denied for one's own, Conflict for one that has
    ended and for the last administrator of all.
    """
    reason = require_reason(reason)
    with act(
        "account.grant_end", actor=actor, permission="account.manage", on=grant, target=grant.user
    ) as event:
        _refuse_own(actor, grant.user)
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        if grant.valid_to is not None and grant.valid_to <= yesterday:
            raise Conflict(_("该授权已于 %(day)s 结束。") % {"day": grant.valid_to})
        if grant.role == ADMINISTRATOR and not _administrators().exclude(pk=grant.pk).exists():
            raise Conflict(_("这是最后一位系统管理员的授权，不能结束。请先授予另一个账号。"))
        before = {
            "role": grant.role,
            "org": grant.org.name,
            "valid_from": grant.valid_from,
            "valid_to": grant.valid_to,
        }
        if grant.valid_from > yesterday:
            grant.delete()
        else:
            grant.valid_to = yesterday
            grant.save(update_fields=["valid_to"])
        event.note(before=before, after={"valid_to": yesterday}, reason=reason)


def reset_password(*, actor: Actor, user: User) -> str:
    """Give an account a new one-time password, lift its lock-out, end its sessions; returns the password.

    The actor must answer for every place where the account has a role: otherwise a
    county's administrator could take over a province's account.
    """
    with act("account.reset_password", actor=actor, permission="account.manage", target=user) as event:
        if user.pk == actor.user_id:
            raise Denied(_("自己的密码请在“我的账号”中修改；忘记时由另一位系统管理员重置。"))
        place = _require_answering(actor, user)
        password = one_time_password()
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        lift_lockout(username=name_at_the_door(None, {"username": user.username}))
        event.note(user, after={"tokens_ended": tokens.revoke_all(user)}, scope_path=place)
    return password


def deactivate(*, actor: Actor, user: User, reason: str) -> None:
    """Close an account: it can no longer sign in, its sessions and tokens end; its roles stay on record.

    Raises Denied for one's own account and outside the actor's scope, Conflict when it is
    closed already or belongs to the last administrator of all.
    """
    reason = require_reason(reason)
    with act("account.deactivate", actor=actor, permission="account.manage", target=user) as event:
        _refuse_own(actor, user)
        place = _require_answering(actor, user)
        if not user.is_active:
            raise Conflict(_("账号“%(user)s”已经停用。") % {"user": user.username})
        if _administrators().filter(user=user).exists() and not _administrators().exclude(user=user).exists():
            raise Conflict(_("这是最后一位系统管理员，不能停用。请先授予另一个账号。"))
        user.is_active = False
        user.save(update_fields=["is_active"])
        after = {"is_active": False, "tokens_ended": tokens.revoke_all(user)}
        event.note(user, before={"is_active": True}, after=after, reason=reason, scope_path=place)


def reactivate(*, actor: Actor, user: User, reason: str) -> str:
    """Open a closed account again, with a new one-time password, which is returned.

    Raises Denied for one's own account and outside the actor's scope, Conflict when it is open.
    """
    reason = require_reason(reason)
    with act("account.reactivate", actor=actor, permission="account.manage", target=user) as event:
        _refuse_own(actor, user)
        place = _require_answering(actor, user)
        if user.is_active:
            raise Conflict(_("账号“%(user)s”没有停用。") % {"user": user.username})
        password = one_time_password()
        user.is_active = True
        user.must_change_password = True
        user.set_password(password)
        user.save(update_fields=["is_active", "must_change_password", "password"])
        event.note(
            user, before={"is_active": False}, after={"is_active": True}, reason=reason, scope_path=place
        )
    return password


def ensure_administrator() -> str | None:
    """At the first start: make the first account and return its one-time password; else None.

    The organisation tree must have been loaded.
    """
    if _administrators().exists():
        return None
    nation = OrgUnit.objects.get(kind=OrgUnit.Kind.NATION)
    name = FIRST_ACCOUNT
    while User.objects.filter(username=name).exists():
        name = f"{FIRST_ACCOUNT}-{secrets.token_hex(2)}"
    user, password = open_account(
        actor=SYSTEM, username=name, display_name=_("系统管理员"), role=ADMINISTRATOR, org=nation
    )
    for province in OrgUnit.objects.filter(kind=OrgUnit.Kind.PROVINCE):
        grant_role(actor=SYSTEM, user=user, role=FIRST_BUSINESS_ROLE, org=province)
    return password


def _refuse_own(actor: Actor, user: User) -> None:
    """Nobody decides on their own roles and account."""
    if actor.user_id is not None and user.pk == actor.user_id:
        raise Denied(_("不能变更自己的授权或账号状态。请由另一位系统管理员办理。"))


def _require_answering(actor: Actor, user: User) -> str:
    """Raise Denied unless the actor answers for every place of the account; returns the first place.

    Its places are those of its roles, of its past ones when it has none now; an account
    that never had any is the nation's business.
    """
    grants = _current_grants(user).select_related("org") or user.grants.select_related("org")
    places = sorted({grant.org.path or "" for grant in grants}) or [_nation()]
    if not all(actor.may("account.manage", place) for place in places):
        raise Denied(_("该账号在您的管理范围之外还有角色。请由上级系统管理员办理。"))
    return places[0]


def _nation() -> str:
    return OrgUnit.objects.get(kind=OrgUnit.Kind.NATION).path or ""


def _check_username(username: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            _(
                "账号名“%(found)s”不合要求：应为 2 至 60 个英文字母、数字、点、横线、下划线，"
                "以字母或数字开头。"
            )
            % {"found": username[:60]},
            fields={"username": [_("只能用英文字母、数字、点、横线、下划线。")]},
        )
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(
            _("账号名“%(found)s”已被使用。请另取一个。") % {"found": username},
            fields={"username": [_("已被使用。")]},
        )


def _grantable(actor: Actor, role_id: str, org: OrgUnit) -> Role:
    """The role, when it exists, belongs to the unit's level, and the actor may pass it on there."""
    role = roles().get(role_id)
    if role is None:
        raise Invalid(
            _("没有角色“%(found)s”；现有：%(known)s。") % {"found": role_id, "known": "、".join(roles())},
            fields={"role": [_("请从列表中选择。")]},
        )
    if org.kind not in role.kinds:
        levels = "、".join(str(OrgUnit.Kind(kind).label) for kind in role.kinds)
        raise Invalid(
            _("角色“%(role)s”只能授予%(levels)s；“%(org)s”属于%(kind)s。")
            % {"role": role.label, "levels": levels, "org": org.name, "kind": org.get_kind_display()},
            fields={"org": [_("级别与角色不符。")]},
        )
    path = org.path or ""
    administers = any(g.role == ADMINISTRATOR and path.startswith(g.path) for g in actor.grants)
    beyond = [p for p in role.permissions if not actor.may(p, path)]
    if beyond and not (administers or actor.is_system):
        raise Denied(_("不能授予超出您自己权限的角色“%(role)s”。") % {"role": role.label})
    return role


def _grant(
    actor: Actor, user: User, role: Role, org: OrgUnit, valid_from: dt.date, valid_to: dt.date | None
) -> RoleGrant:
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(
            _("授权截止日 %(end)s 早于开始日 %(start)s。请改正日期。")
            % {"end": valid_to, "start": valid_from},
            fields={"valid_to": [_("不能早于开始日。")]},
        )
    User.objects.select_for_update().get(pk=user.pk)  # of two who grant at once, one waits and then sees it
    overlapping = RoleGrant.objects.filter(user=user, role=role.id, org=org).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    )
    if valid_to is not None:
        overlapping = overlapping.filter(valid_from__lte=valid_to)
    if overlapping.exists():
        raise Conflict(
            _("账号“%(user)s”在“%(org)s”已有角色“%(role)s”。")
            % {"user": user.username, "org": org.name, "role": role.label}
        )
    return RoleGrant.objects.create(
        user=user,
        role=role.id,
        org=org,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by_id=actor.user_id,
    )


def _current_grants(user: User) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(user=user).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())
    )


def _administrators() -> QuerySet[RoleGrant]:
    today = timezone.localdate()
    return RoleGrant.objects.filter(role=ADMINISTRATOR, user__is_active=True, valid_from__lte=today).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    )
