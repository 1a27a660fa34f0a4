"""A month's roster: opened, worked out, published, taken back."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, together
from duikou.core.errors import Conflict, refused
from duikou.core.faces import words
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.engines.rostering import Solution
from duikou.wings.hospitals.models import Department
from duikou.wings.rosters.actions._common import claim_draft, place_of
from duikou.wings.rosters.drafts import difference
from duikou.wings.rosters.models import Duty, Roster, RosterRules
from duikou.wings.rosters.sheet import Sheet, last_of, people_of, person_of, sheet_of
from duikou.wings.rosters.workflows import ROSTER

EARLIEST = dt.date(2012, 1, 1)
TOLD = 3  # conflicts named in a refusal


def open_roster(*, actor: Actor, department: Department, month: dt.date) -> Roster:
    """Begin the roster of a month; the department needs rules and people for it."""
    with act("roster.open", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        first = month.replace(day=1)
        if not EARLIEST <= first <= timezone.localdate().replace(day=1) + dt.timedelta(days=400):
            raise refused("month", _("月份应在 %(from)s 之后、一年以内。") % {"from": EARLIEST})
        if not RosterRules.objects.filter(department=department).exists():
            raise refused(
                "department", _("“%(name)s”还没有排班规则。请先设定班次和限制。") % {"name": department.name}
            )
        if not people_of(department, first, last_of(first)):  # nobody at all: an empty table helps nobody
            raise refused(
                "department",
                _("“%(name)s”本月没有可排班的人员。请先登记人员或派驻。") % {"name": department.name},
            )
        roster, made = Roster.objects.get_or_create(
            department=department,
            month=first,
            defaults={"hospital": department.hospital, "scope_path": path},
        )
        if not made:
            raise Conflict(
                _("%(name)s %(month)s 的排班表已经有了。")
                % {"name": department.name, "month": f"{first:%Y-%m}"}
            )
        event.note(roster, after={"month": f"{first:%Y-%m}"}, scope_path=path)
    return roster


def request_solution(*, actor: Actor, roster: Roster) -> Job:
    """Have the roster worked out in the background; what was settled by hand stays. One job at a time."""
    from duikou.wings.rosters.jobs import work_out_roster

    with act("roster.solve_later", actor=actor, permission="roster.edit", on=roster) as event:
        if roster.state != "draft":
            raise Conflict(_("已发布的排班表不能重新生成。请先收回修改。"))
        job = request_job(
            work_out_roster,
            roster.pk,
            actor=actor,
            scope_path=roster.scope_path,
            subject=str(roster),
            dedupe=f"roster-{roster.pk}",
        )
        Roster.objects.filter(pk=roster.pk).update(job_id=job.pk)
        event.note(roster, after={"job": job.pk})
    return job


def keep_solution(*, actor: Actor, sheet: Sheet, solution: Solution) -> Roster:
    """Put a worked-out roster in place of the one before, if that is still what was worked on."""
    roster = sheet.roster
    require(actor, "roster.edit", roster.scope_paths())
    with together(), act("roster.solve", actor=actor, permission="roster.edit", on=roster) as event:
        claim_draft(roster, roster.version)
        settled = {(duty.person_id, duty.day) for duty in sheet.duties if duty.fixed}
        changes = difference(sheet, solution.roster) if sheet.duties else []
        Duty.objects.filter(roster=roster, fixed=False).delete()
        rows = []
        for cell in solution.roster:
            who, day = sheet.people[cell.staff], sheet.problem.date(cell.day)
            if (person_of(cell.staff), day) not in settled:
                rows.append(
                    Duty(
                        roster=roster,
                        scope_path=roster.scope_path,
                        person=who.person,
                        posting=who.posting_on(day),
                        day=day,
                        shift_id=int(cell.shift),
                        demonstration=roster.demonstration,
                    )
                )
        Duty.objects.bulk_create(rows, batch_size=500)
        Roster.objects.filter(pk=roster.pk).update(
            solved_at=timezone.now(), cost=solution.cost, bound=max(0, solution.bound), changes=changes
        )
        event.note(
            roster,
            after={
                "duties": len(rows),
                "changed": len(changes),
                "cost": solution.cost,
                "bound": solution.bound,
            },
        )
    roster.refresh_from_db()
    return roster


def publish(*, actor: Actor, roster: Roster, version: int) -> Roster:
    """Show the roster to those who are on it. Raises Invalid while it breaks a rule that must be kept."""
    roster.version = version
    with together():
        require(actor, "roster.edit", roster.scope_paths())
        hard = sheet_of(roster).hard
        if hard:
            told = " ".join(words(one.text) for one in hard[:TOLD])
            message = _("有 %(n)s 处冲突，不能发布：%(told)s") % {"n": len(hard), "told": told}
            raise refused("state", message)
        if not roster.duties.exists():
            raise refused("state", _("排班表还是空的，不能发布。请先生成或手工排班。"))
        move(
            ROSTER,
            roster,
            "publish",
            actor=actor,
            changes={"published_at": timezone.now(), "published_by_id": actor.user_id},
        )
    roster.refresh_from_db()
    return roster


def reopen(*, actor: Actor, roster: Roster, version: int, reason: str) -> Roster:
    """Take a published roster back to correct it; until it is published anew nobody sees duties of it."""
    roster.version = version
    move(ROSTER, roster, "reopen", actor=actor, reason=reason)
    roster.refresh_from_db()
    return roster
