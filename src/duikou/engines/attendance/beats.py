"""Beats of players into stretches of a lesson.

What lies between two beats was seen when both come from the same device and session of it, little enough
time has passed, the place has moved forward, and no faster than the time and the allowed speed. A jump, a
pause, a second device: nothing in between counts, and counting goes on from the later beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duikou.engines.attendance.seconds import Seconds, Stretch


@dataclass(frozen=True, slots=True, order=True)
class Beat:
    """What the server heard. `at` is its own clock in seconds, `place` the second of the lesson."""

    at: int
    device: str
    place: int


@dataclass(frozen=True, slots=True)
class Check:
    """A presence check: asked at a moment of the server's clock, answered later or never."""

    asked: int
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Limits: of the pack, none of them law."""

    gap: int = 30  # seconds without a beat after which nothing counts
    speed: float = 1.5  # seconds of the lesson in a second
    slack: int = 2  # seconds by which a player and the server may differ
    patience: int = 60  # seconds in which a check must be answered


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen, and why something that was played does not count."""

    seconds: Seconds
    elsewhere: int  # pairs of beats left out because another device held the lesson
    skipped: int  # jumps and too fast play
    absent: int  # left out because a check stood unanswered
    spent: int = 0  # seconds of the server's clock in which the stretches were seen


def watched(beats: Iterable[Beat], checks: Sequence[Check] = (), rule: Rule = Rule()) -> Watched:
    """The stretches that count. The order in which beats are given, and doubles, change nothing."""
    found: list[Stretch] = []
    elsewhere = skipped = absent = spent = 0
    holder: str | None = None
    held_at = 0
    last: dict[str, Beat] = {}
    for beat in sorted(set(beats)):
        # The device that was there first keeps the lesson until it has been silent for a gap.
        if holder is not None and beat.device != holder and beat.at - held_at <= rule.gap:
            elsewhere += 1
            last.pop(beat.device, None)
            continue
        before = last.get(beat.device) if beat.device == holder else None
        holder, held_at = beat.device, beat.at
        last[beat.device] = beat
        if before is None or beat.at - before.at > rule.gap:
            continue
        moved = beat.place - before.place
        if moved <= 0:
            skipped += moved < 0
        elif moved > (beat.at - before.at) * rule.speed + rule.slack:
            skipped += 1
        elif _away(before.at, beat.at, checks, rule):
            absent += 1
        else:
            found.append((before.place, beat.place))
            spent += beat.at - before.at
    return Watched(Seconds.of(found), elsewhere, skipped, absent, spent)


def _away(first: int, last: int, checks: Sequence[Check], rule: Rule) -> bool:
    """Whether a check stood unanswered beyond its patience at some moment between two beats."""
    return any(
        check.asked + rule.patience < last
        and (check.answered is None or check.answered > max(first, check.asked + rule.patience))
        for check in checks
    )
