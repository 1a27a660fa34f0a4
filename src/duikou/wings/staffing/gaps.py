"""Days to come on which a recipient will lack somebody whom it has now. No database, no clock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duikou.engines.credits import Days
from duikou.engines.credits.days import ONE, Stretch
from duikou.wings.staffing.figures import Stay

HORIZON = 92  # days looked ahead: the three months in which a request can still be answered


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without anybody of a specialty at a recipient (`specialty` "": without anybody at all)."""

    recipient: int
    specialty: str
    first: dt.date
    last: dt.date
    unmanned: bool  # on some of these days nobody of any specialty is there
    after: Stay | None  # whose end opens it

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


def upcoming(
    secured: Iterable[Stay], terms: dict[int, Stretch], day: dt.date, horizon: int = HORIZON
) -> list[Gap]:
    """Gaps that begin after `day`, or last on it, up to `horizon` days later; the nearest first.

    `secured` are postings that are approved, running or ended; `terms` are the days in which each
    recipient's pairings ask for posted staff. A recipient that nobody was ever sent to has one gap
    of no specialty.
    """
    at: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in secured:
        at[stay.recipient].append(stay)
    found = []
    for recipient, (start, end) in terms.items():
        first, last = max(start, day + ONE), min(end, day + dt.timedelta(days=horizon))
        if first <= last:
            found += _at(recipient, at[recipient], (first, last), day)
    return sorted(found, key=lambda gap: (gap.first, not gap.unmanned, gap.recipient, gap.specialty))


def _at(recipient: int, stays: Sequence[Stay], window: Stretch, day: dt.date) -> list[Gap]:
    bare = Days((window,)).minus(Days.of(stay.days for stay in stays))
    by_specialty: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_specialty[stay.specialty].append(stay)
    found = []
    for specialty, those in by_specialty.items():
        # Nobody misses a specialty that had ended before the day and was not asked for again.
        now = [stay for stay in those if stay.days[1] >= day and stay.days[0] <= window[1]]
        if not now:
            continue
        begin = max(window[0], min(stay.days[0] for stay in now))
        missing = Days(((begin, window[1]),)).minus(Days.of(stay.days for stay in those))
        for first, last in missing.stretches:
            before = max((s for s in those if s.days[1] < first), key=lambda s: s.days[1], default=None)
            unmanned = bool(bare.within(first, last).stretches)
            found.append(Gap(recipient, specialty, first, last, unmanned, before))
    for first, last in bare.stretches:
        if not any(gap.first <= last and gap.last >= first for gap in found):
            before = max((s for s in stays if s.days[1] < first), key=lambda s: s.days[1], default=None)
            found.append(Gap(recipient, "", first, last, True, before))
    return found
