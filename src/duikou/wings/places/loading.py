"""Loads the packaged divisions: nation, province, cities, counties with their history, tile grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from duikou.core import search
from duikou.core.actions import act
from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM
from duikou.wings.places.models import Division, DivisionChange, DivisionLink, TileCell
from duikou.wings.places.replay import RECORDED_SINCE, Event, History, Stretch, history, settings, table

NATION = "中国"
PROVINCE = ("330000", "浙江省", "Zhejiang Province", "zhejiang sheng")


def load_divisions() -> bool:
    """Bring the packaged divisions into the database; loading again changes nothing.

    One audit event for the whole load. Units that the operator added stay as they
    are. Returns whether anything was written.
    """
    past = history()
    if _complete(past):
        return False
    with act("places.load", actor=SYSTEM, permission="places.manage") as event:
        province = _province()
        cities = _cities(province)
        units = _units(past, cities)
        changes = _changes(past, units)
        tiles = _tiles(units)
        event.note(
            after={"cities": len(cities), "units": len(units), "changes": changes, "tiles": tiles},
            label=PROVINCE[1],
            scope_path=province.org.path or "",
        )
        search.rebuild("division")  # bulk writes do not tell the index
    return True


def _complete(past: History) -> bool:
    """Whether all packaged units are there, with their ends."""
    there = {
        (code, start): end
        for code, start, end in Division.objects.filter(level=Division.Level.COUNTY).values_list(
            "code", "valid_from", "valid_to"
        )
    }
    wanted = {s.key: s.valid_to for s in past.stretches}
    links = DivisionLink.objects.filter(change__key__in={link.event.approval for link in past.links}).count()
    cells = TileCell.objects.count()
    return (
        wanted.items() <= there.items() and links >= len(past.links) and cells >= len(table("tilegrid.csv"))
    )


def _org(kind: str, name: str, parent: OrgUnit | None) -> OrgUnit:
    return OrgUnit.objects.get_or_create(kind=kind, name=name, parent=parent)[0]


def _province() -> Division:
    nation = _org(OrgUnit.Kind.NATION, NATION, None)
    code, name, name_en, pinyin = PROVINCE
    org = _org(OrgUnit.Kind.PROVINCE, name, nation)
    return _upper(code, name, name_en, pinyin, Division.Level.PROVINCE, org, None)


def _cities(province: Division) -> dict[str, Division]:
    return {
        row["code"]: _upper(
            row["code"],
            row["name"],
            row["name_en"],
            row["pinyin"],
            Division.Level.CITY,
            _org(OrgUnit.Kind.CITY, row["name"], province.org),
            province,
        )
        for row in table("cities.csv")
    }


def _upper(
    code: str, name: str, name_en: str, pinyin: str, level: str, org: OrgUnit, parent: Division | None
) -> Division:
    return Division.objects.get_or_create(
        code=code,
        valid_from=RECORDED_SINCE,
        defaults={
            "level": level,
            "kind": level,  # a province and a city of prefecture rank are of one kind each
            "name": name,
            "name_en": name_en,
            "pinyin": pinyin,
            "org": org,
            "parent": parent,
            "since_known": False,
        },
    )[0]


def _units(past: History, cities: Mapping[str, Division]) -> dict[tuple[str, dt.date], Division]:
    """County-level units. An authority's organisation carries the name it has now (or had last)."""
    ferries = {entry["unit"]: entry for entry in settings("travel.toml")["ferry"]}
    newest: dict[str, Stretch] = {}
    for stretch in sorted(past.stretches, key=lambda s: s.valid_from):
        newest[stretch.authority] = stretch
    known = {(d.code, d.valid_from): d for d in Division.objects.filter(level=Division.Level.COUNTY)}
    orgs = {
        authority: _authority(authority, last, past, cities[last.city_code], known)
        for authority, last in newest.items()
    }
    missing = [s for s in past.stretches if s.key not in known]
    closed = [known[s.key] for s in past.stretches if s.key in known and known[s.key].valid_to != s.valid_to]
    ends = {s.key: s.valid_to for s in past.stretches}
    for division in closed:
        division.valid_to = ends[division.code, division.valid_from]
    Division.objects.bulk_update(closed, ["valid_to"])
    Division.objects.bulk_create(
        [
            _unit(stretch, orgs[stretch.authority], cities[stretch.city_code], ferries.get(stretch.code))
            for stretch in sorted(missing, key=lambda s: s.key)
        ]
    )
    return {(d.code, d.valid_from): d for d in Division.objects.filter(level=Division.Level.COUNTY)}


