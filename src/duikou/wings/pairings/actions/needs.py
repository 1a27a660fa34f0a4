"""Declaring needs and strengths: one by one, or as a workbook that is taken whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from duikou.core.actions import act, together
from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.scope import Actor, within
from duikou.core.workflow import move
from duikou.wings.hospitals.models import Hospital, HospitalName, Mark
from duikou.wings.pairings.declarations import read_declarations
from duikou.wings.pairings.models import Declaration, DeclarationBatch
from duikou.wings.pairings.models.needs import FIRST_YEAR, LAST_YEAR, MOST_MONTHS, MOST_WEIGHT
from duikou.wings.pairings.queries.needs import specialty_titles
from duikou.wings.pairings.sheets import MAX_BYTES
from duikou.wings.pairings.workflows import DECLARATION_BATCH

_RANGES: Mapping[str, tuple[int, int]] = {
    Declaration.Kind.NEED: (1, MOST_WEIGHT),
    Declaration.Kind.STRENGTH: (1, 1),
}


def declare(
    *,
    actor: Actor,
    hospital: str,
    year: int,
    kind: str,
    source: str,
    specialty: str = "",
    amount: int = 1,
    mark: str = Mark.ENTERED,
) -> Declaration:
    """Declare one fact of a hospital (by key); one that was declared before is replaced.

    Raises Denied, Missing, Invalid.
    """
    found = Hospital.objects.filter(key=hospital).first()
    if found is None:
        raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": hospital})
    with act("need.declare", actor=actor, permission="need.edit", on=found.scope_path) as event:
        _check(year, kind, specialty, amount, source, mark)
        row = (
            Declaration.objects.select_for_update()
            .filter(hospital=found, year=year, kind=kind, specialty=specialty)
            .first()
        )
        before = _plain(row) if row else None
        row = row or Declaration(hospital=found, year=year, kind=kind, specialty=specialty)
        row.amount, row.source, row.mark, row.demonstration = amount, source.strip(), mark, False
        row.save()
        event.note(row, before=before, after=_plain(row), scope_path=found.scope_path)
    return row


def remove_declaration(*, actor: Actor, declaration: Declaration) -> None:
    """Take a declared fact back: it is unknown again. Raises Denied, Missing when it is gone."""
    with act("need.remove", actor=actor, permission="need.edit", on=declaration) as event:
        event.note(before=_plain(declaration), label=str(declaration))
        row = Declaration.objects.filter(pk=declaration.pk).first()
        if row is None:
            raise Missing(_("没有这条填报，可能已被删除。"))
        row.delete()


def upload_declarations(*, actor: Actor, content: bytes, filename: str) -> DeclarationBatch:
    """Read a workbook and keep what it says for a look before it counts.

    It belongs to the highest unit for which the actor may declare; rows about hospitals
    elsewhere are issues. Raises Denied, Invalid for an empty or oversized file.
    """
    paths = actor.paths("need.edit")
    if not paths:
        raise Denied(_("您不能填报医院的需求与能力。如工作需要，请联系系统管理员授权。"))
    if not 0 < len(content) <= MAX_BYTES:
        raise Invalid(
            _("文件应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。")
            % {"most": MAX_BYTES >> 20, "found": len(content)},
            fields={"file": [_("请另选文件。")]},
        )
    reading = read_declarations(content, lambda names: known_hospitals(actor, names), specialty_titles())
    with act("need.upload", actor=actor, permission="need.edit", on=paths[0]) as event:
        batch = DeclarationBatch.objects.create(
            scope_path=paths[0],
            filename="".join(letter for letter in filename if letter.isprintable())[-200:] or "—",
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            rows=[_row_json(row) for row in reading.rows],
            issues=[issue.as_json() for issue in reading.issues],
            uploaded_by_id=actor.user_id,
        )
        event.note(
            batch,
            after={"filename": batch.filename, "rows": len(batch.rows), "issues": len(batch.issues)},
        )
    return batch


def known_hospitals(actor: Actor, names: Collection[str]) -> dict[str, tuple[str, str]]:
    """Written names or keys → key and name of the one hospital that each means in the actor's area."""
    inside = within(actor.paths("need.edit"), ("scope_path",))  # not the partners, whom one merely sees
    own = Hospital.objects.filter(inside, state=Hospital.State.ACTIVE)
    found: dict[str, set[tuple[str, str]]] = {}
    for key, name in own.filter(key__in=names).values_list("key", "name"):
        found.setdefault(key, set()).add((key, name))
    written = HospitalName.objects.filter(name__in=names, hospital__in=own)
    for text, key, name in written.values_list("name", "hospital__key", "hospital__name"):
        found.setdefault(text, set()).add((key, name))
    return {text: next(iter(meant)) for text, meant in found.items() if len(meant) == 1}


