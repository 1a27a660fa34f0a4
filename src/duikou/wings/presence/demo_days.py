"""What invented people tap and count on invented days; pure, the same chances give the same days."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from duikou.wings.presence.folding import CHINA, FAR, IN, NEAR, OUT, TRUSTED, UNKNOWN, Tap

SATURDAY, UNSEEN, NO_OUT, OFFLINE = 0.2, 0.03, 0.06, 0.25
PLACES = (NEAR,) * 35 + (UNKNOWN,) * 4 + (FAR,)
WRONG_CLOCK = {0: 0.75, 11 * 60: 0.1, -7 * 60: 0.1, 8 * 3600: 0.05}  # seconds behind, and how often
DAILY = {"outpatient": (8, 32), "inpatient": (4, 14)}
AT_TIMES = {  # how often on a day, and how many then
    "ward_round": (0.35, (1, 1)),
    "operation": (0.3, (1, 3)),
    "consultation": (0.3, (1, 2)),
    "operation_demonstration": (0.08, (1, 1)),
    "difficult_case": (0.1, (1, 1)),
    "death_case": (0.01, (1, 1)),
    "new_technique": (0.01, (1, 1)),
    "referral_up": (0.05, (1, 1)),
    "remote_consultation": (0.04, (1, 1)),
}
LECTURE, HEARERS = 0.09, (12, 60)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a phone's queue: its true moment, when the queue was sent, what it says."""

    kind: str
    day: dt.date
    at: dt.datetime
    received_at: dt.datetime
    place: str = UNKNOWN
    counts: Mapping[str, int] = field(default_factory=dict)

    def tap(self) -> Tap:
        """The item as a tap."""
        return Tap(self.kind, self.at, self.place)


def behind(chance: random.Random) -> dt.timedelta:
    """How far the clock of somebody's phone is behind."""
    seconds = chance.choices(list(WRONG_CLOCK), list(WRONG_CLOCK.values()))[0]
    return dt.timedelta(seconds=seconds + chance.randint(-20, 20))


def said(moment: dt.datetime, wrong: dt.timedelta) -> dt.datetime:
    """What a phone's clock said at a moment; one that is only seconds off is taken as it is."""
    return moment if abs(wrong) <= TRUSTED else moment - wrong


def taps(
    chance: random.Random, first: dt.date, last: dt.date, away: Collection[dt.date], known: Collection[str]
) -> list[Item]:
    """Check-ins, check-outs and counters of working days; some came only when there was a link again."""
    found: list[Item] = []
    for day in (first + dt.timedelta(days=n) for n in range((last - first).days + 1)):
        rest = day.weekday() == 6 or (day.weekday() == 5 and chance.random() >= SATURDAY)
        if rest or day in away or chance.random() < UNSEEN:
            continue
        begun = _moment(day, 7, chance.randint(35, 70))
        ended = _moment(day, 17, chance.randint(0, 75))
        counted = ended + dt.timedelta(minutes=chance.randint(-25, 15))
        late = None
        if chance.random() < OFFLINE:  # no link: the whole day comes later
            late = _moment(day + dt.timedelta(days=chance.choice((1, 1, 2, 3))), 7, chance.randint(0, 50))
        found.append(Item(IN, day, begun, late or _soon(chance, begun), chance.choice(PLACES)))
        found.append(
            Item("work", day, counted, late or _soon(chance, counted), counts=_counts(chance, known))
        )
        if chance.random() >= NO_OUT:
            found.append(Item(OUT, day, ended, late or _soon(chance, ended)))
    return found


def _moment(day: dt.date, hour: int, minutes: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), CHINA) + dt.timedelta(minutes=minutes)


def _soon(chance: random.Random, moment: dt.datetime) -> dt.datetime:
    return moment + dt.timedelta(seconds=chance.randint(1, 40))


def _counts(chance: random.Random, known: Collection[str]) -> dict[str, int]:
    counts = {name: chance.randint(*span) for name, span in DAILY.items()}
    for name, (often, span) in AT_TIMES.items():
        if chance.random() < often:
            counts[name] = chance.randint(*span)
    if chance.random() < LECTURE:
        counts |= {"lecture": 1, "teaching_attendance": chance.randint(*HEARERS)}
    return {name: count for name, count in counts.items() if name in known}
