"""Demonstration data (演示数据): invented evidence, statements and disagreements about demonstration duties.

The duties themselves come from the demonstration's agreements and plans. Nothing here happened; no person is
named. Everything hangs on obligations marked `demonstration`, so that `clear` finds all of it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.core.search.index import refresh
from duikou.wings.agreements.models import Agreement
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.models import Evidence, Obligation, Reminder, Statement, TargetProposal
from duikou.wings.obligations.quantities import LIMITS, total, unit_of
from duikou.wings.obligations.search import OBLIGATIONS
from duikou.wings.obligations.standing import Says, Side, owners, stage
from duikou.wings.plans.models import SupportPlan

WHO = "演示数据（虚构）"
# How obligations whose due date has come stand, in a hundred; the rest is overdue.
VERIFIED, WAITING, DISPUTED, UNMET = 68, 12, 8, 3
COLUMNS = (
    "stage", "supporter_says", "supporter_quantity", "recipient_says", "recipient_quantity", "given",
    "accepted", "evidence_count", "target", "target_mark",
)  # fmt: skip
BATCH = 500
AGREED = 0.7  # share of the open targets


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent how the demonstration's obligations were fulfilled; the same seed gives the same data.

    Raises Conflict when demonstration data are there already.
    """
    if Evidence.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    today = timezone.localdate()
    with act("demo.loaded", actor=SYSTEM, permission="obligation.work") as event:
        _mark()
        rows = list(Obligation.objects.filter(demonstration=True, closed_on=None).order_by("pk"))
        pieces: list[Evidence] = []
        said: list[Statement] = []
        for row in rows:
            _agree_on_target(seed, row)
            if row.due is not None and row.due <= today:
                _fulfil(chance, row, pieces, said)
        Evidence.objects.bulk_create(pieces, batch_size=BATCH)
        Statement.objects.bulk_create(said, batch_size=BATCH)
        # An upsert of rows that are all there: `bulk_update` takes five times as long for thousands.
        Obligation.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
        )
        made = {"obligations": len(rows), "evidence": len(pieces), "statements": len(said)}
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


def _mark() -> None:
    """Mark the obligations of demonstration agreements and plans."""
    holders = [f"agreement:{pk}" for pk in _numbers(Agreement)] + [
        f"plan:{pk}" for pk in _numbers(SupportPlan)
    ]
    for at in range(0, len(holders), BATCH):
        Obligation.objects.filter(holder__in=holders[at : at + BATCH]).update(demonstration=True)


def _numbers(model: type[Agreement] | type[SupportPlan]) -> Iterable[int]:
    return model._default_manager.filter(demonstration=True).values_list("pk", flat=True)


def _agree_on_target(seed: int, row: Obligation) -> None:
    """Most targets that the documents leave open were set by both parties, one for all periods of a duty."""
    chance = random.Random(f"{seed} {row.holder} {row.key}")  # noqa: S311  (invented data, no secret)
    if row.unit and row.target is None and chance.random() < AGREED:
        row.target, row.target_mark = chance.choice((2, 3, 4, 6, 12)), "agreed"


def _fulfil(chance: random.Random, row: Obligation, pieces: list[Evidence], said: list[Statement]) -> None:
    lot = chance.randrange(100)
    owing = owners(row.party)
    other = [side for side in (Side.SUPPORTER, Side.RECIPIENT) if side not in owing] or list(owing)
    if lot < VERIFIED + WAITING + DISPUTED:
        given = _pieces(chance, row, owing[0], accepted=lot < VERIFIED)
        pieces += given
        row.given = total(row.unit, ((p.on, p.quantity) for p in given))
        row.accepted = row.given if lot < VERIFIED else 0
        row.evidence_count = len(given)
        number = row.given if row.unit else None
        for side in owing:
            _say(row, said, side, Says.DELIVERED, number)
        if lot < VERIFIED:
            for side in other:
                _say(row, said, side, Says.VERIFIED, number)
        elif lot >= VERIFIED + WAITING:
            _say(row, said, other[0], Says.UNMET, None, "与本院记录不符（演示）")
    elif lot < VERIFIED + WAITING + DISPUTED + UNMET:
        _say(row, said, other[-1], Says.UNMET, None, "到期仍未履行（演示）")
    row.stage = stage(row.party, row.words)


def _pieces(chance: random.Random, row: Obligation, side: Side, *, accepted: bool) -> list[Evidence]:
    """One to three notes that come to the target, or near it."""
    kinds = [kind for kind in registry.accepted(row) if kind != registry.UPLOAD] or [registry.UPLOAD]
    unit = unit_of(row.unit)
    most = LIMITS.get(unit) if unit else None
    parts = [most or 1] if most else _parts(chance, row.target or chance.randint(1, 4))
    last = (row.end - row.start).days
    return [
        Evidence(
            obligation=row,
            side=side,
            kind=chance.choice(kinds),
            title=f"{row.title['zh']}（演示）"[:200],
            quantity=number,
            on=row.start + dt.timedelta(days=chance.randint(0, last)),
            note="演示数据",
            by_label=WHO,
            other_verdict="accepted" if accepted else "",
            other_by_label=WHO if accepted else "",
            other_at=timezone.now() if accepted else None,
            demonstration=True,
        )
        for number in parts
    ]


def _parts(chance: random.Random, whole: int) -> list[int]:
    count = min(whole, chance.randint(1, 3))
    share, rest = divmod(whole, count)
    return [share + (1 if at < rest else 0) for at in range(count)]


def _say(
    row: Obligation, said: list[Statement], side: Side, says: Says, number: int | None, note: str = "演示数据"
) -> None:
    said.append(Statement(obligation=row, side=side, says=says, quantity=number, note=note, by_label=WHO))
    setattr(row, f"{side}_says", str(says))
    setattr(row, f"{side}_quantity", number)


def clear() -> dict[str, int]:
    """Remove the demonstration's obligations with all that hangs on them, and nothing else."""
    with act("demo.cleared", actor=SYSTEM, permission="obligation.work") as event:
        _mark()
        rows = Obligation.objects.filter(demonstration=True)
        ids = list(rows.values_list("pk", flat=True))
        duties = list(rows.values_list("holder", "key").distinct())
        removed = {"obligations": len(ids)}
        for at in range(0, len(duties), 100):
            asked = Q(pk__in=[])
            for holder, key in duties[at : at + 100]:
                asked |= Q(holder=holder, key=key)
            TargetProposal.objects.filter(asked).delete()
        for model, name in ((Evidence, "evidence"), (Statement, "statements"), (Reminder, "reminders")):
            found = model._default_manager.filter(obligation__demonstration=True)
            removed[name] = found.count()
            found.delete()
        rows._raw_delete(rows.db)  # nothing hangs on them any more; the index is told below, all at once
        for at in range(0, len(ids), BATCH):
            refresh(OBLIGATIONS, ids[at : at + BATCH])
        event.note(label="演示数据", before=removed)
    return removed
