"""Giving evidence, and judging that of the other side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.faces import words
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions._common import check_quantity, count_evidence, locked
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.obligations.sides import VERIFY, WORK, Standpoint, standpoint, standpoints
from duikou.wings.obligations.standing import Side, owners


@dataclass(frozen=True, slots=True)
class File:
    """A file that is handed in."""

    name: str
    content: bytes


def attach(
    *,
    actor: Actor,
    obligation: Obligation,
    kind: str,
    quantity: int | None = None,
    on: dt.date | None = None,
    note: str = "",
    reference: str = "",
    file: File | None = None,
    side: Side | None = None,
    demonstration: bool = False,
) -> Evidence:
    """Give evidence: a row of another wing (`reference`), a file, or a note with a number.

    Raises Denied for who speaks for neither party, Conflict on a closed obligation and for what is
    attached already, Invalid for a kind that the clause does not accept, a file that is not taken, a
    number or a day that cannot be.
    """
    place = _giver(actor, obligation, side)
    with act("evidence.attach", actor=place.actor, permission=WORK, on=place.path) as event:
        owed = locked(obligation)
        title, day, figure = _proof(place.actor, owed, kind, reference, file, note, on)
        number = figure if quantity is None else quantity
        check_quantity(number, owed.unit)
        _check_day(day, owed)
        try:
            with transaction.atomic():
                row = Evidence.objects.create(
                    obligation=owed,
                    side=place.side,
                    kind=kind,
                    reference=reference,
                    document=_kept(file, owed, place) if file else None,
                    title=title[:200],
                    quantity=number,
                    figure=figure if reference else None,
                    on=day,
                    note=note.strip(),
                    by_id=place.actor.user_id,
                    by_label=place.actor.label[:120],
                    demonstration=demonstration,
                )
        except IntegrityError as error:
            raise Conflict(_("这项工作已作为这项责任的佐证，不能重复计数。")) from error
        count_evidence(owed)
        event.note(
            owed,
            after={"kind": kind, "title": row.title, "quantity": number, "on": day.isoformat()},
            scope_path=owed.path_of(place.side),
        )
    return row


def _giver(actor: Actor, obligation: Obligation, side: Side | None) -> Standpoint:
    """For which owner the actor gives evidence. The other party judges it, and gives none itself."""
    owing = owners(obligation.party)
    for one in owing:
        for place in standpoints(actor, WORK, obligation):
            if place.side is one and side in (None, one):
                return place
    standpoint(actor, WORK, obligation)  # raises for who may not work on it at all
    raise Denied(_("佐证由责任方提交；另一方核实，不能代为提交。"))


def _proof(
    actor: Actor,
    obligation: Obligation,
    kind: str,
    reference: str,
    file: File | None,
    note: str,
    on: dt.date | None,
) -> tuple[str, dt.date, int]:
    """What is shown: its title, day and number. Raises Invalid."""
    pack = obligation.pairing.round.policy_pack
    kinds = registry.accepted(obligation)
    if kind not in kinds:
        names = _("、").join(words(registry.title(one, pack)) for one in kinds)
        fault = _("这项责任不接受“%(kind)s”作佐证。可用：%(kinds)s。") % {
            "kind": words(registry.title(kind, pack)),
            "kinds": names,
        }
        raise Invalid(fault, fields={"kind": [fault]})
    day = on or timezone.localdate()
    if reference:
        known = registry.kind(kind)
        found = known.resolve(actor, obligation, reference) if known else None
        if found is None:
            fault = _("没有找到所选的工作记录，或它不属于这两家医院。")
            raise Invalid(fault, fields={"reference": [fault]})
        return found.title, found.on, found.quantity
    if fault := guard.fault_of_text(note, 500):
        raise Invalid(fault, fields={"note": [fault]})
    if file:
        return documents.clean_name(file.name), day, 1
    if kind == registry.UPLOAD:
        fault = _("请选择要上传的文件。")
        raise Invalid(fault, fields={"file": [fault]})
    if not note.strip():
        fault = _("没有文件时，请写明做了什么。")
        raise Invalid(fault, fields={"note": [fault]})
    return note.strip(), day, 1


def _check_day(day: dt.date, obligation: Obligation) -> None:
    fault = ""
    if day > timezone.localdate():
        fault = _("日期 %(day)s 还没有到。") % {"day": day.isoformat()}
    elif day < obligation.start:
        fault = _("日期 %(day)s 早于这一期的第一天 %(start)s，请记入相应的一期。") % {
            "day": day.isoformat(),
            "start": obligation.start.isoformat(),
        }
    if fault:
        raise Invalid(fault, fields={"on": [fault]})


def _kept(file: File, obligation: Obligation, place: Standpoint) -> StoredDocument:
    return documents.keep(
        file.content,
        filename=file.name,
        scope_path=obligation.path_of(place.side),
        actor=place.actor,
        kinds=documents.EVIDENCE,
    )


def withdraw(*, actor: Actor, evidence: Evidence, version: int, reason: str) -> None:
    """Take evidence back; it stays on record and does not count.

    Raises Denied on the other side, Conflict when it was accepted, withdrawn or changed before.
    """
    reason = require_reason(reason)
    place = standpoint(actor, WORK, evidence.obligation, Side(evidence.side))
    with act("evidence.withdraw", actor=place.actor, permission=WORK, on=place.path) as event:
        owed = locked(evidence.obligation)
        row = current(evidence, version)
        if row.is_accepted:
            raise Conflict(_("这项佐证已被认可，不能撤回。如有误，请先由认可方收回意见。"))
        row.withdrawn_at, row.withdrawn_reason = timezone.now(), reason
        row.version += 1
        row.save()
        count_evidence(owed)
        event.note(
            owed, before={"title": row.title, "quantity": row.quantity}, reason=reason,
            scope_path=owed.path_of(place.side),
        )  # fmt: skip


def judge(
    *,
    actor: Actor,
    evidence: Evidence,
    version: int,
    verdict: str,
    reason: str = "",
    side: Side | None = None,
) -> None:
    """Accept or reject evidence for the other party or an authority; '' takes the own verdict back.

    Raises Denied on the side that gave it and for the person who gave it, Invalid for a rejection
    without a reason, Conflict when it was withdrawn or changed before.
    """
    if verdict not in Evidence.Verdict.values:
        raise Invalid(_("意见应为认可或不认可。"), fields={"verdict": [_("请选择认可或不认可。")]})
    if verdict == Evidence.Verdict.REJECTED:
        reason = require_reason(reason)
    place = _judge(actor, evidence, side)
    with act("evidence.judge", actor=place.actor, permission=VERIFY, on=place.path) as event:
        owed = locked(evidence.obligation)
        row = current(evidence, version)
        who = "superior" if place.side is Side.SUPERIOR else "other"
        before = getattr(row, f"{who}_verdict")
        for name, value in (
            ("verdict", verdict),
            ("reason", reason),
            ("by_label", place.actor.label[:120] if verdict else ""),
            ("at", timezone.now() if verdict else None),
        ):
            setattr(row, f"{who}_{name}", value)
        row.version += 1
        row.save()
        count_evidence(owed)
        event.note(
            owed,
            before={"title": row.title, "verdict": before},
            after={"title": row.title, "verdict": verdict, "side": str(place.side)},
            reason=reason,
            scope_path=place.path,
        )


def _judge(actor: Actor, evidence: Evidence, side: Side | None) -> Standpoint:
    """For whom the actor may judge: never for the side that gave the evidence."""
    if actor.user_id is not None and actor.user_id == evidence.by_id:
        raise Denied(_("自己提交的佐证不能由自己核实。"))
    obligation = evidence.obligation
    wanted = [side] if side else [one for one in Side if one != evidence.side]
    if side == evidence.side:
        raise Denied(_("自己一方提交的佐证不能由自己一方核实。"))
    for one in wanted:
        try:
            return standpoint(actor, VERIFY, obligation, one)
        except Denied:
            continue
    if any(place.side == evidence.side for place in standpoints(actor, VERIFY, obligation)):
        raise Denied(_("自己一方提交的佐证不能由自己一方核实。"))
    return standpoint(actor, VERIFY, obligation, side)  # raises: for another side, or for none


def current(evidence: Evidence, version: int) -> Evidence:
    """A piece as it is now, held until the act is over; raises Conflict when it was withdrawn or changed."""
    row = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    if row.withdrawn_at is not None:
        raise Conflict(_("这项佐证已经撤回。"))
    if row.version != version:
        raise Conflict(_("这项佐证刚被他人改动。请刷新后再试。"))
    return row
