"""Importing a pairing table: upload, read in the background, commit as a whole, take back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act, require, together
from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.paths import contains
from duikou.core.scope import SYSTEM, Actor
from duikou.core.search.index import refresh
from duikou.core.workflow import move
from duikou.engines.pairing.annex import AnnexError, AnnexReading, Issue, read_annex
from duikou.engines.pairing.model import Severity
from duikou.wings.hospitals.queries import divisions_for_names
from duikou.wings.pairings.actions._common import (
    authority_path,
    city_orgs,
    level_of,
    link_partners,
    next_position,
    round_by_key,
    touch,
    unlink_partners,
)
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.annexes import (
    Desk,
    Progress,
    issue_from,
    issue_json,
    new_row,
    reading_of,
    recorded_pairs,
)
from duikou.wings.pairings.models import AnnexBatch, AnnexRow, DepartmentLink, Pairing, Round
from duikou.wings.pairings.search import PAIRINGS
from duikou.wings.pairings.translate import divisions_of
from duikou.wings.pairings.workflows import ANNEX_BATCH

MAX_BYTES = 12 * 1024 * 1024  # of one file; the reader has tighter limits for what is packed inside


def upload_annex(*, actor: Actor, round_key: str, content: bytes, filename: str) -> AnnexBatch:
    """Keep an uploaded table and have it read in the background.

    It belongs to the highest authority of the round's province for which the actor may
    import. Raises Denied, Missing, Invalid for an empty or oversized file.
    """
    with together():
        batch = _keep(actor, round_by_key(round_key), content, filename)
        from duikou.wings.pairings.jobs import read_annex_batch

        job = request_job(
            read_annex_batch,
            batch.pk,
            actor=actor,
            scope_path=batch.scope_path,
            subject=batch.filename,
            dedupe=f"annex-{batch.pk}",
        )
        batch.job_id = str(job.pk)
        batch.save(update_fields=["job_id"])
    return batch


def _keep(actor: Actor, round_: Round, content: bytes, filename: str) -> AnnexBatch:
    scope_path = importing_path(actor, round_)
    if not content or len(content) > MAX_BYTES:
        raise Invalid(
            _("文件应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。请只上传附表本身。")
            % {"most": MAX_BYTES // 1024 // 1024, "found": len(content)},
            fields={"file": [_("请另选文件。")]},
        )
    with act("annex.upload", actor=actor, permission="pairing.import", on=scope_path) as event:
        batch = AnnexBatch.objects.create(
            round=round_,
            scope_path=scope_path,
            filename="".join(letter for letter in filename if letter.isprintable())[-200:],
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by_id=actor.user_id,
        )
        event.note(batch, after={"filename": batch.filename, "sha256": batch.sha256, "round": round_.key})
    return batch


def importing_path(actor: Actor, round_: Round) -> str:
    """For whom the actor imports: the province, else the first of its cities. Raises Denied."""
    province = round_.org.path or ""
    paths = actor.paths("pairing.import")
    if any(contains(path, province) for path in paths):
        return province
    inside = [path for path in paths if contains(province, path)]
    if not inside:
        raise Denied(_("您不能为这一轮次导入结对关系表。如工作需要，请联系系统管理员授权。"))
    return inside[0]


def read_batch(*, batch_id: int, progress: Progress | None = None) -> AnnexBatch:
    """Read an uploaded table and resolve its names. Whole or not at all; safe to repeat.

    A file that cannot be read makes the batch refused, with the reason kept. A batch
    that is past reading is left alone.
    """
    batch = AnnexBatch.objects.select_related("round__org").filter(pk=batch_id).first()
    if batch is None:
        raise Missing(_("没有这个导入批次。"))
    if batch.state != ANNEX_BATCH.initial:
        return batch
    seen = batch.version
    rows: list[AnnexRow] = []
    try:
        reading = _read(batch)
    except AnnexError as error:
        batch.state, batch.refusal = "refused", issue_json(error.issue)
    else:
        batch.state = "preview"
        batch.kind, batch.encoding = reading.kind.value, reading.encoding or ""
        rows = [new_row(batch, read) for read in reading.rows]
        Desk(batch.round, batch.scope_path).judge(batch, rows, reading, progress)
    with together():
        _advance(batch, seen)
        AnnexRow.objects.bulk_create(rows, batch_size=200)
    return batch


def _read(batch: AnnexBatch) -> AnnexReading:
    return read_annex(
        bytes(batch.content), batch.filename, round_start=batch.round.start, round_end=batch.round.end
    )


def _advance(batch: AnnexBatch, seen: int) -> None:
    """Write the reading's outcome, unless somebody withdrew the batch meanwhile."""
    won = AnnexBatch.objects.filter(pk=batch.pk, version=seen, state=ANNEX_BATCH.initial).update(
        state=batch.state,
        refusal=batch.refusal,
        kind=batch.kind,
        encoding=batch.encoding,
        issues=batch.issues,
        version=seen + 1,
    )
    if not won:
        raise Conflict(_("批次在读取期间被撤回或改动，读取结果没有保存。"))
    batch.version = seen + 1


