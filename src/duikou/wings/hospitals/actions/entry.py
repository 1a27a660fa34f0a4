"""Acts on an entry itself: register, edit, grade, move, close."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, require_reason
from duikou.core.errors import Denied, refused
from duikou.core.models import OrgUnit
from duikou.core.paths import child_path
from duikou.core.scope import Actor
from duikou.wings.hospitals.actions.common import (
    EDIT,
    KEEP,
    changing,
    check_name_free,
    clean_day,
    clean_name,
    one_of,
    tell_changed,
)
from duikou.wings.hospitals.loading import home_of
from duikou.wings.hospitals.models import Hospital, HospitalLevel, HospitalName, HospitalPlace, Mark
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.hospitals.texts import fact_label
from duikou.wings.places.models import Division


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an entry says of a hospital, besides its dated names, places and grades."""

    kind: str
    tier: str
    ownership: str = Hospital.Ownership.PUBLIC
    role: str = ""
    field: str = ""
    development_zone: bool = False
    main_county_hospital: bool = False
    lon: float | None = None
    lat: float | None = None
    coord_level: str = ""
    note: str = ""

    @classmethod
    def of(cls, hospital: Hospital) -> Facts:
        """What the entry says now."""
        return cls(**{column: getattr(hospital, column) for column in cls.__dataclass_fields__})

    def checked(self) -> Facts:
        """The same facts; raises Invalid when a value is none of the known ones or a point is half given."""
        one_of("kind", self.kind, Hospital.Kind.choices)
        one_of("field", self.field, Hospital.Field.choices)
        one_of("tier", self.tier, Hospital.Tier.choices)
        one_of("ownership", self.ownership, Hospital.Ownership.choices)
        one_of("role", self.role, Hospital.Role.choices)
        one_of("coord_level", self.coord_level, Hospital.CoordLevel.choices)
        if (self.lon is None) != (self.lat is None):
            raise refused("lat", _("经度与纬度须同时填写，或同时留空。"))
        lon, lat = self.lon or 0.0, self.lat or 0.0
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise refused(
                "lon",
                _("经度应在 −180 至 180、纬度应在 −90 至 90 之间（WGS84），收到 %(lon)s，%(lat)s。")
                % {"lon": lon, "lat": lat},
            )
        return self


# The facts that rules or the keeper depend on. The others a hospital may tell of itself.
KEPT_FACTS = ("kind", "tier", "ownership", "role", "field", "development_zone", "main_county_hospital")


def register_hospital(
    *,
    actor: Actor,
    name: str,
    facts: Facts,
    division: Division,
    level: str = "",
    reason: str = "",
    confirmed: bool = False,
) -> Hospital:
    """Register a hospital that lies in `division` today.

    `confirmed`: the person knows that another hospital has the same name. Raises
    Denied unless the actor keeps entries under the authority that will keep this one
    (see `home_of`), Invalid for a bad name, value or place.
    """
    facts, division = facts.checked(), existing_county(division)
    keeper = home_of(facts.tier, facts.ownership, division)
    with act("hospital.register", actor=actor, permission=KEEP, on=keeper.path) as event:
        name = clean_name(name)
        one_of("level", level, Hospital.Level.choices)
        check_name_free(name, besides=None, confirmed=confirmed)
        hospital = create_entry(name=name, facts=facts, division=division, keeper=keeper, level=level)
        event.note(
            hospital,
            after={"name": name, "level": level, "division": division.name, **asdict(facts)},
            reason=reason,
            scope_path=hospital.scope_path,
        )
    return hospital


def create_entry(
    *,
    name: str,
    facts: Facts,
    division: Division,
    keeper: OrgUnit,
    level: str = "",
    since: dt.date | None = None,
) -> Hospital:
    """Write a new entry with its first name, place and grade. Only for acts, inside their transaction."""
    org = OrgUnit.objects.create(kind=OrgUnit.Kind.HOSPITAL, name=name, parent=keeper)
    hospital = Hospital.objects.create(
        key=f"h-{org.pk}",
        org=org,
        scope_path=org.path,
        name=name,
        division=division,
        level=level,
        level_mark=Mark.ENTERED,
        mark=Mark.ENTERED,
        **asdict(facts),
    )
    HospitalName.objects.create(
        hospital=hospital, name=name, kind=HospitalName.Kind.OFFICIAL, valid_from=since
    )
    HospitalPlace.objects.create(hospital=hospital, division=division, valid_from=since)
    if level:
        HospitalLevel.objects.create(hospital=hospital, level=level, valid_from=since)
    return hospital


def existing_county(division: Division) -> Division:
    """`division`, if it is a county-level unit that exists today; else Invalid."""
    if division.level != Division.Level.COUNTY or division.valid_to is not None:
        raise refused(
            "division", _("“%(name)s”不是现行的县级行政区，请从名单中选择。") % {"name": division.name}
        )
    return division


def edit_facts(*, actor: Actor, hospital: Hospital, version: int, facts: Facts, reason: str = "") -> None:
    """Change what the entry says. A changed tier or ownership may hand it to another keeper.

    The hospital itself may change its coordinates and note; the facts that findings
    depend on (`KEPT_FACTS`) are for those who keep the entry. Raises Denied otherwise,
    and when the actor does not keep entries under the new keeper.
    """
    with changing("hospital.edit", actor=actor, hospital=hospital, version=version, permission=EDIT) as event:
        new, old = asdict(facts.checked()), asdict(Facts.of(hospital))
        changed = [column for column, value in new.items() if value != old[column]]
        if not changed:
            raise refused("note", _("没有任何改动，所以没有保存。"))
        keeps = actor.may_any(KEEP, hospital.scope_paths())
        kept = [column for column in changed if column in KEPT_FACTS]
        if kept and not keeps:
            raise Denied(
                _(
                    "没有保存：%(facts)s会影响核查结果，只能由维护该医院身份信息的主管部门修改。"
                    "如登记有误，请联系主管部门；本院可以修改坐标和备注。"
                )
                % {"facts": "、".join(map(fact_label, kept))}
            )
        for column in changed:
            setattr(hospital, column, new[column])
        if keeps:  # a hospital's own word does not confirm what is to be confirmed
            hospital.mark = Mark.ENTERED
        hospital.save()
        if kept:
            give_to_keeper(hospital, actor)
            tell_changed(hospital)
        event.note(
            before={column: old[column] for column in changed},
            after={column: new[column] for column in changed},
            reason=reason,
            scope_path=hospital.scope_path,
        )