def commit_declarations(*, actor: Actor, batch: DeclarationBatch) -> DeclarationBatch:
    """Let a whole workbook count; facts declared before are replaced.

    Raises Denied, Conflict when it is not in preview or was changed, Invalid while a row is
    wrong, Missing when a hospital is gone.
    """
    with together():
        if batch.state == "preview" and (batch.issues or not batch.rows):
            raise Invalid(
                _("工作簿还有 %(n)d 处问题，不能导入。请按清单改正后重新上传。") % {"n": len(batch.issues)}
            )
        created, changed = _write(actor, batch) if batch.state == "preview" else (0, 0)
        move(
            DECLARATION_BATCH,
            batch,
            "commit",
            actor=actor,
            changes={"created": created, "changed": changed},
        )
    return batch


def _write(actor: Actor, batch: DeclarationBatch) -> tuple[int, int]:
    keys = {row["hospital"] for row in batch.rows}
    hospitals = {hospital.key: hospital for hospital in Hospital.objects.filter(key__in=keys)}
    for key in sorted(keys):
        if key not in hospitals:
            raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": key})
        if not actor.may("need.edit", hospitals[key].scope_path):
            raise Denied(_("“%(name)s”不在您的填报范围内。") % {"name": hospitals[key].name})
    known = {
        (row.hospital_id, row.year, row.kind, row.specialty): row
        for row in Declaration.objects.select_for_update().filter(hospital__key__in=keys)
    }
    fresh, again = [], []
    for values in batch.rows:
        hospital = hospitals[values["hospital"]]
        row = known.get((hospital.pk, values["year"], values["kind"], values["specialty"]))
        if row is None:
            row = Declaration(
                hospital=hospital, year=values["year"], kind=values["kind"], specialty=values["specialty"]
            )
            fresh.append(row)
        elif (row.amount, row.source, row.mark) != (values["amount"], values["source"], values["mark"]):
            again.append(row)
        else:
            continue
        row.amount, row.source, row.mark = values["amount"], values["source"], values["mark"]
        row.demonstration = False
    bulk_create_with_history(fresh, Declaration, batch_size=500)
    bulk_update_with_history(
        again, Declaration, ["amount", "source", "mark", "demonstration", "changed_at"], batch_size=500
    )
    return len(fresh), len(again)


def withdraw_declarations(*, actor: Actor, batch: DeclarationBatch) -> DeclarationBatch:
    """Give a workbook up that was not committed; it stays on record. Raises Denied, Conflict."""
    move(DECLARATION_BATCH, batch, "withdraw", actor=actor)
    return batch


def _check(year: int, kind: str, specialty: str, amount: int, source: str, mark: str) -> None:
    fields: dict[str, list[str]] = {}
    if not FIRST_YEAR <= year <= LAST_YEAR:
        fields["year"] = [
            _("应在 %(first)d 与 %(last)d 之间；实际为 %(found)d。")
            % {"first": FIRST_YEAR, "last": LAST_YEAR, "found": year}
        ]
    if kind not in Declaration.Kind.values:
        fields["kind"] = [_("没有“%(found)s”这种类别。") % {"found": kind}]
    elif kind in Declaration.DEPARTMENTS and specialty not in specialty_titles():
        fields["specialty"] = [_("政策包中没有专业“%(found)s”。") % {"found": specialty}]
    elif kind not in Declaration.DEPARTMENTS and specialty:
        fields["specialty"] = [_("人月不分专业，请清空。")]
    least, most = _RANGES.get(kind, (0, MOST_MONTHS))
    if not least <= amount <= most:
        fields["amount"] = [
            _("应在 %(first)d 与 %(last)d 之间；实际为 %(found)d。")
            % {"first": least, "last": most, "found": amount}
        ]
    if not source.strip():
        fields["source"] = [_("必须写明来源，例如文件号。")]
    if mark not in Mark.values:
        fields["mark"] = [_("没有“%(found)s”这种依据。") % {"found": mark}]
    if fields:
        raise Invalid(_("填报的内容不符合要求，请按提示修改。"), fields=fields)


def _plain(row: Declaration) -> dict[str, Any]:
    names = ("year", "kind", "specialty", "amount", "source", "mark")
    return {"hospital": row.hospital.name, **{name: getattr(row, name) for name in names}}


def _row_json(row: Any) -> dict[str, Any]:
    names = ("line", "hospital", "name", "year", "kind", "specialty", "amount", "source", "mark")
    return {name: getattr(row, name) for name in names}
