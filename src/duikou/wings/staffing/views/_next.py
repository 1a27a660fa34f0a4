"""What to do next about people: what waits for the reader, else where the own side begins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.postings.queries import desk
from duikou.wings.postings.queries.waiting import waits_for as postings_wait_for
from duikou.wings.presence.queries.weeks import waits_for as presence_waits_for
from duikou.wings.rosters.queries.waiting import waits_for as rosters_wait_for
from duikou.wings.training.queries import waits_for as training_waits_for

WINGS = (postings_wait_for, rosters_wait_for, presence_waits_for, training_waits_for)


@dataclass(frozen=True, slots=True)
class Begin:
    """A first step and where it is done."""

    label: str
    icon: str
    url: str


def waiting(actor: Actor) -> list[Waiting]:
    """What waits for the reader in the wings of people."""
    return list(chain.from_iterable(told(actor) for told in WINGS))


def begin(actor: Actor, query: str) -> list[Begin]:
    """First steps of the reader's side: recipients ask, supporters answer, authorities look for gaps."""
    found = []
    if desk.pairings_of(actor, "recipient_path").exists():
        found += [
            Begin(_("提出派驻需求"), "plus", link("postings:ask")),
            Begin(_("申请进修"), "plus", link("training:apply")),
        ]
    if desk.pairings_of(actor, "supporter_path").exists():
        found += [
            Begin(_("看派驻需求"), "clipboard-list", link("postings:requests")),
            Begin(_("提供进修名额"), "plus", link("training:offer")),
        ]
    return found or [Begin(_("看即将出现的缺口"), "calendar", f"{link('staffing:gaps')}?{query}")]
