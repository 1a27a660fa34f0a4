"""Background work of this wing: reading and checking files, committing them, comparing registry and store."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.jobs.context import current_job
from duikou.wings.discharges.actions.checking import check
from duikou.wings.discharges.actions.signing import commit, reconcile
from duikou.wings.discharges.figures import refresh
from duikou.wings.discharges.queries.boards import first_figures
from duikou.wings.discharges.queries.weights import all_in_use


@task(title=_("校验病案首页"), max_attempts=3, retry_after=5)
def check_submission(submission_id: int) -> dict[str, object]:
    """Read one file, check and group its rows; the report appears as a whole at the end."""
    submission = check(submission_id=submission_id, progress=current_job().progress)
    return {
        "submission": submission.pk,
        "state": submission.state,
        "rows": submission.rows,
        "rejected": submission.rejected,
    }


@task(title=_("病案首页入库"), max_attempts=5, retry_after=5)
def commit_submission(submission_id: int) -> dict[str, object]:
    """Put the rows of a signed submission into the store, or take out those of one that is taken back."""
    current_job().progress(0, 1, "")
    submission = commit(submission_id=submission_id)
    refresh(first_figures, all_in_use())
    return {
        "submission": submission.pk,
        "state": submission.state,
        "store_version": submission.store_version,
    }


@task(title=_("核对报送登记与存储"))
def reconcile_discharges() -> dict[str, object]:
    """Compare the registry of submissions with the store, and finish what a crash has cut off."""
    found = reconcile()
    return {
        "asked_again": found.asked_again,
        "finished": found.finished,
        "unknown": found.unknown,
        "missing": found.missing,
    }


@task(title=_("按另一方案重新分组"), max_attempts=3, retry_after=5)
def regroup_year(regrouping_id: int) -> dict[str, object]:
    """Group a year by another scheme and keep the comparison."""
    from duikou.wings.discharges.regrouping import regroup

    found = regroup(regrouping_id=regrouping_id, progress=current_job().progress)
    return {"regrouping": found.pk, "stays": (found.result or {}).get("stays", 0)}
