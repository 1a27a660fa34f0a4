"""What signed agreements (and plans) oblige to, as the ledger takes it.

The wings of agreements and of plans know nothing of the ledger: when their duties change they send
`duties_changed`, inside the transaction of the act that changed them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.dispatch import Signal

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import Measure


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of one holder (an agreement, a plan): the ledger cuts it into dated obligations.

    `key` is stable within its holder: a clause id, `task-17`. `start` and `end` bound it (both days
    included). `owner_department` is a specialty's id and `owner_person` a person's number; both may be
    left open. `rule` and `source` say where it comes from.
    """

    key: str
    title: Text
    text: Text
    owner: Party
    beneficiary: Party
    rule: str
    source: str
    start: dt.date
    end: dt.date
    measure: Measure | None
    evidence: tuple[str, ...] = ()
    owner_department: str = ""
    owner_person: int | None = None


duties_changed = Signal()
"""Sent with `holder` ("agreement:12", "plan:7"), `pairing` (Pairing), `duties` (tuple of Duty, all that
hold from now on; empty when the holder ended), `on` (date), `actor` and `reason`."""
