"""Small helpers for the tests of this wing: a pair, its people, agreements in each state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from duikou.core.scope import Actor
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import drafting, reviewing, signing
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.pairings.models import Pairing

SCAN = Upload(b"%PDF-1.4 seals", "盖章页.pdf")
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language a page was asked for before."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Each test has a folder of its own for documents."""
    settings.DOCUMENTS = tmp_path / "documents"


@pytest.fixture
def pairing(db: None) -> Pairing:
    """A provincial pairing of the loaded round."""
    found = Pairing.objects.select_related("round__org", "supporter__org", "recipient__org")
    return found.filter(table="1", kind="normal").order_by("position")[0]


@dataclass
class People:
    """Those who have a say: presidents and liaisons of both hospitals, both superiors, the office."""

    supporter: Actor
    recipient: Actor
    supporter_liaison: Actor
    recipient_liaison: Actor
    province: Actor
    county: Actor
    stranger: Actor


@pytest.fixture
def people(actor: Callable[..., Any], pairing: Pairing) -> People:
    """The people of the pair; the stranger is the president of another hospital."""
    other = (
        Pairing.objects.exclude(supporter__in=(pairing.supporter_id, pairing.recipient_id))
        .exclude(recipient__in=(pairing.supporter_id, pairing.recipient_id))
        .order_by("position")
    )[0]
    parent = pairing.recipient.org.parent
    assert parent is not None
    return People(
        supporter=actor("hospital_president", pairing.supporter.org.name),
        recipient=actor("hospital_president", pairing.recipient.org.name),
        supporter_liaison=actor("hospital_liaison", pairing.supporter.org.name),
        recipient_liaison=actor("hospital_liaison", pairing.recipient.org.name),
        province=actor("provincial_officer", "浙江省"),
        county=actor(f"{parent.kind}_officer", parent.name),
        stranger=actor("hospital_president", other.recipient.org.name),
    )


TERM = Terms(
    drafted_on=TODAY - dt.timedelta(days=20),
    start=TODAY - dt.timedelta(days=10),
    end=drafting.last_day_of(TODAY - dt.timedelta(days=10), 3),
    supporter_representative="演示甲",
    recipient_representative="演示乙",
)


@dataclass
class Made:
    """Makes agreements as far along as a test needs them."""

    pairing: Pairing
    people: People

    def draft(self, **options: Any) -> Agreement:
        """A draft whose text the check takes."""
        return drafting.create_draft(
            actor=self.people.province, pairing=self.pairing, terms=options.pop("terms", TERM), **options
        )

    def review(self) -> Agreement:
        """Sent to both sides."""
        agreement = self.draft()
        reviewing.send(actor=self.people.supporter_liaison, agreement=agreement)
        return agreement

    def approved(self) -> Agreement:
        """Both sides have agreed."""
        agreement = self.review()
        reviewing.agree(actor=self.people.supporter, agreement=agreement, side="supporter")
        reviewing.agree(actor=self.people.recipient, agreement=agreement, side="recipient")
        return agreement

    def signed(self) -> Agreement:
        """In force."""
        return self.sign(self.approved())

    def sign(self, agreement: Agreement, on: dt.date = TODAY) -> Agreement:
        """Both sign."""
        for side, who in (("supporter", self.people.supporter), ("recipient", self.people.recipient)):
            signing.sign(actor=who, agreement=agreement, side=side, signatory=f"演示{side}", on=on, scan=SCAN)
        return agreement

    def filed(self) -> Agreement:
        """The provincial office has its copy."""
        agreement = self.signed()
        signing.send_copy(actor=self.people.supporter_liaison, agreement=agreement, on=TODAY)
        signing.confirm_copy(actor=self.people.province, agreement=agreement, on=TODAY)
        return agreement

    def shrunken(self) -> Agreement:
        """A draft whose text lacks a duty."""
        agreement = self.draft()
        content = without(agreement, "supporter-costs")
        drafting.edit_text(actor=self.people.recipient_liaison, agreement=agreement, content=content)
        return agreement


@pytest.fixture
def made(pairing: Pairing, people: People) -> Made:
    """Agreements of the pair."""
    return Made(pairing, people)


def content_of(agreement: Agreement) -> papers.Content:
    """The newest text."""
    return queries.version(agreement, agreement.latest).content


def without(agreement: Agreement, clause: str) -> papers.Content:
    """The text without one clause."""
    content = content_of(agreement)
    rows = [row for row in content["clauses"] if row["id"] != clause]
    assert len(rows) == len(content["clauses"]) - 1, [row["id"] for row in content["clauses"]]
    return {**content, "clauses": rows}


def with_clause(agreement: Agreement, heading: str, text: str) -> papers.Content:
    """The text with a clause more."""
    content = content_of(agreement)
    row = {"id": "", "heading": heading, "text": text, "target": None}
    return {**content, "clauses": [*content["clauses"], row]}
