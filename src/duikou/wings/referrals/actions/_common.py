"""What the acts share: objections, texts, times with skewed clocks, steps, the shares of the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Conflict, refused
from duikou.core.scope import SYSTEM, Actor
from duikou.core.times import time_words
from duikou.core.workflow import move
from duikou.wings.patients import actions as patients
from duikou.wings.patients.models import Patient, Share
from duikou.wings.referrals.catalogue import CLOCKS, RETURN, cite, number
from duikou.wings.referrals.models import FollowUp, Referral
from duikou.wings.referrals.workflows import REFERRAL

State = Referral.State
MOST = 12  # dates of follow-up


def happened(at: dt.datetime | None, field: str, after: dt.datetime | None) -> dt.datetime:
    """A time that has come, not before `after`; a little ahead of our clock counts as now.

    Raises Invalid for a time that lies further ahead than clocks may differ, or too early.
    """
    now = timezone.now()
    at = at or now
    skew = dt.timedelta(minutes=number(CLOCKS, "skew_minutes"))
    if at > now + skew:
        raise refused(
            field,
            _("时间 %(found)s 比系统时间 %(now)s 晚 %(skew)s 分钟以上，请核对设备时钟（规则 %(rule)s）。")
            % {
                "found": time_words(at),
                "now": time_words(now),
                "skew": number(CLOCKS, "skew_minutes"),
                "rule": cite(CLOCKS),
            },
        )
    at = min(at, now)
    if after is not None and at < after - skew:
        raise refused(
            field,
            _("时间 %(found)s 早于上一步的 %(before)s，请核对。")
            % {"found": time_words(at), "before": time_words(after)},
        )
    return max(at, after) if after is not None else at


def step(
    referral: Referral,
    name: str,
    *,
    actor: Actor,
    version: int | None = None,
    reason: str = "",
    **changes: Any,
) -> None:
    """Take a step of the life cycle; of several at once exactly one wins, the others get Conflict."""
    if version is not None:
        referral.version = version
    if reason.strip():
        changes["remark"] = reason.strip()
    move(REFERRAL, referral, name, actor=actor, reason=reason, changes=changes)


def may(referral: Referral, name: str, actor: Actor) -> None:
    """Raise Denied, or Conflict in another state, before anything else is looked at."""
    found = REFERRAL.transitions[name]
    found.require(referral, actor)
    if referral.state not in found.sources:
        raise Conflict(
            _("“%(step)s”没有执行：该记录目前为“%(state)s”，或刚被他人改动。请刷新后再试。")
            % {"step": found.label, "state": REFERRAL.states[referral.state].label}
        )


def open_record(referral: Referral, actor: Actor) -> None:
    """Let both hospitals see the patient's record while the referral lasts.

    The hospital that holds the record needs no share. Where another one sends the patient on, the
    system shares: the consent and the sender's own relation have been asked for.
    """
    patient = Patient.objects.select_related("hospital", "merged_into").get(pk=referral.patient_id)
    for hospital, path in (
        (referral.to_hospital, referral.to_path),
        (referral.from_hospital, referral.from_path),
    ):
        if hospital.pk != patient.hospital_id:
            patients.share(
                actor=actor if actor.may("patient.edit", patient.scope_path) else SYSTEM,
                patient=patient,
                hospital=hospital,
                kind=Share.Kind.REFERRAL,
                path=path,
                reference=referral.reference,
            )


def shut_record(referral: Referral, actor: Actor) -> None:
    """End what `open_record` began; what was ended before stays so."""
    rows = Share.objects.filter(reference=referral.reference, kind=Share.Kind.REFERRAL, ended_at=None)
    for relation in rows.select_related("patient", "hospital"):
        may_end = actor.may("patient.edit", relation.patient.scope_path) or actor.may(
            "patient.edit", relation.path
        )
        patients.unshare(actor=actor if may_end else SYSTEM, relation=relation)


def keep(referral: Referral, **values: Any) -> None:
    """Write clinical words beside a step that was won: the audit trail does not hold them."""
    guard.check(Referral, values)
    Referral.objects.filter(pk=referral.pk).update(**values)
    referral.refresh_from_db()


def dates(given: Sequence[tuple[dt.date, str]]) -> list[tuple[dt.date, str]]:
    """Dates of follow-up in order. Raises Invalid for none, too many, or days that are over."""
    if not 1 <= len(given) <= MOST:
        raise refused(
            "follow_ups",
            _("请填写 1–%(most)s 个随访日期（规则 %(rule)s）。") % {"most": MOST, "rule": cite(RETURN)},
        )
    today = timezone.localdate()
    found = []
    for day, what in given:
        if not today <= day <= today + dt.timedelta(days=366):
            raise refused("follow_ups", _("随访日期 %(day)s 应在今天起一年以内。") % {"day": day})
        found.append((day, guard.line(what, "follow_ups", _("随访内容"), 200)))
    if len(set(found)) < len(found):
        raise refused("follow_ups", _("同一天的同一随访写了两次。"))
    return sorted(found)


def plan_dates(referral: Referral, given: Sequence[tuple[dt.date, str]]) -> None:
    """Write dates of follow-up down."""
    FollowUp.objects.bulk_create(
        FollowUp(referral=referral, due_on=day, what=what, demonstration=referral.demonstration)
        for day, what in dates(given)
    )
