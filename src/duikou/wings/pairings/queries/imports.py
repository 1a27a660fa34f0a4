"""Batches of uploaded tables and their rows in preview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.engines.pairing.annex import AnnexError, error_workbook
from duikou.engines.pairing.model import Severity
from duikou.wings.pairings.annexes import issue_from, reading_of
from duikou.wings.pairings.models import AnnexBatch, AnnexRow


def batches(actor: Actor) -> ScopedQuerySet:
    """Batches that the actor may see, newest first, without the uploaded bytes."""
    found: ScopedQuerySet = (
        AnnexBatch.objects.visible_to(actor).select_related("round", "uploaded_by").defer("content")
    )
    return found


def batch(actor: Actor, pk: int) -> AnnexBatch:
    """One batch; raises Missing."""
    found = batches(actor).select_related("round__org").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个导入批次，或它不在您的范围内。"))
    return found


def batch_rows(batch: AnnexBatch) -> list[AnnexRow]:
    """All rows of a batch with their hospitals, in order."""
    return list(batch.rows.select_related("supporter", "recipient"))


@dataclass(frozen=True, slots=True)
class Tally:
    """How a batch stands."""

    rows: int
    dropped: int
    errors: int
    warnings: int
    repairable: int
    skipped: int  # pairs on record already

    @property
    def ready(self) -> bool:
        """Whether the whole batch can be committed."""
        return not self.errors and self.rows > self.dropped


def tally(batch: AnnexBatch, rows: Iterable[AnnexRow]) -> Tally:
    """Count rows and issues of a batch."""
    rows = list(rows)
    kept = [row for row in rows if not row.dropped]
    issues = [issue for row in kept for issue in row.issues] + list(batch.issues)
    return Tally(
        rows=len(rows),
        dropped=len(rows) - len(kept),
        errors=sum(issue["severity"] == Severity.ERROR.value for issue in issues),
        warnings=sum(issue["severity"] == Severity.WARNING.value for issue in issues),
        repairable=sum(bool(issue["repair_action"]) for issue in issues),
        skipped=sum(issue["code"].startswith("pair_recorded") for issue in issues),
    )


def issues_workbook(batch: AnnexBatch) -> bytes:
    """An .xlsx with every issue of a batch, to hand back to whoever made the table."""
    if not batch.refusal and not batch.kind:
        raise Conflict(_("文件还在读取，问题清单尚未形成。请稍后再试。"))
    if batch.refusal:
        return error_workbook(AnnexError(issue_from(batch.refusal)))
    return error_workbook(reading_of(batch, batch_rows(batch)))
