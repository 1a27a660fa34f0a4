"""What the checker of rosters says, in both languages."""

from __future__ import annotations

import datetime as dt

from duikou.engines.rostering.model import Busy, Demand, Problem, Reason, Share, Shift, Staff
from duikou.engines.text import Text

REASONS: dict[Reason, Text] = {
    "leave": Text("请假", "on leave"),
    "home": Text("回派出医院工作", "at work in the home hospital"),
    "off_post": Text("不在派驻期内", "not on post"),
    "training": Text("培训", "in training"),
    "other": Text("另有安排", "taken up otherwise"),
}


def date_zh(date: dt.date) -> str:
    """A day of a roster in Chinese."""
    return f"{date.month} 月 {date.day} 日"


def date_en(date: dt.date) -> str:
    """A day of a roster in English."""
    return f"{date.day} {date:%B}"


def hours(minutes: int) -> str:
    """Hours without a needless fraction."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def unknown_staff(staff: str) -> Text:
    """Somebody who is not in this roster."""
    return Text(f"编号“{staff}”不在本排班的人员中。", f"“{staff}” is not among the staff of this roster.")


def unknown_shift(person: Staff, shift: str) -> Text:
    """A shift that does not exist."""
    return Text(f"{person.label}：没有“{shift}”这个班次。", f"{person.label}: there is no shift “{shift}”.")


def unknown_day(person: Staff, day: int, days: int) -> Text:
    """A day outside the month."""
    return Text(
        f"{person.label}：第 {day + 1} 天不在本期内（本期 {days} 天）。",
        f"{person.label}: day {day + 1} is outside this period of {days} days.",
    )


def twice(problem: Problem, person: Staff, day: int, shifts: list[Shift]) -> Text:
    """More than one shift on a day."""
    date = problem.date(day)
    names = [shift.label for shift in shifts]
    return Text(
        f"{person.label} {date_zh(date)}排了 {len(names)} 个班（{'、'.join(names)}），一天只能一个。",
        f"{person.label} has {len(names)} shifts on {date_en(date)} ({', '.join(names)}); one is allowed.",
    )


def busy(problem: Problem, person: Staff, day: int, shift: Shift, time: Busy) -> Text:
    """A shift within leave or other engagements."""
    date, why = problem.date(day), REASONS[time.reason]
    other = problem.date(time.day)
    return Text(
        f"{person.label} {date_zh(other)}{why.zh}，不能排 {date_zh(date)}的{shift.label}。",
        f"{person.label} is {why.en} on {date_en(other)} and cannot take {shift.label} of {date_en(date)}.",
    )


def skill(problem: Problem, person: Staff, day: int, shift: Shift, missing: list[str]) -> Text:
    """A shift that asks for what a person does not have."""
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}：{shift.label}要求{'、'.join(missing)}，本人不具备。",
        f"{person.label}, {date_en(date)}: {shift.label} asks for {', '.join(missing)}.",
    )


def rest(problem: Problem, person: Staff, day: int, earlier: tuple[int, Shift], later: Shift) -> Text:
    """Too few hours between two shifts."""
    before, shift = earlier
    gap = (day - before) * 24 * 60 + later.start - shift.end
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}{later.label}与{date_zh(problem.date(before))}{shift.label}"
        f"之间休息 {hours(gap)} 小时，至少 {hours(problem.rest)} 小时。",
        f"{person.label} rests {hours(gap)} hours between {shift.label} of {date_en(problem.date(before))} "
        f"and {later.label} of {date_en(date)}; {hours(problem.rest)} are due.",
    )


def sequence(problem: Problem, person: Staff, day: int, earlier: Shift, later: Shift) -> Text:
    """A shift that may not follow another."""
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}：{earlier.label}的次日不能排{later.label}。",
        f"{person.label}, {date_en(date)}: {later.label} may not follow {earlier.label} of the day before.",
    )


def long_run(problem: Problem, person: Staff, day: int, length: int, limit: int) -> Text:
    """Too many days of work without a day off."""
    date = problem.date(day)
    return Text(
        f"{person.label} 到 {date_zh(date)}已连续工作 {length} 天，最多 {limit} 天。",
        f"{person.label} works {length} days without a break up to {date_en(date)}; {limit} are allowed.",
    )


def short_run(problem: Problem, person: Staff, day: int, length: int, least: int) -> Text:
    """Too few days of work between days off."""
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}起只连续工作 {length} 天，至少 {least} 天。",
        f"{person.label} works only {length} days on end from {date_en(date)}; {least} are due.",
    )


def short_off(problem: Problem, person: Staff, day: int, length: int, least: int) -> Text:
    """Too few days off between days of work."""
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}起只连续休息 {length} 天，至少 {least} 天。",
        f"{person.label} is off only {length} days on end from {date_en(date)}; {least} are due.",
    )


def weekends(person: Staff, count: int, limit: int) -> Text:
    """Too many weekends with work."""
    return Text(
        f"{person.label} 有 {count} 个周末上班，最多 {limit} 个。",
        f"{person.label} works on {count} weekends; {limit} are allowed.",
    )


def too_often(person: Staff, shift: Shift, count: int, limit: int) -> Text:
    """A shift more often than the contract allows."""
    return Text(
        f"{person.label} 排了 {count} 次{shift.label}，最多 {limit} 次。",
        f"{person.label} has {shift.label} {count} times; {limit} are allowed.",
    )


def too_long(person: Staff, minutes: int, limit: int) -> Text:
    """Too many hours."""
    return Text(
        f"{person.label} 共 {hours(minutes)} 小时，最多 {hours(limit)} 小时。",
        f"{person.label} works {hours(minutes)} hours; {hours(limit)} are allowed.",
    )


def too_little(person: Staff, minutes: int, least: int) -> Text:
    """Too few hours."""
    return Text(
        f"{person.label} 共 {hours(minutes)} 小时，至少 {hours(least)} 小时。",
        f"{person.label} works {hours(minutes)} hours; {hours(least)} are due.",
    )


def not_fixed(problem: Problem, person: Staff, day: int, shift: str) -> Text:
    """A settled cell that was changed; `shift` is its label, empty for a day off."""
    date = problem.date(day)
    return Text(
        f"{person.label} {date_zh(date)}已锁定为{shift or '休息'}。",
        f"{person.label} is settled to {shift or 'a day off'} on {date_en(date)}.",
    )


def short(problem: Problem, demand: Demand, shift: Shift, count: int) -> Text:
    """Cover that is missing."""
    date = problem.date(demand.day)
    who_zh = f"具备{demand.skill}的" if demand.skill else ""
    who_en = f" with {demand.skill}" if demand.skill else ""
    return Text(
        f"{date_zh(date)}{shift.label}需要{who_zh} {demand.need} 人，排了 {count} 人，"
        f"缺 {demand.need - count} 人。",
        f"{date_en(date)}, {shift.label}: {demand.need} persons{who_en} needed, {count} rostered, "
        f"{demand.need - count} short.",
    )


def surplus(problem: Problem, demand: Demand, shift: Shift, count: int) -> Text:
    """More persons than asked for."""
    date = problem.date(demand.day)
    return Text(
        f"{date_zh(date)}{shift.label}需要 {demand.need} 人，排了 {count} 人，多 {count - demand.need} 人。",
        f"{date_en(date)}, {shift.label}: {demand.need} persons needed, {count} rostered, "
        f"{count - demand.need} more.",
    )


def wish_missed(problem: Problem, person: Staff, day: int, shift: str) -> Text:
    """A wished shift that was not given; `shift` is its label, empty for any."""
    date = problem.date(day)
    return Text(
        f"{person.label} 希望 {date_zh(date)}上{shift or '班'}，未排。",
        f"{person.label} wished for {shift or 'work'} on {date_en(date)}, which is not given.",
    )


def wish_refused(problem: Problem, person: Staff, day: int, shift: str) -> Text:
    """A shift given against a wish; `shift` is its label, empty for any."""
    date = problem.date(day)
    return Text(
        f"{person.label} 希望 {date_zh(date)}不上{shift or '班'}，仍排了班。",
        f"{person.label} wished not to have {shift or 'any shift'} on {date_en(date)}, which is given.",
    )


def unfair(person: Staff, share: Share, labels: list[str], count: int) -> Text:
    """More or less than the fair share."""
    fair = f"{share.low}" if share.low == share.high else f"{share.low}–{share.high}"
    zh, en = ("周末", " at weekends") if share.weekend_only else ("", "")
    return Text(
        f"{person.label} {zh}{'、'.join(labels)}共 {count} 次，公平份额为 {fair} 次。",
        f"{person.label} has {', '.join(labels)}{en} {count} times; the fair share is {fair}.",
    )