# ---------------------------------------------------------------- commit


def commit_batch(*, actor: Actor, batch: AnnexBatch) -> AnnexBatch:
    """Turn a batch into pairings: all of its rows or none.

    Rows whose pair is on record already are skipped, so that a table can be imported
    again. Raises Denied, Conflict when the batch is not in preview (or was changed),
    Invalid while a row has an error.
    """
    with together():
        round_ = round_by_key(batch.round.key, lock=True)
        rows = list(batch.rows.select_related("supporter", "recipient").filter(dropped=False))
        _require_right(batch, rows)
        known = recorded_pairs(round_)
        fresh = [row for row in rows if (row.table, row.supporter_id, row.recipient_id) not in known]
        created = bulk_create_with_history(_pairings(batch, round_, fresh), Pairing)
        link_partners((row.supporter_id, row.recipient_id) for row in created)
        if created:
            touch(round_)
            refresh(PAIRINGS, [row.pk for row in created])  # bulk writes do not tell the index
        move(
            ANNEX_BATCH,
            batch,
            "commit",
            actor=actor,
            changes={
                "committed_at": timezone.now(),
                "created": len(created),
                "already_there": len(rows) - len(created),
            },
        )
    return batch


def _require_right(batch: AnnexBatch, rows: Sequence[AnnexRow]) -> None:
    if batch.state != "preview":
        return  # `move` says what is wrong with the state
    issues = [issue for row in rows for issue in row.issues] + list(batch.issues)
    errors = sum(issue["severity"] == Severity.ERROR.value for issue in issues)
    if errors:
        raise Invalid(_("还有 %(count)d 处错误，整批都没有导入。请先逐项修正。") % {"count": errors})
    if not rows:
        raise Invalid(_("批次中没有可导入的行。"))


def _pairings(batch: AnnexBatch, round_: Round, rows: Sequence[AnnexRow]) -> list[Pairing]:
    places = divisions_of((row.recipient_id for row in rows if row.recipient_id), round_.divisions_on)
    cities, divisions = city_orgs(round_), divisions_for_names(round_.divisions_on)
    first = next_position(round_)
    found = []
    for number, row in enumerate(rows):
        giver, taker = row.supporter, row.recipient
        if giver is None or taker is None:
            raise Invalid(_("第 %(row)d 行的医院尚未确定。") % {"row": row.position})
        found.append(
            Pairing(
                round=round_,
                table=row.table,
                group=row.group,
                position=first + number,
                running_number=row.running_number,
                supporter=giver,
                recipient=taker,
                supporter_path=giver.scope_path,
                recipient_path=taker.scope_path,
                authority_path=authority_path(round_, row.table, row.group, cities, divisions),
                supporter_printed=row.supporter_printed,
                recipient_printed=row.recipient_printed,
                supporter_resolution=row.supporter_resolution,
                recipient_resolution=row.recipient_resolution,
                recipient_division_id=places.get(taker.pk, taker.division_id),
                kind=row.kind,
                level=level_of(giver, row.table),
                start=row.start or round_.start,
                end=row.end or round_.end,
                departments=row.departments,
                reason=row.reason,
                batch=batch,
            )
        )
    return found


def withdraw_batch(*, actor: Actor, batch: AnnexBatch) -> None:
    """Give up a batch that was not committed; it stays on record. Raises Denied, Conflict."""
    move(ANNEX_BATCH, batch, "withdraw", actor=actor)


