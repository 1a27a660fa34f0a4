"""A token ends with what it stands on: the account's password, its being open, the token that made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duikou.core import tokens
from duikou.core.errors import DuikouError
from duikou.core.models import User
from duikou.core.scope import actor_for
from duikou.wings.people import actions

pytestmark = pytest.mark.django_db


def _settled(user: User) -> None:
    User.objects.filter(pk=user.pk).update(must_change_password=False)


@pytest.fixture
def made(account: Callable[..., Any]) -> tuple[Any, User, str]:
    user = account("city_officer", "杭州市")
    _row, token = tokens.create(actor=actor_for(user), name="统计", scopes=["pairing.view"], days=30)
    assert tokens.actor_of(token)
    return actor_for(account("system_admin")), user, token


def test_a_reset_password_ends_tokens(made: tuple[Any, User, str]) -> None:
    admin, user, token = made
    actions.reset_password(actor=admin, user=user)
    _settled(user)
    assert tokens.actor_of(token) is None


def test_a_closed_account_leaves_no_token_for_its_return(made: tuple[Any, User, str]) -> None:
    admin, user, token = made
    actions.deactivate(actor=admin, user=user, reason="离职")
    assert tokens.actor_of(token) is None
    actions.reactivate(actor=admin, user=user, reason="返聘")
    _settled(user)
    assert tokens.actor_of(token) is None


def test_a_token_makes_no_token_that_outlives_it(account: Callable[..., Any]) -> None:
    user = account("city_officer", "杭州市")
    row, token = tokens.create(actor=actor_for(user), name="一", scopes=["token.manage"], days=1)
    found = tokens.actor_of(token)
    assert found
    try:
        child, _text = tokens.create(actor=found[1], name="二", scopes=["token.manage"], days=366)
    except DuikouError:
        return
    assert child.expires_at <= row.expires_at
