"""Pictures of an opinion: chosen while it is written, fixed once it is signed."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Missing, refused
from duikou.core.scope import Actor
from duikou.wings.patients import consents
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.actions.opinions import seat_of
from duikou.wings.telehealth.models import Consultation, Opinion, Picture, Seat
from duikou.wings.telehealth.pictures import MOST, drawn

KINDS = ("png", "jpeg")


def add_picture(
    *, actor: Actor, one: Consultation, source: str, caption: str, number: int | None = None
) -> Picture:
    """Choose a picture of the case for the own opinion; it is kept as it looks now.

    `number`: which picture of a series, from 1. Raises Denied for who was not named, Conflict once signed.
    """
    with act("consultation.picture", actor=actor, permission="consult.opinion", target=one) as event:
        seat = _unsigned(actor, one)
        consents.demand(one.patient, "consultation")
        caption = guard.line(caption, "caption", _("图注"), 200)
        if seat.pictures.count() >= MOST:
            raise refused("source", _("一份意见最多 %(most)s 幅图。") % {"most": MOST})
        source, content = drawn(one, source, number)
        kept = documents.keep(content, filename="picture", scope_path=one.host_path, actor=actor, kinds=KINDS)
        try:
            with transaction.atomic():
                made = Picture.objects.create(seat=seat, source=source, caption=caption, document=kept)
        except IntegrityError as error:
            raise Conflict(_("这幅图已经选过。")) from error
        event.note(one, after={"source": source, "sha256": kept.sha256}, scope_path=one.host_path)
    return made


def remove_picture(*, actor: Actor, one: Consultation, pk: int) -> None:
    """Leave a chosen picture out, before the opinion is signed."""
    with act("consultation.picture_removed", actor=actor, permission="consult.opinion", target=one) as event:
        seat = _unsigned(actor, one)
        found = seat.pictures.filter(pk=pk).first()
        if found is None:
            raise Missing(_("没有这幅图，或已移除。请刷新页面。"))
        found.delete()
        found.document.delete()
        event.note(one, before={"source": found.source}, scope_path=one.host_path)


def _unsigned(actor: Actor, one: Consultation) -> Seat:
    """The actor's own seat; the consultation is locked: signing and choosing follow each other."""
    seat = seat_of(actor, one)
    state = Consultation.objects.select_for_update().get(pk=one.pk).state
    if state != Consultation.State.ASSIGNED or Opinion.objects.filter(seat=seat).exists():
        raise _common.conflict(one)
    return seat
