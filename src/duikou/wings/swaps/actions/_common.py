"""What the acts share: the claim on a plan, its rows written and judged."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.engines import swap as engine
from duikou.engines.swap.handover import handovers_of
from duikou.wings.swaps.models import SwapPlan, SwapStay
from duikou.wings.swaps.outcome import judged, why_of
from duikou.wings.swaps.problems import Translated, as_stay, problem_for
from duikou.wings.swaps.workflows import PLAN

State = SwapPlan.State


def check_changeable(plan: SwapPlan) -> None:
    """Raise Conflict for a plan that is adopted or discarded."""
    if plan.state not in SwapPlan.CHANGEABLE:
        raise Conflict(
            _("方案目前为“%(state)s”，不能再改。请另编一份方案。") % {"state": PLAN.states[plan.state].label}
        )


def claim(
    plan: SwapPlan, version: int, *, states: tuple[str, ...] = SwapPlan.CHANGEABLE, **changes: Any
) -> None:
    """Change the plan if it still is as it was read; of several who act at once exactly one wins."""
    rows = SwapPlan.objects.filter(pk=plan.pk, version=version, state__in=states)
    if not rows.update(version=F("version") + 1, **changes):
        raise Conflict(_("没有执行：方案刚被他人改动。请刷新后再试。"))
    plan.refresh_from_db()


def judge_again(plan: SwapPlan, version: int) -> None:
    """What the rows as they now stand cost and break; an agreement to other rows is over."""
    translated = problem_for(plan)
    problem = translated.problem
    rows = known(translated, plan)
    claim(plan, version, state=State.SOLVED, result=judged(problem, rows))
    days = {(one.leaver, one.place): one.days for one in handovers_of(problem, rows)}
    changed = list(plan.stays.all())
    for row in changed:
        one = as_stay(row)
        row.extra_days = days.get((one.person, one.place), 0)
        row.why = why_of(problem, rows, one) if one in rows else {}
    SwapStay.objects.bulk_update(changed, ["extra_days", "why"])


def known(translated: Translated, plan: SwapPlan) -> tuple[engine.Stay, ...]:
    """The plan's rows whose person and place the problem still has."""
    persons, places = translated.persons, {one.key for one in translated.problem.places}
    rows = (as_stay(row) for row in plan.stays.all())
    return tuple(sorted(one for one in rows if one.person in persons and one.place in places))


def write(
    plan: SwapPlan,
    translated: Translated,
    all_stays: tuple[engine.Stay, ...],
    new: tuple[engine.Stay, ...],
    kept: set[engine.Stay],
) -> list[SwapStay]:
    """Add rows for the stays of `new`, which are among `all_stays`."""
    problem = translated.problem
    days = {(one.leaver, one.place): one.days for one in handovers_of(problem, all_stays)}
    return SwapStay.objects.bulk_create(
        SwapStay(
            plan=plan,
            supporter_path=plan.supporter_path,
            recipient_path=plan.recipient_path,
            way=SwapStay.Way.DOWN if stay.place in translated.requests else SwapStay.Way.UP,
            person=translated.persons[stay.person],
            request=translated.requests.get(stay.place),
            traineeship=translated.traineeships.get(stay.place),
            place=translated.name_of(stay.place),
            start=stay.start,
            months=stay.months,
            extra_days=days.get((stay.person, stay.place), 0),
            kept=stay in kept,
            why=why_of(problem, all_stays, stay),
        )
        for stay in new
    )
