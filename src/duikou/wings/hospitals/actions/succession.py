"""Merging, undoing a merger, splitting. Nothing is deleted: each step leaves a succession on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.actions.common import (
    KEEP,
    changing,
    check_name_free,
    claim,
    clean_day,
    clean_name,
    one_of,
)
from duikou.wings.hospitals.actions.entry import Facts, create_entry, existing_county
from duikou.wings.hospitals.loading import home_of
from duikou.wings.hospitals.models import Hospital, HospitalName, Succession
from duikou.wings.places.models import Division

Kind = HospitalName.Kind
MERGERS = [(kind.value, kind.label) for kind in (Succession.Kind.MERGE, Succession.Kind.DUPLICATE)]


def merge_hospitals(
    *,
    actor: Actor,
    source: Hospital,
    source_version: int,
    target: Hospital,
    target_version: int,
    kind: str,
    on: dt.date,
    reason: str,
    document: str = "",
) -> Succession:
    """Merge `source` into `target`: the target takes over its names.

    The source stays readable and searchable and points to the target; its own names,
    places, departments and history stay, and pairings keep what was printed. A merger
    holds from `on` on, a duplicate entry (kind `duplicate`) for every day. The actor
    must be allowed to keep both entries.
    """
    one_of("kind", kind, MERGERS)
    with changing(
        "hospital.merge", actor=actor, hospital=source, version=source_version, beside=target
    ) as event:
        reason = require_reason(reason)
        if source.pk == target.pk:
            raise refused("target", _("不能把医院并入它自己，请选择另一家医院。"))
        require(actor, KEEP, target.scope_paths())
        claim(target, target_version)
        clean_day(on)
        taken = _take_names(source, target, ends=on if kind == Succession.Kind.MERGE else None)
        source.state, source.merged_into = Hospital.State.MERGED, target
        source.save(update_fields=["state", "merged_into"])
        succession = Succession.objects.create(
            kind=kind,
            origin=source,
            result=target,
            on=on,
            document=document.strip(),
            reason=reason,
            by_id=actor.user_id,
            taken_names=[name.pk for name in taken],
        )
        event.note(
            before={"state": "active"},
            after={
                "state": "merged",
                "merged_into": target.name,
                "kind": kind,
                "on": on,
                "document": document.strip(),
                "names": [name.name for name in taken],
            },
            reason=reason,
        )
    return succession


def names_to_take(source: Hospital, target: Hospital) -> list[HospitalName]:
    """The source's names that the target does not bear yet: what a merger would hand over."""
    borne = {name.name for name in target.names.all()}
    found: dict[str, HospitalName] = {}
    for name in source.names.all():
        if name.name not in borne:
            found.setdefault(name.name, name)
    return list(found.values())


def _take_names(source: Hospital, target: Hospital, ends: dt.date | None) -> list[HospitalName]:
    taken = []
    for name in names_to_take(source, target):
        # The target was never called so: what was official for the source is "also known as" here.
        own = name.kind in (Kind.OFFICIAL, Kind.OLD)
        end = name.valid_to
        if own and end is None and (name.valid_from is None or ends is None or ends > name.valid_from):
            end = ends
        taken.append(
            HospitalName.objects.create(
                hospital=target,
                name=name.name,
                kind=Kind.SAME_AS if own else name.kind,
                valid_from=name.valid_from,
                valid_to=end,
                mark=name.mark,
                note=_("来自并入的“%(name)s”") % {"name": source.name},
            )
        )
    return taken


def undo_merge(*, actor: Actor, hospital: Hospital, version: int, reason: str) -> None:
    """Take a merger back: the hospital stands by itself again, the target gives its names back.

    Both the merger and its undoing stay on record. Raises Conflict when the target has
    itself been merged or closed since: that must be taken back first.
    """
    with changing(
        "hospital.merge_undone",
        actor=actor,
        hospital=hospital,
        version=version,
        state=Hospital.State.MERGED,
        beside=hospital.merged_into,
    ) as event:
        reason = require_reason(reason)
        succession = hospital.successions.select_related("result").get(
            undone_on=None, kind__in=dict(MERGERS), result=hospital.merged_into
        )
        target = succession.result
        require(actor, KEEP, target.scope_paths())
        if target.state != Hospital.State.ACTIVE:
            raise Conflict(
                _("不能撤回：“%(name)s”目前的状态是“%(state)s”，请先恢复它。")
                % {"name": target.name, "state": target.get_state_display()}
            )
        claim(target, target.version)
        returned = list(target.names.filter(pk__in=succession.taken_names).exclude(kind=Kind.OFFICIAL))
        for name in returned:
            name.delete()
        succession.undone_on, succession.undone_reason = timezone.localdate(), reason
        succession.save(update_fields=["undone_on", "undone_reason"])
        hospital.state, hospital.merged_into = Hospital.State.ACTIVE, None
        hospital.save(update_fields=["state", "merged_into"])
        event.note(
            before={"state": "merged", "merged_into": target.name},
            after={"state": "active", "names": [name.name for name in returned]},
            reason=reason,
        )


def split_hospital(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    name: str,
    facts: Facts,
    division: Division,
    on: dt.date,
    reason: str,
    names: Sequence[int] = (),
    document: str = "",
    confirmed: bool = False,
) -> Hospital:
    """Split a new hospital off `hospital`, from `on` on; it takes along the aliases `names` (their ids).

    Pairings stay with the hospital they were made with. Raises Invalid when a name to
    be taken along is the official one or not this hospital's.
    """
    facts, division = facts.checked(), existing_county(division)
    keeper = home_of(facts.tier, facts.ownership, division)
    with changing("hospital.split", actor=actor, hospital=hospital, version=version) as event:
        reason = require_reason(reason)
        require(actor, KEEP, (keeper.path or "",))
        clean_day(on)
        name = clean_name(name)
        movable = {alias.pk: alias for alias in hospital.names.exclude(kind=Kind.OFFICIAL)}
        if strange := set(names) - movable.keys():
            raise refused("names", _("只能带走本院的别名；这些不是：%(ids)s。") % {"ids": sorted(strange)})
        check_name_free(name, besides=None, confirmed=confirmed)
        result = create_entry(name=name, facts=facts, division=division, keeper=keeper, since=on)
        moved = [movable[pk] for pk in dict.fromkeys(names)]
        for alias in moved:
            alias.hospital = result
            alias.save()
        Succession.objects.create(
            kind=Succession.Kind.SPLIT,
            origin=hospital,
            result=result,
            on=on,
            document=document.strip(),
            reason=reason,
            by_id=actor.user_id,
            taken_names=[alias.pk for alias in moved],
        )
        event.note(
            after={"split_off": name, "on": on, "names": [alias.name for alias in moved], **asdict(facts)},
            reason=reason,
        )
    return result
