"""The life of a plan: offered, agreed by each party, an edition in force, started, revised, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.engines.clauses.model import Party
from duikou.wings.agreements.duties import duties_changed
from duikou.wings.plans.actions._common import claim, speak_for
from duikou.wings.plans.editions import content_of, duties_of
from duikou.wings.plans.models import PlanEdition, SupportPlan
from duikou.wings.plans.queries.checks import Lack, lacks, lacks_before_close, lacks_before_start
from duikou.wings.plans.wording import side_name
from duikou.wings.plans.workflows import PLAN

NOT_AGREED = {
    "supporter_agreed_by": None,
    "supporter_agreed_at": None,
    "recipient_agreed_by": None,
    "recipient_agreed_at": None,
}


def offer(*, actor: Actor, plan: SupportPlan, version: int) -> SupportPlan:
    """Ask the parties to agree to the draft. Raises Denied, Invalid with all that is missing, Conflict."""
    plan.version = version
    with together():
        if plan.state == PLAN.initial:
            _complete(lacks(plan), _("还不能提请同意，缺少 %(n)d 项。"))
        move(PLAN, plan, "offer", actor=actor, changes=NOT_AGREED)
    return plan


def send_back(*, actor: Actor, plan: SupportPlan, version: int, side: str, reason: str) -> SupportPlan:
    """Return an offered draft for a party, with the reason. Raises Denied, Invalid, Conflict."""
    plan.version = version
    speak_for(actor, plan, side, "plan.approve")
    move(PLAN, plan, "return", actor=actor, reason=reason, changes=NOT_AGREED)
    return plan


def agree(*, actor: Actor, plan: SupportPlan, version: int, side: str) -> SupportPlan:
    """Agree for one party; when each has, the draft becomes the edition in force and its duties count.

    Raises Denied at the other party's, Invalid, Conflict when it is not offered or has been agreed to.
    """
    party = speak_for(actor, plan, side, "plan.approve")
    with together():
        _agree_for(actor, plan, party, version)
        if all(getattr(plan, f"{one}_agreed_at") for one in plan.sides):
            _come_into_force(actor, plan)
    return plan


def _agree_for(actor: Actor, plan: SupportPlan, party: Party, version: int) -> None:
    with act("plan.agree_for", actor=actor, permission="plan.approve", on=plan.path_of(party)) as event:
        if plan.state != "offered":
            raise Conflict(
                _("“%(plan)s”目前为“%(state)s”，不在等待同意。")
                % {"plan": plan, "state": PLAN.states[plan.state].label}
            )
        if getattr(plan, f"{party}_agreed_at"):
            raise Conflict(_("%(side)s已经同意过。") % {"side": side_name(party)})
        claim(plan, version)
        plan.refresh_from_db(fields=["state"])
        setattr(plan, f"{party}_agreed_by_id", actor.user_id)
        setattr(plan, f"{party}_agreed_at", timezone.now())
        plan.save(update_fields=[f"{party}_agreed_by", f"{party}_agreed_at"])
        event.note(plan, after={"side": str(party)})


def _come_into_force(actor: Actor, plan: SupportPlan) -> None:
    """Keep the edition, tell what it obliges to; a list that was running runs on."""
    reason = plan.reason
    # The other party's yes is on record; the step is taken by whoever came last.
    move(PLAN, plan, "agree", actor=actor, changes={"edition": plan.edition + 1, "reason": ""})
    edition = PlanEdition.objects.create(
        plan=plan,
        number=plan.edition,
        content=content_of(plan),
        reason=reason,
        agreed_at=timezone.now(),
        **{f"{side}_by": str(plan.agreed_by(side) or "")[:120] for side in plan.sides},
    )
    if plan.started_on:
        move(PLAN, plan, "start", actor=actor)
    tell(actor, plan, edition, reason)


def tell(
    actor: Actor, plan: SupportPlan, edition: PlanEdition, reason: str, *, on: dt.date | None = None
) -> None:
    """Say what an edition obliges to from a day on (today), inside the act that made it count."""
    if plan.pairing is not None:
        duties_changed.send(
            sender=SupportPlan,
            holder=f"plan:{plan.pk}",
            pairing=plan.pairing,
            duties=duties_of(plan, edition.number, edition.content),
            on=on or timezone.localdate(),
            actor=actor,
            reason=reason or _("双方同意第 %(n)d 版") % {"n": edition.number},
            demonstration=plan.demonstration,
        )


def start(*, actor: Actor, plan: SupportPlan, version: int) -> SupportPlan:
    """Begin to carry a plan out; each task must have its department and person (TGT-03).

    Raises Denied, Invalid with all that is missing, Conflict.
    """
    plan.version = version
    with together():
        if plan.state == "agreed":
            _complete(lacks_before_start(plan), _("还不能开始执行，缺少 %(n)d 项。"))
        move(PLAN, plan, "start", actor=actor, changes={"started_on": timezone.localdate()})
    return plan


def revise(*, actor: Actor, plan: SupportPlan, version: int, reason: str) -> SupportPlan:
    """Open an agreed plan for changes; the edition in force counts until the parties agree to the next.

    Raises Denied, Invalid without a reason, Conflict.
    """
    plan.version = version
    reason = require_reason(reason)
    move(PLAN, plan, "revise", actor=actor, reason=reason, changes={**NOT_AGREED, "reason": reason})
    return plan


def close(*, actor: Actor, plan: SupportPlan, version: int, conclusion: str) -> SupportPlan:
    """Close a year (or a term) with a summary; each task must have been accepted or found not met.

    Raises Denied, Invalid with all that is missing, Conflict.
    """
    plan.version = version
    conclusion = conclusion.strip()
    with together():
        if plan.state == "running":
            if not conclusion:
                raise Invalid(_("请填写小结。"), fields={"conclusion": [_("写明完成情况和下一步。")]})
            _complete(lacks_before_close(plan), _("还不能关闭，有 %(n)d 项没有了结。"))
        move(
            PLAN,
            plan,
            "close",
            actor=actor,
            changes={"closed_on": timezone.localdate(), "conclusion": conclusion},
        )
    return plan


def _complete(found: Sequence[Lack], message: str) -> None:
    if found:
        raise Invalid(
            message % {"n": len(found)},
            fields={"plan": [f"{one.words}（{one.rule}）" if one.rule else one.words for one in found]},
        )
