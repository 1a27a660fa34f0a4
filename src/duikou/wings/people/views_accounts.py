"""Pages of accounts, their roles, and the roles themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duikou.core.errors import DuikouError
from duikou.core.exports import text as words
from duikou.core.links import link
from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.pages import PageRequest, page, typed
from duikou.core.roles import permissions, roles
from duikou.wings.people import actions, queries
from duikou.wings.people.forms import AccountForm, GrantForm, tell

FACTORS = {"totp": gettext_lazy("验证器应用"), "webauthn": gettext_lazy("安全密钥")}
STATES = {"active": gettext_lazy("在用"), "closed": gettext_lazy("已停用")}


def _factors(kinds: Iterable[str]) -> str:
    return _("、").join(str(FACTORS.get(kind, kind)) for kind in kinds)


def _roles_cell(row: dict[str, Any]) -> str:
    if not row["grants"]:
        return format_html('<span class="dk-muted">{}</span>', _("没有角色"))
    lines = format_html_join(
        "", "<div>{} · {}</div>", ((g.role_data.label, g.org.name) for g in row["grants"])
    )
    return format_html("<div>{}</div>", lines)


def _state_cell(row: dict[str, Any]) -> str:
    if row["is_active"]:
        return escape(str(STATES["active"]))
    return format_html('<span class="dk-badge dk-badge-neutral">{}</span>', STATES["closed"])


ACCOUNTS = Listing(
    key="accounts",
    title=pgettext_lazy("导航", "账号与授权"),
    default_sort="username",
    empty=gettext_lazy("您的管理范围内还没有账号。"),
    columns=(
        Column("username", gettext_lazy("账号名"), head=True, sort=True, href=lambda r: r["url"]),
        Column("display_name", gettext_lazy("姓名"), sort=True),
        Column(
            "roles",
            gettext_lazy("角色与范围"),
            value=lambda r: [f"{g.role_data.label} · {g.org.name}" for g in r["grants"]],
            html=_roles_cell,
            width=40,
        ),
        Column("state", gettext_lazy("状态"), value=lambda r: r["state"], html=_state_cell),
        Column("mfa", gettext_lazy("两步验证"), value=lambda r: r["mfa"] or _("未设置")),
        Column("last_login", gettext_lazy("上次登录"), sort=True, nulls_last=True, value=lambda r: r["seen"]),
    ),
    filters=(
        TextFilter("q", gettext_lazy("账号名或姓名"), ("username", "display_name")),
        ChoiceFilter(
            "role",
            gettext_lazy("角色"),
            choices=lambda actor: [(role.id, role.label) for role in roles().values()],
            apply=lambda rows, value: rows.filter(queries.holding(value)),
        ),
        ChoiceFilter(
            "state",
            gettext_lazy("状态"),
            choices=tuple(STATES.items()),
            apply=lambda rows, value: rows.filter(is_active=value == "active"),
        ),
        FlagFilter(
            "mfa",
            gettext_lazy("两步验证"),
            apply=lambda rows, value: (
                rows.filter(queries.with_second_factor())
                if value
                else rows.exclude(queries.with_second_factor())
            ),
        ),
    ),
)


@page("account.view")
def accounts(request: PageRequest) -> HttpResponseBase:
    """Accounts with a role in the actor's area."""

    def prepare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [row["pk"] for row in rows]
        grants = queries.grants_of(request.actor, ids)
        factors = queries.second_factors(ids)
        here = reverse("people:accounts")
        for row in rows:
            row["url"] = f"{here}{row['pk']}/"
            row["grants"] = [grant for grant in grants.get(row["pk"], ()) if not grant.over]  # type: ignore[attr-defined]
            row["mfa"] = _factors(factors.get(row["pk"], ()))
            row["seen"] = words(row["last_login"]) if row["last_login"] else _("从未登录")
            row["state"] = STATES["active" if row["is_active"] else "closed"]
        return rows

    rows = queries.accounts(request.actor).values("pk", "username", "display_name", "is_active", "last_login")
    return replace(ACCOUNTS, prepare=prepare).respond(request, rows, "people/accounts.html", {})


@page("account.view")
def account(request: PageRequest, pk: int) -> HttpResponse:
    """One account with its roles."""
    return _account_page(request, queries.find_account(request.actor, pk))


def _account_page(request: PageRequest, user: User, **extra: Any) -> HttpResponse:
    grants = queries.grants_of(request.actor, [user.pk]).get(user.pk, [])
    own = user.pk == request.actor.user_id
    context: dict[str, Any] = {
        "account": user,
        "own": own,
        "joined": words(user.date_joined),
        "last_login": words(user.last_login) if user.last_login else "",
        "factors": _factors(queries.second_factors([user.pk]).get(user.pk, ())),
        "current": [_grant_row(request, grant) for grant in grants if not grant.over],  # type: ignore[attr-defined]
        "past": [_grant_row(request, grant) for grant in grants if grant.over],  # type: ignore[attr-defined]
        "hidden": queries.hidden_grants(request.actor, user),
        "mixed": queries.mixes_duties(grants),
        "may_manage": request.actor.may("account.manage"),
        "answers": queries.answers_for(request.actor, user),
        "events_url": _events_url(request, user),
        **extra,
    }
    return render(request, "people/account.html", context)


