"""The second factor: guesses are counted like wrong passwords, secrets are kept encrypted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as PlainForm
from allauth.mfa.signals import authentication_failed
from axes.handlers.proxy import AxesProxyHandler
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from duikou.core.models import User


class Adapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes encrypted in the database."""

    def encrypt(self, text: str) -> str:
        """Ciphertext for the database."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret behind a ciphertext. Raises InvalidToken when FIELD_KEY is another."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.FIELD_KEY).digest()))


class AuthenticateForm(PlainForm):
    """The code of the second factor; too many wrong ones lock the door as wrong passwords do."""

    def clean_code(self) -> str:
        """The code, if guesses are still allowed and it is right."""
        if not AxesProxyHandler.is_allowed(context.request, {"username": self.user.username}):
            raise ValidationError(_("错误次数过多，登录已暂时锁定。请稍后再试，或联系系统管理员。"))
        return super().clean_code()


@receiver(authentication_failed)
def _count(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)


def signed_in_with(request: HttpRequest) -> str:
    """How somebody signed in: `token` (a program), `two` (password and second factor) or `password`."""
    actor = getattr(request, "actor", None)
    if actor is not None and actor.limit is not None:
        return "token"
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())
    return "two" if any(one.get("method") == "mfa" for one in methods) else "password"
