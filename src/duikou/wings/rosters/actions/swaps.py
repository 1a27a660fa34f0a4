"""Two people exchange duties: asked by one, agreed by the other, approved by the head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.engines import rostering as engine
from duikou.wings.rosters.actions._common import oneself
from duikou.wings.rosters.models import Duty, Roster, SwapRequest
from duikou.wings.rosters.sheet import Sheet, key_of, sheet_of

State = SwapRequest.State


def new_conflicts(sheet: Sheet, first: Duty, second: Duty) -> tuple[engine.Conflict, ...]:
    """The rules that an exchange would newly break for the two people."""
    two = {key_of(first.person_id), key_of(second.person_id)}
    problem = replace(
        sheet.problem,
        staff=tuple(one for one in sheet.problem.staff if one.id in two),
        demands=(),
        wishes=(),
    )
    mine = engine.Assignment(key_of(first.person_id), sheet.number(first.day), str(first.shift_id))
    theirs = engine.Assignment(key_of(second.person_id), sheet.number(second.day), str(second.shift_id))
    before = [one for one in sheet.assignments if one.staff in two]
    after = [
        *(one for one in before if one not in (mine, theirs)),
        engine.Assignment(theirs.staff, mine.day, mine.shift),
        engine.Assignment(mine.staff, theirs.day, theirs.shift),
    ]
    known = {(one.rule, one.staff, one.day) for one in engine.check(problem, before) if one.hard}
    found = engine.check(problem, after)
    return tuple(one for one in found if one.hard and (one.rule, one.staff, one.day) not in known)


def ask(*, actor: Actor, mine: Duty, theirs: Duty, reason: str) -> SwapRequest:
    """Ask a colleague of the same published roster to exchange duties. Raises Invalid where a rule breaks."""
    with act("roster_swap.ask", actor=actor, permission="roster.own") as event:
        oneself(actor, mine.person)
        reason = require_reason(reason, 200)
        roster = mine.roster
        if theirs.roster_id != roster.pk or theirs.person_id == mine.person_id:
            raise refused("other", _("只能与同一张排班表上的另一人换班。"))
        if roster.state != "published":
            raise Conflict(_("排班表尚未发布或正在修改，暂时不能换班。"))
        _check_lawful(sheet_of(roster), mine, theirs)
        try:
            with transaction.atomic():
                swap = SwapRequest.objects.create(
                    roster=roster,
                    scope_path=roster.scope_path,
                    asker=mine.person,
                    asker_day=mine.day,
                    asker_shift=mine.shift,
                    other=theirs.person,
                    other_day=theirs.day,
                    other_shift=theirs.shift,
                    reason=reason,
                )
        except IntegrityError as error:
            raise Conflict(_("这个班次已有一个未办完的换班申请。请先撤回它。")) from error
        event.note(swap, after=_noted(swap), reason=reason, scope_path=roster.scope_path)
    return swap


def answer(*, actor: Actor, swap: SwapRequest, agree: bool) -> SwapRequest:
    """The other one agrees, or does not."""
    with act("roster_swap.answer", actor=actor, permission="roster.own") as event:
        oneself(actor, swap.other)
        state = State.AGREED if agree else State.DECLINED
        _claim(swap, (State.ASKED,), state=state, answered_at=timezone.now())
        event.note(swap, after={"state": swap.state}, scope_path=swap.scope_path)
    return swap


def withdraw(*, actor: Actor, swap: SwapRequest) -> SwapRequest:
    """The asker takes the request back while it is open."""
    with act("roster_swap.withdraw", actor=actor, permission="roster.own") as event:
        oneself(actor, swap.asker)
        _claim(swap, SwapRequest.OPEN, state=State.WITHDRAWN)
        event.note(swap, after={"state": swap.state}, scope_path=swap.scope_path)
    return swap


def decide(*, actor: Actor, swap: SwapRequest, approve: bool, reason: str = "") -> SwapRequest:
    """The head approves (the duties change hands) or refuses with a reason.

    Raises Conflict when the roster has changed meanwhile, Invalid when a rule would break.
    """
    name = "roster_swap.approve" if approve else "roster_swap.refuse"
    with act(name, actor=actor, permission="roster.edit", on=swap) as event:
        reason = reason.strip() if approve else require_reason(reason, 300)
        state = State.APPROVED if approve else State.REFUSED
        _claim(
            swap,
            (State.AGREED,),
            state=state,
            decided_at=timezone.now(),
            decided_by_id=actor.user_id,
            decision=reason,
        )
        if approve:
            _exchange(swap)
        event.note(swap, after=_noted(swap), reason=reason)
    return swap


def _exchange(swap: SwapRequest) -> None:
    roster = Roster.objects.select_for_update().select_related("department").get(pk=swap.roster_id)
    rows = {
        (duty.person_id, duty.day, duty.shift_id): duty
        for duty in Duty.objects.filter(
            roster=roster, person__in=(swap.asker_id, swap.other_id)
        ).select_related("person", "shift")
    }
    mine = rows.get((swap.asker_id, swap.asker_day, swap.asker_shift_id))
    theirs = rows.get((swap.other_id, swap.other_day, swap.other_shift_id))
    if roster.state != "published" or mine is None or theirs is None:
        raise Conflict(_("排班表在申请之后已经改动，这次换班不再成立。请申请人撤回后重新申请。"))
    sheet = sheet_of(roster)
    _check_lawful(sheet, mine, theirs)
    if mine.day == theirs.day:
        mine.shift, theirs.shift = theirs.shift, mine.shift
    else:
        mine.person, theirs.person = theirs.person, mine.person
        for duty in (mine, theirs):
            duty.posting = sheet.people[key_of(duty.person_id)].posting_on(duty.day)
    for duty in (mine, theirs):
        duty.save(update_fields=["person", "posting", "shift"])
    Roster.objects.filter(pk=roster.pk).update(version=F("version") + 1)


def _check_lawful(sheet: Sheet, mine: Duty, theirs: Duty) -> None:
    broken = new_conflicts(sheet, mine, theirs)
    if broken:
        raise refused("other", " ".join(words(one.text) for one in broken[:3]))


def _claim(swap: SwapRequest, states: Iterable[str], **changes: Any) -> None:
    won = SwapRequest.objects.filter(pk=swap.pk, state__in=list(states)).update(**changes)
    swap.refresh_from_db()
    if not won:
        raise Conflict(
            _("没有执行：换班申请目前为“%(state)s”。请刷新页面。") % {"state": swap.get_state_display()}
        )


def _noted(swap: SwapRequest) -> dict[str, object]:
    return {
        "asker": swap.asker.name,
        "asker_day": swap.asker_day,
        "other": swap.other.name,
        "other_day": swap.other_day,
        "state": swap.state,
    }