def revoke_batch(*, actor: Actor, batch: AnnexBatch, reason: str) -> int:
    """Take a committed batch back: the pairings that it created go; returns how many.

    Hospitals that no other pairing joins stop seeing each other's register entry. Refused
    while people have built on the pairings (a changed one, a department link). Raises
    Denied, Invalid without a reason, Conflict.
    """
    with together():
        # All rounds, in one order: another one may just be pairing the same hospitals.
        list(Round.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        round_ = round_by_key(batch.round.key)
        pairings = Pairing.objects.filter(batch=batch)
        built_on = (
            pairings.filter(version__gt=1).count()
            + DepartmentLink.objects.filter(pairing__in=pairings).count()
        )
        move(ANNEX_BATCH, batch, "revoke", actor=actor, reason=reason)
        if built_on:
            raise Conflict(
                _("有 %(count)d 处后续改动（改过的结对或科室对口）以这批结对为基础，不能整批撤销。")
                % {"count": built_on}
            )
        taken = list(pairings)
        for pairing in taken:
            pairing.delete()  # one by one: each leaves its last state in the history
        unlink_partners((pairing.supporter_id, pairing.recipient_id) for pairing in taken)
        touch(round_)
    return len(taken)


# ---------------------------------------------------------------- in one go


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import in one go."""

    filename: str
    kind: str
    encoding: str
    rows: int
    created: int
    already_there: int
    issues: tuple[Issue, ...]
    committed: bool
    dry_run: bool
    findings: int | None = None  # of the audit that followed; None when nothing was committed

    @property
    def ok(self) -> bool:
        """Whether nothing forbids the import."""
        return not any(issue.severity is Severity.ERROR for issue in self.issues)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "filename": self.filename,
            "kind": self.kind,
            "encoding": self.encoding,
            "rows": self.rows,
            "created": self.created,
            "already_there": self.already_there,
            "committed": self.committed,
            "dry_run": self.dry_run,
            "findings": self.findings,
            "issues": [
                {
                    "code": issue.code,
                    "severity": issue.severity.value,
                    "where": issue.where.text.zh,
                    "where_en": issue.where.text.en,
                    "row": issue.where.row,
                    "column": issue.where.column,
                    "expected": issue.expected.zh,
                    "expected_en": issue.expected.en,
                    "found": issue.found.zh,
                    "found_en": issue.found.en,
                    "repair": issue.repair.zh,
                    "repair_en": issue.repair.en,
                }
                for issue in self.issues
            ],
        }


class _Undo(Exception):
    """Leaves the transaction without a trace."""


def import_annex(
    *,
    actor: Actor,
    round_key: str,
    content: bytes,
    filename: str,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a table in one go, without a person who repairs rows: the whole of it or nothing.

    With an error in any row, or with `dry_run`, nothing at all is written and the
    report says what would have happened. Raises Denied, Missing, Invalid.
    """
    require(actor, "pairing.import", None)
    report: ImportReport | None = None
    try:
        with together():
            report = _import(actor, round_key, content, filename, dry_run, progress)
            if not report.committed or dry_run:
                raise _Undo
    except _Undo:
        pass
    assert report is not None
    return report


def _import(
    actor: Actor, round_key: str, content: bytes, filename: str, dry_run: bool, progress: Progress | None
) -> ImportReport:
    kept = _keep(actor, round_by_key(round_key), content, filename)
    batch = read_batch(batch_id=kept.pk, progress=progress)
    rows = list(batch.rows.all())
    issues = (issue_from(batch.refusal),) if batch.refusal else reading_of(batch, rows).issues
    right = batch.state == "preview" and not any(issue.severity is Severity.ERROR for issue in issues)
    findings = None
    if right:
        batch = commit_batch(actor=actor, batch=batch)
        run = audit_round(actor=SYSTEM, round_key=round_key)
        findings = sum(run.by_severity.values())
    return ImportReport(
        filename=filename,
        kind=batch.kind,
        encoding=batch.encoding,
        rows=len(rows),
        created=batch.created,
        already_there=batch.already_there,
        issues=issues,
        committed=right and not dry_run,
        dry_run=dry_run,
        findings=findings,
    )
