"""Emergency access (break-glass): a reason, one patient, some hours; reviewed by the hospital afterwards."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, Missing, refused
from duikou.core.scope import Actor
from duikou.wings.patients.catalogue import GLASS, cite, number
from duikou.wings.patients.identity import tidy_number
from duikou.wings.patients.models import BreakGlass, Patient
from duikou.wings.patients.sealing import blind_index


def break_glass(*, actor: Actor, named: str, reason: str) -> BreakGlass:
    """Open one record that the actor has no other right to, by its number or an identity number (PAT-03).

    Raises Missing when nobody has such a record, Conflict when the actor sees it anyway.
    """
    if actor.user_id is None:
        raise Denied(_("紧急调阅须由本人登录后办理。"))
    home = next((grant for grant in actor.grants if "patient.break_glass" in grant.permissions), None)
    with act("patient.break_glass", actor=actor, permission="patient.break_glass") as event:
        assert home is not None
        least = number(GLASS, "reason_characters")
        reason = guard.line(reason, "reason", _("理由"), 500)
        if len(reason) < least:
            raise refused(
                "reason",
                _("请写清紧急情况，至少 %(least)s 个字，实际 %(found)s 个（规则 %(rule)s）。")
                % {"least": least, "found": len(reason), "rule": cite(GLASS)},
            )
        patient = _named(named)
        if Patient.objects.visible_to(actor).filter(pk=patient.pk).exists():
            raise Conflict(_("您已能查看患者 %(number)s，不需要紧急调阅。") % {"number": patient.number})
        now = timezone.now()
        opened = BreakGlass.objects.create(
            patient=patient,
            scope_path=patient.hospital_path,
            user_id=actor.user_id,
            reader=guard.keepable(actor.label)[:120],
            reader_path=home.path,
            reader_place=home.org_name[:120],
            reason=reason,
            opened_at=now,
            until=now + dt.timedelta(hours=number(GLASS, "hours")),
            demonstration=patient.demonstration,
        )
        # The holder's part of the trail: its keeper is told, the reason stays with the review.
        event.note(
            patient, after={"until": opened.until, "by": home.org_name}, scope_path=patient.hospital_path
        )
    return opened


def _named(named: str) -> Patient:
    text = tidy_number(named)
    indexes = [blind_index(kind, text) for kind in ("card", "other")] if text else []
    found = (
        Patient.objects.filter(erased_at=None)
        .filter(Q(number=text) | Q(identity_index__in=indexes))
        .select_related("hospital", "merged_into__hospital")
        .first()
    )
    if found is None:
        raise Missing(_("没有这个患者编号或证件号码的档案。请核对后再试。"))
    while found.merged_into is not None:
        found = found.merged_into
    return found


def review_emergency(*, actor: Actor, emergency: BreakGlass, justified: bool, remark: str) -> BreakGlass:
    """The hospital that holds the record says whether it was justified; nobody reviews oneself."""
    with act(
        "patient.review_emergency",
        actor=actor,
        permission="patient.review",
        on=emergency.scope_path,
        target=emergency.patient,
    ) as event:
        if emergency.user_id == actor.user_id:
            raise Denied(_("不能审核自己的紧急调阅，请由他人审核。"))
        remark = guard.line(remark, "remark", _("审核意见"), 500, required=not justified)
        won = BreakGlass.objects.filter(pk=emergency.pk, reviewed_at=None).update(
            justified=justified, remark=remark, reviewed_at=timezone.now(), reviewed_by=actor.user_id
        )
        if not won:
            raise Conflict(_("这次紧急调阅已经审核。请刷新页面。"))
        emergency.refresh_from_db()
        event.note(emergency.patient, after={"emergency": emergency.pk, "justified": justified})
    return emergency
