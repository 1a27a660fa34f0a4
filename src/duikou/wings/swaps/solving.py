"""Solve in a process of its own, and tell in words why there is no plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from duikou.core.apart import Died, Report, apart
from duikou.core.errors import Conflict
from duikou.core.faces import words
from duikou.engines.swap import BadProblem, Plan
from duikou.engines.text import Text


def solve_apart(work: Callable[[], Plan], seconds: float, report: Report) -> Plan:
    """What `work` (which can be pickled) answers; `report` hears the seconds gone by and may raise to stop.

    Raises Conflict for input that makes no sense and when the process dies.
    """
    try:
        answer = apart(partial(_answer, work), seconds, report)
    except Died:
        raise Conflict(_("求解器中断，没有得出结果；原有方案保持不变。请重试。")) from None
    if not isinstance(answer, Plan):
        raise Conflict(_("无法求解：%(why)s") % {"why": words(answer)})
    return answer


def _answer(work: Callable[[], Plan]) -> Plan | Text:
    try:
        return work()
    except BadProblem as error:
        return error.text
