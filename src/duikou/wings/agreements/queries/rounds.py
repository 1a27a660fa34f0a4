"""Where the agreements of a round stand: the deadline of its pack, who signed and filed, who is late.

The rule says "before" its date (AGR-01); we take the day itself as still in time. Whether it also
binds the filing is not said outright, so a late filing is shown apart from a late signature.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from duikou.core.scope import Actor
from duikou.policy.errors import PackError
from duikou.policy.loader import load_pack
from duikou.policy.model import Rule
from duikou.wings.agreements.models import BINDING, ON_ITS_WAY, Agreement
from duikou.wings.agreements.papers import MAIN_KINDS
from duikou.wings.pairings.models import Pairing, Round

DEADLINE_RULE, DEADLINE = "AGR-01", "deadline"
IN_TIME, SIGNED_LATE, LATE, OPEN = "in_time", "signed_late", "late", "open"
STAGES = ("none", "draft", "refused", "review", "approved", "signed", "filed")


def deadline_rule(round_: Round) -> Rule | None:
    """The rule of the round's own pack that sets the deadline."""
    try:
        return load_pack(round_.policy_pack).on(round_.start).get(DEADLINE_RULE)
    except PackError:
        return None


def deadline_of(round_: Round) -> dt.date | None:
    """The day until which agreements are to be signed; None when the pack sets none."""
    rule = deadline_rule(round_)
    if rule is None or DEADLINE not in rule.parameters:
        return None
    value = rule.value(DEADLINE)
    return value if isinstance(value, dt.date) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one pairing stands with its agreement."""

    pairing_id: int
    agreement_id: int | None
    code: str
    supporter: str
    recipient: str
    city: str
    county: str
    kind: str
    stage: str  # one of STAGES, or the end of an agreement that was in force
    timing: str  # in_time, signed_late, late (not signed), open (not signed, there is time)
    signed_on: dt.date | None
    filed_on: dt.date | None
    days_late: int  # of the signature, up to today when there is none
    filed_late: bool

    @property
    def late(self) -> bool:
        """Whether there was no signature in time."""
        return self.timing in (LATE, SIGNED_LATE)

    @property
    def signed(self) -> bool:
        """Whether it was ever signed."""
        return self.signed_on is not None


_PAIRING = (
    "id", "supporter_printed", "recipient_printed", "recipient_division__name",
    "recipient_division__parent__name", "kind",
)  # fmt: skip
_AGREEMENT = ("pairing_id", "id", "code", "kind", "state", "accepted", "signed_on", "filed_on")


def standings(
    actor: Actor, round_: Round, *, today: dt.date | None = None, deadline: dt.date | None = None
) -> list[Standing]:
    """Every pairing of a round that the actor sees with its first agreement, in two queries."""
    day = today or timezone.localdate()
    limit = deadline or deadline_of(round_)
    rows = (
        Pairing.objects.visible_to(actor, "agreement.view")
        .filter(round=round_)
        .filter(Q(ended_reason="") | Q(agreements__isnull=False) | Q(end__gte=day))
        .distinct()
        .order_by("position", "pk")
        .values(*_PAIRING)
    )
    known = _agreements(actor, round_)
    return [_standing(row, known.get(row["id"]), limit, day) for row in rows]


def _agreements(actor: Actor, round_: Round) -> dict[int, dict[str, object]]:
    """By pairing the agreement that counts: the first that was signed, else the one on its way."""
    rows = (
        Agreement.objects.visible_to(actor)
        .filter(pairing__round=round_, kind__in=MAIN_KINDS, turn=1, state__in=(*ON_ITS_WAY, *BINDING))
        .order_by("signed_on", "pk")
        .values(*_AGREEMENT)
    )
    found: dict[int, dict[str, object]] = {}
    for row in rows:
        own = found.get(row["pairing_id"])
        if own is None or own["signed_on"] is None:
            found[row["pairing_id"]] = row
        elif row["signed_on"] is not None:  # an amendment: its state, but the day of the first signature
            found[row["pairing_id"]] = {
                **row, "signed_on": own["signed_on"], "filed_on": own["filed_on"] or row["filed_on"],
            }  # fmt: skip
    return found


def _standing(
    row: dict[str, object], agreement: dict[str, object] | None, limit: dt.date | None, day: dt.date
) -> Standing:
    signed_on, filed_on = (agreement["signed_on"], agreement["filed_on"]) if agreement else (None, None)
    assert signed_on is None or isinstance(signed_on, dt.date)
    assert filed_on is None or isinstance(filed_on, dt.date)
    return Standing(
        pairing_id=int(str(row["id"])),
        agreement_id=int(str(agreement["id"])) if agreement else None,
        code=str(agreement["code"]) if agreement else "",
        supporter=str(row["supporter_printed"]),
        recipient=str(row["recipient_printed"]),
        city=str(row["recipient_division__parent__name"] or ""),
        county=str(row["recipient_division__name"]),
        kind=str(agreement["kind"]) if agreement else "",
        stage=_stage(agreement),
        timing=timing(signed_on, limit, day),
        signed_on=signed_on,
        filed_on=filed_on,
        days_late=max(0, ((signed_on or day) - limit).days) if limit else 0,
        filed_late=bool(limit and filed_on and filed_on > limit),
    )


def _stage(agreement: dict[str, object] | None) -> str:
    if agreement is None:
        return "none"
    if agreement["state"] == "draft" and not agreement["accepted"]:
        return "refused"
    return str(agreement["state"])


def timing(signed_on: dt.date | None, limit: dt.date | None, day: dt.date) -> str:
    """In time, signed late, late without a signature, or still open."""
    if signed_on is not None:
        return SIGNED_LATE if limit and signed_on > limit else IN_TIME
    return LATE if limit and day > limit else OPEN


def late_condition(rounds: Iterable[Round], day: dt.date) -> Q:
    """Condition on agreements: not signed by the deadline of their own round's pack."""
    condition = Q(pk__in=[])
    for round_ in rounds:
        if (limit := deadline_of(round_)) is not None:
            late = Q(signed_on__gt=limit)
            if day > limit:
                late |= Q(signed_on__isnull=True)
            condition |= Q(pairing__round=round_, kind__in=MAIN_KINDS, turn=1, amends__isnull=True) & late
    return condition


