"""Sentences of the exact regime and of solves in processes of their own."""

from __future__ import annotations

from duikou.engines.text import Text

CONTRADICTION = Text(
    zh="锁定、禁止、上限、人月容量和改动预算互相矛盾，没有任何方案能同时满足。",
    en="Locks, prohibitions, ceilings, person-months and the change budget contradict each other: "
    "no plan keeps them all.",
)

TIES_OPEN = Text(
    zh="各级目标均已证明最优；同样好的方案之间的固定取舍未在时限内完成，再次求解可能得到另一个同样好的方案。",
    en="Every level is proved. The fixed choice among equally good plans was not finished in time, "
    "so another solve may give another plan that is just as good.",
)

ENDED_ON_WISH = Text(
    zh="求解已按要求停止；求解进程没有及时回应，已被结束。它此前送出的最好方案（如有）予以保留。",
    en="The solve was stopped on request. Its process did not answer in time and was ended; "
    "the best plan that it had sent, if any, is kept.",
)

ENDED_LATE = Text(
    zh="求解进程超过时限没有回应，已被结束。它此前送出的最好方案（如有）予以保留，未证明最优。",
    en="The process of the solve did not answer at the end of its time and was ended. "
    "The best plan that it had sent, if any, is kept; it is not proved.",
)

_KEPT = Text(
    zh="不对结果作任何证明；若此前已有方案，则予保留。请重试，或放宽时限和内存限制、减少候选对。",
    en="Nothing is proved; a plan that was found before is kept. Try again, or allow more time and memory, "
    "or take fewer candidates.",
)


def died(exit_code: int | None) -> Text:
    """Return what is said of a process that ended without an answer."""
    if exit_code is not None and exit_code < 0:
        zh, en = f"被信号 {-exit_code} 终止", f"was killed by signal {-exit_code}"
    else:
        zh, en = f"意外退出（代码 {exit_code}）", f"ended unexpectedly (code {exit_code})"
    return Text(zh=f"求解进程{zh}。{_KEPT.zh}", en=f"The process of the solve {en}. {_KEPT.en}")


def no_memory(megabytes: int) -> Text:
    """Return what is said of a process that reached its limit of memory."""
    return Text(
        zh=f"求解进程需要的内存超过了限制（{megabytes} MB）。{_KEPT.zh}",
        en=f"The process of the solve needed more memory than allowed ({megabytes} MB). {_KEPT.en}",
    )


def fault(what: str) -> Text:
    """Return what is said of a solver that raised an error."""
    return Text(zh=f"求解程序出错：{what}。{_KEPT.zh}", en=f"The solver failed: {what}. {_KEPT.en}")
