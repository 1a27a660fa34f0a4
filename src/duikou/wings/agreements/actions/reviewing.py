"""Both sides look at a text: it is sent to them, they comment, agree or return it, or it is given up."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.agreements.actions._common import (
    claim,
    newest,
    require_accepted,
    require_side,
    require_state,
    side_named,
)
from duikou.wings.agreements.models import ON_ITS_WAY, Agreement, Approval, Comment, Side, Signature
from duikou.wings.agreements.workflows import AGREEMENT

LONGEST_COMMENT = 1000


def send(*, actor: Actor, agreement: Agreement) -> None:
    """Send the newest text to both sides.

    Raises Denied, Refused when the check refuses the text, Conflict in another state.
    """
    require_state(agreement, "draft")
    require_accepted(agreement)
    move(AGREEMENT, agreement, "send", actor=actor, changes={"submission": agreement.submission + 1})


def agree(*, actor: Actor, agreement: Agreement, side: str) -> None:
    """One side agrees to the text that was sent to it; with the second yes it can be signed.

    Raises Denied (also for the partner's people), Refused, Conflict (other state, changed
    meanwhile, this side has decided already).
    """
    party = side_named(side)
    require_side(actor, "agreement.approve", agreement, party)
    require_state(agreement, "review")
    require_accepted(agreement)
    with together():
        _decide(actor, agreement, party, Approval.Decision.AGREED)
        agreed = agreement.approvals.filter(
            submission=agreement.submission, decision=Approval.Decision.AGREED
        ).count()
        if agreed == len(Side):
            move(AGREEMENT, agreement, "approve", actor=actor)


def send_back(*, actor: Actor, agreement: Agreement, side: str, reason: str) -> None:
    """One side returns the text with a reason: it becomes a draft again.

    Raises Denied, Invalid without a reason, Conflict.
    """
    party = side_named(side)
    require_side(actor, "agreement.approve", agreement, party)
    require_state(agreement, "review")
    reason = require_reason(reason)
    with together():
        _decide(actor, agreement, party, Approval.Decision.RETURNED, reason)
        move(AGREEMENT, agreement, "return", actor=actor, reason=reason)


def _decide(
    actor: Actor, agreement: Agreement, side: Side, decision: Approval.Decision, reason: str = ""
) -> None:
    """Note one side's decision. Raises Conflict when it has decided, or the agreement was changed."""
    path = agreement.path_of(side)
    with act(
        "agreement.decide", actor=actor, permission="agreement.approve", on=path, target=agreement
    ) as event:
        claim(agreement)
        made = Approval.objects.filter(agreement=agreement, submission=agreement.submission, side=side)
        if made.exists():
            raise Conflict(_("%(side)s已对这一版表态。") % {"side": side.label})
        Approval.objects.create(
            agreement=agreement,
            submission=agreement.submission,
            version=newest(agreement),
            side=side,
            decision=decision,
            reason=reason,
            by_id=actor.user_id,
        )
        event.note(
            after={"side": side.value, "decision": decision.value, "version": agreement.latest}, reason=reason
        )


def reopen(*, actor: Actor, agreement: Agreement, reason: str) -> None:
    """Take a text back to change it, before both have signed; signatures made so far fall away.

    Raises Denied, Invalid without a reason, Conflict.
    """
    with together():
        Signature.objects.filter(agreement=agreement).delete()
        move(AGREEMENT, agreement, "reopen", actor=actor, reason=reason, changes={"scan": None})


def withdraw(*, actor: Actor, agreement: Agreement, reason: str) -> None:
    """Give up an agreement that is not signed; it stays on record. Raises Denied, Invalid, Conflict."""
    move(AGREEMENT, agreement, "withdraw", actor=actor, reason=reason)


# ---------------------------------------------------------------- comments


def comment(*, actor: Actor, agreement: Agreement, text: str, clause: str = "") -> Comment:
    """Remark on the newest text or on one of its clauses.

    Raises Denied, Invalid (empty, no such clause), Conflict once the agreement is signed.
    """
    require_state(agreement, *ON_ITS_WAY)
    text = text.strip()
    version = newest(agreement)
    if not 0 < len(text) <= LONGEST_COMMENT:
        fault = _("请写 1 至 %(most)d 个字。") % {"most": LONGEST_COMMENT}
        raise Invalid(fault, fields={"text": [fault]})
    if clause and clause not in {row["id"] for row in version.content["clauses"]}:
        fault = _("文本中没有这一条。")
        raise Invalid(fault, fields={"clause": [fault]})
    with act("agreement.comment", actor=actor, permission="agreement.edit", on=agreement) as event:
        made = Comment.objects.create(
            agreement=agreement,
            version=version,
            clause=clause,
            side=_speaks_for(actor, agreement),
            text=text,
            by_id=actor.user_id,
        )
        event.note(after={"clause": clause, "version": version.number})
    return made


def _speaks_for(actor: Actor, agreement: Agreement) -> str:
    """The side whose own people say it; empty for an authority that covers both."""
    sides = [side for side in Side if actor.may("agreement.edit", agreement.path_of(side))]
    return sides[0].value if len(sides) == 1 else ""


def settle_comment(*, actor: Actor, agreement: Agreement, comment_id: int) -> None:
    """Mark a remark as dealt with. Raises Denied, Missing, Conflict when it is already."""
    found = Comment.objects.filter(agreement=agreement, pk=comment_id).first()
    if found is None:
        raise Missing(_("没有这条批注。"))
    with act("agreement.settle", actor=actor, permission="agreement.edit", on=agreement) as event:
        open_ones = Comment.objects.filter(pk=found.pk, settled_at=None)
        if not open_ones.update(settled_at=timezone.now(), settled_by=actor.user_id):
            raise Conflict(_("这条批注已经了结。"))
        event.note(after={"comment": found.pk})
