"""A real pairing with the people who act for its two hospitals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing

SINCE = dt.date(2014, 1, 1)


@pytest.fixture(autouse=True)
def kept_files(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS = tmp_path


@pytest.fixture
def pairing(db: None) -> Pairing:
    """浙江医院 → 安吉县人民医院, as printed in annex 1."""
    return Pairing.objects.select_related("supporter__org", "recipient__org").get(
        recipient__name="安吉县人民医院"
    )


@pytest.fixture
def user_at(db: None) -> Callable[[Hospital, str], User]:
    """An account with a role at a hospital."""

    def make(hospital: Hospital, role: str) -> User:
        user = User.objects.create(username=f"{role}-{hospital.pk}", display_name=role)
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
        return user

    return make


@pytest.fixture
def at(user_at: Callable[[Hospital, str], User]) -> Callable[[Hospital, str], Actor]:
    """Somebody with a role at a hospital."""
    return lambda hospital, role: actor_for(user_at(hospital, role))
