"""Keeping the directory of services: what a hospital takes, how many a week, when."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.catalogue import specialty_choices
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.patients.identity import fault_of_phone, tidy_phone
from duikou.wings.referrals.catalogue import tiers
from duikou.wings.referrals.models import Service, Slot

MOST = 999  # patients a week, and of a slot


@dataclass(frozen=True, slots=True)
class Offered:
    """What a service offers. `slots`: weekday (1 Monday), time, places."""

    name: str
    specialty: str
    takes: str
    weekly: int
    slots: tuple[tuple[int, dt.time, int], ...]
    tiers: tuple[str, ...] = ()
    emergency: bool = False
    phone: str = ""
    note: str = ""


def keep_service(
    *,
    actor: Actor,
    hospital: Hospital,
    offered: Offered,
    department: Department | None = None,
    service: Service | None = None,
    version: int | None = None,
) -> Service:
    """Enter a service, or change one. Raises Invalid for what cannot be offered."""
    path = service.scope_path if service else path_in(hospital, department)
    with act("referral.service", actor=actor, permission="referral.service", on=path) as event:
        values = _checked(offered)
        try:
            with transaction.atomic():
                service = _written(service, hospital, department, path, values, version, actor)
        except IntegrityError as error:
            raise Conflict(_("同一科室已有名为“%(name)s”的服务。") % {"name": values["name"]}) from error
        _slots(service, offered)
        event.note(
            service,
            after={"name": service.name, "weekly": service.weekly, "slots": len(offered.slots)},
            scope_path=path,
        )
    return service


def close_service(*, actor: Actor, service: Service) -> Service:
    """Take no more referrals; those under way go on."""
    with act("referral.service_closed", actor=actor, permission="referral.service", on=service) as event:
        won = Service.objects.filter(pk=service.pk, closed_on=None).update(
            closed_on=timezone.localdate(), version=F("version") + 1
        )
        if not won:
            raise Conflict(_("该服务已经停止接收。请刷新页面。"))
        service.refresh_from_db()
        event.note(service, after={"closed_on": service.closed_on})
    return service


def _checked(offered: Offered) -> dict[str, object]:
    phone = tidy_phone(offered.phone)
    values = {
        "name": guard.line(offered.name, "name", _("服务名称"), 80),
        "note": guard.line(offered.note, "note", _("来诊须知"), 500, required=False),
        "specialty": offered.specialty,
        "takes": offered.takes,
        "weekly": offered.weekly,
        "tiers": sorted(set(offered.tiers)),
        "emergency": offered.emergency,
        "phone": phone,
    }
    if offered.specialty not in dict(specialty_choices()):
        raise refused("specialty", _("请选择专业。"))
    if offered.takes not in Service.Takes.values:
        raise refused("takes", _("请选择接收方向。"))
    if unknown := set(offered.tiers) - set(tiers()):
        raise refused("tiers", _("政策包中没有病种“%(found)s”。") % {"found": min(unknown)})
    if fault := fault_of_phone(phone):
        raise refused("phone", fault)
    if not 1 <= offered.weekly <= MOST:
        raise refused("weekly", _("每周接收人数应为 1–%(most)s。") % {"most": MOST})
    if not offered.slots:
        raise refused("slots", _("请至少填写一个接诊时段。"))
    times = Counter((day, starts) for day, starts, _places in offered.slots)
    for day, starts, places in offered.slots:
        if day not in Slot.Weekday.values or not 1 <= places <= MOST:
            raise refused("slots", _("时段的星期应为 1–7，人数应为 1–%(most)s。") % {"most": MOST})
        if times[day, starts] > 1:
            raise refused(
                "slots",
                _("%(day)s %(time)s 写了两次。")
                % {"day": Slot.Weekday(day).label, "time": f"{starts:%H:%M}"},
            )
    guard.check(Service, values)
    return values


def _written(
    service: Service | None,
    hospital: Hospital,
    department: Department | None,
    path: str,
    values: dict[str, object],
    version: int | None,
    actor: Actor,
) -> Service:
    if service is None:
        return Service.objects.create(
            hospital=hospital, department=department, scope_path=path, kept_by_id=actor.user_id, **values
        )
    rows = Service.objects.filter(pk=service.pk, closed_on=None)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(version=F("version") + 1, kept_by=actor.user_id, **values):
        raise Conflict(_("没有执行：该服务已停止接收，或刚被他人改动。请刷新后再试。"))
    service.refresh_from_db()
    return service


def _slots(service: Service, offered: Offered) -> None:
    """Slots that stay keep their bookings; others come and go."""
    known = {(slot.weekday, slot.starts): slot for slot in service.slots.all()}
    for day, starts, places in offered.slots:
        slot = known.pop((day, starts), None)
        if slot is None:
            Slot.objects.create(service=service, weekday=day, starts=starts, places=places)
        elif slot.places != places:
            Slot.objects.filter(pk=slot.pk).update(places=places)
    Slot.objects.filter(pk__in=[slot.pk for slot in known.values()]).delete()
