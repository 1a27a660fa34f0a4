"""Working on findings: assign, ask for an exception, decide on it, reopen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require_reason, together
from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.pairings.models import Finding
from duikou.wings.pairings.workflows import FINDING

MAX_AT_ONCE = 500


def assign_findings(
    *,
    actor: Actor,
    findings: Iterable[int],
    assignee: int,
    due: dt.date | None = None,
    versions: dict[int, int] | None = None,
) -> int:
    """Give findings to an authority or hospital to work on; all of them or none.

    The assignee must be one of the places concerned, or lie above or below one, and the
    actor must work on findings there: nobody gives work to others or takes work from them.
    `versions` are those that the actor saw: a finding changed since is a Conflict.
    Raises Denied, Missing, Invalid, Conflict.
    """
    wanted = list(dict.fromkeys(findings))
    if not wanted or len(wanted) > MAX_AT_ONCE:
        raise Invalid(
            _("请选择 1 到 %(most)d 条核查发现；实际选了 %(found)d 条。")
            % {"most": MAX_AT_ONCE, "found": len(wanted)}
        )
    org = OrgUnit.objects.filter(pk=assignee).first()
    if org is None:
        raise Missing(_("承办单位不存在，请重新选择。"))
    if due is not None and due < timezone.localdate():
        raise Invalid(
            _("期限不能早于今天。"),
            fields={"due": [_("应不早于今天；实际为 %(found)s。") % {"found": due.isoformat()}]},
        )
    rows = {
        row.pk: row
        for row in Finding.objects.visible_to(actor)
        .filter(pk__in=wanted)
        .select_related("assignee")
        .prefetch_related("scopes")
    }
    with together():
        for pk in wanted:
            if (row := rows.get(pk)) is None:
                raise Missing(_("所选的核查发现不存在，或不在您的范围内。请刷新列表。"))
            _require_own_area(actor, row, org)
            _require_concerned(row, org)
            if versions and pk in versions:
                row.version = versions[pk]
            move(FINDING, row, "assign", actor=actor, changes={"assignee_id": org.pk, "due": due})
    return len(wanted)


def _require_own_area(actor: Actor, row: Finding, org: OrgUnit) -> None:
    for unit in (org, row.assignee):
        if unit is not None and not actor.may("finding.work", unit.path):
            raise Denied(
                _("“%(org)s”不在您处理核查发现的范围内：您只能在本单位及下级之间指派。") % {"org": unit.name}
            )


def _require_concerned(row: Finding, org: OrgUnit) -> None:
    path = org.path or ""
    if not any(contains(place, path) or contains(path, place) for place in row.scope_paths()):
        raise Invalid(
            _("%(org)s与“%(finding)s”无关：承办单位应是所涉医院、县、市，或其上级。")
            % {"org": org.name, "finding": row.text("message")},
            fields={"assignee": [_("请选择所涉范围内的单位。")]},
        )


def request_exception(*, actor: Actor, finding: Finding, reason: str) -> None:
    """Ask that a finding be accepted as it is, with a reason; somebody else decides.

    Raises Denied, Invalid without a reason, Conflict when it is in another state.
    """
    reason = require_reason(reason)
    move(
        FINDING,
        finding,
        "request_exception",
        actor=actor,
        reason=reason,
        changes={"reason": reason, "requested_by_id": actor.user_id, "requested_at": timezone.now()},
    )


def withdraw_request(*, actor: Actor, finding: Finding) -> None:
    """Take a request for an exception back: the applicant, or who may approve it. Raises Denied, Conflict."""
    if not may_withdraw(actor, finding):
        raise Denied(_("这项例外申请由他人提出，只有申请人或有批准权限的人员可以撤回。"))
    move(FINDING, finding, "withdraw_request", actor=actor, changes=_NO_REQUEST)


def accept_exception(*, actor: Actor, finding: Finding, reason: str) -> None:
    """Approve the exception. The approver must be somebody else than who asked.

    Raises Denied, Invalid without a reason, Conflict.
    """
    _require_other_person(actor, finding)
    move(FINDING, finding, "accept", actor=actor, reason=reason, changes=_decided(actor))


def decline_exception(*, actor: Actor, finding: Finding, reason: str) -> None:
    """Refuse the exception: the finding is open again. Raises Denied, Invalid, Conflict."""
    _require_other_person(actor, finding)
    move(FINDING, finding, "decline", actor=actor, reason=reason, changes=_decided(actor))


def reopen_finding(*, actor: Actor, finding: Finding, reason: str) -> None:
    """Take an approved exception back. Raises Denied, Invalid without a reason, Conflict."""
    move(FINDING, finding, "reopen", actor=actor, reason=reason, changes=_NO_REQUEST)


def may_withdraw(actor: Actor, finding: Finding) -> bool:
    """Whether the actor may take the finding's request back."""
    own = actor.user_id is not None and finding.requested_by_id == actor.user_id
    return own or actor.is_system or actor.may_any("finding.accept", finding.scope_paths())


_NO_REQUEST: dict[str, object] = {"requested_by_id": None, "requested_at": None, "reason": ""}


def _decided(actor: Actor) -> dict[str, object]:
    return {"decided_by_id": actor.user_id, "decided_at": timezone.now()}


def _require_other_person(actor: Actor, finding: Finding) -> None:
    if actor.user_id is not None and finding.requested_by_id == actor.user_id:
        raise Denied(_("例外须由申请人以外的人批准：您自己提出了这项申请。请另一位有批准权限的人员处理。"))