@dataclass(frozen=True, slots=True)
class CityCount:
    """The pairings of one city (or of all) by what has become of their agreements."""

    city: str
    pairings: int
    in_time: int
    signed_late: int
    late: int
    open: int
    filed: int
    filed_late: int
    refused: int
    without: int

    @property
    def signed(self) -> int:
        """Signed, in time or late."""
        return self.in_time + self.signed_late


def is_demonstration(actor: Actor, round_: Round) -> bool:
    """Whether invented agreements are among what the actor sees of a round."""
    return Agreement.objects.visible_to(actor).filter(pairing__round=round_, demonstration=True).exists()


def by_city(rows: Iterable[Standing]) -> list[CityCount]:
    """Counts of each city in the order of the tables."""
    grouped: dict[str, list[Standing]] = {}
    for row in rows:
        grouped.setdefault(row.city, []).append(row)
    return [count(city, own) for city, own in grouped.items()]


def count(city: str, rows: list[Standing]) -> CityCount:
    """One line of the overview."""
    return CityCount(
        city=city,
        pairings=len(rows),
        in_time=sum(row.timing == IN_TIME for row in rows),
        signed_late=sum(row.timing == SIGNED_LATE for row in rows),
        late=sum(row.timing == LATE for row in rows),
        open=sum(row.timing == OPEN for row in rows),
        filed=sum(row.filed_on is not None for row in rows),
        filed_late=sum(row.filed_late for row in rows),
        refused=sum(row.stage == "refused" for row in rows),
        without=sum(row.stage == "none" for row in rows),
    )
