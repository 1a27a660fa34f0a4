"""Auditing a round: what is found is written beside what was found before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Manager
from django.utils.translation import gettext as _

from duikou.core.actions import act, together
from duikou.core.errors import Denied
from duikou.core.paths import contains
from duikou.core.scope import SYSTEM, Actor
from duikou.engines.pairing import model as engine
from duikou.engines.pairing.audit import audit, counts
from duikou.wings.pairings.actions._common import round_by_key
from duikou.wings.pairings.models import AuditRun, Finding, FindingRow, FindingScope, Round
from duikou.wings.pairings.recorded import reach_of, tally_of
from duikou.wings.pairings.translate import (
    Scopes,
    engine_round,
    finding_columns,
    materially_differs,
    rules_digest,
    rules_for,
)

_UPDATED = (
    "clause", "mark", "severity", "rank", "subjects", "subject_keys", "rows", "texts",
    "last_run", "present", "state", "version",
)  # fmt: skip
IN_ONE_UPDATE = 5_000


def audit_round(*, actor: Actor, round_key: str) -> AuditRun:
    """Audit a round and record what is new, gone, changed and unchanged.

    Whoever works on findings anywhere in the province may start it. A finding that is
    gone becomes repaired; one that comes back, or whose accepted exception rests on
    other facts, opens again. Raises Denied, Missing.
    """
    with together():
        round_ = round_by_key(round_key, lock=True)
        _require_part(actor, round_)
        with act("round.audit", actor=actor, permission="finding.work", target=round_) as event:
            run = _record(actor, round_)
            event.note(
                after={
                    "run": run.number,
                    "as_of": run.as_of,
                    "counts": run.counts,
                    "by_severity": run.by_severity,
                    "new": run.added,
                    "gone": run.gone,
                },
                scope_path=round_.org.path or "",
            )
    return run


def _require_part(actor: Actor, round_: Round) -> None:
    """The actor must work on findings in this province, be it in one city or hospital of it."""
    province = round_.org.path or ""
    if not any(contains(province, path) or contains(path, province) for path in actor.paths("finding.work")):
        raise Denied(_("只有本省负责处理核查发现的人员可以发起核查。如工作需要，请联系系统管理员授权。"))


def _record(actor: Actor, round_: Round) -> AuditRun:
    rules = rules_for(round_)
    tables = engine_round(round_)
    found = audit(tables, rules)
    size = counts(tables)
    previous = AuditRun.objects.filter(round=round_).order_by("-number").first()
    run = AuditRun.objects.create(
        round=round_,
        number=previous.number + 1 if previous else 1,
        as_of=round_.start,
        revision=round_.revision,
        pack_digest=rules_digest(rules),
        counts={"supporters": size.supporters, "pairings": size.pairings, "recipients": size.recipients},
        coverage=reach_of(round_, tables, rules),
        by_rule=dict(sorted(Counter(one.rule for one in found).items())),
        by_severity={
            severity.value: sum(one.severity is severity for one in found)
            for severity in reversed(engine.Severity)
        },
        by_id=actor.user_id,
    )
    _write(run, found, Scopes.of(round_, tables))
    return run


def _write(run: AuditRun, found: Iterable[engine.Finding], scopes: Scopes) -> None:
    known = {row.key: row for row in Finding.objects.select_for_update().filter(round=run.round)}
    created: list[Finding] = []
    updated: list[Finding] = []
    same: list[Finding] = []  # nothing of theirs differs but the run that saw them last
    reopened: list[Finding] = []
    wanted: dict[str, set[str]] = {}
    changes: dict[str, list[int]] = {"new": [], "gone": [], "changed": []}
    unchanged = 0
    for order, one in enumerate(found):
        columns = finding_columns(one, order)
        wanted[one.key] = scopes.paths(one)
        row = known.pop(one.key, None)
        if row is None:
            created.append(Finding(round=run.round, key=one.key, first_run=run, last_run=run, **columns))
            continue
        changed = materially_differs(row, columns)
        if not row.present:
            changes["new"].append(row.pk)
        elif changed:
            changes["changed"].append(row.pk)
        else:
            unchanged += 1
        opens = row.state == "repaired" or (row.state == "accepted" and changed)
        if opens:
            reopened.append(row)
            row.state = "open"
            row.version += 1
        differs = _set(row, columns | {"present": True}) or opens
        row.last_run = run
        (updated if differs else same).append(row)
    gone = [row for row in known.values() if row.present]
    repaired = [row for row in gone if row.state != "repaired"]
    for row in gone:
        row.present = False
    for row in repaired:
        row.state = "repaired"
        row.version += 1
    Finding.objects.bulk_create(created)
    Finding.objects.bulk_update([*updated, *gone], _UPDATED, batch_size=200)
    for start in range(0, len(same), IN_ONE_UPDATE):
        seen = [row.pk for row in same[start : start + IN_ONE_UPDATE]]
        Finding.objects.filter(pk__in=seen).update(last_run=run)
    changes["new"] += [row.pk for row in created]
    changes["gone"] = [row.pk for row in gone]
    present = [*created, *updated, *same]
    _write_scopes(present, wanted)
    _write_proof(present)
    _tell(run, "finding.reopened", reopened)
    _tell(run, "finding.repaired", repaired)
    run.added, run.gone, run.unchanged = len(changes["new"]), len(gone), unchanged
    run.changes = changes
    run.tally = tally_of(run.round)
    run.save(update_fields=["added", "gone", "unchanged", "changes", "tally"])


def count_again(rounds: Iterable[Round]) -> None:
    """Renew the tally of the newest audits, after findings went to other places."""
    for round_ in rounds:
        if run := AuditRun.objects.filter(round=round_).order_by("-number").first():
            run.tally = tally_of(round_)
            run.save(update_fields=["tally"])


def _set(row: Finding, values: Mapping[str, Any]) -> bool:
    """Give a row its values; whether any of them is another than before."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _write_scopes(rows: Iterable[Finding], wanted: Mapping[str, set[str]]) -> None:
    target = {(row.pk, path) for row in rows for path in wanted[row.key]}
    surplus, missing = _compare(FindingScope.objects, "path", rows, target)
    FindingScope.objects.filter(id__in=surplus).delete()
    FindingScope.objects.bulk_create(FindingScope(finding_id=row, path=path) for row, path in missing)


def _write_proof(rows: Iterable[Finding]) -> None:
    target = {(row.pk, pairing) for row in rows for pairing in row.rows}
    surplus, missing = _compare(FindingRow.objects, "pairing_id", rows, target)
    FindingRow.objects.filter(id__in=surplus).delete()
    FindingRow.objects.bulk_create(FindingRow(finding_id=row, pairing_id=pairing) for row, pairing in missing)


def _compare(
    table: Manager[Any], column: str, rows: Iterable[Finding], target: set[tuple[int, Any]]
) -> tuple[list[int], list[tuple[int, Any]]]:
    """What a side table of the present findings holds too much (ids) and too little (pairs)."""
    rounds = {row.round_id for row in rows}
    held = table.filter(finding__round__in=rounds, finding__present=True)
    present = {(finding, value): pk for pk, finding, value in held.values_list("id", "finding_id", column)}
    surplus = [pk for pair, pk in present.items() if pair not in target]
    return surplus, sorted(target - present.keys())


def _tell(run: AuditRun, name: str, rows: Iterable[Finding]) -> None:
    """One event per finding whose state the audit itself changed: it belongs to the finding's history."""
    for row in rows:
        with act(name, actor=SYSTEM, permission="finding.work", target=row) as event:
            event.note(after={"state": row.state, "run": run.number}, scope_path=run.round.org.path or "")
