"""The acts of a stay from the arrival to the appraisal, the same for postings and traineeships.

    acts = StayActs(POSTING, Leave, Appraisal, WORDS)
    acts.arrive(actor=actor, stay=posting, on=day)

A kind of stay brings its life cycle, its rows and its words; where it knows more (a place instead of
a pairing, rotations that end with the stay) it overrides a step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.core.workflow import Workflow
from duikou.wings.stays.checks import in_order, locked, no_overlap, not_future, take, within_pairing
from duikou.wings.stays.models import Away, Stay, Verdict

S = TypeVar("S", bound=Stay)
A = TypeVar("A", bound=Away)
V = TypeVar("V", bound=Verdict)


@dataclass(frozen=True, slots=True)
class Words:
    """What the acts say of one kind of stay: lazy texts with the values named behind each."""

    ended: str  # why days after the last one no longer stand, in both languages
    late: Any  # the arrival lies behind the plan: on, last
    not_come: Any  # there is nothing yet: state
    no_end: Any  # somebody who has not come cannot leave
    early: Any  # an end before the plan without a reason: day
    outside: Any  # days away outside the stay: first, last, from, to
    strayed: Any  # something on record would lie outside: what
    last_day: Any  # a last day is given for somebody still there, or missing
    no_year: Any  # a year without a day of the stay: year, first, last
    too_soon: Any  # appraised before the arrival or the year: on


class StayActs(Generic[S, A, V]):
    """The acts of one kind of stay."""

    def __init__(self, cycle: Workflow, away: type[A], verdict: type[V], words: Words) -> None:
        self.cycle, self.away, self.verdict, self.words = cycle, away, verdict, words
        self.edit = cycle.transitions["arrive"].permission
        self.ended = cycle.transitions["end"].target
        self.leave = away._meta.model_name  # as the trail names days away

    # ------------------------------------------------------- what a kind of stay knows better

    def within(self, stay: S, first: dt.date, last: dt.date, field: str) -> None:
        """Raise Invalid for days on which the two hospitals have nothing to do with each other."""
        within_pairing(stay.pairing, first, last, field)  # type: ignore[attr-defined]

    def stretches(self, stay: S) -> Sequence[QuerySet[Any]]:
        """What stands on record for days of the stay, and ends with it."""
        return (self._away_of(stay),)

    def strayed(self, stay: S, first: dt.date, last: dt.date) -> object | None:
        """Something on record that would lie outside other days of the stay."""
        for rows in self.stretches(stay):
            for row in rows:
                if row.first_day < first or row.last_day > last:
                    return row
        return None

    def appraises(self, stay: S, actor: Actor) -> str:
        """The permission by which the actor appraises."""
        return self.edit

    # ------------------------------------------------------------------------------ the acts

    def arrive(self, *, actor: Actor, stay: S, on: dt.date, version: int | None = None) -> S:
        """The host notes the day on which somebody came.

        Raises Invalid for a day that has not come or lies outside the pairing, Conflict when the person
        is not expected, or is in another stay on one of the days.
        """
        self.cycle.transitions["arrive"].require(stay, actor)
        not_future(on, "on")
        self.within(stay, on, on, "on")
        if on > stay.planned_to:
            raise refused("on", self.words.late % {"on": on, "last": stay.planned_to})
        days = {"arrived_on": on, "first_day": on, "last_day": stay.planned_to}
        take(self.cycle, stay, "arrive", actor=actor, version=version, changes=days)
        return stay

    def take_leave(self, *, actor: Actor, stay: S, first_day: dt.date, last_day: dt.date, reason: str) -> A:
        """The host notes days away, both ends included; they earn no credit."""
        with self._act(self.leave, actor, stay) as event:
            reason = require_reason(reason, 200)
            locked(stay)
            self._come(stay)
            in_order(first_day, last_day, "last_day")
            if first_day < stay.first_day or last_day > stay.last_day:
                values = {
                    "first": first_day, "last": last_day, "from": stay.first_day, "to": stay.last_day,
                }  # fmt: skip
                raise refused("first_day", self.words.outside % values)
            standing = self._away_of(stay).filter(first_day__lte=last_day, last_day__gte=first_day).first()
            if standing is not None:
                raise Conflict(_("这几天已登记请假（%(days)s）。请先撤回再改。") % {"days": standing})
            leave = self.away(
                **self._of(stay),
                first_day=first_day,
                last_day=last_day,
                reason=reason,
                recorded_by_id=actor.user_id,
            )
            leave.save()
            event.note(stay, after={"first_day": first_day, "last_day": last_day}, reason=reason)
        return leave

    def come_back(self, *, actor: Actor, leave: A, on: dt.date, reason: str) -> A:
        """Somebody is back earlier than noted: `on` is the first day there again."""
        with self._act("return", actor, leave.stay) as event:
            reason = require_reason(reason, 200)
            if not leave.first_day < on <= leave.last_day:
                raise refused(
                    "on",
                    _("返回日期应在 %(first)s 之后、不晚于 %(last)s；一天都没有请的请撤回。")
                    % {"first": leave.first_day, "last": leave.last_day},
                )
            before, last = leave.last_day, on - dt.timedelta(days=1)
            self._change(leave, last_day=last)
            event.note(leave.stay, before={"last_day": before}, after={"last_day": last}, reason=reason)
        return leave

    def withdraw_leave(self, *, actor: Actor, leave: A, reason: str) -> A:
        """Days away that were not taken: they stay visible as withdrawn."""
        with self._act(f"{self.leave}_withdrawn", actor, leave.stay) as event:
            reason = require_reason(reason, 300)
            self._change(leave, withdrawn_at=timezone.now(), withdrawn_reason=reason)
            before = {"first_day": leave.first_day, "last_day": leave.last_day}
            event.note(leave.stay, before=before, after={"withdrawn": True}, reason=reason)
        return leave

    def end(self, *, actor: Actor, stay: S, on: dt.date, reason: str = "", version: int | None = None) -> S:
        """The stay ends; `on` is its last day. Earlier than planned only with a reason.

        Either hospital may note it. What was noted for days after the last one no longer stands.
        """
        self.cycle.transitions["end"].require(stay, actor)
        if stay.arrived_on is None:
            raise Conflict(str(self.words.no_end))
        not_future(on, "on")
        in_order(stay.arrived_on, on, "on")
        self.within(stay, on, on, "on")
        if on < stay.planned_to and not reason.strip():
            raise refused("reason", self.words.early % {"day": stay.planned_to})
        with together():
            days = {"left_on": on, "last_day": on, "reason": reason.strip()}
            take(self.cycle, stay, "end", actor=actor, version=version, reason=reason, changes=days)
            for rows in self.stretches(stay):
                rows.filter(first_day__gt=on).update(
                    withdrawn_at=timezone.now(), withdrawn_reason=self.words.ended
                )
                rows.filter(last_day__gt=on).update(last_day=on)
        return stay

    def correct_days(
        self,
        *,
        actor: Actor,
        stay: S,
        arrived_on: dt.date,
        left_on: dt.date | None,
        reason: str,
        version: int | None = None,
    ) -> S:
        """Put wrong days of arrival or departure right, with the reason; the trail keeps the old ones.

        Raises Invalid when something on record would lie outside, Conflict when another stay of the
        person overlaps or somebody else was quicker.
        """
        with self._act("correct_days", actor, stay) as event:
            reason = require_reason(reason)
            seen = stay.version if version is None else version
            locked(stay)
            self._come(stay)
            if stay.version != seen:
                raise Conflict(_("没有执行：该记录刚被他人改动。请刷新后再试。"))
            if (left_on is not None) != (stay.state == self.ended):
                raise refused("left_on", str(self.words.last_day))
            last = left_on or max(stay.planned_to, arrived_on)
            not_future(left_on or arrived_on, "left_on" if left_on else "arrived_on")
            in_order(arrived_on, last, "left_on")
            self.within(stay, arrived_on, left_on or arrived_on, "arrived_on")
            if (what := self.strayed(stay, arrived_on, last)) is not None:
                raise refused("arrived_on", self.words.strayed % {"what": what})
            before = {"arrived_on": stay.arrived_on, "left_on": stay.left_on}
            stay.arrived_on, stay.left_on, stay.version = arrived_on, left_on, stay.version + 1
            stay.settle_days()
            with no_overlap(type(stay)):
                stay.save(update_fields=["arrived_on", "left_on", "first_day", "last_day", "version"])
            event.note(
                stay, before=before, after={"arrived_on": arrived_on, "left_on": left_on}, reason=reason
            )
        return stay

    def appraise(
        self,
        *,
        actor: Actor,
        stay: S,
        year: int,
        passed: bool,
        on: dt.date,
        remark: str = "",
        reason: str = "",
        **sort: Any,
    ) -> V:
        """The host appraises a year of the stay; to replace an earlier appraisal needs a reason.

        `sort`: further columns of which each value has an appraisal of its own. Raises Invalid for a
        year without a day of the stay, Conflict before arrival.
        """
        with self._act("appraise", actor, stay, self.appraises(stay, actor)) as event:
            locked(stay)
            self._come(stay)
            if not stay.first_day.year <= year <= stay.last_day.year:
                values = {"year": year, "first": stay.first_day, "last": stay.last_day}
                raise refused("year", self.words.no_year % values)
            not_future(on, "on")
            if on < max(stay.first_day, dt.date(year, 1, 1)):
                raise refused("on", self.words.too_soon % {"on": on})
            rows = self.verdict._default_manager.filter(**{self.verdict.STAY: stay}, year=year, **sort)
            earlier = rows.filter(replaced_at=None).first()
            before = None
            if earlier is not None:
                reason = require_reason(reason)
                before = {"passed": earlier.passed, "on": earlier.on, "remark": earlier.remark}
                rows.filter(pk=earlier.pk).update(replaced_at=timezone.now(), replaced_reason=reason)
            verdict = self.verdict(
                **self._of(stay),
                **sort,
                year=year,
                passed=passed,
                on=on,
                remark=remark.strip(),
                appraised_by_id=actor.user_id,
            )
            verdict.save()
            event.note(
                stay, before=before, after={**sort, "year": year, "passed": passed, "on": on}, reason=reason
            )
        return verdict

    # ----------------------------------------------------------------------------- beneath

    def _act(self, name: str | None, actor: Actor, stay: S, permission: str = "") -> Any:
        """An act of the host's that leaves the state as it is."""
        return act(
            f"{self.cycle.id}.{name}", actor=actor, permission=permission or self.edit, on=stay.host_path
        )

    def _away_of(self, stay: S) -> QuerySet[A]:
        return self.away._default_manager.filter(**{self.away.STAY: stay}, withdrawn_at=None)

    def _of(self, stay: S) -> dict[str, Any]:
        return {self.away.STAY: stay, "home_path": stay.home_path, "host_path": stay.host_path}

    def _come(self, stay: S) -> None:
        if stay.state not in stay.SERVED:
            raise Conflict(self.words.not_come % {"state": stay.get_state_display()})  # type: ignore[attr-defined]

    def _change(self, leave: A, **changes: Any) -> None:
        """Change days away that stand as they were read; of two who do so at once one wins."""
        guard.check(self.away, changes)
        rows = self.away._default_manager.filter(pk=leave.pk, withdrawn_at=None, last_day=leave.last_day)
        if not rows.update(**changes):
            raise Conflict(_("这次请假已经撤回或更改。请刷新页面。"))
        for name, value in changes.items():
            setattr(leave, name, value)
