"""A whole file is read, checked and grouped; the report appears all at once. Safe to repeat after a kill."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from duikou.core.actions import together
from duikou.core.errors import Conflict, Missing
from duikou.wings.discharges import files
from duikou.wings.discharges.models import FaultCount, QuarantinedRow, ResidenceReview, Submission

if TYPE_CHECKING:
    from duikou.wings.discharges.ingest import Report

Progress = Callable[[int, int | None, str], None]
KEPT_OF_REFUSED = 500  # rows of a refused file that the report can show


def check(*, submission_id: int, progress: Progress | None = None) -> Submission:
    """Check one submission that is waiting for it; one in any other state is left alone.

    A file that cannot be taken as a whole makes the submission refused, with the reason
    kept. Raises Missing, and Conflict when somebody withdrew the submission meanwhile.
    """
    submission = Submission.objects.select_related("hospital").filter(pk=submission_id).first()
    if submission is None:
        raise Missing(_("没有这个报送批次。"))
    if submission.state != "checking":
        return submission
    from duikou.wings.discharges import ingest  # the engine's libraries are for workers, not for pages

    seen = submission.version
    try:
        report = ingest.examine(submission, progress or _silent)
    except ingest.Refused as refusal:
        report = refusal.report
        submission.refusal = {"zh": refusal.text.zh, "en": refusal.text.en}
    submission.state = "refused" if submission.refusal else "checked"
    with together():
        _advance(submission, report, seen)
        _keep(submission, report)
    return submission


def _silent(done: int, total: int | None, note: str) -> None:
    """Nobody watches."""


COLUMNS = (
    "layout", "encoding", "rows", "accepted", "rejected", "faults", "grouped", "unmapped",
    "residence_unknown", "completeness", "scheme_id",
)  # fmt: skip


def _advance(submission: Submission, report: Report, seen: int) -> None:
    for name in COLUMNS:
        setattr(submission, name, getattr(report, name))
    won = Submission.objects.filter(pk=submission.pk, version=seen, state="checking").update(
        state=submission.state,
        refusal=submission.refusal,
        version=seen + 1,
        **{name: getattr(report, name) for name in COLUMNS},
    )
    if not won:
        raise Conflict(_("批次在校验期间被撤回或改动，校验结果没有保存。"))
    submission.version = seen + 1


def _keep(submission: Submission, report: Report) -> None:
    submission.fault_counts.all().delete()
    submission.quarantine.all().delete()
    FaultCount.objects.bulk_create(
        FaultCount(submission=submission, **entry) for entry in report.fault_counts
    )
    kept = report.quarantine[:KEPT_OF_REFUSED] if submission.refusal else report.quarantine
    QuarantinedRow.objects.bulk_create(
        (QuarantinedRow(submission=submission, **entry) for entry in kept), batch_size=500
    )
    for text, count in report.residences.items():
        ResidenceReview.objects.update_or_create(
            text=text, scope_path=submission.scope_path, defaults={"count": count, "decided": False}
        )
    if submission.refusal and not report.rows:
        files.forget_source(submission)
