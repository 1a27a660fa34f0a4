"""An absence: one block of the plan is solved again, then the answer is adopted or dropped."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.jobs.actions import request_job
from duikou.core.scope import Actor
from duikou.engines import swap as engine
from duikou.wings.people.models import Person
from duikou.wings.postings.actions import withdraw
from duikou.wings.postings.models import Posting
from duikou.wings.swaps.actions._common import State, claim, judge_again, write
from duikou.wings.swaps.actions.adopting import carry_out, named
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.swaps.outcome import judged, of_row, repair_of
from duikou.wings.swaps.problems import as_stay, problem_for
from duikou.wings.swaps.workflows import PLAN

REPAIRABLE = (State.SOLVED, State.AGREED, State.ADOPTED)
UNDECIDED = (Posting.State.NOMINATED, Posting.State.APPROVED)
REASON = 200


def request_repair(
    *, actor: Actor, plan: SwapPlan, person: Person, first_month: dt.date, months: int, reason: str
) -> SwapRepair:
    """Somebody of the plan cannot be away for some months: have its block solved again.

    Raises Denied, Conflict for a plan that has no rows to repair, Invalid for somebody who is not in the
    plan and months outside it.
    """
    from duikou.wings.swaps.jobs import work_out_repair

    with act("swap.repair", actor=actor, permission="swap.plan", on=plan) as event:
        if plan.state not in REPAIRABLE:
            raise Conflict(
                _("方案目前为“%(state)s”，没有可以补救的安排。") % {"state": PLAN.states[plan.state].label}
            )
        reason = require_reason(reason, REASON)
        start = (first_month.year - plan.first_month.year) * 12 + first_month.month - plan.first_month.month
        if not 0 <= start < plan.months or not 1 <= months <= plan.months - start:
            raise refused(
                "first_month",
                _("自 %(first)s 起 %(months)s 个月超出方案期（%(begin)s 至 %(end)s）。请改正。")
                % {
                    "first": f"{first_month:%Y-%m}",
                    "months": months,
                    "begin": f"{plan.first_month:%Y-%m}",
                    "end": f"{plan.last_day:%Y-%m}",
                },
            )
        ways = set(plan.stays.filter(person=person).values_list("way", flat=True))
        if not ways:
            raise refused("person", _("方案没有安排%(name)s。请选择方案中的人员。") % {"name": person.name})
        if plan.state == State.ADOPTED and SwapStay.Way.UP in ways:
            raise refused(
                "person",
                _("方案已采用，%(name)s的进修请在进修页面改期或撤回；这里只补救下派人员。")
                % {"name": person.name},
            )
        repair = SwapRepair.objects.create(
            plan=plan,
            supporter_path=plan.supporter_path,
            recipient_path=plan.recipient_path,
            person=person,
            start=start,
            months=months,
            reason=reason,
            made_by_id=actor.user_id,
        )
        job = request_job(
            work_out_repair,
            repair.pk,
            actor=actor,
            scope_path=plan.supporter_path,
            subject=plan.name,
            dedupe=f"swap-repair-{repair.pk}",
        )
        repair.job_id = job.pk
        repair.save(update_fields=["job_id"])
        event.note(plan, after={"person": person.pk, "start": start, "months": months}, reason=reason)
    return repair


def keep_repair(
    *,
    actor: Actor,
    repair: SwapRepair,
    problem: engine.Problem,
    before: tuple[engine.Stay, ...],
    found: engine.Plan,
) -> SwapRepair:
    """Keep what was found, to be decided on; `problem` knows of the absence."""
    plan = repair.plan
    with act("swap.repair_solved", actor=actor, permission="swap.plan", on=plan) as event:
        won = SwapRepair.objects.filter(pk=repair.pk, state=SwapRepair.State.WAITING).update(
            state=SwapRepair.State.PROPOSED,
            plan_version=plan.version,
            result=repair_of(problem, before, found),
        )
        if not won:
            raise Conflict(_("这项补救已经有了结果，或已放弃。"))
        repair.refresh_from_db()
        event.note(plan, after={"repair": repair.pk, "status": found.status.value})
    return repair


def adopt_repair(*, actor: Actor, repair: SwapRepair) -> SwapPlan:
    """Change the plan as proposed; of an adopted plan, change the nominations with it: all, or nothing.

    Raises Denied (an adopted plan is changed by the supporter alone), Conflict when the plan was changed
    since, and what a nomination objects to, with its row.
    """
    plan = repair.plan
    settled = plan.state == State.ADOPTED
    with (
        together(),
        act(
            "swap.repair_adopt",
            actor=actor,
            permission="posting.edit" if settled else "swap.plan",
            on=plan.supporter_path if settled else plan,
            target=plan,
        ) as event,
    ):
        _decide(repair, SwapRepair.State.ADOPTED)
        if plan.version != repair.plan_version or plan.state not in REPAIRABLE:
            raise Conflict(_("求解之后方案又有改动，这项补救不再适用。请放弃后重新提出。"))
        translated = problem_for(plan)  # before requests of nominations taken back are out of sight
        rows = plan.stays.select_related("person", "posting")
        given_up = {of_row(row) for row in repair.result["gone"]}
        gone = [row for row in rows if as_stay(row) in given_up]
        there = _take_back(actor, gone, repair.reason) if settled else {}
        SwapStay.objects.filter(pk__in=[row.pk for row in gone]).delete()
        new = tuple(of_row(row) for row in repair.result["new"])
        everybody = tuple(sorted({*(as_stay(row) for row in plan.stays.all()), *new}))
        made = write(plan, translated, everybody, new, set())
        if settled:
            for row in made:
                row.posting = there.get((row.person_id, row.start))
                if row.posting is None:
                    carry_out(actor, plan, row, replacing=True)
            SwapStay.objects.bulk_update(made, ["posting"])
            again = {**judged(translated.problem, everybody), "status": "edited"}
            claim(plan, plan.version, states=(State.ADOPTED,), result=again)
        else:
            judge_again(plan, plan.version)
        event.note(
            plan, after={"repair": repair.pk, "gone": len(gone), "new": len(new)}, reason=repair.reason
        )
    return plan


def drop_repair(*, actor: Actor, repair: SwapRepair) -> SwapRepair:
    """Leave the plan as it is."""
    with act("swap.repair_drop", actor=actor, permission="swap.plan", on=repair.plan) as event:
        _decide(repair, SwapRepair.State.DROPPED)
        event.note(repair.plan, after={"repair": repair.pk})
    return repair


def _take_back(actor: Actor, gone: list[SwapStay], reason: str) -> dict[tuple[int, int], Posting]:
    """Withdraw the nominations of rows that the repair gives up.

    Returns the postings of those who have arrived, by person and first month: they are ended on their
    own page, on the day on which it happens.
    """
    there = {}
    for row in gone:
        if row.posting is None:
            continue
        if row.posting.state in UNDECIDED:
            with named(row):
                withdraw(actor=actor, posting=row.posting, reason=reason)
        else:
            there[row.person_id, row.start] = row.posting
    return there


def _decide(repair: SwapRepair, state: str) -> None:
    states = (SwapRepair.State.PROPOSED,) if state == SwapRepair.State.ADOPTED else SwapRepair.OPEN
    if not SwapRepair.objects.filter(pk=repair.pk, state__in=states).update(state=state):
        repair.refresh_from_db()
        raise Conflict(
            _("这项补救目前为“%(state)s”，没有执行。请刷新后再看。") % {"state": repair.get_state_display()}
        )
    repair.refresh_from_db()
