"""A posted person with an account, the host's people, and a phone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Posting
from duikou.wings.presence.actions import Outcome, Replayed, replay
from duikou.wings.presence.evidence import TITLES
from duikou.wings.presence.folding import CHINA
from tests.wings.posted import SINCE, a_pairing, account_of, posting_of


def clock(text: str) -> dt.datetime:
    """A moment in China, written 2014-03-03 08:00."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture(autouse=True)
def kept_files(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS = tmp_path


@pytest.fixture
def pairing(db: None) -> Pairing:
    return a_pairing()


@pytest.fixture
def posting(pairing: Pairing) -> Posting:
    """On post from March to August 2014."""
    return posting_of(pairing, "甲")


@pytest.fixture
def user(posting: Posting) -> User:
    return account_of(posting.person)


@pytest.fixture
def user_at(db: None) -> Callable[[Hospital, str], User]:
    def make(hospital: Hospital, role: str) -> User:
        user = User.objects.create(username=f"{role}-{hospital.pk}", display_name=role)
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
        return user

    return make


@pytest.fixture
def liaison(pairing: Pairing, user_at: Callable[[Hospital, str], User]) -> Actor:
    """Who confirms at the recipient."""
    return actor_for(user_at(pairing.recipient, "hospital_liaison"))


def owed(pairing: Pairing, **values: Any) -> Obligation:
    """What the supporter owes in the first half of 2014, shown by any work."""
    fields: dict[str, Any] = {
        "holder": "agreement:0",
        "key": "teaching",
        "period": "half",
        "period_kind": "term",
        "start": dt.date(2014, 1, 1),
        "end": dt.date(2014, 6, 30),
        "due": dt.date(2014, 6, 30),
        "title": {"zh": "临床教学", "en": "Teaching"},
        "text": {"zh": "临床教学", "en": "Teaching"},
        "owner": "supporter",
        "beneficiary": "recipient",
        "unit": "session",
        "evidence_kinds": [*TITLES, "upload"],
        **values,
    }
    return Obligation.objects.create(
        pairing=pairing,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        **fields,
    )


@dataclass
class Phone:
    """A phone whose clock may be wrong, with a queue."""

    actor: Actor
    wrong: dt.timedelta = dt.timedelta()
    queue: list[dict[str, Any]] = field(default_factory=list)

    def tap(self, kind: str, at: str, place: str = "unknown") -> dict[str, Any]:
        """Queue a check at a true time; the phone writes down its own."""
        said = (clock(at) + self.wrong).isoformat()
        item = {"uuid": str(uuid.uuid4()), "kind": kind, "at": said, "place": place}
        self.queue.append(item)
        return item

    def report(self, day: str, at: str, **counts: int) -> dict[str, Any]:
        """Queue counters of a day, said at a true time."""
        said = (clock(at) + self.wrong).isoformat()
        item = {"uuid": str(uuid.uuid4()), "kind": "work", "at": said, "day": day, "counts": counts}
        self.queue.append(item)
        return item

    def send(self, at: str, sent: list[Any] | None = None) -> Replayed:
        """Send the queue (or other things) at a true time."""
        now = clock(at)
        given = self.queue if sent is None else sent
        return replay(actor=self.actor, sent_at=now + self.wrong, sent=given, now=now)

    def one(self, at: str) -> Outcome:
        """Send a queue of one item."""
        (found,) = self.send(at).outcomes
        return found


@pytest.fixture
def phone(user: User) -> Phone:
    return Phone(actor_for(user))
