"""Demonstration data (演示数据): invented check-ins, work and weekly confirmations of invented postings.

Nobody in it exists and nothing of it happened. It builds on the postings and the ledger of the
demonstration; what hangs on a demonstration posting is demonstration, too, and `clear` finds all of it.
The people have no accounts.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.obligations.actions import attach
from duikou.wings.obligations.evidence import kind as registered
from duikou.wings.obligations.models import Obligation
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.presence import catalogue
from duikou.wings.presence.actions import correct_work
from duikou.wings.presence.demo_days import Item, behind, said, taps
from duikou.wings.presence.evidence import TITLES
from duikou.wings.presence.folding import CHINA, FAR, IN, fold, last_of, monday_of
from duikou.wings.presence.models import Confirmation, Correction, Delivery, Mark, Proof, Work, WorkDay

POSTINGS, EACH = 24, 2  # postings in all, at most so many of a pairing
FIRST, LAST = dt.date(2014, 11, 1), dt.date(2014, 12, 31)
LAST_WEEK_WAITS = 3  # of so many postings one has the last week still to be confirmed
ATTACHED = 6
NOTE = "演示数据（虚构）"
BATCH = 1000


@dataclass
class _Made:
    """Rows on their way into the database."""

    deliveries: list[Delivery] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)
    days: list[WorkDay] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent some months of presence and work; the same seed gives the same. Raises Conflict when there."""
    if Confirmation.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    with act("demo.loaded", actor=SYSTEM, permission="presence.confirm") as event:
        postings = _postings()
        away = _away(postings)
        made = _Made()
        for number, posting in enumerate(postings):
            first, last = max(FIRST, posting.first_day), min(LAST, posting.last_day)
            items = taps(chance, first, last, away[posting.pk], catalogue.of_posting(posting))
            open_from = monday_of(last) if number % LAST_WEEK_WAITS == 0 else LAST + dt.timedelta(days=1)
            _invent(chance, posting, items, open_from, made)
        Delivery.objects.bulk_create(made.deliveries, batch_size=BATCH)
        Confirmation.objects.bulk_create(made.confirmations, batch_size=BATCH)
        for mark in made.marks:  # what rows hang on has its number only now
            mark.delivery = mark.delivery
        for day in made.days:
            day.confirmation = day.confirmation
        for entry in made.work:
            entry.confirmation = entry.confirmation
        Mark.objects.bulk_create(made.marks, batch_size=BATCH)
        WorkDay.objects.bulk_create(made.days, batch_size=BATCH)
        Work.objects.bulk_create(made.work, batch_size=BATCH)
        Correction.objects.bulk_create(made.corrections, batch_size=BATCH)
        attached = _attach(postings)
        counts = {
            "deliveries": len(made.deliveries),
            "work_days": len(made.days),
            "work_entries": len(made.work),
            "confirmations": len(made.confirmations),
            "day_corrections": len(made.corrections),
            "attached_months": attached,
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _postings() -> list[Posting]:
    """Postings of the demonstration with a whole month in the time, of as many pairings as may be."""
    rows = (
        Posting.objects.between(FIRST, LAST)
        .filter(demonstration=True, host_department__isnull=False, office="")
        .filter(first_day__lte=FIRST, last_day__gte=last_of(FIRST))
        .select_related("pairing__round", "person", "recipient")
        .order_by("pairing", "pk")
    )
    found: list[Posting] = []
    seen: defaultdict[int, int] = defaultdict(int)
    for posting in rows:
        if seen[posting.pairing_id] < EACH and len(found) < POSTINGS:
            seen[posting.pairing_id] += 1
            found.append(posting)
    return found


def _away(postings: Sequence[Posting]) -> defaultdict[int, set[dt.date]]:
    """Days of leave by posting."""
    days: defaultdict[int, set[dt.date]] = defaultdict(set)
    for leave in Leave.objects.filter(posting__in=postings, withdrawn_at=None):
        span = (leave.last_day - leave.first_day).days + 1
        days[leave.posting_id] |= {leave.first_day + dt.timedelta(days=n) for n in range(span)}
    return days


def _invent(
    chance: random.Random, posting: Posting, items: Sequence[Item], open_from: dt.date, made: _Made
) -> None:
    """The rows that a phone's items make, and the host's word for each week before `open_from`."""
    wrong = behind(chance)
    for item in items:
        delivery = _delivery(chance, posting, item, wrong)
        made.deliveries.append(delivery)
        if item.kind != "work":
            made.marks.append(
                Mark(posting=posting, kind=item.kind, at=item.at, place=item.place, delivery=delivery)
            )
    weeks: dict[dt.date, Confirmation] = {}

    def confirmation(day: dt.date) -> Confirmation | None:
        monday = monday_of(day)
        if monday >= open_from:
            return None
        if monday not in weeks:
            at = dt.datetime.combine(monday + dt.timedelta(days=7), dt.time(9, chance.randrange(60)), CHINA)
            weeks[monday] = Confirmation(
                posting=posting, monday=monday, days=0, entries=0, confirmed_at=at, demonstration=True
            )
        return weeks[monday]

    for day, folded in sorted(fold(item.tap() for item in items if item.kind != "work").items()):
        word = confirmation(day)
        row = WorkDay(
            posting=posting,
            day=day,
            present=folded.present,
            first_in=folded.first_in,
            last_out=folded.last_out,
            place=folded.place,
            confirmation=word,
            demonstration=True,
        )
        if word is not None:
            word.days += 1
            if folded.place == FAR:  # the host says what a far check-in was before it confirms
                row.corrected, row.version = True, 2
                made.corrections.append(_decided(posting, row))
        made.days.append(row)
    for item in items:
        word = confirmation(item.day)
        for activity, count in item.counts.items():
            made.work.append(
                Work(
                    posting=posting,
                    day=item.day,
                    activity=activity,
                    count=count,
                    said_at=item.at,
                    confirmation=word,
                    demonstration=True,
                )
            )
            if word is not None:
                word.entries += 1
    made.confirmations += weeks.values()


def _delivery(chance: random.Random, posting: Posting, item: Item, wrong: dt.timedelta) -> Delivery:
    far = item.kind == IN and item.place == FAR
    return Delivery(
        uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
        kind=item.kind,
        posting=posting,
        day=item.day,
        payload={"counts": dict(item.counts)} if item.kind == "work" else {"place": item.place},
        client_at=said(item.at, wrong),
        sent_at=item.received_at - wrong,
        received_at=item.received_at,
        skew_seconds=round(wrong.total_seconds()),
        status=Delivery.Status.TAKEN,
        reason="签到地点距医院较远，请向派驻科室说明，由科室核定。" if far else "",
    )


def _decided(posting: Posting, row: WorkDay) -> Correction:
    return Correction(
        posting=posting,
        day=row.day,
        subject=Correction.PRESENCE,
        before={"present": True, "place": FAR},
        after={"present": True},
        reason=f"当天随巡回医疗队下乡，科室已核实。{NOTE}",
    )


def _attach(postings: Sequence[Posting]) -> int:
    """Give some confirmed months as evidence; one of them is put right afterwards, and the ledger told."""
    given = 0
    for posting, obligation, kind, reference in _fitting(postings):
        attach(
            actor=SYSTEM,
            obligation=obligation,
            kind=kind,
            reference=reference,
            side=None,
            demonstration=True,
        )
        given += 1
        if given == 1:
            _put_right(posting, kind, reference)
    return given


def _fitting(postings: Sequence[Posting]) -> Iterator[tuple[Posting, Obligation, str, str]]:
    """Months that fit what the supporter owes and has not said anything about yet; one of a pairing."""
    by_pairing = {posting.pairing_id: posting for posting in reversed(postings)}
    owed = (
        Obligation.objects.filter(
            demonstration=True,
            closed_on=None,
            owner="supporter",
            stage="promised",
            pairing__in=by_pairing,
            start__lte=FIRST,
            end__gte=LAST,
        )
        .select_related("pairing__round")
        .order_by("pairing", "pk")
    )
    seen: set[int] = set()
    for obligation in owed:
        kinds = [name for name in obligation.evidence_kinds if name in TITLES]
        if obligation.pairing_id in seen or len(seen) == ATTACHED:
            continue
        posting = by_pairing[obligation.pairing_id]
        for name in kinds:
            known = registered(name)
            offers = known.offers(SYSTEM, obligation) if known else ()
            mine = [one for one in offers if one.reference.startswith(f"{posting.pk}:")]
            if mine:
                seen.add(obligation.pairing_id)
                yield posting, obligation, name, mine[-1].reference
                break


def _put_right(posting: Posting, kind: str, reference: str) -> None:
    """One counter of an attached month loses one, as the host says afterwards."""
    first = dt.date.fromisoformat(f"{reference.partition(':')[2]}-01")
    names = [name for name, one in catalogue.of_posting(posting).items() if one.evidence == kind]
    row = (
        Work.objects.filter(
            posting=posting, activity__in=names, day__year=first.year, day__month=first.month, count__gt=0
        )
        .order_by("day", "pk")
        .first()
    )
    assert row is not None  # a month is offered only with work of the kind in it
    correct_work(
        actor=SYSTEM,
        posting=posting,
        day=row.day,
        activity=row.activity,
        count=row.count - 1,
        reason=f"与科室登记核对，本人多填一项。{NOTE}",
        version=row.version,
    )


def clear() -> dict[str, int]:
    """Remove all of it; returns how many rows of each kind went. Its evidence goes with the ledger's."""
    with act("demo.cleared", actor=SYSTEM, permission="presence.confirm") as event:
        here = {"posting__demonstration": True}
        removed = {}
        for name, model in (
            ("corrections", Correction),
            ("proofs", Proof),
            ("marks", Mark),
            ("deliveries", Delivery),
            ("work_entries", Work),
            ("work_days", WorkDay),
            ("confirmations", Confirmation),
        ):
            rows = model._default_manager.filter(**here)
            removed[name] = rows._raw_delete(rows.db)  # nothing hangs on them any more, in this order
        event.note(label="演示数据", before=removed)
    return removed
