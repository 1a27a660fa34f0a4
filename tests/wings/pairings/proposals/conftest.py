"""Proposals in each state, and the people who work on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from duikou.wings.pairings import desk
from duikou.wings.pairings.actions.deciding import approve_proposal, submit_proposal
from duikou.wings.pairings.actions.proposals import create_proposal
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import Proposal, Round

ROUND = "zhejiang-2014"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Messages are compared in Chinese; what the desk keeps in memory belongs to one test."""
    desk.forget()
    with translation.override("zh-hans"):
        yield
    desk.forget()


@pytest.fixture
def planner(actor: Callable[..., Any]) -> Any:
    """An officer of the provincial office."""
    return actor("provincial_officer", "浙江省")


@pytest.fixture
def chief(actor: Callable[..., Any]) -> Any:
    """Another officer of the provincial office, who decides."""
    return actor("provincial_officer", "浙江省")


@pytest.fixture
def hangzhou(actor: Callable[..., Any]) -> Any:
    """An officer of Hangzhou."""
    return actor("city_officer", "杭州市")


@pytest.fixture
def ningbo(actor: Callable[..., Any]) -> Any:
    """An officer of Ningbo."""
    return actor("city_officer", "宁波市")


@pytest.fixture
def draft(planner: Any) -> Proposal:
    """A draft of the province."""
    return create_proposal(actor=planner, round_key=ROUND, name="试拟方案")


@pytest.fixture
def solved(planner: Any, draft: Proposal) -> Proposal:
    """A draft with a result."""
    assert solve_proposal(actor=planner, proposal=draft).result is not None
    return draft


@pytest.fixture
def submitted(planner: Any, solved: Proposal) -> Proposal:
    """A proposal before the authorities."""
    return submit_proposal(actor=planner, proposal=solved)


@pytest.fixture
def approved(chief: Any, submitted: Proposal) -> Proposal:
    """A proposal that everybody agreed to."""
    return approve_proposal(actor=chief, proposal=submitted, reason="各市来函同意")


@pytest.fixture
def trial_round(db: None) -> Round:
    """An empty round beside the loaded one."""
    known = Round.objects.get(key=ROUND)
    return Round.objects.create(
        key="trial",
        name="试验轮次",
        org=known.org,
        policy_pack=known.policy_pack,
        start=known.start,
        end=known.end,
        divisions_on=known.divisions_on,
    )
