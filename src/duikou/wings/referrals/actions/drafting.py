"""Drafts of referrals: typed by the sending side, one for a problem at a time, judged by the tiers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.consents import survivor
from duikou.wings.patients.identity import fault_of_phone, tidy_phone
from duikou.wings.patients.models import Patient, Share
from duikou.wings.referrals import judging
from duikou.wings.referrals.actions._common import plan_dates
from duikou.wings.referrals.catalogue import ONE, cite, tiers
from duikou.wings.referrals.models import Referral, Service

State = Referral.State
KEY = re.compile(r"[0-9A-Za-z-]{8,40}", re.ASCII)
CODE = re.compile(r"[A-Z]\d{2}(\.\d{1,3})?[x+*]?|[A-Z]{2}\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Details:
    """What is typed of a referral."""

    direction: str
    urgency: str
    service: Service
    diagnosis: str
    why: str
    summary: str
    code: str = ""
    tier: str = ""
    conditions: tuple[str, ...] = ()
    exception: str = ""
    plan: str = ""
    escort: str = ""
    escort_phone: str = ""
    from_phone: str = ""
    follow_ups: tuple[tuple[dt.date, str], ...] = ()  # of a referral down


def draft(
    *,
    actor: Actor,
    key: str,
    patient: Patient,
    hospital: Hospital,
    department: Department | None = None,
    details: Details,
) -> Referral:
    """Begin a referral of a patient whom the actor sees. The same key twice is the same draft.

    Raises Conflict, naming it, when the patient has a live referral for the same problem (REF-08).
    """
    path = path_in(hospital, department)
    with act("referral.draft", actor=actor, permission="referral.edit", on=path) as event:
        if not KEY.fullmatch(key):
            raise refused("key", _("表单已失效，请重新打开页面。"))
        if made := Referral.objects.filter(key=key).first():
            if made.created_by_id != actor.user_id or made.patient_id != patient.pk:
                raise Conflict(_("表单已失效，请重新打开页面。"))
            event.note(made, after={"sent_again": True}, scope_path=path)
            return made
        _one_side_holds(patient, hospital, details.service.hospital, actor)
        values = checked(details, hospital)
        referral = Referral(
            key=key,
            patient=survivor(patient),
            from_hospital=hospital,
            from_department=department,
            from_path=path,
            created_by_id=actor.user_id,
            demonstration=patient.demonstration,
            **values,
        )
        _save(referral.save, referral)
        _dates(referral, details)
        event.note(
            referral,
            after={
                "direction": referral.direction,
                "to": referral.to_hospital.name,
                "service": referral.service.name,
                "urgency": referral.urgency,
            },
            scope_path=path,
        )
    return referral


def edit(*, actor: Actor, referral: Referral, details: Details, version: int | None = None) -> Referral:
    """Change a draft, or one that was returned for completion."""
    with act("referral.edit", actor=actor, permission="referral.edit", on=referral.from_path) as event:
        values = checked(details, referral.from_hospital)
        guard.check(Referral, values)
        returned = referral.state == State.RETURNED
        if returned and values["service"].pk != referral.service_id:
            raise refused("service", _("退回补充的转诊不能改换接收服务。请撤回后另行转诊。"))
        if returned and values["urgency"] != referral.urgency:
            raise refused("urgency", _("退回补充的转诊不能改缓急。请撤回后另行转诊。"))
        rows = Referral.objects.filter(pk=referral.pk, state__in=(State.DRAFT, State.RETURNED))
        if version is not None:
            rows = rows.filter(version=version)
        won = _save(lambda: rows.update(version=F("version") + 1, **values), referral, values["problem"])
        referral.refresh_from_db()
        if not won:
            raise Conflict(_("没有保存：转诊已经发出，或刚被他人改动。请刷新后再试。"))
        _dates(referral, details)
        event.note(referral, after={"version": referral.version}, scope_path=referral.from_path)
    return referral


def checked(details: Details, hospital: Hospital) -> dict[str, Any]:
    """Columns for details. Raises Invalid for what cannot be."""
    if details.direction not in Referral.Direction.values:
        raise refused("direction", _("请选择方向。"))
    if details.urgency not in Referral.Urgency.values:
        raise refused("urgency", _("请选择缓急。"))
    service = details.service
    if service.hospital_id == hospital.pk:
        raise refused("service", _("接收服务须是另一家医院的。"))
    code = details.code.strip().upper()
    if code and not CODE.fullmatch(code):
        raise refused(
            "code", _("编码应形如 I21.0（ICD-10）或 FR11（DRG），实际为“%(found)s”。") % {"found": code[:20]}
        )
    if details.tier and details.tier not in tiers():
        raise refused("tier", _("请从列表中选择病种。"))
    met = tuple(dict.fromkeys(details.conditions))
    if judging.unknown_conditions(details.direction, met):
        raise refused("conditions", _("请从列表中选择这个方向的指征。"))
    judged = judging.judge(details.direction, details.tier, code, met, service.specialty)
    exception = guard.line(details.exception, "exception", _("不按分级的理由"), 500, required=False)
    if judged.needs_reason and not exception:
        raise refused("exception", judged.told)
    if fault := judging.fault_of_service(service, details.direction, judged.tier, details.urgency):
        raise refused("service", fault)
    phones = {name: tidy_phone(getattr(details, name)) for name in ("escort_phone", "from_phone")}
    for name, phone in phones.items():
        if fault := fault_of_phone(phone):
            raise refused(name, fault)
    return {
        "direction": details.direction,
        "urgency": details.urgency,
        "service": service,
        "to_hospital": service.hospital,
        "to_department": service.department,
        "to_path": service.scope_path,
        "pairing": _pairing(hospital, service.hospital),
        "diagnosis": guard.line(details.diagnosis, "diagnosis", _("诊断"), 200),
        "why": guard.line(details.why, "why", _("转诊原因和目的"), 500),
        "summary": guard.line(details.summary, "summary", _("病情摘要"), 5000),
        "code": code,
        "tier": judged.tier,
        "problem": judged.problem,
        "conditions": list(met),
        "exception": exception,
        "plan": guard.line(details.plan, "plan", _("后续治疗和照护"), 5000, required=False),
        "escort": guard.line(details.escort, "escort", _("护送人员"), 120, required=False),
        **phones,
    }


def _dates(referral: Referral, details: Details) -> None:
    """Dates of follow-up that the sending hospital sets for a patient on the way down."""
    referral.follow_ups.all().delete()
    if referral.direction == Referral.Direction.DOWN and details.follow_ups:
        plan_dates(referral, details.follow_ups)


def _one_side_holds(patient: Patient, hospital: Hospital, receiver: Hospital, actor: Actor) -> None:
    """Raise Denied for a patient of whom the sending side knows by emergency access alone."""
    if patient.hospital_id == hospital.pk:
        return
    paths = Share.objects.live().filter(patient=patient).values_list("path", flat=True)
    mine = actor.paths("patient.view")
    if not any(contains(own, path) for own in mine for path in paths):
        raise Denied(
            _("该患者的档案由“%(hospital)s”保管，没有与贵院的诊疗关系，不能由贵院转诊。")
            % {"hospital": patient.hospital.name}
        )


def _pairing(one: Hospital, other: Hospital) -> Pairing | None:
    """The pairing of the two hospitals on this day."""
    today = timezone.localdate()
    rows = Pairing.objects.filter(
        supporter__in=(one, other), recipient__in=(one, other), start__lte=today, end__gte=today
    )
    return rows.order_by("-start", "-pk").first()


def _save(write: Any, referral: Referral, problem: str = "") -> Any:
    """Write; tell a second live referral for the same problem as Conflict."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        live = judging.live_for(referral.patient, problem or referral.problem, referral.pk)
        if live is None:
            raise
        raise Conflict(twice(live)) from error


def twice(live: Referral) -> str:
    """What is said of a live referral for the same problem."""
    return _(
        "该患者的同一病情已有在办转诊（编号 %(number)s，%(from)s→%(to)s，%(state)s），"
        "不能再转一次（规则 %(rule)s）。"
    ) % {
        "number": live.pk,
        "from": live.from_hospital.name,
        "to": live.to_hospital.name,
        "state": live.get_state_display(),
        "rule": cite(ONE),
    }