def give_to_keeper(hospital: Hospital, actor: Actor) -> None:
    """Hang the entry under the authority that tier, ownership and place call for.

    Raises Denied unless the actor keeps entries under that authority too: nobody can push
    an entry into somebody else's area.
    """
    keeper = home_of(hospital.tier, hospital.ownership, hospital.division)
    org = hospital.org
    if org.parent_id == keeper.pk:
        return
    require(actor, KEEP, (keeper.path or "",))
    old_path, new_path = org.path or "", child_path(keeper.path or "", org.pk)
    below = list(OrgUnit.objects.filter(path__within=old_path).exclude(pk=org.pk))
    for unit in below:
        unit.path = new_path + (unit.path or "")[len(old_path) :]
    org.parent, org.path = keeper, new_path
    org.save(update_fields=["parent", "path"])
    OrgUnit.objects.bulk_update(below, ["path"])
    hospital.scope_path = new_path
    hospital.save(update_fields=["scope_path"])
    hospital_moved.send(Hospital, hospital=hospital, old_path=old_path, new_path=new_path)


def set_level(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    level: str,
    mark: str,
    on: dt.date | None = None,
    source: str = "",
    reason: str = "",
) -> None:
    """Record a grade.

    With `on`, it holds from that day and ends the one before; without, it corrects or
    confirms the present one, whose first day stays as it was. A grade that is not to
    be confirmed any more (mark `found` or `seed`) must name its source.
    """
    with changing("hospital.level", actor=actor, hospital=hospital, version=version) as event:
        one_of("level", level, Hospital.Level.choices)
        one_of("mark", mark, Mark.choices)
        if not level:
            raise refused("level", _("请选择等级。"))
        if mark in (Mark.FOUND, Mark.SEED) and not source.strip():
            raise refused("source", _("请填写来源（文件或网页名称），否则等级仍须标为待核实。"))
        present = hospital.levels.filter(valid_to=None).first()
        before = {"level": hospital.level, "level_mark": hospital.level_mark}
        if on is not None:
            clean_day(on, after=present.valid_from if present else None)
        if present is not None and on is not None:
            present.valid_to = on
            present.save(update_fields=["valid_to"])
            present = None
        if present is None:
            present = HospitalLevel(hospital=hospital, valid_from=on)
        present.level, present.mark, present.source = level, mark, source.strip()
        present.save()
        hospital.level, hospital.level_mark = level, mark
        hospital.save(update_fields=["level", "level_mark"])
        event.note(
            before=before,
            after={"level": level, "level_mark": mark, "on": on, "source": source.strip()},
            reason=reason,
        )


def move_place(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    division: Division,
    on: dt.date,
    reason: str,
) -> None:
    """The hospital lies in another county from `on` on. A county hospital gets the new county as keeper."""
    with changing("hospital.move", actor=actor, hospital=hospital, version=version) as event:
        reason = require_reason(reason)
        division = existing_county(division)
        if division.pk == hospital.division_id:
            raise refused("division", _("医院已经在%(name)s。") % {"name": division.name})
        present = hospital.places.filter(valid_to=None).first()
        clean_day(on, after=present.valid_from if present else None)
        if on < division.valid_from:
            raise refused(
                "on",
                _("%(name)s自 %(since)s 起才设立，迁入日期不能更早。")
                % {"name": division.name, "since": division.valid_from.isoformat()},
            )
        if present is not None:
            present.valid_to = on
            present.save(update_fields=["valid_to"])
        HospitalPlace.objects.create(hospital=hospital, division=division, valid_from=on)
        before = {"division": hospital.division.name}
        hospital.division = division
        hospital.save()
        give_to_keeper(hospital, actor)
        event.note(
            before=before,
            after={"division": division.name, "on": on},
            reason=reason,
            scope_path=hospital.scope_path,
        )


def close_hospital(*, actor: Actor, hospital: Hospital, version: int, on: dt.date, reason: str) -> None:
    """Strike a hospital off the register from `on` on. It stays readable and searchable."""
    with changing("hospital.close", actor=actor, hospital=hospital, version=version) as event:
        reason = require_reason(reason)
        hospital.state, hospital.closed_on = Hospital.State.CLOSED, clean_day(on)
        hospital.save(update_fields=["state", "closed_on"])
        event.note(before={"state": "active"}, after={"state": "closed", "on": on}, reason=reason)


def reopen_hospital(*, actor: Actor, hospital: Hospital, version: int, reason: str) -> None:
    """Take a closed hospital back on the register."""
    with changing(
        "hospital.reopen", actor=actor, hospital=hospital, version=version, state=Hospital.State.CLOSED
    ) as event:
        reason = require_reason(reason)
        before: dict[str, Any] = {"state": "closed", "on": hospital.closed_on}
        hospital.state, hospital.closed_on = Hospital.State.ACTIVE, None
        hospital.save(update_fields=["state", "closed_on"])
        event.note(before=before, after={"state": "active", "on": timezone.localdate()}, reason=reason)