def _events_url(request: PageRequest, user: User) -> str:
    here = link("audit:list")
    return f"{here}?target=core.user:{user.pk}" if here and request.actor.may("audit.view") else ""


def _grant_row(request: PageRequest, grant: RoleGrant) -> dict[str, Any]:
    return {
        "pk": grant.pk,
        "role": grant.role_data,
        "org": grant.org,
        "since": grant.valid_from.isoformat(),
        "until": grant.valid_to.isoformat() if grant.valid_to else "",
        "by": str(grant.granted_by or _("系统")),
        "future": grant.valid_from > timezone.localdate(),
        "may_end": grant.user_id != request.actor.user_id
        and request.actor.may("account.manage", grant.org.path),
    }


@never_cache
@page("account.manage")
def account_new(request: PageRequest) -> HttpResponse:
    """Open an account; its one-time password is shown in the answer and nowhere else."""
    form = AccountForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.open_account(actor=request.actor, **form.cleaned_data)
        except DuikouError as error:
            tell(form, error)
        else:
            return render(
                request, "people/password.html", {"account": user, "password": password, "opened": True}
            )
    context = {"form": form, "roles": queries.grantable_roles(request.actor)}
    return render(request, "people/account_form.html", context, status=422 if form.errors else 200)


@page("account.manage")
def grant(request: PageRequest, pk: int) -> HttpResponse:
    """Give an account a further role."""
    user = queries.find_account(request.actor, pk)
    form = GrantForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            given = actions.grant_role(actor=request.actor, user=user, **form.cleaned_data)
        except DuikouError as error:
            tell(form, error)
        else:
            messages.success(
                request, _("已授予“%(role)s · %(org)s”。") % {"role": given.role_data.label, "org": given.org}
            )
            return redirect("people:account", pk)
    context = {"form": form, "account": user, "roles": queries.grantable_roles(request.actor)}
    return render(request, "people/grant_form.html", context, status=422 if form.errors else 200)


@require_POST
@page("account.manage")
def grant_end(request: PageRequest, pk: int, grant_pk: int) -> HttpResponse:
    """Take a role back."""
    user = queries.find_account(request.actor, pk)
    held = queries.find_grant(request.actor, user, grant_pk)
    actions.end_grant(actor=request.actor, grant=held, reason=request.POST.get("reason", ""))
    messages.success(
        request, _("已结束“%(role)s · %(org)s”。") % {"role": held.role_data.label, "org": held.org}
    )
    return redirect("people:account", pk)


@never_cache
@require_POST
@page("account.manage")
def password_reset(request: PageRequest, pk: int) -> HttpResponse:
    """Give a new one-time password, shown in the answer and nowhere else."""
    user = queries.find_account(request.actor, pk)
    password = actions.reset_password(actor=request.actor, user=user)
    return render(request, "people/password.html", {"account": user, "password": password})


@require_POST
@page("account.manage")
def deactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Close an account."""
    user = queries.find_account(request.actor, pk)
    actions.deactivate(actor=request.actor, user=user, reason=request.POST.get("reason", ""))
    messages.success(request, _("账号“%(user)s”已停用。") % {"user": user.username})
    return redirect("people:account", pk)


@never_cache
@require_POST
@page("account.manage")
def reactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    user = queries.find_account(request.actor, pk)
    password = actions.reactivate(actor=request.actor, user=user, reason=request.POST.get("reason", ""))
    return render(request, "people/password.html", {"account": user, "password": password})


@page("account.manage")
def suggest_place(request: PageRequest) -> HttpResponse:
    """Organisation units whose name fits what is being typed."""
    role = roles().get(request.GET.get("role", ""))
    places = queries.manageable_places(
        request.actor, typed(request), kinds=role.kinds if role else (), most=8
    )
    options = [{"value": place.label, "detail": place.kind} for place in places]
    return render(request, "web/suggestions.html", {"options": options})


AREAS = {
    "places": gettext_lazy("行政区划"),
    "hospital": gettext_lazy("医院"),
    "person": gettext_lazy("人员"),
    "pairing": gettext_lazy("结对"),
    "round": gettext_lazy("轮次"),
    "finding": gettext_lazy("核查发现"),
    "policy": gettext_lazy("政策"),
    "audit": gettext_lazy("审计"),
    "account": gettext_lazy("账号"),
    "job": gettext_lazy("后台任务"),
    "token": gettext_lazy("接口令牌"),
}


@page("account.view")
def role_matrix(request: PageRequest) -> HttpResponse:
    """Who may do what: roles.toml as a table."""
    known = list(roles().values())
    areas = [
        {
            "name": AREAS.get(area, area),
            "rows": [
                {"permission": entry, "cells": [(role, entry.id in role.permissions) for role in known]}
                for entry in entries
            ],
        }
        for area, entries in groupby(permissions().values(), key=lambda entry: entry.id.partition(".")[0])
    ]
    cards = [
        {
            "role": role,
            "levels": [str(OrgUnit.Kind(kind).label) for kind in role.kinds],
            "count": len(role.permissions),
        }
        for role in known
    ]
    context = {"areas": areas, "cards": cards, "roles": known, "width": len(known) + 1}
    return render(request, "people/roles.html", context)