def _authority(
    authority: str,
    last: Stretch,
    past: History,
    city: Division,
    known: Mapping[tuple[str, dt.date], Division],
) -> OrgUnit:
    """The organisation of one line of authorities, found again through any of its stretches."""
    for stretch in past.stretches:
        if stretch.authority == authority and stretch.key in known:
            org = known[stretch.key].org
            if org.name != last.name:
                OrgUnit.objects.filter(pk=org.pk).update(name=last.name)
            return org
    return _org(OrgUnit.Kind.COUNTY, last.name, city.org)


def _unit(stretch: Stretch, org: OrgUnit, city: Division, ferry: Mapping[str, Any] | None) -> Division:
    return Division(
        level=Division.Level.COUNTY,
        kind=stretch.kind,
        code=stretch.code,
        name=stretch.name,
        name_en=stretch.name_en,
        pinyin=stretch.pinyin,
        parent=city,
        org=org,
        valid_from=stretch.valid_from,
        since_known=stretch.since_known,
        valid_to=stretch.valid_to,
        seat_name=stretch.seat,
        seat_lon=stretch.seat_lon,
        seat_lat=stretch.seat_lat,
        coord_source=stretch.coord_source,
        ferry=ferry is not None,
        ferry_until=(ferry or {}).get("until"),
    )


def _changes(past: History, units: Mapping[tuple[str, dt.date], Division]) -> int:
    """Approvals and what each did; an approval's dates and documents are those of its events."""
    texts = settings("approvals.toml")
    first: dict[str, Event] = {}
    for link in past.links:
        first.setdefault(link.event.approval, link.event)
    changes = {
        key: DivisionChange.objects.get_or_create(
            key=key,
            defaults={
                **texts[key],
                "effective_on": event.effective_on,
                "approved_text": event.approved_text,
                "notice_on": event.notice_on,
                "inaugurated_on": event.inaugurated_on,
                "approval_document": event.approval_document,
                "provincial_document": event.provincial_document,
                "confidence": event.confidence,
            },
        )[0]
        for key, event in first.items()
    }
    DivisionLink.objects.bulk_create(
        [
            DivisionLink(
                change=changes[link.event.approval],
                predecessor=units[link.predecessor.key],
                successor=units[link.successor.key],
                kind=link.event.kind,
                extent=DivisionLink.Extent.WHOLE if link.event.whole else DivisionLink.Extent.PART,
                territory=link.event.territory,
                all_but=link.event.all_but,
            )
            for link in past.links
        ],
        ignore_conflicts=True,
    )
    return len(changes)


def _tiles(units: Mapping[tuple[str, dt.date], Division]) -> int:
    """Both editions of the grid; a cell belongs to the unit of the edition's own date."""
    edition_day = {"2014": dt.date(2014, 1, 1), "today": dt.date.max}
    cells = []
    for row in table("tilegrid.csv"):
        day = edition_day[row["edition"]]
        unit = next(
            u
            for (code, start), u in units.items()
            if code == row["code"] and start <= day and (u.valid_to is None or day < u.valid_to)
        )
        cells.append(
            TileCell(edition=row["edition"], division=unit, col=int(row["col"]), row=int(row["row"]))
        )
    TileCell.objects.bulk_create(cells, ignore_conflicts=True)
    return len(cells)
