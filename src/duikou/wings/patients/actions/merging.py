"""Two records of one person made one, and made two again: nothing is lost either way."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict
from duikou.core.scope import Actor
from duikou.wings.patients.actions import _common
from duikou.wings.patients.catalogue import ONE_RECORD, cite
from duikou.wings.patients.models import BreakGlass, Consent, Merge, Patient, Share

MOVED: dict[str, type[Consent] | type[Share] | type[BreakGlass]] = {
    "consents": Consent,
    "shares": Share,
    "emergencies": BreakGlass,
}


def merge(*, actor: Actor, survivor: Patient, duplicate: Patient, reason: str) -> Merge:
    """Make `duplicate` part of `survivor`: its consents, relations and emergency accesses move there.

    Raises Conflict for one and the same record, for a record that was merged or erased, and for two with
    different identity numbers: these are two persons, until one of the numbers is corrected.
    """
    with act("patient.merge", actor=actor, permission="patient.edit", on=duplicate) as event:
        if not actor.may("patient.edit", survivor.scope_path):
            raise Conflict(_("只能合并本院（本科室）管理的两份档案。"))
        reason = require_reason(reason)
        if survivor.pk == duplicate.pk:
            raise Conflict(_("两份档案是同一份，不需要合并。"))
        rows = _common.locked(survivor.pk, duplicate.pk)
        survivor, duplicate = rows[survivor.pk], rows[duplicate.pk]
        for one in (survivor, duplicate):
            _common.standing(one)
            if one.erasures.filter(state="proposed").exists():
                raise Conflict(_("患者 %(number)s 有待核准的销毁，不能合并。") % {"number": one.number})
        if survivor.demonstration != duplicate.demonstration:
            raise Conflict(_("演示数据不能与真实档案合并。"))
        if survivor.identity_index and duplicate.identity_index:
            raise Conflict(
                _("两份档案的证件号码不同，是两个人；确有输错的，请先更正（规则 %(rule)s）。")
                % {"rule": cite(ONE_RECORD)}
            )
        moved: dict[str, Any] = {"identity": False}
        for name, model in MOVED.items():
            rows_of = model.objects.filter(patient=duplicate)  # type: ignore[attr-defined]
            moved[name] = sorted(rows_of.values_list("pk", flat=True))
        _move(moved, survivor)
        _move_identity(moved, duplicate, survivor)
        duplicate.merged_into = survivor
        duplicate.version = duplicate.version + 1
        duplicate.save(update_fields=["merged_into", "version"])
        made = Merge.objects.create(
            survivor=survivor,
            duplicate=duplicate,
            moved=moved,
            reason=reason,
            merged_by_id=actor.user_id,
            demonstration=duplicate.demonstration,
        )
        event.note(duplicate, after={"into": survivor.number}, reason=reason)
    return made


def undo_merge(*, actor: Actor, done: Merge, reason: str) -> Merge:
    """Take a merge back: what had moved returns, what came afterwards stays with the survivor."""
    with act("patient.merge_undone", actor=actor, permission="patient.edit", on=done.duplicate) as event:
        reason = require_reason(reason)
        rows = _common.locked(done.survivor_id, done.duplicate_id)
        survivor, duplicate = rows[done.survivor_id], rows[done.duplicate_id]
        if survivor.erased_at is not None:
            raise Conflict(_("患者 %(number)s 的档案已到期销毁，不能再办理。") % {"number": survivor.number})
        if survivor.merged_into is not None:
            raise Conflict(
                _("患者 %(number)s 后来又并入 %(other)s，请先撤销那次合并。")
                % {"number": survivor.number, "other": survivor.merged_into.number}
            )
        won = Merge.objects.filter(pk=done.pk, undone_at=None).update(
            undone_at=timezone.now(), undone_by=actor.user_id, undone_reason=reason
        )
        if not won:
            raise Conflict(_("这次合并已经撤销。请刷新页面。"))
        _move(done.moved, duplicate, only_from=survivor)
        if done.moved["identity"] and not _number_corrected(survivor, done):
            _move_identity({"identity": False}, survivor, duplicate)
        Patient.objects.filter(pk=duplicate.pk).update(merged_into=None, version=F("version") + 1)
        done.refresh_from_db()
        event.note(duplicate, before={"into": survivor.number}, reason=reason)
    return done


def _number_corrected(survivor: Patient, done: Merge) -> bool:
    """Whether the survivor's identity number is another than the one that came with the merge."""
    later = survivor.corrections.filter(corrected_at__gte=done.merged_at).values_list("fields", flat=True)
    return any("identity" in fields for fields in later)


def _move(moved: dict[str, Any], to: Patient, only_from: Patient | None = None) -> None:
    for name, model in MOVED.items():
        rows = model.objects.filter(pk__in=moved[name])  # type: ignore[attr-defined]
        if only_from is not None:
            rows = rows.filter(patient=only_from)
        try:
            rows.update(patient=to)
        except IntegrityError as error:
            raise Conflict(_("两份档案有相同的同意或共享，请先结束其中一份的，再合并。")) from error


def _move_identity(moved: dict[str, Any], source: Patient, target: Patient) -> None:
    """The number goes along when the other has none; never two records with it, not even for a moment."""
    if target.identity_index or not source.identity_index:
        return
    moved["identity"] = True
    values = {
        "identity_kind": source.identity_kind,
        "identity_sealed": source.identity_sealed,
        "identity_index": source.identity_index,
    }
    Patient.objects.filter(pk=source.pk).update(identity_kind="none", identity_sealed="", identity_index="")
    Patient.objects.filter(pk=target.pk).update(version=F("version") + 1, **values)
    for name, value in values.items():
        setattr(target, name, value)
    source.identity_kind, source.identity_sealed, source.identity_index = "none", "", ""
