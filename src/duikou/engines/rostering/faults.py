"""What makes a problem impossible to state or to meet, in words, before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from duikou.engines.rostering.layers import FAR, TooWide, layers_of, sweep
from duikou.engines.rostering.model import Limits, Problem, Staff
from duikou.engines.rostering.rows import allowed
from duikou.engines.text import Text


class RosterFault(Exception):
    """A problem that cannot be solved; `texts` say why."""

    def __init__(self, texts: tuple[Text, ...]) -> None:
        super().__init__("; ".join(text.en for text in texts))
        self.texts = texts


def faults(problem: Problem) -> tuple[Text, ...]:
    """References that lead nowhere and numbers that make no sense."""
    return tuple(_faults(problem))


def _faults(problem: Problem) -> Iterator[Text]:
    persons = [person.id for person in problem.staff]
    shifts = [shift.id for shift in problem.shifts]
    if problem.days < 1:
        yield Text(
            f"排班天数应至少为 1，现为 {problem.days}。",
            f"A roster has at least one day, not {problem.days}.",
        )
    if not shifts:
        yield Text("没有班次。", "There are no shifts.")
    if not persons:
        yield Text("没有人员。", "There are no staff.")
    for names, zh, en in ((persons, "人员", "staff"), (shifts, "班次", "shifts")):
        for name in sorted({name for name in names if names.count(name) > 1 or not name}):
            yield Text(
                f"{zh}编号“{name}”为空或重复。", f"The identifier “{name}” of {en} is empty or used twice."
            )
    for shift in problem.shifts:
        if shift.minutes < 1:
            yield Text(
                f"班次{shift.label}时长应大于 0 分钟，现为 {shift.minutes}。",
                f"Shift {shift.label} lasts {shift.minutes} minutes; it must last more than 0.",
            )
    for demand in problem.demands:
        if demand.shift not in shifts or not 0 <= demand.day < problem.days:
            yield _nowhere("人数要求", "cover", "", demand.day, demand.shift)
        if min(demand.need, demand.under, demand.over) < 0:
            yield Text(
                f"第 {demand.day + 1} 天“{demand.shift}”的人数要求或权重为负数。",
                f"The cover of “{demand.shift}” on day {demand.day + 1} has a negative number or weight.",
            )
    for wish in problem.wishes:
        if wish.staff not in persons or wish.shift not in ["", *shifts] or not 0 <= wish.day < problem.days:
            yield _nowhere("个人意愿", "wish", wish.staff, wish.day, wish.shift)
    for cell in problem.fixed:
        if cell.staff not in persons or cell.shift not in ["", *shifts] or not 0 <= cell.day < problem.days:
            yield _nowhere("锁定", "settled cell", cell.staff, cell.day, cell.shift)


def _nowhere(zh: str, en: str, staff: str, day: int, shift: str) -> Text:
    return Text(
        f"{zh}所指的人员“{staff}”、第 {day + 1} 天或班次“{shift}”不存在。",
        f"A {en} names person “{staff}”, day {day + 1} or shift “{shift}”, which does not exist.",
    )


def impossible(problem: Problem) -> tuple[Text, ...]:
    """Who has no lawful row even alone, and which limit it is that does not fit.

    Cover and wishes never make a roster impossible: they only cost. So a roster exists as soon as every
    person alone has a row.
    """
    return tuple(_why(problem, person) for person in problem.staff if not has_row(problem, person))


def has_row(problem: Problem, person: Staff) -> bool:
    """Whether a person has any lawful row."""
    alone = replace(problem, staff=(replace(person, shares=()),))
    try:
        layers = layers_of(alone, alone.staff[0], widest=50_000)
    except TooWide:  # nobody with that many ways has none
        return True
    costs = np.where(allowed(alone, alone.staff[0]), 0.0, FAR)
    ends = sweep(layers, costs)[-1]
    return bool(len(ends) and ends.min() < FAR / 2)


LOOSER: tuple[tuple[dict[str, object], Text], ...] = (
    ({"min_minutes": 0}, Text("最少工时", "the least hours")),
    ({"max_minutes": None}, Text("最多工时", "the most hours")),
    ({"max_run": None}, Text("最多连续工作天数", "the longest run of work")),
    ({"min_run": 1}, Text("最少连续工作天数", "the shortest run of work")),
    ({"min_off": 1}, Text("最少连续休息天数", "the shortest break")),
    ({"max_weekends": None}, Text("周末上限", "the weekends allowed")),
)


def _why(problem: Problem, person: Staff) -> Text:
    """The limit without which the person has a row; settled cells where it is those."""
    for change, name in LOOSER:
        if has_row(problem, replace(person, limits=replace(person.limits, **change))):  # type: ignore[arg-type]
            return Text(
                f"{person.label} 无法排班：“{name.zh}”与请假、锁定或其他限制不能同时满足。",
                f"{person.label} cannot be rostered: {name.en} cannot be met together with leave, "
                "settled cells and the other limits.",
            )
    kept = tuple(cell for cell in problem.fixed if cell.staff != person.id)
    if has_row(replace(problem, fixed=kept), person):
        return Text(
            f"{person.label} 无法排班：锁定的格子彼此或与请假、休息时间冲突。",
            f"{person.label} cannot be rostered: the settled cells clash with each other, "
            "with leave or with rest.",
        )
    free = replace(person, limits=Limits())
    if has_row(replace(problem, fixed=kept), free):
        return Text(
            f"{person.label} 无法排班：几项限制合在一起不能满足。",
            f"{person.label} cannot be rostered: several limits together cannot be met.",
        )
    return Text(
        f"{person.label} 无法排班：没有一种班次可上。",
        f"{person.label} cannot be rostered: no shift is open.",
    )
