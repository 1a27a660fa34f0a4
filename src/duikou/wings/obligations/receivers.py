"""What the ledger does when agreements, plans and the register tell that something changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from duikou.core.scope import Actor
from duikou.wings.agreements.duties import Duty, duties_changed
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.obligations.actions.duties import follow_hospital, set_duties
from duikou.wings.pairings.models import Pairing


def take_duties(
    sender: Any,
    *,
    holder: str,
    pairing: Pairing,
    duties: Sequence[Duty],
    on: dt.date,
    actor: Actor,
    reason: str,
    demonstration: bool = False,
    **_: Any,
) -> None:
    """Write what holds from now on into the ledger, in the transaction of the act that changed it."""
    set_duties(
        actor=actor,
        holder=holder,
        pairing=pairing,
        duties=duties,
        on=on,
        reason=reason,
        demonstration=demonstration,
    )


def move(sender: type[Hospital], hospital: Hospital, old_path: str, new_path: str, **_: Any) -> None:
    """Keep the copied paths of a hospital that got another keeper."""
    follow_hospital(old_path=old_path, new_path=new_path)


def connect() -> None:
    """Listen."""
    duties_changed.connect(take_duties, dispatch_uid="obligations.take_duties")
    hospital_moved.connect(move, dispatch_uid="obligations.follow_hospital")
