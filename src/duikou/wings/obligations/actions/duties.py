"""What holds: the duties of an agreement or a plan become dated obligations, again and again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from duikou.core.actions import act, require_reason
from duikou.core.scope import Actor
from duikou.core.search.index import refresh
from duikou.engines.text import Text
from duikou.wings.agreements.duties import Duty
from duikou.wings.obligations.models import Delegation, Obligation
from duikou.wings.obligations.models.ledger import AGREED
from duikou.wings.obligations.periods import Span, periods
from duikou.wings.obligations.search import OBLIGATIONS
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

Identity = tuple[str, str]  # key of the duty, name of the period
BATCH = 500


@dataclass(frozen=True, slots=True)
class Changed:
    """How many obligations a new set of duties made, changed, closed and reopened."""

    made: int = 0
    changed: int = 0
    closed: int = 0
    reopened: int = 0


def set_duties(
    *,
    actor: Actor,
    holder: str,
    pairing: Pairing,
    duties: Sequence[Duty],
    on: dt.date,
    reason: str,
    demonstration: bool = False,
) -> Changed:
    """Let exactly `duties` hold for `holder` from `on`; calling it again changes nothing.

    What still holds keeps its evidence and everything said about it. What no longer holds is closed
    with the reason, and comes back as it was if it holds again. Periods that were over before `on`
    were owed while they lasted and stay, unless a duty of the same key now covers their days.

    The act that changed the duties has asked for its own permission; here it is enough to see them.
    """
    reason = require_reason(reason)
    wanted = _wanted(duties)
    with act("obligation.set_duties", actor=actor, permission="obligation.view", on=pairing) as event:
        known = {
            (row.key, row.period): row
            for row in Obligation.objects.select_for_update(no_key=True).filter(holder=holder)
        }
        agreed = {row.key: row.target for row in known.values() if row.target_mark == AGREED}
        people = _people(duties)
        new: list[Obligation] = []
        changed: list[Obligation] = []
        reopened = 0
        for identity, (duty, span) in wanted.items():
            values = _values(duty, span, agreed, people)
            row = known.get(identity)
            if row is None:
                new.append(_new(holder, pairing, identity, values, demonstration))
            elif row.end < on and row.closed_on is None:
                continue  # over: what was owed then stays as it was
            elif differing := {name: v for name, v in values.items() if getattr(row, name) != v}:
                reopened += "closed_on" in differing
                for name, value in differing.items():
                    setattr(row, name, value)
                row.version += 1
                changed.append(row)
        closed = [row for identity, row in known.items() if identity not in wanted and _ends(row, wanted, on)]
        for row in closed:
            row.closed_on, row.closed_reason = on, reason
            row.version += 1
        Obligation.objects.bulk_create(new, batch_size=BATCH)
        Obligation.objects.bulk_update([*changed, *closed], [*COPIED, "version"], batch_size=BATCH)
        refresh(OBLIGATIONS, [row.pk for row in (*new, *changed) if row.number == 1])
        found = Changed(len(new), len(changed), len(closed), reopened)
        event.note(
            pairing,
            label=f"{holder} · {pairing}"[:200],
            after={"holder": holder, "on": on.isoformat(), "made": found.made, "changed": found.changed,
                   "closed": found.closed},
            reason=reason,
        )  # fmt: skip
    return found


# What a duty decides about its obligations; the rest is what people said and gave.
COPIED = (
    "number", "start", "end", "due", "period_kind", "title", "text", "owner", "beneficiary",
    "owner_department", "owner_person_id", "rule", "source", "unit", "target", "target_mark", "note",
    "evidence_kinds", "closed_on", "closed_reason",
)  # fmt: skip


def _wanted(duties: Iterable[Duty]) -> dict[Identity, tuple[Duty, Span]]:
    found: dict[Identity, tuple[Duty, Span]] = {}
    for duty in duties:
        for span in periods(duty):
            if (identity := (duty.key, span.name)) in found:
                raise ValueError(f"two duties of one holder have the key {duty.key!r}")
            found[identity] = (duty, span)
    return found


def _people(duties: Iterable[Duty]) -> set[int]:
    """Who of the persons named is registered."""
    named = {duty.owner_person for duty in duties if duty.owner_person is not None}
    return set(Person.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _values(duty: Duty, span: Span, agreed: dict[str, int | None], people: set[int]) -> dict[str, Any]:
    measure = duty.measure
    target, mark = (measure.target, str(measure.mark)) if measure else (None, "")
    if measure and target is None and duty.key in agreed:  # the documents leave it open; the parties did not
        target, mark = agreed[duty.key], AGREED
    return {
        "number": span.number,
        "start": span.start,
        "end": span.end,
        "due": span.due,
        "period_kind": str(span.kind),
        "title": _both(duty.title),
        "text": _both(duty.text),
        "owner": str(duty.owner),
        "beneficiary": str(duty.beneficiary),
        "owner_department": duty.owner_department,
        "owner_person_id": duty.owner_person if duty.owner_person in people else None,
        "rule": duty.rule,
        "source": duty.source[:200],
        "unit": measure.unit if measure else "",
        "target": target,
        "target_mark": mark,
        "note": _both(measure.note) if measure and measure.note else None,
        "evidence_kinds": list(duty.evidence),
        "closed_on": None,
        "closed_reason": "",
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _new(
    holder: str, pairing: Pairing, identity: Identity, values: dict[str, Any], demonstration: bool
) -> Obligation:
    return Obligation(
        holder=holder,
        key=identity[0],
        period=identity[1],
        pairing=pairing,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        demonstration=demonstration,
        **values,
    )


def _ends(row: Obligation, wanted: dict[Identity, tuple[Duty, Span]], on: dt.date) -> bool:
    """Whether an obligation that is not wanted any more has to be closed."""
    if row.closed_on is not None:
        return False
    if row.end >= on:
        return True
    return any(
        duty.key == row.key and span.start <= row.end and span.end >= row.start
        for duty, span in wanted.values()
    )


def follow_hospital(*, old_path: str, new_path: str) -> None:
    """Follow a hospital to its new keeper, in the transaction of that act."""
    for field in ("supporter_path", "recipient_path"):
        Obligation.objects.filter(**{field: old_path}).update(**{field: new_path})
    Delegation.objects.filter(scope_path=old_path).update(scope_path=new_path)
