"""Requests for posted staff: asked by the recipient, declined by the supporter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import refused
from duikou.core.scope import Actor
from duikou.policy import load_pack
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.eligibility import SENIOR
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.postings.workflows import STAFF_REQUEST
from duikou.wings.stays.checks import take, within_pairing

MOST_PEOPLE, MOST_MONTHS = 50, 60


@dataclass(frozen=True, slots=True)
class Ask:
    """What a recipient asks for."""

    specialty: str
    title: str
    months: int
    wanted_from: dt.date
    purpose: str
    people: int = 1
    office: str = ""
    department: Department | None = None


def ask(*, actor: Actor, pairing: Pairing, wanted: Ask) -> StaffRequest:
    """The recipient asks its supporter for people (AGR-09).

    Raises Denied for anybody but the recipient, Invalid for what does not fit the pairing or the pack.
    """
    recipient = pairing.recipient
    with act("staff_request.ask", actor=actor, permission="posting.edit", on=recipient.scope_path) as event:
        _check(pairing, wanted)
        request = StaffRequest.objects.create(
            pairing=pairing,
            supporter=pairing.supporter,
            recipient=recipient,
            host_department=wanted.department,
            home_path=pairing.supporter.scope_path,
            host_path=path_in(recipient, wanted.department),
            specialty=wanted.specialty,
            title=wanted.title,
            office=wanted.office,
            people=wanted.people,
            months=wanted.months,
            wanted_from=wanted.wanted_from,
            purpose=wanted.purpose.strip(),
            asked_by_id=actor.user_id,
        )
        event.note(
            request,
            after={
                "supporter": pairing.supporter.name,
                "specialty": wanted.specialty,
                "title": wanted.title,
                "people": wanted.people,
                "months": wanted.months,
                "wanted_from": wanted.wanted_from,
            },
        )
    return request


def withdraw_request(
    *, actor: Actor, request: StaffRequest, reason: str, version: int | None = None
) -> StaffRequest:
    """The recipient takes an open request back; nominations for it stay as they are."""
    take(STAFF_REQUEST, request, "withdraw", actor=actor, reason=reason, version=version)
    return request


def decline_request(
    *, actor: Actor, request: StaffRequest, reason: str, version: int | None = None
) -> StaffRequest:
    """The supporter says that it cannot send anybody, with the reason."""
    take(STAFF_REQUEST, request, "decline", actor=actor, reason=reason, version=version)
    return request


def _check(pairing: Pairing, wanted: Ask) -> None:
    pack = load_pack(pairing.round.policy_pack)
    if wanted.specialty not in {key for key, _label in catalogue.specialty_choices()}:
        raise refused("specialty", _("没有专业“%(found)s”。请从列表中选择。") % {"found": wanted.specialty})
    if not pack.title_rank(wanted.title.removeprefix(SENIOR)):
        raise refused("title", _("职称“%(found)s”不在职称目录中。请从列表中选择。") % {"found": wanted.title})
    if wanted.office not in Posting.Office.values:
        raise refused("office", _("没有这个挂职职务。请从列表中选择。"))
    for field, most in (("people", MOST_PEOPLE), ("months", MOST_MONTHS)):
        found = getattr(wanted, field)
        if not 1 <= found <= most:
            raise refused(field, _("应为 1 到 %(most)s，实际 %(found)s。") % {"most": most, "found": found})
    if not wanted.purpose.strip():
        raise refused("purpose", _("请填写派驻目的：要帮助科室做什么。"))
    department = wanted.department
    if department is not None and department.hospital_id != pairing.recipient_id:
        raise refused(
            "department", _("所选科室不属于“%(hospital)s”。") % {"hospital": pairing.recipient.name}
        )
    within_pairing(pairing, wanted.wanted_from, wanted.wanted_from, "wanted_from")
