"""Demonstration data of the ledger: invented, marked, the same for one seed, and gone when cleared."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.wings.obligations import demo
from duikou.wings.obligations.actions import set_duties
from duikou.wings.obligations.models import Evidence, Obligation, Statement
from duikou.wings.obligations.standing import stage
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import START, duty, send


def fill() -> None:
    for number, pairing in enumerate(Pairing.objects.order_by("pk")[:20]):
        set_duties(
            actor=SYSTEM,
            holder=f"agreement:{9000 + number}",
            pairing=pairing,
            duties=[
                duty("a", Period.QUARTER, target=None),
                duty("b", Period.YEAR, unit="percent", target=100),
                duty("c", Period.YEAR, owner=Party.BOTH, unit="flag", target=1),
                duty("d", None),
            ],
            on=START,
            reason="演示",
            demonstration=True,
        )


def shown() -> list[tuple[object, ...]]:
    rows = Obligation.objects.filter(demonstration=True).order_by("holder", "key", "start")
    return list(rows.values_list("key", "stage", "given", "accepted", "supporter_says", "target"))


def test_load_and_clear(pairing: Pairing) -> None:
    send(duty(), pairing=pairing)  # real ones, which stay as they are
    real = list(Obligation.objects.order_by("pk").values())
    fill()
    made = demo.load(seed=1)
    assert made["obligations"] == 20 * (12 + 3 + 3 + 1)
    stages = Counter(row[1] for row in shown())
    assert set(stages) == {"promised", "delivered", "verified", "unmet", "disputed"}
    assert stages["verified"] > stages["disputed"] > 0
    for row in Obligation.objects.filter(demonstration=True):
        assert row.stage == stage(row.party, row.words)
        assert row.unit != "percent" or row.given <= 100
    assert all("演示" in text for text in Evidence.objects.values_list("title", flat=True))
    assert not Evidence.objects.filter(on__gt=dt.date(2017, 2, 14)).exists()
    with pytest.raises(Conflict):
        demo.load(seed=1)
    first = shown()
    demo.clear()
    assert list(Obligation.objects.order_by("pk").values()) == real
    assert (Evidence.objects.count(), Statement.objects.count()) == (0, 0)
    fill()
    demo.load(seed=1)
    assert shown() == first
