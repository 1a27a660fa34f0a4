"""Sentences of the explanations, in both languages."""

from __future__ import annotations

from duikou.engines.swap.model import Department, Gap, Person, Place, Shortage, Stay
from duikou.engines.text import Text

Span = tuple[str, str]


def stay(person: Person, place: Place, span: Span, one: Stay, others: int) -> Text:
    """What speaks for a stay."""
    zh = [f"{person.name}自 {span[0]} 至 {span[1]} 在“{place.name}”（{one.months} 个月），专业相符"]
    en = [
        f"{person.name} is in “{place.name}” from {span[0]} to {span[1]} ({one.months} months)",
        "same specialty",
    ]
    if person.grade >= place.least_grade:
        zh.append("职称达到要求")
        en.append("the title asked for")
    else:
        zh.append("职称低一级（按月计代价）")
        en.append("one rank below the title asked for (priced by month)")
    if person.due:
        zh.append("本期应派出或已申请")
        en.append("due to go, or has applied")
    if dislike := person.dislikes.get(place.key, 0):
        zh.append(f"本人意愿程度 -{dislike}")
        en.append(f"degree of reluctance {dislike}")
    return Text(
        "；".join(zh) + f"。同专业另有 {others} 名候选人，见下。",
        "; ".join(en) + f". {others} others of the specialty: see below.",
    )


def gap(place: Place, when: str, one: Gap, candidates: int) -> Text:
    """An empty post."""
    return Text(
        f"“{place.name}”在 {when} 缺 {one.missing} 人；同专业候选人共 {candidates} 名，各自原因如下。",
        f"“{place.name}” lacks {one.missing} in {when}; of {candidates} candidates of the specialty, "
        f"each one's reason follows.",
    )


def short(department: Department, when: str, one: Shortage) -> Text:
    """A department below its minimum: proved to be unavoidable."""
    return Text(
        f"{department.name}在 {when} 只有 {one.present} 人，最低 {one.minimum} 人："
        f"在现有条件下任何方案都无法避免。",
        f"{department.name} has {one.present} in {when}, with a minimum of {one.minimum}: under the given "
        f"conditions no plan avoids it.",
    )


def own_staff(department: Department, when: str, staff: int) -> Text:
    """Its own staff are already too few."""
    return Text(
        f"不计外派，{department.name}在 {when} 自有在岗 {staff} 人，已低于最低人数。",
        f"Even with nobody sent away, {department.name} has {staff} of its own in {when}: below the minimum.",
    )


def away(names: list[str]) -> Text:
    """Who of the department is away."""
    return Text(f"已定外出的有：{'、'.join(names)}。", f"Away by agreement: {', '.join(names)}.")


def no_places(department: Department) -> Text:
    """Nobody can come: no place is asked for there."""
    return Text(
        f"{department.name}没有申请派驻岗位，无人可以顶替。可增设岗位，或调整最低人数。",
        f"{department.name} asks for no posted staff, so nobody can step in. "
        f"Ask for a post, or lower the minimum.",
    )


def places_full(department: Department) -> Text:
    """All places there are taken."""
    return Text(
        f"{department.name}的派驻岗位已全部到位。可增加岗位人数，或推迟进修。",
        f"All posts of {department.name} are filled. Ask for more, or put off a training.",
    )


def elsewhere(person: Person, place: str, span: Span) -> Text:
    """Busy somewhere else."""
    return Text(
        f"{person.name}：{span[0]} 至 {span[1]} 已在“{place}”。",
        f"{person.name}: in “{place}” from {span[0]} to {span[1]}.",
    )


def resting(person: Person, place: str, when: str) -> Text:
    """Time at home around another stay."""
    return Text(
        f"{person.name}：与“{place}”（至 {when}）之间须间隔 {person.rest} 个月。",
        f"{person.name}: {person.rest} months at home are kept around “{place}” (until {when}).",
    )


def too_low(person: Person, place: Place) -> Text:
    """The title is too low."""
    return Text(
        f"{person.name}：职称比“{place.name}”要求的低一级以上。",
        f"{person.name}: more than one rank below what “{place.name}” asks for.",
    )


def ruled_out(person: Person, place: Place) -> Text:
    """Ruled out by hand."""
    return Text(f"{person.name}：已排除到“{place.name}”。", f"{person.name}: ruled out for “{place.name}”.")


def not_free(person: Person, when: str) -> Text:
    """Cannot be away."""
    return Text(f"{person.name}：{when} 不能外出。", f"{person.name}: cannot be away in {when}.")


def home_thin(person: Person, department: str, when: str) -> Text:
    """The home department would fall short."""
    return Text(
        f"{person.name}：外派会使{department}在 {when} 低于最低人数。",
        f"{person.name}: leaving would bring {department} below its minimum in {when}.",
    )


def too_late(person: Person, place: Place) -> Text:
    """The plan ends before the shortest stay would."""
    return Text(
        f"{person.name}：方案期剩余月数不足“{place.name}”的最短一段（{min(place.lengths)} 个月）。",
        f"{person.name}: the plan ends before the shortest stay in “{place.name}” "
        f"({min(place.lengths)} months).",
    )


def dearer(person: Person, place: Place) -> Text:
    """Possible, but the whole plan would not be better."""
    return Text(
        f"{person.name}：可以到“{place.name}”，但整体方案不会更好（空岗、职称、公平、意愿合计）。",
        f"{person.name}: could go to “{place.name}”, but the plan as a whole (gaps, titles, fairness, "
        f"preferences) would not be better.",
    )
