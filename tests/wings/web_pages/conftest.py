"""What the tests of the pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def signed_in(client: Client, account: Callable[..., Any]) -> Callable[..., Client]:
    """A browser of somebody with a role: `signed_in("city_officer", "杭州市")`."""

    def enter(role: str | None = None, place: str | None = None) -> Client:
        client.force_login(account(role, place))
        return client

    return enter


@pytest.fixture
def read(client: Client) -> Callable[..., str]:
    """The text of a page of the signed-in browser; the page must be there."""

    def page(address: str, **query: str) -> str:
        answer = client.get(address, query)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    return page
