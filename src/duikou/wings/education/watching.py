"""What a player's report adds to what was heard, and how much of a lesson counts. Pure: no tables, no clock.

A report says: from this second of the lesson to that one, on this device. Only its arrival by the server's
clock is trusted. Where it goes on from the last report it is one more beat; after a jump it is two: where
the stretch began, no earlier than anything that was heard from this person before, and where it ended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from duikou.engines.attendance import Beat, Check, Rule, schedule, watched


class Refused(StrEnum):
    """Why a report is not taken."""

    DEVICE = "device"  # the lesson is playing on another device
    LESSON = "lesson"  # another lesson of the same person is playing
    FAST = "fast"  # faster than time and the allowed speed
    SHAPE = "shape"  # no stretch of this lesson
    CLOCK = "clock"  # the player's clock, or the server's, went astray
    ABSENT = "absent"  # a question whether somebody is there stands unanswered


@dataclass(frozen=True, slots=True)
class Report:
    """A stretch that a player says was shown: seconds of the lesson, and its own clock if it told it."""

    start: int
    end: int
    device: str
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the server knows before a report arrives.

    `own`: the last beat of this lesson; `other`: of any other lesson of the same person; `opened`: when
    the lesson's page was first shown. Seconds of the server's clock.
    """

    length: int
    opened: int
    own: Beat | None = None
    other: Beat | None = None
    open_check: Check | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of reports beside those of the engine's rule."""

    other_lesson: int
    skew: int
    longest: int


def take(report: Report, at: int, heard: Heard, rule: Rule, bounds: Bounds) -> list[Beat] | Refused:
    """The beats that a report adds, or why it is refused."""
    if not 0 <= report.start <= report.end <= heard.length + rule.slack:
        return Refused.SHAPE
    if report.end - report.start > bounds.longest:
        return Refused.SHAPE
    if report.sent is not None and abs(report.sent - at) > bounds.skew:
        return Refused.CLOCK
    own, other = heard.own, heard.other
    if any(beat is not None and beat.at > at for beat in (own, other)):
        return Refused.CLOCK
    if other is not None and at - other.at <= bounds.other_lesson:
        return Refused.DEVICE if other.device != report.device else Refused.LESSON
    if own is not None and own.device != report.device and at - own.at <= rule.gap:
        return Refused.DEVICE
    if heard.open_check is not None and at - heard.open_check.asked > rule.patience:
        return Refused.ABSENT
    end = min(report.end, heard.length)
    begun = max(beat.at for beat in (own, other) if beat) if own or other else heard.opened
    room = max(0, at - max(begun, heard.opened))
    if end - report.start > room * rule.speed + rule.slack:
        return Refused.FAST
    later = Beat(at, report.device, end)
    goes_on = own is not None and own.device == report.device and abs(own.place - report.start) <= rule.slack
    if goes_on and (other is None or own is None or other.at <= own.at):
        return [later]
    since = max(begun, heard.opened, at - math.ceil((end - report.start) + rule.slack))
    first = Beat(min(since, at), report.device, min(report.start, end))
    return [first, later] if first.at < at else [later]


@dataclass(frozen=True, slots=True)
class Count:
    """Seconds of a lesson: seen, and credited (seen, but never more than the time that went by)."""

    covered: int
    credited: int


def count(beats: Sequence[Beat], checks: Sequence[Check], length: int, rule: Rule) -> Count:
    """What the beats of one lesson and one person amount to."""
    found = watched(beats, checks, rule)
    covered = len(found.seconds.within(length))
    return Count(covered, min(covered, found.spent))


def due_check(length: int, every: int, seed: int, asked: Sequence[int], place: int) -> int | None:
    """The place at which to ask now: the first planned one that was passed and not asked yet."""
    for planned in schedule(length, every, seed) if length >= every else ():
        if planned <= place and planned not in asked:
            return planned
    return None
