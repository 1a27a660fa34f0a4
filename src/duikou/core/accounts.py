"""How allauth behaves here: no sign-up, forced change of one-time passwords, audit of sign-ins."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse

from duikou.core import audit
from duikou.core.models import User
from duikou.core.scope import Actor, actor_for


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Home: a changed password is nothing to stay on a form for."""
        return reverse("home")

    def set_password(self, user: User, password: str) -> None:
        """Store a new password; a one-time password has then done its work."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record("account.password_changed", user)


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
