"""Work out a roster in a process of its own, and tell in words why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _

from duikou.core.apart import Died, Report, apart
from duikou.core.errors import Conflict
from duikou.core.faces import words
from duikou.engines.rostering import Assignment, Problem, RosterFault, Solution, solve
from duikou.engines.text import Text


def solve_apart(
    problem: Problem, seconds: float, report: Report, hint: Sequence[Assignment] = ()
) -> Solution:
    """The best roster found within `seconds`, begun from `hint` where that is lawful.

    `report` hears the seconds gone by and may raise to stop.
    Raises Conflict when the solver finds no lawful roster or its process dies.
    """
    try:
        answer = apart(partial(_answer, problem, seconds, tuple(hint)), seconds, report)
    except Died:
        raise Conflict(_("求解器中断，没有得出结果；原有排班保持不变。请重试。")) from None
    if not isinstance(answer, Solution):
        why = " ".join(words(text) for text in answer)
        raise Conflict(
            _("排不出守规则的班：%(why)s 请放宽排班规则、解除锁定或减少不能排班的日期。") % {"why": why}
        )
    return answer


def _answer(problem: Problem, seconds: float, hint: tuple[Assignment, ...]) -> Solution | Sequence[Text]:
    try:
        return solve(problem, seconds=seconds, hint=hint)
    except RosterFault as fault:
        return fault.texts
