"""Every write of the places wing: boundaries and travel matrices."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import EventNote, act, require_reason
from duikou.core.errors import Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.wings.places.geodesy import DATUMS
from duikou.wings.places.matrix import MatrixReading
from duikou.wings.places.models import Boundary, BoundarySet, Division, TravelTime
from duikou.wings.places.outlines import OutlineReading

BATCH = 1000


def may_manage(actor: Actor) -> bool:
    """Whether `actor` may change boundaries and travel data: pages show their forms then."""
    return actor.may("places.manage", _province_path())


def import_travel_matrix(*, actor: Actor, reading: MatrixReading) -> tuple[int, int]:
    """Store a checked travel matrix; rows of the same pair, mode and kind are replaced.

    Returns the numbers of new and replaced rows. Raises Invalid when the reading has
    issues: then nothing is stored.
    """
    if reading.issues or not reading.rows:
        raise Invalid(
            _("矩阵有 %(n)d 处问题，未导入任何一行。请按提示改正后重新上传。") % {"n": len(reading.issues)}
        )
    with act("places.import_travel", actor=actor, permission="places.manage", on=_province_path()) as event:
        before = TravelTime.objects.count()
        TravelTime.objects.bulk_create(
            [
                TravelTime(
                    origin=row.origin,
                    destination=row.destination,
                    mode=row.mode,
                    km=row.km,
                    minutes=row.minutes,
                    kind=row.kind,
                    source=row.source,
                    as_of=row.as_of,
                )
                for row in reading.rows
            ],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["origin", "destination", "mode", "kind"],
            update_fields=["km", "minutes", "source", "as_of"],
        )
        new = TravelTime.objects.count() - before
        replaced = len(reading.rows) - new
        sources = sorted({row.source for row in reading.rows})
        event.note(after={"new": new, "replaced": replaced, "sources": sources[:20]}, label=_("路程矩阵"))
    return new, replaced


def remove_travel_source(*, actor: Actor, source: str, reason: str) -> int:
    """Remove all stored values of one source; returns how many. Raises Invalid without a reason."""
    reason = require_reason(reason)
    with act("places.remove_travel", actor=actor, permission="places.manage", on=_province_path()) as event:
        count, _details = TravelTime.objects.filter(source=source).delete()
        if not count:
            raise Missing(_("没有来自“%(source)s”的路程。") % {"source": source})
        event.note(before={"rows": count}, after={"rows": 0}, reason=reason, label=source)
    return count


def import_boundary_set(
    *,
    actor: Actor,
    reading: OutlineReading,
    name: str,
    datum: str,
    source_text: str,
    review_number: str,
    as_of: dt.date,
    edited: bool,
    activate: bool = True,
) -> BoundarySet:
    """Store checked outlines as a new set, used for maps at once unless `activate` is False.

    Raises Invalid for a reading with problems, a missing source text or name, an
    unknown datum, or a date in the future; then nothing is stored.
    """
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = [_("请给这套边界取一个名称。")]
    if not source_text.strip():
        fields["source_text"] = [_("请写明来源：它会印在每幅地图下方。")]
    if datum not in DATUMS:
        fields["datum"] = [_("坐标系应为 WGS84、GCJ-02 或 BD-09。")]
    if as_of > timezone.localdate():
        fields["as_of"] = [_("现势日期不能晚于今天。")]
    if reading.problems:
        fields["file"] = [str(problem) for problem in reading.problems]
    if fields:
        raise Invalid(_("边界未导入，请按提示改正。"), fields=fields)
    divisions = {d.code: d for d in Division.objects.on(as_of).filter(code__in=reading.outlines)}
    with act(
        "places.import_boundaries", actor=actor, permission="places.manage", on=_province_path()
    ) as event:
        if activate:
            BoundarySet.objects.filter(active=True).update(active=False)
        found = BoundarySet.objects.create(
            name=name.strip(),
            source_text=source_text.strip(),
            review_number=review_number.strip(),
            datum=datum,
            as_of=as_of,
            edited=edited,
            active=activate,
            warnings=[{"text": w.text, "values": dict(w.values)} for w in reading.warnings],
        )
        Boundary.objects.bulk_create(
            [
                Boundary(
                    boundary_set=found,
                    division=divisions[code],
                    geometry={"type": "MultiPolygon", "coordinates": polygons},
                )
                for code, polygons in reading.outlines.items()
            ],
            batch_size=100,
        )
        event.note(
            found,
            after={
                "name": found.name,
                "units": len(reading.outlines),
                "vertices": reading.vertices,
                "datum": datum,
                "as_of": as_of,
                "review_number": found.review_number,
                "edited": edited,
            },
        )
    return found


def use_boundary_set(*, actor: Actor, boundary_set_id: int | None) -> None:
    """Draw maps from this set (None: from none, tile grid only). Raises Missing for an unknown set."""
    with act("places.use_boundaries", actor=actor, permission="places.manage", on=_province_path()) as event:
        before = BoundarySet.objects.filter(active=True).first()
        BoundarySet.objects.filter(active=True).update(active=False)
        chosen = None
        if boundary_set_id is not None:
            chosen = _boundary_set(boundary_set_id)
            chosen.active = True
            chosen.save(update_fields=["active"])
        event.note(
            chosen or before,
            before={"in_use": before.name if before else None},
            after={"in_use": chosen.name if chosen else None},
        )


def remove_boundary_set(*, actor: Actor, boundary_set_id: int, reason: str) -> None:
    """Remove a set and its outlines. Raises Missing for an unknown set, Invalid without a reason."""
    reason = require_reason(reason)
    with act(
        "places.remove_boundaries", actor=actor, permission="places.manage", on=_province_path()
    ) as event:
        found = _boundary_set(boundary_set_id)
        _describe_removal(event, found, reason)
        found.delete()


def _describe_removal(event: EventNote, found: BoundarySet, reason: str) -> None:
    event.note(
        before={"name": found.name, "source": found.source_text, "review_number": found.review_number},
        reason=reason,
        label=found.name,
    )


def _boundary_set(pk: int) -> BoundarySet:
    found = BoundarySet.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这套边界，可能已被删除。"))
    return found


def _province_path() -> str:
    """Boundaries and matrices are the province's: a city's officer may not replace them."""
    path = OrgUnit.objects.filter(kind=OrgUnit.Kind.PROVINCE).values_list("path", flat=True).first()
    return path or ""
