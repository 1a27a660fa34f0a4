"""Demonstration data (演示数据): invented approvals and cases of techniques at the round's recipients.

Nothing of it happened. Every row is marked `demonstration`, so that `clear` finds all of it.
"""

from __future__ import annotations

import datetime as dt
import random

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.capabilities.standing import Done, Leave, standing
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability
from duikou.wings.pairings.models import Pairing

NUMBER = "演示〔%d〕%d 号"
BEGUN, MASTERED = 0.55, 0.45  # share of techniques with approvals, and of those with independence


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent approvals and cases; the same seed gives the same data. Raises Conflict when they are there."""
    if Approval.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    capabilities: list[Capability] = []
    approvals: list[Approval] = []
    performances: list[Performance] = []
    known = set(Capability.objects.values_list("hospital_id", "technique"))
    first: dict[int, Pairing] = {}
    for pairing in Pairing.objects.select_related("supporter", "recipient").order_by("position"):
        first.setdefault(pairing.recipient_id, pairing)
    with act("demo.loaded", actor=SYSTEM, permission="capability.edit") as event:
        for pairing in first.values():
            for technique in catalogue.techniques().values():
                if (pairing.recipient_id, technique.id) in known or chance.random() > BEGUN:
                    continue
                capability = Capability(hospital=pairing.recipient, technique=technique.id)
                given, done = _invented(chance, pairing, capability, technique.year)
                found = standing(
                    [Leave(a.hospital_id == pairing.recipient_id, a.kind == "independent") for a in given],
                    [Done(p.on, p.by == Performance.By.OWN) for p in done],
                )
                for column in found.__dataclass_fields__:
                    setattr(capability, column, getattr(found, column))
                capabilities.append(capability)
                approvals += given
                performances += done
        Capability.objects.bulk_create(capabilities)
        Approval.objects.bulk_create(approvals)
        Performance.objects.bulk_create(performances)
        made = {"approvals": len(approvals), "performances": len(performances)}
        event.note(after=made)
    return made


def _invented(
    chance: random.Random, pairing: Pairing, capability: Capability, year: int
) -> tuple[list[Approval], list[Performance]]:
    """Approvals of both hospitals, cases under guidance, and for some a time of independence."""
    day = dt.date(year, 1, 5) + dt.timedelta(days=chance.randrange(150))
    given = [_approval(chance, capability, pairing, pairing.recipient_id, day, "leave")]
    if chance.random() < 0.85:
        given.append(_approval(chance, capability, pairing, pairing.supporter_id, day, "leave"))
        done = [
            _performance(chance, capability, pairing, day + dt.timedelta(days=20 * n), by)
            for n, by in enumerate(("posted", "guided")[: chance.randint(0, 2)], start=1)
        ]
    else:
        done = []
    if done and chance.random() < MASTERED:
        last = day + dt.timedelta(days=120)
        done.append(_performance(chance, capability, pairing, last, "own"))
        given.append(
            _approval(
                chance, capability, pairing, pairing.recipient_id, last + dt.timedelta(days=7), "independent"
            )
        )
    return given, done


def _approval(
    chance: random.Random, capability: Capability, pairing: Pairing, hospital_id: int, on: dt.date, kind: str
) -> Approval:
    own = hospital_id == pairing.recipient_id
    return Approval(
        capability=capability,
        kind=kind,
        hospital_id=hospital_id,
        hospital_path=pairing.recipient_path if own else pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        on=on,
        number=NUMBER % (on.year, chance.randint(1, 60)),
        demonstration=True,
    )


def _performance(
    chance: random.Random, capability: Capability, pairing: Pairing, on: dt.date, by: str
) -> Performance:
    alone = by == Performance.By.OWN
    return Performance(
        capability=capability,
        on=on,
        by=by,
        supporter_id=None if alone else pairing.supporter_id,
        supporter_path="" if alone else pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        cases=chance.randint(1, 6),
        note="演示数据（虚构）",
        demonstration=True,
    )


def clear() -> dict[str, int]:
    """Remove all of it, with the capabilities that then have neither approval nor case."""
    with act("demo.cleared", actor=SYSTEM, permission="capability.edit") as event:
        touched = {
            key
            for rows in (Approval.objects, Performance.objects)
            for key in rows.filter(demonstration=True).values_list("capability", flat=True)
        }
        removed = {
            "performances": Performance.objects.filter(demonstration=True).delete()[0],
            "approvals": Approval.objects.filter(demonstration=True).delete()[0],
        }
        held = {
            key
            for rows in (Approval.objects, Performance.objects)
            for key in rows.filter(capability__in=touched).values_list("capability", flat=True)
        }
        Capability.objects.filter(pk__in=touched - held).delete()
        event.note(after=removed)
    return removed
