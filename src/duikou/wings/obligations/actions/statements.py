"""What each side says: delivered, verified, not met. The last word of each side counts; none is deleted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import Actor
from duikou.wings.obligations.actions._common import check_quantity, locked, save
from duikou.wings.obligations.models import Obligation, Statement
from duikou.wings.obligations.models.ledger import SAYS, SIDES
from duikou.wings.obligations.sides import VERIFY, WORK, Standpoint, standpoint, standpoints
from duikou.wings.obligations.standing import Says, Side, may_say, owners


def state(
    *,
    actor: Actor,
    obligation: Obligation,
    version: int,
    says: Says,
    side: Side | None = None,
    quantity: int | None = None,
    note: str = "",
) -> Statement:
    """Say how an obligation stands, for one's own side.

    "Delivered" rests on evidence, or on a note that says how it was done; its number is that of the
    evidence unless another is given. "Verified" takes over the number of the owner unless another is
    given. "Not met" needs a reason. Raises Denied for the wrong side and for the person who said
    "delivered" before, Conflict when the obligation is closed or has changed since, or when things do
    not stand so that this can be said.
    """
    if fault := guard.fault_of_text(note, 500):
        raise Invalid(fault, fields={"note": [fault]})
    if says is Says.UNMET:
        note = require_reason(note)
    place = speaker(actor, obligation, says, side)
    permission = permission_for(obligation, place.side, says)
    with act("obligation.state", actor=place.actor, permission=permission, on=place.path) as event:
        current = locked(obligation, version)
        before = current.words[place.side]
        if not may_say(current.party, place.side, says, current.words):
            raise Conflict(_refusal(current, place.side, says))
        if says is Says.VERIFIED and _said_delivered(current, place):
            raise Denied(_("“已履行”是您本人填报的，须由另一人核实。"))
        number = _number(current, place.side, says, quantity)
        if says is Says.DELIVERED and not current.evidence_count and not note.strip():
            fault = _("请先提交佐证，或写明怎样履行的。")
            raise Invalid(fault, fields={"note": [fault]})
        row = Statement.objects.create(
            obligation=current,
            side=place.side,
            says=says,
            quantity=number,
            note=note.strip(),
            by_id=place.actor.user_id,
            by_label=place.actor.label[:120],
        )
        setattr(current, f"{place.side}_says", str(says))
        setattr(current, f"{place.side}_quantity", number)
        save(current)
        event.note(
            current,
            before={"side": str(place.side), "says": str(before.says), "quantity": before.quantity},
            after={
                "side": str(place.side),
                "says": str(says),
                "quantity": number,
                "stage": str(current.stage),
            },
            reason=note.strip(),
            scope_path=place.path if place.side is Side.SUPERIOR else current.path_of(place.side),
        )
    return row


def permission_for(obligation: Obligation, side: Side, says: Says) -> str:
    """To say "delivered", or to take that back, is work; every other word is a verification."""
    own = side in owners(obligation.party)
    took_back = says is Says.PROMISED and obligation.words[side].says is Says.DELIVERED
    return WORK if own and (says is Says.DELIVERED or took_back) else VERIFY


def speaker(actor: Actor, obligation: Obligation, says: Says, side: Side | None) -> Standpoint:
    """For which side the actor says it. Raises Denied."""
    sides = [side] if side else list(Side)
    for one in sides:
        if not may_say(obligation.party, one, says, obligation.words):
            continue
        for place in standpoints(actor, permission_for(obligation, one, says), obligation):
            if place.side is one:
                return place
    # Nobody could say it for these sides as things stand, or not this actor: the act tells which.
    permission = WORK if says is Says.DELIVERED else VERIFY
    return standpoint(actor, permission, obligation, side or _only(obligation, says))


def _only(obligation: Obligation, says: Says) -> Side | None:
    """The side to which a word belongs, where that is one: who owes alone says "delivered"."""
    owing = owners(obligation.party)
    return owing[0] if says is Says.DELIVERED and len(owing) == 1 else None


def choices(actor: Actor, obligation: Obligation) -> list[tuple[Side, Says]]:
    """What the actor may say now, by side: the buttons of the page."""
    if obligation.closed_on is not None:
        return []
    may = {
        permission: {p.side for p in standpoints(actor, permission, obligation)}
        for permission in (WORK, VERIFY)
    }
    return [
        (side, says)
        for side in Side
        for says in Says
        if may_say(obligation.party, side, says, obligation.words)
        and side in may[permission_for(obligation, side, says)]
    ]


def _number(obligation: Obligation, side: Side, says: Says, quantity: int | None) -> int | None:
    if not obligation.unit or says not in (Says.DELIVERED, Says.VERIFIED, Says.UNMET):
        if quantity is not None:
            fault = _("这项责任不计数量，请不要填写数字。") if not obligation.unit else _("这一步不填数量。")
            raise Invalid(fault, fields={"quantity": [fault]})
        return None
    if quantity is None:
        if says is Says.VERIFIED:
            return next(
                (
                    said.quantity
                    for one, said in obligation.words.items()
                    if one in owners(obligation.party) and one is not side
                ),
                None,
            )
        return obligation.given if says is Says.DELIVERED and obligation.evidence_count else None
    check_quantity(quantity, obligation.unit)
    return quantity


def _said_delivered(obligation: Obligation, place: Standpoint) -> bool:
    """Whether the same person has said "delivered" for another side."""
    last = obligation.statements.filter(says=Says.DELIVERED).exclude(side=place.side).order_by("-pk").first()
    return last is not None and place.actor.user_id is not None and last.by_id == place.actor.user_id


def _refusal(obligation: Obligation, side: Side, says: Says) -> str:
    names, words = dict(SIDES), dict(SAYS)
    if says is Says.VERIFIED and side in owners(obligation.party) and obligation.owner != "both":
        return _("责任方不能核实自己的责任。")
    if says is Says.VERIFIED:
        return _("还没有人填报“已履行”，无从核实。")
    if says is Says.DELIVERED:
        return _("“已履行”由责任方（%(owner)s）填报。") % {"owner": obligation.get_owner_display()}
    if says is Says.UNMET:
        return _("责任方不能认定自己未履行；如尚未履行，请收回“已履行”。")
    return _("%(side)s目前为“%(says)s”，没有可收回的说法。") % {
        "side": names[side],
        "says": words.get(obligation.words[side].says, "—"),
    }
