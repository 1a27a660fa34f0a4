"""How allauth behaves here: no sign-up, forced change of one-time passwords, audit of sign-ins."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core import audit, tokens
from duikou.core.models import User
from duikou.core.scope import Actor, actor_for


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Refuse to keep a one-time password: whoever made it knows it."""
        if user is not None and user.must_change_password and user.check_password(password):
            raise ValidationError(_("新密码不能与一次性密码相同。"))
        return super().clean_password(password, user=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Home: a changed password is nothing to stay on a form for."""
        return reverse("home")

    def set_password(self, user: User, password: str) -> None:
        """Store a new password; a one-time password has then done its work."""
        if user.must_change_password:  # whoever knew the one-time password may have made tokens
            tokens.revoke_all(user)
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record("account.password_changed", user)


def closed(request: HttpRequest) -> HttpResponse:
    """A page of the accounts library that this site does not offer."""
    raise Http404


def name_at_the_door(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """The user name under which failed sign-ins are counted: all writings of a name share one count."""
    typed = (credentials or {}).get("username") or (request.POST.get("login") if request else "") or ""
    return unicodedata.normalize("NFKC", str(typed)).strip().casefold()


def record(action: str, user: User | None, label: str = "") -> None:
    """Write a sign-in event to the audit chain (never the password, never the address typed)."""
    home = actor_for(user).home if user else None
    with transaction.atomic():
        audit.append(
            actor=Actor(user.pk if user else None, str(user) if user else "匿名"),
            action=action,
            target_type="core.user",
            target_id=str(user.pk) if user else "",
            target_label=label or (str(user) if user else ""),
            scope_path=home.path if home else "",  # seen by the auditor of the account's area
        )


@receiver(user_logged_in)
def _signed_in(sender: Any, user: User, **_: Any) -> None:
    record("account.signed_in", user)


@receiver(user_logged_out)
def _signed_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        record("account.signed_out", user)


@receiver(user_login_failed)
def _sign_in_failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    # What was typed may be a password in the wrong field: only known names are recorded.
    user = User.objects.filter(username=credentials.get("username") or "").first()
    record("account.sign_in_failed", user)
