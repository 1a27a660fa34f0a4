"""Small helpers for the tests of this wing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.rounds import create_round
from duikou.wings.pairings.models import Finding, Pairing, Round

START, END = dt.date(2014, 2, 15), dt.date(2017, 2, 14)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language a page was asked for before."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def province(actor: Callable[..., object]) -> object:
    """An officer of the provincial office."""
    return actor("provincial_officer", "浙江省")


@pytest.fixture
def hangzhou(actor: Callable[..., object]) -> object:
    """An officer of Hangzhou."""
    return actor("city_officer", "杭州市")


@pytest.fixture
def ningbo(actor: Callable[..., object]) -> object:
    """An officer of Ningbo."""
    return actor("city_officer", "宁波市")


@pytest.fixture
def trial(db: None) -> Round:
    """An empty round beside the loaded one."""
    return create_round(
        actor=SYSTEM,
        key="trial",
        name="试验轮次",
        org=OrgUnit.objects.get(kind="province", name="浙江省"),
        policy_pack="zhejiang-2014",
        start=START,
        end=END,
        divisions_on=dt.date(2014, 1, 26),
    )


def pairing(supporter: str, recipient: str) -> Pairing:
    """A loaded pairing by its printed names."""
    return Pairing.objects.get(
        round__key="zhejiang-2014", supporter_printed=supporter, recipient_printed=recipient
    )


def finding(rule: str, subject: str) -> Finding:
    """A standing finding of the loaded round by rule and first subject."""
    rows = Finding.objects.filter(round__key="zhejiang-2014", rule=rule)
    (found,) = [row for row in rows if row.subjects[0] == subject]
    return found
