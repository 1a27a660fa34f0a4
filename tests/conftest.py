"""Fixtures shared by all tests. The database holds Zhejiang's real round once for the whole run."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import settings

from tests.examples import ORDINARY, PROFILE, examples

SHARED = Path(
    os.environ.get("DUIKOU_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared")
).resolve()
DAY = dt.date(2014, 3, 1)


# Times are measured in tests/bench, never asserted: a busy machine must not fail a test. The examples
# of `make test` are the same in every run; `make fuzz` looks for new ones and for more of them.
settings.register_profile("duikou", deadline=None, derandomize=True, max_examples=examples(ORDINARY))
settings.register_profile("fuzz", deadline=None, max_examples=ORDINARY)
settings.load_profile(PROFILE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """For the second database: what touches none, or only goes round once more, has been run on the first."""
    parser.addoption(
        "--near-the-database", action="store_true", help="leave out tests that use no database, and `once`"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what uses no database, where only that is asked for; the balance names the number."""
    if not config.getoption("--near-the-database"):
        return
    near: list[pytest.Item] = []
    far: list[pytest.Item] = []
    for one in items:
        fixtures = set(getattr(one, "fixturenames", ()))
        uses = fixtures & {"db", "transactional_db"} or one.get_closest_marker("django_db")
        (near if uses and not one.get_closest_marker("once") else far).append(one)
    config.hook.pytest_deselected(items=far)
    items[:] = near


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Each test starts in the source language and with empty caches, whatever ran before it."""
    cache.clear()
    translation.activate("zh-hans")
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of optional reference material; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip(f"optional reference material is not there: set DUIKOU_SHARED (looked in {SHARED.name}/)")
    return SHARED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Load divisions, register and the 2014 round once; each test rolls back its own changes."""
    from duikou.wings.pairings import loading

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        loading.load_everything()


@pytest.fixture
def account(db: None) -> Callable[..., object]:
    """Make an account with one role: `account("city_officer", "杭州市")`; the org by name, or none."""
    from duikou.core.models import OrgUnit, RoleGrant, User

    def make(role: str | None = None, org: str | None = None, username: str = "") -> User:
        user = User.objects.create(
            username=username or f"u{User.objects.count() + 1}", display_name=role or "无角色"
        )
        user.set_unusable_password()
        user.save()
        if role:
            unit = OrgUnit.objects.get(name=org) if org else OrgUnit.objects.get(kind="nation")
            RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=dt.date(2014, 1, 1))
        return user

    return make


@pytest.fixture
def actor(account: Callable[..., object]) -> Callable[..., object]:
    """Make an actor with one role at one organisation unit: `actor("city_officer", "杭州市")`."""
    from duikou.core.scope import actor_for

    def make(role: str | None = None, org: str | None = None) -> object:
        return actor_for(account(role, org))  # type: ignore[arg-type]

    return make


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test's connection, with its transaction, when a request or a stream ends."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
