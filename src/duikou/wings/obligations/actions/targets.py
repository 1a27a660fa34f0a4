"""Targets that the documents leave open: one party proposes a number, the other agrees; then it holds."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import Actor
from duikou.wings.obligations.actions._common import check_quantity, locked
from duikou.wings.obligations.models import Obligation, TargetProposal
from duikou.wings.obligations.models.ledger import AGREED
from duikou.wings.obligations.sides import VERIFY, Standpoint, standpoints
from duikou.wings.obligations.standing import PARTIES, Side


def is_open(obligation: Obligation) -> bool:
    """Whether the parties may set the target: something is counted, and no document says how much."""
    return obligation.unit != "" and (obligation.target is None or obligation.target_mark == AGREED)


def propose(*, actor: Actor, obligation: Obligation, target: int, side: Side | None = None) -> TargetProposal:
    """Put a number forward; it takes the place of an open proposal of either party.

    Raises Denied for who speaks for neither party, Conflict when a document fixes the target.
    """
    place = _party(actor, obligation, side)
    check_quantity(target, obligation.unit, "target")
    if target < 1:
        fault = _("目标至少为 1。")
        raise Invalid(fault, fields={"target": [fault]})
    with act("target.propose", actor=place.actor, permission=VERIFY, on=place.path) as event:
        current = locked(obligation)
        if not is_open(current):
            raise Conflict(_("这项责任的目标已由文件或协议确定，不能另行约定。"))
        TargetProposal.objects.filter(
            holder=current.holder, key=current.key, state=TargetProposal.State.OPEN
        ).update(state=TargetProposal.State.REPLACED, version=F("version") + 1)
        row = TargetProposal.objects.create(
            holder=current.holder,
            key=current.key,
            pairing=current.pairing,
            target=target,
            side=place.side,
            by_label=place.actor.label[:120],
        )
        event.note(current, after={"target": target}, scope_path=current.path_of(place.side))
    return row


def answer(
    *,
    actor: Actor,
    obligation: Obligation,
    proposal: TargetProposal,
    version: int,
    agree: bool,
    reason: str = "",
) -> None:
    """Agree to the other party's number, or decline it with a reason.

    Agreed, it holds for all periods of the duty that are open. Raises Denied for the proposing side,
    Conflict when the proposal was answered or replaced before.
    """
    if not agree:
        reason = require_reason(reason)
    other = next(side for side in PARTIES if side != proposal.side)
    place = _party(actor, obligation, other)
    with act("target.answer", actor=place.actor, permission=VERIFY, on=place.path) as event:
        current = locked(obligation)
        state = TargetProposal.State.AGREED if agree else TargetProposal.State.DECLINED
        won = TargetProposal.objects.filter(
            pk=proposal.pk, state=TargetProposal.State.OPEN, version=version
        ).update(
            state=state,
            version=version + 1,
            answered_by_label=place.actor.label[:120],
            answered_at=timezone.now(),
            reason=reason,
        )
        if not won:
            raise Conflict(_("这项目标建议已有答复，或已被新建议代替。请刷新后再看。"))
        if agree:
            Obligation.objects.filter(
                holder=proposal.holder, key=proposal.key, closed_on=None, unit=current.unit
            ).update(target=proposal.target, target_mark=AGREED, version=F("version") + 1)
        event.note(
            current,
            after={"target": proposal.target, "state": str(state)},
            reason=reason,
            scope_path=current.path_of(place.side),
        )
    proposal.refresh_from_db()


def _party(actor: Actor, obligation: Obligation, side: Side | None) -> Standpoint:
    """For which party the actor speaks; authorities set no targets for the parties."""
    found = [place for place in standpoints(actor, VERIFY, obligation) if place.side in PARTIES]
    for place in found:
        if side in (None, place.side):
            return place
    if found:
        raise Denied(_("目标须双方共同约定：自己一方提出的，要由对方同意。"))
    raise Denied(_("目标由支援、受援双方约定，您不代表其中任何一方。"))
