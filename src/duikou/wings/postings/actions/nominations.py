"""Nomination by the supporter, approval or refusal by the recipient."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act, together
from duikou.core.errors import Invalid, refused
from duikou.core.faces import words
from duikou.core.scope import SYSTEM, Actor
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.eligibility import Candidate, Reason, Stay, Wanted, blocking, judge
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.postings.workflows import POSTING, STAFF_REQUEST
from duikou.wings.stays.checks import in_order, locked, save_new, take, within_pairing

State = Posting.State


def nominate(
    *,
    actor: Actor,
    pairing: Pairing,
    person: Person,
    planned_from: dt.date,
    planned_to: dt.date,
    specialty: str = "",
    request: StaffRequest | None = None,
    host_department: Department | None = None,
    office: str = "",
) -> Posting:
    """The supporter puts one of its people forward; the title of today is kept with the posting.

    Raises Denied for anybody but the supporter; Invalid for days outside the pairing, somebody of
    another hospital and whoever is not eligible (every rule with its clause); Conflict when the
    person is posted elsewhere on one of the days.
    """
    supporter, recipient = pairing.supporter, pairing.recipient
    with act("posting.nominate", actor=actor, permission="posting.edit", on=supporter.scope_path) as event:
        department = host_department or (request.host_department if request else None)
        specialty = specialty or (request.specialty if request else "") or person.specialty
        office = office or (request.office if request else "")
        _check(pairing, person, planned_from, planned_to, request, department, office, specialty)
        against = blocking(
            reasons(pairing, person, specialty, planned_from, planned_to, request=request, office=office)
        )
        if against:
            told = [cited(reason) for reason in against]
            raise Invalid(
                _("%(name)s 不符合派驻条件：%(why)s") % {"name": person.name, "why": " ".join(told)},
                fields={"person": told},
            )
        posting = Posting(
            pairing=pairing,
            request=request,
            person=person,
            supporter=supporter,
            recipient=recipient,
            home_department=person.department,
            host_department=department,
            home_path=path_in(supporter, person.department),
            host_path=path_in(recipient, department),
            specialty=specialty,
            title=person.title,
            title_since=person.title_since,
            office=office,
            planned_from=planned_from,
            planned_to=planned_to,
            nominated_by_id=actor.user_id,
        )
        save_new(posting)
        event.note(
            posting,
            after={
                "recipient": recipient.name,
                "specialty": specialty,
                "title": person.title,
                "office": office,
                "planned_from": planned_from,
                "planned_to": planned_to,
            },
        )
    return posting


def approve(
    *,
    actor: Actor,
    posting: Posting,
    host_department: Department | None = None,
    version: int | None = None,
) -> Posting:
    """The recipient agrees, and may name the department; a request that is thereby met is closed."""
    POSTING.transitions["approve"].require(posting, actor)
    changes: dict[str, object] = {}
    if host_department is not None:
        if host_department.hospital_id != posting.recipient_id:
            raise refused(
                "host_department",
                _("所选科室不属于“%(hospital)s”。") % {"hospital": posting.recipient.name},
            )
        changes = {
            "host_department_id": host_department.pk,
            "host_path": path_in(posting.recipient, host_department),
        }
    with together():
        take(POSTING, posting, "approve", actor=actor, version=version, changes=changes)
        _close_request(posting)
    return posting


def refuse(
    *, actor: Actor, posting: Posting, reason: str, rule: str = "", version: int | None = None
) -> Posting:
    """The recipient does not agree, with the reason and the rule that it goes by, if any."""
    POSTING.transitions["refuse"].require(posting, actor)
    if rule and rule not in load_pack(posting.pairing.round.policy_pack).rules:
        raise refused("rule", _("政策包中没有规则“%(rule)s”。") % {"rule": rule})
    take(POSTING, posting, "refuse", actor=actor, reason=reason, version=version, changes={"rule": rule})
    return posting


def withdraw(*, actor: Actor, posting: Posting, reason: str, version: int | None = None) -> Posting:
    """The supporter takes back a nomination of somebody who has not arrived."""
    before = posting.state
    with together():
        take(POSTING, posting, "withdraw", actor=actor, reason=reason, version=version)
        if posting.request is not None and before == State.APPROVED:
            request = posting.request
            locked(request)
            if request.state == StaffRequest.State.FILLED:
                take(STAFF_REQUEST, request, "reopen", actor=SYSTEM)
    return posting


def reasons(
    pairing: Pairing,
    person: Person,
    specialty: str,
    first: dt.date,
    last: dt.date,
    *,
    request: StaffRequest | None = None,
    office: str = "",
    stays: list[Stay] | None = None,
) -> tuple[Reason, ...]:
    """What the round's pack says about posting a person; `stays` where they have been read already."""
    if stays is None:
        rows = Posting.objects.filter(person=person, state__in=Posting.LIVE).select_related("recipient")
        stays = [Stay(row.first_day, row.last_day, row.recipient.name) for row in rows]
    return judge(
        Candidate(person.title, person.title_since, person.specialty, person.registered_scope, stays),
        Wanted(specialty, first, last, request.title if request else "", office),
        load_pack(pairing.round.policy_pack),
    )


def cited(reason: Reason) -> str:
    """A reason in the language of the request, with its rule and clause."""
    return _("%(why)s（规则 %(rule)s，%(clause)s）") % {
        "why": words(reason.text),
        "rule": reason.rule,
        "clause": reason.clause,
    }


def _check(
    pairing: Pairing,
    person: Person,
    first: dt.date,
    last: dt.date,
    request: StaffRequest | None,
    department: Department | None,
    office: str,
    specialty: str,
) -> None:
    if person.hospital_id != pairing.supporter_id:
        raise refused("person", _("所选人员不属于“%(hospital)s”。") % {"hospital": pairing.supporter.name})
    if person.left_on is not None and person.left_on < last:
        raise refused(
            "person", _("%(name)s 已于 %(on)s 离任。") % {"name": person.name, "on": person.left_on}
        )
    in_order(first, last, "planned_to")
    within_pairing(pairing, first, last, "planned_from")
    if not specialty:
        raise refused("specialty", _("请选择派驻的专业。"))
    if office not in Posting.Office.values:
        raise refused("office", _("没有这个挂职职务。请从列表中选择。"))
    if department is not None and department.hospital_id != pairing.recipient_id:
        raise refused(
            "host_department", _("所选科室不属于“%(hospital)s”。") % {"hospital": pairing.recipient.name}
        )
    if request is not None and request.pairing_id != pairing.pk:
        raise refused("request", _("这项需求属于另一对医院。"))
    if request is not None and request.state != StaffRequest.State.OPEN:
        raise refused(
            "request", _("这项需求目前为“%(state)s”，不再接受提名。") % {"state": request.get_state_display()}
        )


def _close_request(posting: Posting) -> None:
    """Close a request once as many people are agreed as were asked for; two approvals follow each other."""
    request = posting.request
    if request is None:
        return
    locked(request)
    agreed = Posting.objects.filter(request=request, state__in=(State.APPROVED, *Posting.SERVED)).count()
    if agreed >= request.people and request.state == StaffRequest.State.OPEN:
        take(STAFF_REQUEST, request, "fill", actor=SYSTEM)
