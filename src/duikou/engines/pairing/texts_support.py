"""Sentences of PAIR-05: duplicated and interrupted support."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.texts import Wording, counted, names_en, names_zh
from duikou.engines.text import Text


def several_supporters(
    recipient: str, supporters: Sequence[str], allowed: int, *, departments: Sequence[str] = ()
) -> Wording:
    """A recipient with more supporters at one time than allowed; `departments` when that is in order."""
    who_zh, who_en = names_zh(supporters), names_en(supporters)
    if departments:
        found = Text(
            f"{len(supporters)}所，科室不同（{names_zh(departments)}）且有理由",
            f"{len(supporters)}, for different departments ({names_en(departments)}) and with a reason",
        )
        suggestion = Text(
            "无需改动；请在协议中写明各自的科室。",
            "Nothing to repair; name each one's departments in the agreements.",
        )
    else:
        found = Text(f"{len(supporters)}所：{who_zh}", f"{len(supporters)}: {who_en}")
        suggestion = Text(
            f"保留一所；或为{names_zh(supporters[allowed:])}写明不同的帮扶科室和理由。",
            f"Keep one; or give {names_en(supporters[allowed:])} other departments and record the reason.",
        )
    return Wording(
        expected=Text(
            f"同一时间支援医院不超过{allowed}所", f"at most {counted(allowed, 'supporter')} at one time"
        ),
        found=found,
        message=Text(
            f"{recipient}同时有{len(supporters)}所支援医院：{who_zh}。",
            f"{recipient} has {len(supporters)} supporters at the same time: {who_en}.",
        ),
        suggestion=suggestion,
    )


def gap(recipient: str, last: str, first: str, days: int, allowed: int) -> Wording:
    """Days without support of a recipient; `last` and `first` are its supported days around them."""
    return Wording(
        expected=Text(
            f"前后衔接，间断不超过{allowed}天", f"no more than {counted(allowed, 'day')} without support"
        ),
        found=Text(f"间断{days}天", counted(days, "day") + " without support"),
        message=Text(
            f"{recipient}的支援在{last}结束，下一次从{first}开始，间断{days}天。",
            f"Support of {recipient} ended on {last} and began again on {first}: "
            f"{counted(days, 'day')} without.",
        ),
        suggestion=Text(
            f"延长前一结对，或把后一结对的开始日期提前到{last}的次日。",
            f"Extend the earlier pairing, or let the later one begin on the day after {last}.",
        ),
    )


def overlap(recipient: str, before: Sequence[str], after: Sequence[str], last: str, first: str) -> Wording:
    """The previous round's pairing of a recipient still runs when the new one has begun."""
    return Wording(
        expected=Text("上一轮结束后新一轮才开始", "a new round begins after the previous one has ended"),
        found=Text(f"上一轮至{last}，本轮自{first}", f"previous until {last}, new from {first}"),
        message=Text(
            f"{recipient}上一轮（{names_zh(before)}）到{last}才结束，本轮（{names_zh(after)}）{first}已开始。",
            f"The previous support of {recipient} ({names_en(before)}) runs until {last}, "
            f"but the new one ({names_en(after)}) begins on {first}.",
        ),
        suggestion=Text(
            f"将上一轮结对截止到{first}的前一日，或推迟本轮开始日期。",
            f"End the previous pairing on the day before {first}, or let the new one begin later.",
        ),
    )


def dropped(recipient: str, before: Sequence[str], last: str) -> Wording:
    """A recipient of the previous round without any row in this one."""
    return Wording(
        expected=Text("上一轮的受援医院有去向", "each recipient of the previous round is accounted for"),
        found=Text("本轮无结对", "no pairing in this round"),
        message=Text(
            f"{recipient}上一轮由{names_zh(before)}支援至{last}，本轮没有结对。",
            f"{recipient} was supported by {names_en(before)} until {last} and has no pairing in this round.",
        ),
        suggestion=Text("续签、改配，或记录退出理由。", "Renew, pair anew, or record why the support ended."),
    )
