"""After the opinion: acknowledged by the inviting doctor, closed, rated by both sides."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.models import Consultation, Rating
from duikou.wings.telehealth.workflows import CONSULTATION

Adoption, Side = Consultation.Adoption, Rating.Side


def acknowledge(
    *, actor: Actor, one: Consultation, adoption: str, note: str = "", version: int | None = None
) -> Consultation:
    """The inviting doctor has read it and says whether it is adopted; what is not needs a reason (TEL-07)."""
    CONSULTATION.transitions["acknowledge"].require(one, actor)
    if adoption not in (Adoption.FULL, Adoption.PART, Adoption.NOT):
        raise refused("adoption", _("请选择是否采纳。"))
    if adoption != Adoption.FULL and not note.strip():
        raise refused(
            "note",
            _("部分采纳或未采纳的，请写明理由（规则 %(rule)s）。")
            % {"rule": catalogue.cite(catalogue.OPINION)},
        )
    note = guard.line(note, "note", _("说明"), 500, required=False)
    changes = {
        "adoption": adoption,
        "adoption_note": note,
        "acknowledged_name": actor.label[:120],
        "acknowledged_at": timezone.now(),
    }
    _common.step(one, "acknowledge", actor=actor, version=version, changes=changes)
    return one


def close(*, actor: Actor, one: Consultation, version: int | None = None) -> Consultation:
    """Done: the invited side keeps its opinion and sees the patient no more."""
    with together():
        _common.step(one, "close", actor=actor, version=version)
        _common.end_access(one)
    return one


def rate(*, actor: Actor, one: Consultation, side: str, timely: int, useful: int, remark: str = "") -> Rating:
    """One side's view of the other, from 1 to 5; once."""
    if side not in Side.values:
        raise refused("side", _("请选择评价方。"))
    place, permission = (
        (one.home_path, "consult.request") if side == Side.INVITING else (one.host_path, "consult.answer")
    )
    with act("consultation.rate", actor=actor, permission=permission, on=place, target=one) as event:
        if one.state not in Consultation.COUNTED:
            raise _common.conflict(one)
        for field, value in (("timely", timely), ("useful", useful)):
            if not 1 <= value <= 5:
                raise refused(field, _("应为 1 到 5，实际 %(found)s。") % {"found": value})
        try:
            with transaction.atomic():
                made = Rating.objects.create(
                    consultation=one,
                    side=side,
                    timely=timely,
                    useful=useful,
                    remark=guard.line(remark, "remark", _("评语"), 500, required=False),
                    rated_by_id=actor.user_id,
                    demonstration=one.demonstration,
                )
        except IntegrityError as error:
            raise Conflict(_("这一方已经评价过。")) from error
        event.note(after={"side": side, "timely": timely, "useful": useful})
    return made
