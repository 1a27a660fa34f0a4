"""Repairing the rows of a batch in preview. What was uploaded stays as it came (`AnnexBatch.content`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core.actions import EventNote, act, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import Actor
from duikou.engines.pairing import annex
from duikou.engines.pairing.annex import AnnexReading, Field, RepairAction
from duikou.engines.pairing.model import Resolution
from duikou.wings.hospitals.actions import Question, add_alias, open_reviews
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.annex_texts import OWN_CODES
from duikou.wings.pairings.annexes import SIDES, Desk, edited, reading_of
from duikou.wings.pairings.models import AnnexBatch, AnnexRow

_WRITTEN = (
    "where", "raw", "covered", "dropped", "edited", "table", "group", "running_number",
    "supporter_printed", "recipient_printed", "supporter", "recipient", "supporter_resolution",
    "recipient_resolution", "candidates", "chosen", "start", "end", "kind", "departments", "reason", "issues",
)  # fmt: skip

EDITABLE = (
    Field.GROUP, Field.SUPPORTER, Field.RUNNING_NUMBER, Field.RECIPIENT,
    Field.START, Field.END, Field.DEPARTMENTS, Field.REASON,
)  # fmt: skip

Change = Callable[[Desk, list[AnnexRow], AnnexReading], AnnexReading]


def apply_repairs(
    *, actor: Actor, batch: AnnexBatch, version: int, position: int | None = None, code: str = ""
) -> int:
    """Make the repairs that issues offer: of one row, of one code, or all; returns how many.

    Raises Denied, Conflict when the batch was changed since `version`, Invalid when
    nothing of that kind is on offer.
    """
    count = 0

    def change(desk: Desk, rows: list[AnnexRow], reading: AnnexReading) -> AnnexReading:
        nonlocal count
        offered = [
            issue
            for issue in reading_of(batch, rows).issues
            if issue.repair_action is not RepairAction.NONE
            and position in (None, issue.position)
            and code in ("", issue.code)
        ]
        if not offered:
            raise Invalid(_("没有可以直接套用的修正。请手工修改，或选定医院。"))
        count = len(offered)
        _mark(rows, (issue.position for issue in offered))
        return _engine_only(annex.repair(reading_of(batch, rows), offered))

    _change(actor, batch, version, change, {"repair": code or "all", "position": position})
    return count


def edit_cell(
    *, actor: Actor, batch: AnnexBatch, version: int, position: int, column: Field, value: str
) -> None:
    """Set one cell by hand. Raises Denied, Missing, Invalid for a value that cannot be read, Conflict."""
    if column not in EDITABLE:
        raise Invalid(_("这一列不能修改。"))

    def change(desk: Desk, rows: list[AnnexRow], reading: AnnexReading) -> AnnexReading:
        row = _row(rows, position)
        if column in SIDES:
            old = getattr(row, f"{SIDES[column]}_printed")
            for other in rows:  # a choice made for the old text says nothing about the new one
                if getattr(other, f"{SIDES[column]}_printed") == old:
                    other.chosen = [side for side in other.chosen if side != SIDES[column]]
        _mark(rows, [position])
        try:
            return edited(reading, position, column, value.strip())
        except ValueError:
            raise Invalid(
                _("“%(found)s”不是日期。日期写作 2014-02-15。") % {"found": value},
                fields={"value": [_("请改正日期。")]},
            ) from None

    _change(actor, batch, version, change, {"position": position, "column": column.value, "value": value})


def drop_row(*, actor: Actor, batch: AnnexBatch, version: int, position: int) -> None:
    """Leave a row out of the import. Raises Denied, Missing, Conflict."""

    def change(desk: Desk, rows: list[AnnexRow], reading: AnnexReading) -> AnnexReading:
        _row(rows, position).dropped = True
        return _checked_anew(batch, rows)

    _change(actor, batch, version, change, {"dropped": position})


def restore_row(*, actor: Actor, batch: AnnexBatch, version: int, position: int) -> None:
    """Take a row in again that was left out. Raises Denied, Missing, Conflict."""

    def change(desk: Desk, rows: list[AnnexRow], reading: AnnexReading) -> AnnexReading:
        row = next((row for row in rows if row.position == position and row.dropped), None)
        if row is None:
            raise Missing(_("没有第 %(row)d 行，或该行没有被删去。") % {"row": position})
        row.dropped = False
        return _checked_anew(batch, rows)

    _change(actor, batch, version, change, {"restored": position})


def choose_hospital(
    *,
    actor: Actor,
    batch: AnnexBatch,
    version: int,
    position: int,
    side: str,
    hospital: str,
    alias_kind: str = "",
) -> None:
    """Say which hospital (by key) a printed name means, in all rows that print it alike.

    With `alias_kind` the name is kept as an alias of the hospital, so that it resolves
    by itself next time; this needs the permission to edit that entry. Raises Denied,
    Missing, Invalid, Conflict.
    """
    chosen = Hospital.objects.filter(key=hospital).first()
    if chosen is None:
        raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": hospital})

    def change(desk: Desk, rows: list[AnnexRow], reading: AnnexReading) -> AnnexReading:
        printed = getattr(_row(rows, position), f"{side}_printed")
        for row in rows:
            if getattr(row, f"{side}_printed") == printed:
                setattr(row, side, chosen)
                setattr(row, f"{side}_resolution", Resolution.VARIANT.value)
                row.chosen = sorted({*row.chosen, side})
        return reading

    if side not in SIDES.values():
        raise Invalid(_("应为支援医院或受援医院一栏。"))
    with together():
        if alias_kind:
            row = batch.rows.filter(position=position).first()
            if row is None:
                raise Missing(_("没有第 %(row)d 行。") % {"row": position})
            add_alias(
                actor=actor,
                hospital=chosen,
                version=chosen.version,
                name=getattr(row, f"{side}_printed"),
                kind=alias_kind,
                note=batch.filename[:300],
                confirmed=True,
            )
        _change(actor, batch, version, change, {"position": position, side: hospital, "alias": alias_kind})


def recheck_names(*, actor: Actor, batch: AnnexBatch, version: int) -> None:
    """Resolve the names again, after the register or a name review has changed. Raises Denied, Conflict."""
    _change(actor, batch, version, lambda desk, rows, reading: reading, {"rechecked": True})


def ask_reviewers(*, actor: Actor, batch: AnnexBatch) -> int:
    """Put the unresolved names before the people who decide on names; returns how many names.

    Raises Denied, Invalid when every name is resolved.
    """
    ids = dict(Hospital.objects.values_list("key", "pk"))
    questions: dict[str, Question] = {}
    for row in batch.rows.filter(dropped=False):
        for side in SIDES.values():
            printed = getattr(row, f"{side}_printed")
            if getattr(row, f"{side}_id") is None and printed:
                questions.setdefault(
                    printed,
                    Question(
                        printed=printed,
                        context=f"{batch.filename} · {row.position}"[:200],
                        on=batch.round.divisions_on,
                        candidates=[
                            {"hospital": ids[one["key"]], "confidence": one["score"], "why": [one["why"]]}
                            for one in row.candidates.get(side, [])
                            if one["key"] in ids
                        ],
                    ),
                )
    if not questions:
        raise Invalid(_("所有名称都已对应，没有需要裁定的。"))
    open_reviews(actor=actor, scope_path=batch.scope_path, questions=list(questions.values()))
    return len(questions)


# ---------------------------------------------------------------- shared


def _change(actor: Actor, batch: AnnexBatch, version: int, change: Change, what: dict[str, object]) -> None:
    """Claim the batch, change its rows, judge all of them anew, and write what differs."""
    with act("annex.repair", actor=actor, permission="pairing.import", on=batch) as event:
        _claim(batch, version)
        rows = list(batch.rows.select_related("supporter", "recipient"))
        desk = Desk(batch.round, batch.scope_path)
        reading = change(desk, rows, reading_of(batch, rows, own_issues=False))
        desk.judge(batch, rows, reading)
        AnnexRow.objects.bulk_update(rows, _WRITTEN, batch_size=200)
        AnnexBatch.objects.filter(pk=batch.pk).update(issues=batch.issues)
        _note(event, what)


def _claim(batch: AnnexBatch, version: int) -> None:
    won = AnnexBatch.objects.filter(pk=batch.pk, version=version, state="preview").update(
        version=F("version") + 1
    )
    if not won:
        raise Conflict(_("批次已不在核对中，或刚被他人改动。请刷新后再试。"))
    batch.refresh_from_db(fields=["version", "state"])


def _note(event: EventNote, what: dict[str, object]) -> None:
    event.note(after={name: value for name, value in what.items() if value not in (None, "")})


def _row(rows: Iterable[AnnexRow], position: int) -> AnnexRow:
    found = next((row for row in rows if row.position == position and not row.dropped), None)
    if found is None:
        raise Missing(_("没有第 %(row)d 行，或该行已被删去。") % {"row": position})
    return found


def _mark(rows: Iterable[AnnexRow], positions: Iterable[int | None]) -> None:
    wanted = set(positions)
    for row in rows:
        if row.position in wanted:
            row.edited = True


def _checked_anew(batch: AnnexBatch, rows: list[AnnexRow]) -> AnnexReading:
    """The engine's reading of the rows that remain, all checks made again."""
    return annex.repair(reading_of(batch, rows, own_issues=False), [])


def _engine_only(reading: AnnexReading) -> AnnexReading:
    return replace(reading, issues=tuple(one for one in reading.issues if one.code not in OWN_CODES))
