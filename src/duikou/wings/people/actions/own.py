"""What somebody sets for themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from duikou.core.accounts import record
from duikou.core.errors import Denied, Invalid
from duikou.core.models import User
from duikou.core.scope import Actor


def choose_language(*, actor: Actor, user: User, language: str) -> None:
    """Set the language in which the pages greet an account ('' = the browser's). Only one's own.

    Raises Invalid for a language that the site does not speak.
    """
    if user.pk != actor.user_id:
        raise Denied(_("只能修改自己的界面语言。"))
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid(_("没有这种界面语言。"), fields={"language": [_("请从列表中选择。")]})
    with transaction.atomic():  # needs no permission, as signing in needs none
        user.language = language
        user.save(update_fields=["language"])
        record("account.language_chosen", user)
