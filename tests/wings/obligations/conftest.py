"""A signed agreement's duties between two hospitals, and the people of both sides and above them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from duikou.core.scope import SYSTEM, Actor
from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import Measure, Period
from duikou.policy.vocabulary import Mark
from duikou.wings.agreements.duties import Duty, duties_changed
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing

SUPPORTER, RECIPIENT = "浙江医院", "安吉县人民医院"
START, END = dt.date(2014, 2, 15), dt.date(2017, 2, 14)
HOLDER = "agreement:1"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language a page was asked for before."""
    with translation.override("zh-hans"):
        yield


def duty(
    key: str = "posting",
    period: Period | None = Period.YEAR,
    *,
    target: int | None = 2,
    unit: str = "person",
    owner: Party = Party.SUPPORTER,
    start: dt.date = START,
    end: dt.date = END,
    evidence: tuple[str, ...] = ("posting", "upload"),
    text: str = "派驻副主任医师以上人员",
    department: str = "",
) -> Duty:
    """One duty, as an agreement or a plan would send it."""
    measure = Measure(unit, target, period, Mark.INFERRED) if period else None
    other = Party.RECIPIENT if owner is Party.SUPPORTER else Party.SUPPORTER
    return Duty(
        key,
        Text(text, f"{key} in English"),
        Text(f"{text}。", f"{key}, in full."),
        owner,
        Party.BOTH if owner is Party.BOTH else other,
        "AGR-09",
        "S1 附件3 §二(一)2",
        start,
        end,
        measure,
        evidence,
        owner_department=department,
    )


def send(
    *duties: Duty,
    pairing: Pairing,
    on: dt.date = START,
    actor: Actor = SYSTEM,
    holder: str = HOLDER,
    reason: str = "协议签订",
) -> None:
    """What the wing of agreements does when it signs, amends or ends."""
    duties_changed.send(
        sender=None, holder=holder, pairing=pairing, duties=duties, on=on, actor=actor, reason=reason
    )


@pytest.fixture
def pairing(db: None) -> Pairing:
    """A pairing of the real round."""
    return Pairing.objects.get(
        round__key="zhejiang-2014", supporter__name=SUPPORTER, recipient__name=RECIPIENT
    )


@pytest.fixture
def obligation(pairing: Pairing) -> Obligation:
    """The first year of a counted duty of the supporter."""
    send(duty(), pairing=pairing)
    return Obligation.objects.get(holder=HOLDER, number=1)


@pytest.fixture
def giver(actor: Callable[..., Actor]) -> Actor:
    """Who acts for the supporter."""
    return actor("hospital_liaison", SUPPORTER)


@pytest.fixture
def taker(actor: Callable[..., Actor]) -> Actor:
    """Who acts for the recipient."""
    return actor("hospital_president", RECIPIENT)


@pytest.fixture
def county(actor: Callable[..., Actor], pairing: Pairing) -> Actor:
    """The authority above the recipient."""
    return actor("city_officer", "湖州市")


@pytest.fixture
def province(actor: Callable[..., Actor]) -> Actor:
    """The provincial office."""
    return actor("provincial_officer", "浙江省")


@pytest.fixture
def stranger(actor: Callable[..., Actor]) -> Actor:
    """Somebody of another hospital."""
    return actor("hospital_president", "海盐县中医院")
