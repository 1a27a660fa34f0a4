"""What the planner says, in both languages. Months are written like 2014-03."""

from __future__ import annotations

from duikou.engines.swap.model import Person, Place, Shortage, Stay
from duikou.engines.text import Text

_KINDS = {"department": ("科室", "Department"), "person": ("人员", "Person"), "place": ("岗位", "Place")}


def overlap(person: Person, first: Place, second: Place, when: str) -> Text:
    """Two stays of one person at the same time."""
    return Text(
        f"{person.name}在 {when} 同时安排在“{first.name}”和“{second.name}”：请取消或改期其中一段。",
        f"{person.name} is placed in “{first.name}” and in “{second.name}” in {when}: cancel or move one.",
    )


def rest(person: Person, ended: str, when: str, found: int) -> Text:
    """Too little time at home between two stays."""
    return Text(
        f"{person.name}上一段 {ended} 结束，{when} 又外派，间隔 {found} 个月，应不少于 {person.rest} 个月。",
        f"{person.name}'s last stay ends in {ended} and the next begins in {when}: {found} months at home, "
        f"at least {person.rest} are expected.",
    )


def not_free(person: Person, when: str) -> Text:
    """A person who cannot be away in a month."""
    return Text(
        f"{person.name}在 {when} 不能外出（请假、已有安排或休整期内）。",
        f"{person.name} cannot be away in {when} (leave, another assignment, or time at home after one).",
    )


def unfit(person: Person, place: Place) -> Text:
    """Way, specialty or title do not fit."""
    if person.way is not place.way:
        return Text(
            f"{person.name}与“{place.name}”方向不同：派驻人员只能下派，进修人员只能上送。",
            f"{person.name} and “{place.name}” differ in direction: doctors go down, trainees up.",
        )
    if person.specialty != place.specialty:
        return Text(
            f"{person.name}的专业与“{place.name}”要求的专业不同。",
            f"{person.name}'s specialty is not the one that “{place.name}” asks for.",
        )
    return Text(
        f"{person.name}的职称比“{place.name}”要求的低一级以上。",
        f"{person.name}'s title is more than one rank below what “{place.name}” asks for.",
    )


def forbidden(person: Person, place: Place) -> Text:
    """A combination that was ruled out by hand."""
    return Text(
        f"方案已排除{person.name}到“{place.name}”。", f"The plan rules out {person.name} for “{place.name}”."
    )


def length(place: Place, stay: Stay) -> Text:
    """A stay of a length that the place does not take."""
    lengths = "、".join(str(months) for months in sorted(place.lengths))
    return Text(
        f"“{place.name}”每段为 {lengths} 个月，这里是 {stay.months} 个月。",
        f"“{place.name}” takes stays of {lengths.replace('、', ', ')} months; this one has {stay.months}.",
    )


def horizon(person: Person, when: str, months: int, last: str) -> Text:
    """A stay outside the plan."""
    return Text(
        f"{person.name}自 {when} 起 {months} 个月的安排超出方案期（到 {last} 为止）。",
        f"{person.name}'s stay of {months} months from {when} lies outside the plan (which ends in {last}).",
    )


def full(place: Place, when: str, held: int, wanted: int, months: int) -> Text:
    """More persons in a place than wanted."""
    return Text(
        f"“{place.name}”在 {when} 安排了 {held} 人，只需 {wanted} 人（共 {months} 个月超出）。",
        f"“{place.name}” has {held} persons in {when} and wants {wanted} ({months} months over in all).",
    )


def shortage(name: str, when: str, one: Shortage) -> Text:
    """A department below its minimum."""
    return Text(
        f"{name}在 {when} 在岗 {one.present} 人，低于最低 {one.minimum} 人，"
        f"缺 {one.minimum - one.present} 人。",
        f"{name} has {one.present} present in {when}, below its minimum of {one.minimum}: "
        f"{one.minimum - one.present} short.",
    )


def no_months(found: int) -> Text:
    """A plan without months."""
    return Text(
        f"方案期为 {found} 个月，至少要 1 个月。", f"The plan has {found} months; at least 1 is needed."
    )


def twice(kind: str, key: str) -> Text:
    """One key for two things."""
    zh, en = _KINDS[kind]
    return Text(f"{zh}“{key}”出现两次，每个只能有一个。", f"{en} “{key}” occurs twice; it must occur once.")


def wrong_months(name: str, found: int, expected: int) -> Text:
    """A row of months that does not cover the plan."""
    return Text(
        f"“{name}”给出了 {found} 个月的数，方案期为 {expected} 个月。",
        f"“{name}” has figures for {found} months; the plan has {expected}.",
    )


def no_lengths(name: str) -> Text:
    """A place that takes no stay of any length."""
    return Text(
        f"“{name}”没有写明每段几个月（至少 1 个月）。",
        f"“{name}” does not say how many months a stay lasts (at least 1).",
    )


def negative(name: str) -> Text:
    """A number below zero."""
    return Text(f"“{name}”有小于 0 的数。", f"“{name}” has a number below 0.")


def weight(name: str, found: int) -> Text:
    """A weight that would pay for what a plan should avoid."""
    return Text(
        f"权重“{name}”为 {found}，应为不小于 0 的整数。",
        f"Weight “{name}” is {found}; a whole number, not below 0, is expected.",
    )


def unknown(stay: Stay) -> Text:
    """A stay of somebody or somewhere unknown."""
    return Text(
        f"安排“{stay.person} → {stay.place}”中的人员或岗位不在方案内。",
        f"Stay “{stay.person} → {stay.place}” names a person or a place that is not in the plan.",
    )
