"""Deciding on proposals: submit, approve part by part, return, withdraw.

Each authority agrees to its own tables (PAIR-06): the province to table 1, each city to
its part of table 2. An authority above may agree on behalf of one below, with the reason.
Nobody decides on what they submitted themselves.
"""

from __future__ import annotations

from collections import Counter

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, require_reason, together
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import OrgUnit
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.pairings.actions.proposals import claim, undone_in_memory
from duikou.wings.pairings.desk import staleness
from duikou.wings.pairings.models import Proposal, ProposalApproval, ProposalPair, ProposalResult
from duikou.wings.pairings.workflows import PROPOSAL


def submit_proposal(*, actor: Actor, proposal: Proposal) -> Proposal:
    """Put a proposal before the authorities whose tables it changes.

    Its result must be checked, and computed from the round, settings and facts as they
    are now. Raises Denied, Invalid without such a result, Conflict.
    """
    require(actor, "proposal.edit", proposal.scope_paths())
    result = _sound_result(proposal)
    with undone_in_memory(proposal), together():
        move(
            PROPOSAL,
            proposal,
            "submit",
            actor=actor,
            changes={
                "submitted_by_id": actor.user_id,
                "submitted_at": timezone.now(),
                "returned_reason": "",
            },
        )
        if not ProposalResult.objects.filter(pk=result.pk, inputs=proposal.inputs).exists():
            raise Conflict(_("方案刚被改动，结果已不是最新的。请重新求解后再提交。"))
        _ask_authorities(proposal)
    return proposal


def _sound_result(proposal: Proposal) -> ProposalResult:
    result = ProposalResult.objects.filter(proposal=proposal).first()
    if result is None or not result.has_plan:
        raise Invalid(_("方案还没有经过复核的结果。请先求解；要求相互矛盾时，按提示放宽。"))
    proposal.round.refresh_from_db(fields=["revision"])
    if reasons := staleness(proposal, result):
        raise Conflict(
            _("结果已不是最新的：%(reasons)s。请重新求解后再提交。")
            % {"reasons": "；".join(str(reason) for reason in reasons)}
        )
    return result


def _ask_authorities(proposal: Proposal) -> None:
    """One approval to be given per authority with a change in its tables; the proposer's own at least."""
    rows = ProposalPair.objects.filter(proposal=proposal)
    changes = Counter(
        rows.exclude(change=ProposalPair.Change.KEPT).order_by().values_list("authority_path", flat=True)
    )
    paths = set(changes) or {proposal.scope_path}
    orgs = OrgUnit.objects.filter(path__in=paths)
    ProposalApproval.objects.filter(proposal=proposal).delete()
    ProposalApproval.objects.bulk_create(
        ProposalApproval(
            proposal=proposal, org=org, authority_path=org.path or "", changes=changes[org.path or ""]
        )
        for org in orgs
    )


def approve_proposal(*, actor: Actor, proposal: Proposal, reason: str = "") -> Proposal:
    """Agree for every authority that still has to, and for which the actor may; the last one approves.

    For an authority below the actor's own a reason is demanded (the city's letter, say).
    Raises Denied for the submitter and for those without part in it, Invalid, Conflict.
    """
    _require_other(actor, proposal)
    own = actor.paths("proposal.approve")
    require(actor, "proposal.approve", _places(proposal))
    with undone_in_memory(proposal), together():
        claim(proposal, PROPOSAL.transitions["approve"].sources)
        waiting = list(proposal.approvals.filter(decided_at=None).select_related("org"))
        mine = [one for one in waiting if actor.may("proposal.approve", one.authority_path)]
        if not mine:
            raise Denied(
                _("方案中没有需要您批准的部分：各级只批准自己的表（PAIR-06）。待批单位：%(orgs)s。")
                % {"orgs": "、".join(one.org.name for one in waiting)}
            )
        if any(one.authority_path not in own for one in mine):
            reason = require_reason(reason)
        for one in mine:
            _agree(actor, proposal, one, reason, on_behalf=one.authority_path not in own)
        if len(mine) == len(waiting):
            _finish(actor, proposal, reason)
    return proposal


def _agree(
    actor: Actor, proposal: Proposal, approval: ProposalApproval, reason: str, *, on_behalf: bool
) -> None:
    with act(
        "proposal.agree",
        actor=actor,
        permission="proposal.approve",
        on=approval.authority_path,
        target=proposal,
    ) as event:
        approval.decided_by_id, approval.decided_at = actor.user_id, timezone.now()
        approval.on_behalf, approval.reason = on_behalf, reason.strip()
        approval.save()
        event.note(
            after={"for": approval.org.name, "on_behalf": on_behalf, "changes": approval.changes},
            reason=reason.strip(),
        )


def _finish(actor: Actor, proposal: Proposal, reason: str) -> None:
    """The last agreement approves the whole, whoever gave it."""
    claim(proposal, PROPOSAL.transitions["approve"].sources)
    Proposal.objects.filter(pk=proposal.pk).update(state="approved")
    proposal.refresh_from_db()
    with act(
        "proposal.approve",
        actor=actor,
        permission="proposal.approve",
        target=proposal,
    ) as event:
        event.note(
            before={"state": "submitted"},
            after={"state": "approved"},
            reason=reason.strip(),
            scope_path=proposal.scope_path,
        )


def return_proposal(*, actor: Actor, proposal: Proposal, reason: str) -> Proposal:
    """Send a submitted or approved proposal back to be changed; agreements given so far lapse.

    Any authority that has to decide may. Raises Denied for the submitter and for those
    without part in it, Invalid without a reason, Conflict.
    """
    reason = require_reason(reason)
    _require_other(actor, proposal)
    step = PROPOSAL.transitions["return"]
    require(actor, step.permission, _places(proposal))
    with undone_in_memory(proposal), together():
        before = proposal.state
        claim(proposal, step.sources)
        Proposal.objects.filter(pk=proposal.pk).update(state=step.target, returned_reason=reason)
        proposal.approvals.all().update(
            decided_by=None, decided_at=None, on_behalf=False, reason=""
        )  # kept: who had to decide on it goes on seeing what becomes of it
        proposal.refresh_from_db()
        with act("proposal.return", actor=actor, permission=step.permission, target=proposal) as event:
            event.note(
                before={"state": before},
                after={"state": step.target},
                reason=reason,
                scope_path=proposal.scope_path,
            )
    return proposal


def withdraw_proposal(*, actor: Actor, proposal: Proposal, reason: str = "") -> Proposal:
    """Give a proposal up; it stays on record. Raises Denied, Conflict once it is approved."""
    move(PROPOSAL, proposal, "withdraw", actor=actor, reason=reason)
    return proposal


def _places(proposal: Proposal) -> tuple[str, ...]:
    """Where it is decided on: by the authority that proposes, and by those whose tables change."""
    return (proposal.scope_path, *proposal.approvals.values_list("authority_path", flat=True))


def _require_other(actor: Actor, proposal: Proposal) -> None:
    if actor.user_id is not None and actor.user_id == proposal.submitted_by_id:
        raise Denied(_("方案由您提交，须由另一人审批。"))


def may_decide(actor: Actor, proposal: Proposal, approval: ProposalApproval) -> bool:
    """Whether the actor may agree to this part: the button of its page."""
    return (
        proposal.state == "submitted"
        and approval.decided_at is None
        and actor.user_id != proposal.submitted_by_id
        and any(contains(path, approval.authority_path) for path in actor.paths("proposal.approve"))
    )
