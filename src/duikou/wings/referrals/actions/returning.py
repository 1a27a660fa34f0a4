"""The way back: summary, plan and dates, signed; confirmed; followed up; closed with the outcome."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.patients import consents
from duikou.wings.referrals import clocks, signing
from duikou.wings.referrals.actions import _common
from duikou.wings.referrals.catalogue import RETURN, cite, outcome_days
from duikou.wings.referrals.models import FollowUp, Referral
from duikou.wings.referrals.workflows import REFERRAL

Part, Outcome, Direction = signing.Part, Referral.Outcome, Referral.Direction


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes back with the patient. `follow_ups`: day and what is to be seen."""

    summary: str
    plan: str
    follow_ups: tuple[tuple[dt.date, str], ...]


def refer_back(
    *, actor: Actor, referral: Referral, plan: Plan, version: int | None = None, factor: str = ""
) -> Referral:
    """Sign and send back a patient who was referred up, with summary, plan and dates (REF-07)."""
    _common.may(referral, "refer_back", actor)
    with together():
        if referral.direction != Direction.UP:
            raise Conflict(_("下转的患者不转回；病情变化请另行上转，并以“再次转诊”结案。"))
        person = signing.doctor(actor, referral.to_hospital)
        consents.demand(referral.patient, "referral")
        summary = guard.line(plan.summary, "summary", _("诊治小结"), 5000)
        told = guard.line(plan.plan, "plan", _("转回后的治疗计划"), 5000)
        days = _common.dates(plan.follow_ups)
        now = timezone.now()
        _common.step(referral, "refer_back", actor=actor, version=version, back_at=now)
        _common.keep(referral, back_summary=summary, back_plan=told)
        _common.plan_dates(referral, days)
        signing.sign(referral, Part.BACK, person, actor, factor)
        clocks.sent_back(referral, now)
    return referral


def confirm(*, actor: Actor, referral: Referral, version: int | None = None) -> Referral:
    """The hospital that sent the patient has received him or her back, and read the plan."""
    _common.may(referral, "confirm", actor)
    with together():
        now = timezone.now()
        _common.step(referral, "confirm", actor=actor, version=version, confirmed_at=now)
        clocks.confirmed(referral, now)
    return referral


def note_follow_up(*, actor: Actor, follow_up: FollowUp, on: dt.date, finding: str) -> FollowUp:
    """A follow-up took place; by the hospital that looks after the patient now."""
    referral = follow_up.referral
    side = side_of(referral)
    with act("referral.follow_up", actor=actor, permission=side[1], on=side[0], target=referral) as event:
        if referral.state not in (Referral.State.FOLLOW_UP, Referral.State.TREATING):
            raise Conflict(_("该转诊不在随访中。请刷新页面。"))
        if on > timezone.localdate():
            raise refused("on", _("日期 %(day)s 在今天之后，请核对。") % {"day": on})
        if referral.back_at and on < timezone.localdate(referral.back_at):
            raise refused("on", _("日期 %(day)s 早于转回，请核对。") % {"day": on})
        finding = guard.line(finding, "finding", _("随访结果"), 500)
        won = FollowUp.objects.filter(pk=follow_up.pk, done_on=None).update(
            done_on=on, finding=finding, done_by=actor.user_id
        )
        if not won:
            raise Conflict(_("这次随访已经登记。请刷新页面。"))
        follow_up.refresh_from_db()
        event.note(referral, after={"follow_up": follow_up.pk, "done_on": on}, scope_path=side[0])
    return follow_up


def close(
    *,
    actor: Actor,
    referral: Referral,
    outcome: str,
    on: dt.date,
    note: str = "",
    version: int | None = None,
) -> Referral:
    """Close a referral up with the outcome, 30 days after the patient was sent back (REF-07)."""
    _common.may(referral, "close", actor)
    return _end(actor, referral, "close", outcome, on, note, version, referral.back_at)


def settle(
    *,
    actor: Actor,
    referral: Referral,
    outcome: str,
    on: dt.date,
    note: str = "",
    version: int | None = None,
) -> Referral:
    """Close where the patient is: a referral down 30 days after the arrival, one up when the patient died."""
    _common.may(referral, "settle", actor)
    if referral.direction == Direction.UP and outcome not in Referral.EARLY:
        raise refused(
            "outcome",
            _("上转的患者请先转回（附小结和计划）；死亡、失访或再次转诊的才在此结案（规则 %(rule)s）。")
            % {"rule": cite(RETURN)},
        )
    return _end(actor, referral, "settle", outcome, on, note, version, referral.arrived_at)


def _end(
    actor: Actor,
    referral: Referral,
    step: str,
    outcome: str,
    on: dt.date,
    note: str,
    version: int | None,
    since: dt.datetime | None,
) -> Referral:
    with together():
        if outcome not in Outcome.values:
            raise refused("outcome", _("请选择结局。"))
        assert since is not None
        today, began = timezone.localdate(), timezone.localdate(since)
        if not began <= on <= today:
            raise refused(
                "on",
                _("结局日期应在 %(first)s 至 %(last)s 之间，实际为 %(found)s。")
                % {"first": began, "last": today, "found": on},
            )
        earliest = began + dt.timedelta(days=outcome_days())
        if outcome not in Referral.EARLY and on < earliest:
            raise refused(
                "on",
                _("结局应在 %(days)s 天后（%(day)s 起）登记（规则 %(rule)s）。")
                % {"days": outcome_days(), "day": earliest, "rule": cite(RETURN)},
            )
        note = guard.line(note, "note", _("结局说明"), 500, required=outcome in Referral.EARLY)
        now = timezone.now()
        _common.step(
            referral, step, actor=actor, version=version, outcome=outcome, outcome_on=on, closed_at=now
        )
        _common.keep(referral, outcome_note=note)
        clocks.stop(referral, now)
        _common.shut_record(referral, actor)
    return referral


def side_of(referral: Referral) -> tuple[str, str]:
    """Path and permission of the hospital that looks after the patient."""
    if referral.state == Referral.State.FOLLOW_UP:
        return referral.from_path, REFERRAL.transitions["close"].permission
    return referral.to_path, REFERRAL.transitions["settle"].permission
