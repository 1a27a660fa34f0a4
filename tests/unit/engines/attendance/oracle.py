"""The slow count: every pair of beats and every second by itself."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.attendance import Beat, Check, Rule


def accepted(beats: Sequence[Beat], rule: Rule) -> list[Beat]:
    """The beats of the device that holds the lesson at their moment."""
    found: list[Beat] = []
    for beat in sorted(set(beats)):
        latest = found[-1] if found else None
        free = latest is None or latest.device == beat.device or beat.at > latest.at + rule.gap
        if free:
            found.append(beat)
    return found


def seen(beats: Sequence[Beat], checks: Sequence[Check], rule: Rule, length: int) -> set[int]:
    """The seconds of the lesson that were seen."""
    rows = accepted(beats, rule)
    found: set[int] = set()
    for at, after in enumerate(rows):
        if at == 0 or rows[at - 1].device != after.device:
            continue
        before = rows[at - 1]
        passed, moved = after.at - before.at, after.place - before.place
        present = all(
            not any(
                moment > check.asked + rule.patience and (check.answered is None or moment <= check.answered)
                for check in checks
            )
            for moment in range(before.at + 1, after.at + 1)
        )
        if passed <= rule.gap and 0 < moved <= passed * rule.speed + rule.slack and present:
            found |= set(range(before.place, after.place))
    return {second for second in found if 0 <= second < length}
