"""Background work of this wing: working out a month's roster."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core.errors import Missing
from duikou.core.jobs.context import current_job
from duikou.wings.rosters.actions.rosters import keep_solution
from duikou.wings.rosters.drafts import lawful_part, problem_to_solve, settled
from duikou.wings.rosters.models import Roster
from duikou.wings.rosters.sheet import sheet_of
from duikou.wings.rosters.solving import solve_apart

SECONDS = 60.0


@task(title=gettext_lazy("生成月排班表"), max_attempts=3, retry_after=5)
def work_out_roster(roster_id: int) -> dict[str, object]:
    """Work out a roster for the person who asked, from the draft that there is.

    Kept only if the roster is still as it was.
    """
    job = current_job()
    roster = Roster.objects.select_related("department__hospital", "hospital").filter(pk=roster_id).first()
    if roster is None:
        raise Missing(_("没有这张排班表。"))
    sheet = sheet_of(roster)
    problem = problem_to_solve(sheet)
    draft = lawful_part(problem, sheet.assignments)
    solution = solve_apart(
        problem, SECONDS, lambda passed: job.progress(int(passed), int(SECONDS)), hint=draft
    )
    solution = settled(problem, draft, solution)
    keep_solution(actor=job.asker, sheet=sheet, solution=solution)
    return {"roster": roster_id, "cost": solution.cost, "bound": solution.bound, "proved": solution.proved}
