"""Small helpers for the tests of this wing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from duikou.wings.hospitals.models import Hospital

HOSPITAL = "安吉县人民医院"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language a page was asked for before."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    """Each test has a folder of its own for files and the store."""
    settings.DISCHARGES = tmp_path / "discharges"
    return tmp_path / "discharges"


@pytest.fixture
def hospital(db: None) -> Hospital:
    """A hospital of the register."""
    return Hospital.objects.get(name=HOSPITAL)


@pytest.fixture
def liaison(actor: Callable[..., object]) -> object:
    """Who submits and signs for that hospital."""
    return actor("hospital_liaison", HOSPITAL)


@pytest.fixture
def province(actor: Callable[..., object]) -> object:
    """An officer of the provincial office."""
    return actor("provincial_officer", "浙江省")
