"""A file that shows the work of a day, from the person who did it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, DuikouError, Invalid, refused
from duikou.core.listing import parse_day
from duikou.core.scope import Actor
from duikou.wings.presence import catalogue
from duikou.wings.presence.actions._common import OWN, Outcome, on_post, own_turn
from duikou.wings.presence.models import Delivery, Proof

MOST_PROOFS = 20  # of one day


@dataclass(frozen=True, slots=True)
class Sent:
    """A file out of a phone's queue, as it came: every word of it may be wrong."""

    number: str
    day: str
    activity: str
    filename: str
    content: bytes


def send_proof(*, actor: Actor, sent: Sent) -> Outcome:
    """Take a file out of a phone's queue; what is wrong with it is the answer, and it stays on the phone.

    Sent again it changes nothing and is taken again. Raises Denied for nobody in particular.
    """
    name = guard.keepable(sent.number[:40])
    try:
        number, day = _read(sent)
        add_proof(
            actor=actor,
            day=day,
            activity=sent.activity,
            number=number,
            filename=sent.filename,
            content=sent.content,
        )
    except Denied:
        raise
    except DuikouError as error:
        return Outcome(name, Delivery.Status.REFUSED, str(error.message))
    return Outcome(name, Delivery.Status.TAKEN, day=day)


def _read(sent: Sent) -> tuple[uuid.UUID, dt.date]:
    day = parse_day("day", sent.day)
    try:
        return uuid.UUID(sent.number), day
    except ValueError:
        raise Invalid(_("这份文件的编号无法识别，请重新选择文件。")) from None


def add_proof(
    *, actor: Actor, day: dt.date, activity: str, number: uuid.UUID, filename: str, content: bytes
) -> Proof:
    """Keep a file with an activity of a day; sent twice under one number, it is kept once.

    Raises Invalid for a day without a posting, an unknown activity and a file that is not taken,
    Conflict when the day has too many files or the number belongs to another.
    """
    with act("presence.proof", actor=actor, permission=OWN) as event:
        own_turn(actor)
        if day > timezone.localdate():
            raise refused("day", _("%(day)s 还没有到。") % {"day": day})
        posting = on_post(actor, [day]).get(day)
        if posting is None:
            raise refused("day", _("%(day)s 您没有在岗的派驻，无法记录。") % {"day": day})
        if activity not in catalogue.of_posting(posting):
            raise refused("activity", _("政策包中没有名为“%(name)s”的工作量项目。") % {"name": activity})
        kept = Proof.objects.filter(uuid=number).first()
        if kept is not None:
            if (kept.posting_id, kept.day, kept.activity) != (posting.pk, day, activity):
                raise Conflict(_("这个编号已用于另一份文件。请重新选择文件。"))
            event.note(kept, scope_path=posting.host_path)
            return kept
        if Proof.objects.filter(posting=posting, day=day).count() >= MOST_PROOFS:
            raise Conflict(_("%(day)s 已有 %(most)s 份佐证，不能再加。") % {"day": day, "most": MOST_PROOFS})
        try:
            with transaction.atomic():
                row = Proof.objects.create(
                    posting=posting,
                    day=day,
                    activity=activity,
                    uuid=number,
                    document=documents.keep(
                        content, filename=filename, scope_path=posting.host_path, actor=actor
                    ),
                    added_by_id=actor.user_id,
                )
        except IntegrityError:  # just now, from another account's phone
            raise Conflict(_("这个编号已用于另一份文件。请重新选择文件。")) from None
        event.note(row, after={"day": day, "activity": activity}, scope_path=posting.host_path)
    return row
