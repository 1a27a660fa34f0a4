"""Sentences of the explanations, in both languages."""

from __future__ import annotations

from duikou.engines.scheduling.check import days_waited, is_other_day, is_stranger
from duikou.engines.scheduling.model import Expert, Meeting, Problem, Request
from duikou.engines.text import Text


def meeting(problem: Problem, request: Request, one: Meeting, there: list[Expert], others: int) -> Text:
    """What speaks for a meeting."""
    when, day = problem.label(one.start), problem.day_of(one.start)
    waited = days_waited(problem, request, day)
    zh = [f"“{request.name}”安排在 {when}，专家：{'、'.join(expert.name for expert in there)}"]
    en = [f"“{request.name}” is on {when} with {', '.join(expert.name for expert in there)}"]
    zh.append(f"等候 {waited} 天" if waited else "当天安排")
    en.append(f"after {waited} days" if waited > 1 else "after a day" if waited else "the same day")
    if request.days:
        zh.append("不在希望的日期" if is_other_day(request, day) else "在希望的日期")
        en.append("not on a preferred day" if is_other_day(request, day) else "on a preferred day")
    if request.hospital is not None:
        strangers = [expert.name for expert in there if is_stranger(request, expert)]
        zh.append(f"{'、'.join(strangers)}不属于结对医院" if strangers else "均属于结对医院")
        en.append(
            f"{', '.join(strangers)} not of the paired hospital" if strangers else "of the paired hospital"
        )
    if request.earlier is not None:
        zh.append("曾诊治该患者" if request.earlier in one.experts else "不是曾诊治该患者的专家")
        en.append(
            "the patient is known there"
            if request.earlier in one.experts
            else "not the expert who knows the patient"
        )
    lower = [
        expert.name
        for expert, seat in zip(there, request.seats, strict=True)
        if expert.grade < seat.least_grade
    ]
    if lower:
        zh.append(f"{'、'.join(lower)}的职称低一级")
        en.append(f"{', '.join(lower)} one rank below the title wanted")
    return Text(
        "；".join(zh) + f"。同专业另有 {others} 名专家，见下。",
        "; ".join(en) + f". Other experts of the specialty: {others}, see below.",
    )


def none(problem: Problem, request: Request, others: int) -> Text:
    """No slot."""
    first, last = problem.label(request.release), problem.label(request.due)
    return Text(
        f"“{request.name}”在 {first} 至 {last} 之间没有安排上；同专业专家共 {others} 名，各自原因如下。"
        f"可推迟期限、缩短时长、增开时段或放宽职称。",
        f"“{request.name}” has no slot between {first} and {last}; experts of the specialty: {others}, each "
        f"one's reason follows. Put off the due time, shorten it, offer more hours, or want a lower title.",
    )


def nobody(request: Request) -> Text:
    """Nobody has the specialty."""
    wanted = list(dict.fromkeys(seat.specialty for seat in request.seats))
    return Text(
        f"“{request.name}”要求的专业（{'、'.join(wanted)}）没有专家。",
        f"No expert has the specialty that “{request.name}” wants ({', '.join(wanted)}).",
    )


def ruled_out(expert: Expert) -> Text:
    """Ruled out by hand."""
    return Text(f"{expert.name}：已排除。", f"{expert.name}: ruled out.")


def too_low(expert: Expert) -> Text:
    """The title is too low."""
    return Text(
        f"{expert.name}：职称比要求的低一级以上。",
        f"{expert.name}: more than one rank below the title wanted.",
    )


def no_hours(problem: Problem, expert: Expert, request: Request) -> Text:
    """No hours offered in time."""
    first, last = problem.label(request.release), problem.label(request.due)
    return Text(
        f"{expert.name}：{first} 至 {last} 之间没有开放时段。",
        f"{expert.name}: offers no hours between {first} and {last}.",
    )


def too_short(problem: Problem, expert: Expert, request: Request) -> Text:
    """Hours offered are too short."""
    minutes = request.length * 1440 // problem.per_day
    return Text(
        f"{expert.name}：期限内的开放时段都不足 {minutes} 分钟。",
        f"{expert.name}: no stretch of hours in time is as long as {minutes} minutes.",
    )


def days_full(expert: Expert, days: int) -> Text:
    """The daily number is reached on every day."""
    return Text(
        f"{expert.name}：期限内有时段的 {days} 天都已达到每日 {expert.most} 次。",
        f"{expert.name}: {expert.most} consultations already on each of the days in time ({days}).",
    )


def busy(expert: Expert, names: list[str], number: int) -> Text:
    """Other consultations fill the hours."""
    more = "等" if number > len(names) else ""
    return Text(
        f"{expert.name}：时段已被 {number} 次会诊占用（{'、'.join(names)}{more}）。",
        f"{expert.name}: the hours are taken by consultations ({number}): {', '.join(names)}"
        f"{' and others' if more else ''}.",
    )


def not_together(problem: Problem, expert: Expert, start: int) -> Text:
    """Free, but the group would not be better for it."""
    when = problem.label(start)
    return Text(
        f"{expert.name}：最早 {when} 有空，但与其他专家凑不到更好的共同时间。",
        f"{expert.name}: free from {when} on, but not at a better hour for all experts together.",
    )


def dearer(problem: Problem, expert: Expert, start: int, price: int, *, none: bool) -> Text:
    """Possible, but the whole would be worse."""
    when = problem.label(start)
    if none:
        return Text(
            f"{expert.name}：{when} 可以安排，但按现行权重不如不安排。",
            f"{expert.name}: could on {when}, but by the weights in force no slot is better than that one.",
        )
    if price < 0:  # the plan was made by hand, or its proof took too long
        return Text(
            f"{expert.name}：{when} 可以安排，总代价反而少 {-price} 分：现方案不是最好的。",
            f"{expert.name}: could on {when}, for {-price} points less in all: this plan is not the best.",
        )
    return Text(
        f"{expert.name}：{when} 可以安排，但总代价多 {price} 分（等候、日期、结对、连续、职称、均衡合计）。",
        f"{expert.name}: could on {when}, for {price} points more in all (waiting, day, pairing, continuity, "
        f"title, even load).",
    )
