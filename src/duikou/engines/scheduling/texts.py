"""What the planner says about plans and input, in both languages."""

from __future__ import annotations

from duikou.engines.scheduling.model import Expert, Meeting, Problem, Request, Seat
from duikou.engines.text import Text

_KINDS = {
    "expert": ("专家", "Expert"),
    "request": ("会诊申请", "Request"),
    "fixed": ("已定会诊的申请", "The request of a fixed consultation"),
    "published": ("已发布会诊的申请", "The request of a published consultation"),
}


def planned_twice(request: Request) -> Text:
    """Two meetings for one request."""
    return Text(
        f"“{request.name}”安排了两次：请取消其中一次。", f"“{request.name}” is planned twice: cancel one."
    )


def seats(request: Request, found: int) -> Text:
    """Too few or too many experts, or one twice."""
    wanted = len(request.seats)
    return Text(
        f"“{request.name}”需要 {wanted} 名不同的专家，安排了 {found} 名。",
        f"“{request.name}” wants {wanted} different experts and has {found}.",
    )


def horizon(problem: Problem, request: Request) -> Text:
    """Outside the plan."""
    first, last = problem.label(0), problem.label(problem.days * problem.per_day)
    return Text(
        f"“{request.name}”的时间不在排期范围内（{first} 至 {last}）。",
        f"“{request.name}” lies outside the plan ({first} to {last}).",
    )


def release(problem: Problem, request: Request) -> Text:
    """Too early."""
    when = problem.label(request.release)
    return Text(
        f"“{request.name}”早于可开始时间 {when}。",
        f"“{request.name}” begins before it may ({when}).",
    )


def due(problem: Problem, request: Request) -> Text:
    """Too late."""
    when = problem.label(request.due)
    return Text(
        f"“{request.name}”应在 {when} 前结束，安排得太晚。",
        f"“{request.name}” must be over by {when}; it is planned too late.",
    )


def unfit(expert: Expert, request: Request, seat: Seat) -> Text:
    """Specialty or title do not fit."""
    if seat.specialty not in expert.specialties:
        return Text(
            f"{expert.name}的专业不含“{request.name}”要求的“{seat.specialty}”。",
            f"{expert.name} does not have the specialty “{seat.specialty}” that “{request.name}” wants.",
        )
    return Text(
        f"{expert.name}的职称比“{request.name}”要求的低一级以上。",
        f"{expert.name}'s title is more than one rank below what “{request.name}” wants.",
    )


def forbidden(expert: Expert, request: Request) -> Text:
    """Ruled out by hand."""
    return Text(
        f"已排除由{expert.name}会诊“{request.name}”。", f"{expert.name} is ruled out for “{request.name}”."
    )


def not_free(problem: Problem, expert: Expert, start: int) -> Text:
    """The expert does not offer these hours."""
    when = problem.label(start)
    return Text(
        f"{expert.name}在 {when} 起的时段没有开放会诊，或时段不够长。",
        f"{expert.name} does not offer the hours from {when} on, or not long enough.",
    )


def overlap(problem: Problem, expert: Expert, first: Request, second: Request, at: Meeting) -> Text:
    """Two meetings of one expert at the same time."""
    when = problem.label(at.start)
    return Text(
        f"{expert.name}在 {when} 同时有“{first.name}”和“{second.name}”：请改期其中一个。",
        f"{expert.name} has “{first.name}” and “{second.name}” at the same time ({when}): move one.",
    )


def buffer(problem: Problem, expert: Expert, found: int, at: Meeting) -> Text:
    """Too little time between two meetings."""
    cell = 1440 // problem.per_day
    when = problem.label(at.start)
    return Text(
        f"{expert.name}在 {when} 之前只间隔 {found * cell} 分钟，应不少于 {expert.buffer * cell} 分钟。",
        f"{expert.name} has {found * cell} minutes before {when}; "
        f"at least {expert.buffer * cell} are expected.",
    )


def most(problem: Problem, expert: Expert, start: int, found: int) -> Text:
    """Too many consultations in a day."""
    when = problem.label(start)[:10]
    return Text(
        f"{expert.name}在 {when} 有 {found} 次会诊，每日最多 {expert.most} 次。",
        f"{expert.name} has {found} consultations on {when}, at most {expert.most} a day are allowed.",
    )


def no_days(problem: Problem) -> Text:
    """A plan without days, or with a day that is no whole number of cells."""
    return Text(
        f"排期为 {problem.days} 天、每天 {problem.per_day} 格；天数至少为 1，每格须为整分钟。",
        f"The plan has {problem.days} days of {problem.per_day} cells; at least 1 day is needed, and a cell "
        f"must be a whole number of minutes.",
    )


def twice(kind: str, key: str) -> Text:
    """One key for two things."""
    zh, en = _KINDS[kind]
    return Text(f"{zh}“{key}”出现两次，每个只能有一个。", f"{en} “{key}” occurs twice; it must occur once.")


def negative(name: str) -> Text:
    """A number below zero."""
    return Text(f"“{name}”有小于 0 的数。", f"“{name}” has a number below 0.")


def bad_stretch(problem: Problem, expert: Expert, first: int, last: int) -> Text:
    """Hours that end before they begin, cross midnight or lie outside the plan."""
    span = f"{problem.label(first)}–{problem.label(last)}"
    return Text(
        f"{expert.name}的开放时段 {span} 有误：应在排期之内、在同一天内，且结束晚于开始。",
        f"The hours {span} of {expert.name} are wrong: inside the plan, within one day, and ending after "
        f"their beginning is expected.",
    )


def bad_request(request: Request) -> Text:
    """A request for nobody, for no time, or of no urgency."""
    return Text(
        f"“{request.name}”须至少一名专家、时长至少一格、紧急程度至少为 1；"
        f"现为 {len(request.seats)} 名、{request.length} 格、{request.urgency}。",
        f"“{request.name}” must want at least one expert, one cell and an urgency of 1; found: "
        f"{len(request.seats)} experts, {request.length} cells, {request.urgency}.",
    )


def no_window(request: Request) -> Text:
    """Due before it can be over."""
    return Text(
        f"“{request.name}”从可开始到应结束之间不足会诊时长：请推迟期限或缩短时长。",
        f"“{request.name}” lasts longer than there is from its release to its due time: put that off, or "
        f"shorten it.",
    )


def weight(name: str, found: int) -> Text:
    """A weight that would pay for what a plan should avoid."""
    return Text(
        f"权重“{name}”为 {found}，应为不小于 0 的整数。",
        f"Weight “{name}” is {found}; a whole number, not below 0, is expected.",
    )


def unknown(meeting: Meeting) -> Text:
    """A meeting of something or somebody unknown."""
    return Text(
        f"会诊“{meeting.request}”（{'、'.join(meeting.experts)}）中的申请或专家不在排期内。",
        f"Consultation “{meeting.request}” ({', '.join(meeting.experts)}) names a request or an expert that "
        f"is not in the plan.",
    )
