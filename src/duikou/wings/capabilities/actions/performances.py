"""Cases of a technique: recorded by the recipient, checked against both approvals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.capabilities.actions._common import not_paired, paired, past_day, proof, row_of
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.capabilities.standing import settle
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.people.models import Person

MOST_CASES = 9999
By = Performance.By


@dataclass(frozen=True, slots=True)
class Case:
    """What a form or an API call says of cases of one day."""

    on: dt.date
    by: str
    cases: int = 1
    supporter: Hospital | None = None
    person: Person | None = None
    note: str = ""
    document: tuple[str, bytes] | None = None


def record_case(*, actor: Actor, recipient: Hospital, technique: str, case: Case) -> Performance:
    """Record cases of a technique at the recipient.

    What posted staff did or guided needs the approval of both hospitals on that day (PER-06); what
    the recipient did alone needs its own. Raises Invalid at the field in question, Denied for
    somebody who does not keep the recipient's record.
    """
    with act("technique.case", actor=actor, permission="capability.edit", on=recipient.scope_path) as event:
        _check(recipient, case)
        capability = row_of(recipient, technique)
        for hospital in filter(None, (recipient, case.supporter)):
            _need_leave(capability, hospital, case.on)
        performance = Performance.objects.create(
            capability=capability,
            on=case.on,
            by=case.by,
            supporter=case.supporter,
            supporter_path=case.supporter.scope_path if case.supporter else "",
            recipient_path=recipient.scope_path,
            person=case.person,
            cases=case.cases,
            note=case.note.strip(),
            document=proof(case.document, scope_path=recipient.scope_path, actor=actor),
            recorded_by_id=actor.user_id,
        )
        settle(capability, timezone.localdate())
        event.note(
            capability,
            after={
                "technique": technique,
                "recipient": recipient.name,
                "on": case.on,
                "by": case.by,
                "cases": case.cases,
                "supporter": case.supporter.name if case.supporter else "",
            },
        )
    return performance


def withdraw_case(*, actor: Actor, performance: Performance, reason: str) -> Performance:
    """Take a wrong record back, with the reason; it stays visible as withdrawn."""
    with act(
        "technique.case_withdrawn", actor=actor, permission="capability.edit", on=performance.recipient_path
    ) as event:
        reason = require_reason(reason)
        won = Performance.objects.filter(pk=performance.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now(), withdrawn_reason=reason
        )
        if not won:
            raise Conflict(_("这条记录已经撤回。请刷新页面。"))
        performance.refresh_from_db()
        capability = row_of(performance.capability.hospital, performance.capability.technique)
        settle(capability, timezone.localdate())
        event.note(
            capability, before={"on": performance.on, "cases": performance.cases}, after=None, reason=reason
        )
    return performance


def _check(recipient: Hospital, case: Case) -> None:
    past_day(case.on)
    if case.by not in By.values:
        raise refused("by", _("请选择开展方式。"))
    if not 1 <= case.cases <= MOST_CASES:
        raise refused(
            "cases", _("例数应为 1 到 %(most)s，实际 %(found)s。") % {"most": MOST_CASES, "found": case.cases}
        )
    if case.by == By.OWN:
        if case.supporter or case.person:
            raise refused("by", _("本院独立开展的病例不填支援医院和派驻人员。"))
        return
    if case.supporter is None:
        raise refused("supporter", _("派驻人员开展或指导的病例须选择支援医院。"))
    if not paired(case.supporter, recipient, case.on):
        raise refused("supporter", not_paired(case.supporter, recipient, case.on))
    if case.person is not None and case.person.hospital_id != case.supporter.pk:
        raise refused("person", _("所选人员不属于“%(hospital)s”。") % {"hospital": case.supporter.name})


def _need_leave(capability: Capability, hospital: Hospital, on: dt.date) -> None:
    held = Approval.objects.filter(capability=capability, hospital=hospital, kind=Approval.Kind.LEAVE).on(on)
    if held.exists():
        return
    raise refused(
        "on",
        _("%(on)s，%(hospital)s 尚未批准在受援医院开展这项技术（规则 PER-06）。请先由该院登记批准。")
        % {"on": on, "hospital": hospital.name},
    )
