"""Days out of taps: an obvious oracle, whatever the order, however often."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.wings.presence.folding import CHINA, LONGEST, Folded, Tap, fold, monday_of, put_right
from tests.examples import examples

NOON = dt.datetime(2016, 2, 28, 12, tzinfo=CHINA)  # a leap day follows
TAPS = st.builds(
    Tap,
    kind=st.sampled_from(("in", "out")),
    at=st.integers(0, 5 * 96).map(lambda quarter: NOON + dt.timedelta(minutes=15 * quarter)),
    place=st.sampled_from(("near", "far", "unknown")),
)


def slow(taps: list[Tap]) -> dict[dt.date, Folded]:
    """Each tap asks all the others."""
    homes: list[tuple[dt.date, Tap]] = []
    for tap in taps:
        begun = [t.at for t in taps if t.kind == "in" and tap.at - LONGEST <= t.at <= tap.at]
        home = max(begun, default=tap.at) if tap.kind == "out" else tap.at
        homes.append((home.astimezone(CHINA).date(), tap))
    days = {}
    for day in {home for home, _tap in homes}:
        mine = [tap for home, tap in homes if home == day]
        ins = sorted(tap.at for tap in mine if tap.kind == "in")
        outs = sorted(t.at for t in mine if t.kind == "out" and (not ins or t.at >= ins[0]))
        places = [tap.place for tap in mine if tap.kind == "in"]
        place = "near" if "near" in places else "far" if "far" in places else "unknown"
        days[day] = Folded(bool(ins), ins[0] if ins else None, outs[-1] if outs else None, place)
    return days


@settings(max_examples=examples(150))
@given(st.lists(TAPS, max_size=8), st.randoms())
def test_any_order_and_any_repetition_give_the_same_days(taps: list[Tap], chance: object) -> None:
    found = fold(taps)
    assert found == slow(taps)
    mixed = taps + taps[: len(taps) // 2]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert fold(mixed) == found


def test_a_night_duty_belongs_to_the_day_on_which_it_began() -> None:
    begun, ended = NOON.replace(hour=20), NOON.replace(hour=8) + dt.timedelta(days=1)
    assert fold([Tap("out", ended), Tap("in", begun, "near")]) == {
        dt.date(2016, 2, 28): Folded(True, begun, ended, "near")
    }
    assert fold([Tap("out", ended)]) == {dt.date(2016, 2, 29): Folded(False, None, ended, "unknown")}


def test_a_wrong_clock_is_put_right_and_a_slow_link_is_not_taken_for_one() -> None:
    tapped, sent, received = NOON, NOON + dt.timedelta(hours=3), NOON + dt.timedelta(hours=3, seconds=90)
    assert put_right(tapped, sent, received) == tapped
    assert put_right(tapped, sent, sent + dt.timedelta(hours=8)) == tapped + dt.timedelta(hours=8)


def test_weeks_begin_on_monday() -> None:
    assert monday_of(dt.date(2016, 2, 29)) == dt.date(2016, 2, 29)
    assert monday_of(dt.date(2016, 3, 6)) == dt.date(2016, 2, 29)
