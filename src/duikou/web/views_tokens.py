"""Pages of one's own account: profile and API tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duikou.core import tokens
from duikou.core.errors import DuikouError
from duikou.core.exports import text
from duikou.core.links import link
from duikou.core.pages import PageRequest, page
from duikou.core.roles import permissions
from duikou.core.scope import Actor
from duikou.wings.people import actions, queries
from duikou.wings.people.forms import tell

DAYS = (30, 90, 180, tokens.LONGEST)


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=gettext_lazy("用途"), max_length=60, help_text=gettext_lazy("如 统计平台每日取数。")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只列出您自己有的权限；请只选用得到的。"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("有效期"),
        coerce=int,
        choices=[(n, str(n)) for n in DAYS],
        initial=90,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days, field = self.fields["days"], self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        assert isinstance(days, forms.ChoiceField)
        days.choices = [(n, _("%(n)s 天") % {"n": n}) for n in DAYS]
        field.choices = [
            (entry.id, entry.label) for entry in permissions().values() if entry.id in actor.permissions
        ]


@never_cache
@page("token.manage")
def own_tokens(request: PageRequest) -> HttpResponse:
    """One's own tokens; a new one is shown in the answer and nowhere else."""
    form = TokenForm(request.POST or None, actor=request.actor)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _row, secret = tokens.create(actor=request.actor, **form.cleaned_data)
        except DuikouError as error:
            tell(form, error)
        else:
            form = TokenForm(actor=request.actor)
    now = timezone.now()
    rows = [
        {
            "pk": row.pk,
            "name": row.name,
            "hint": row.hint,
            "scopes": [permissions()[scope].label for scope in row.scopes if scope in permissions()],
            "created": text(row.created_at),
            "expires": text(row.expires_at),
            "used": row.last_used_on.isoformat() if row.last_used_on else "",
            "state": "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "live",
        }
        for row in tokens.of(request.actor)
    ]
    context = {
        "form": form,
        "rows": rows,
        "secret": secret,
        "site": request.build_absolute_uri("/api/v1/"),
        "docs_url": link("api:openapi-view") or link("api:docs"),
        "most": tokens.MOST,
    }
    return render(request, "web/pages/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@page("token.manage")
def token_revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Stop a token for good."""
    tokens.revoke(actor=request.actor, token_id=pk)
    messages.success(request, _("令牌已停用，使用它的程序从现在起会被拒绝。"))
    return redirect("tokens")


class LanguageForm(forms.Form):
    """The language in which the pages greet one."""

    language = forms.ChoiceField(
        label=gettext_lazy("界面语言"),
        required=False,
        choices=[("", gettext_lazy("跟随浏览器")), *settings.LANGUAGES],
    )


@page(None)
def own_account(request: PageRequest) -> HttpResponse:
    """One's own account: roles, sign-in, language."""
    user = request.user
    form = LanguageForm(request.POST or None, initial={"language": user.language})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        actions.choose_language(actor=request.actor, user=user, language=language)  # type: ignore[arg-type]
        messages.success(request, _("界面语言已保存。"))
        answer = redirect("account")
        if language:
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
        else:
            answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return answer
    context = {
        "form": form,
        "grants": [
            {
                "role": grant.role_data,
                "org": grant.org.name,
                "since": grant.valid_from.isoformat(),
                "until": grant.valid_to.isoformat() if grant.valid_to else "",
            }
            for grant in queries.own_grants(request.actor)
        ],
        "has_factor": bool(queries.second_factors([user.pk]).get(user.pk)),  # type: ignore[list-item,arg-type]
        "last_login": text(user.last_login) if user.last_login else "",  # type: ignore[union-attr]
    }
    return render(request, "web/pages/account.html", context, status=422 if form.errors else 200)
