"""Conduct notices and disputes: written once by the recipient, acknowledged, answered, settled.

Even reading one leaves an event in the trail. The trail itself names the posting, never the text.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.scope import Actor
from duikou.wings.postings.models import ConductAnswer, ConductRecord, Posting
from duikou.wings.stays.checks import not_future

Kind, Side = ConductRecord.Kind, ConductAnswer.Side
LONGEST = 2000


def report(*, actor: Actor, posting: Posting, kind: str, happened_on: dt.date, text: str) -> ConductRecord:
    """The recipient reports a breach of discipline (AGR-15), or records a dispute that it carries (AGR-16).

    Raises Denied for anybody but the recipient, Invalid for a day when the person was not on post.
    """
    host = posting.recipient.scope_path
    with act("conduct.report", actor=actor, permission="conduct.edit", on=host) as event:
        if kind not in Kind.values:
            raise refused("kind", _("请选择类别。"))
        if posting.state not in Posting.SERVED:
            raise Conflict(_("该人员没有到岗（%(state)s）。") % {"state": posting.get_state_display()})
        not_future(happened_on, "happened_on")
        if not posting.first_day <= happened_on <= posting.last_day:
            raise refused(
                "happened_on",
                _("%(on)s 不在岗：在岗日期为 %(first)s 至 %(last)s。")
                % {"on": happened_on, "first": posting.first_day, "last": posting.last_day},
            )
        record = ConductRecord.objects.create(
            posting=posting,
            home_path=posting.supporter.scope_path,
            host_path=host,
            kind=kind,
            happened_on=happened_on,
            text=_worded(text),
            recorded_by_id=actor.user_id,
        )
        _note(event, record, {"kind": kind, "happened_on": happened_on})
    return record


def read(*, actor: Actor, record: ConductRecord) -> None:
    """Note in the trail that somebody opened a record; raises Denied for whom it is not meant."""
    own = record.posting.person.user_id is not None and record.posting.person.user_id == actor.user_id
    permission = "posting.own" if own and not actor.may_any("conduct.view", record.scope_paths()) else ""
    with act(
        "conduct.read",
        actor=actor,
        permission=permission or "conduct.view",
        on=None if permission else record,
    ) as event:
        _note(event, record, None)


def acknowledge(*, actor: Actor, record: ConductRecord) -> ConductRecord:
    """The supporter confirms that it has received the record."""
    with act("conduct.acknowledge", actor=actor, permission="conduct.edit", on=record.home_path) as event:
        won = ConductRecord.objects.filter(pk=record.pk, acknowledged_at=None).update(
            acknowledged_at=timezone.now(), acknowledged_by=actor.user_id
        )
        if not won:
            raise Conflict(_("支援医院已经确认收到。请刷新页面。"))
        record.refresh_from_db()
        _note(event, record, {"acknowledged": True})
    return record


def answer(*, actor: Actor, record: ConductRecord, side: str, text: str) -> ConductAnswer:
    """A side, or the person concerned, answers; the record itself cannot be changed by anybody."""
    if side == Side.PERSON:
        if record.posting.person.user_id is None or record.posting.person.user_id != actor.user_id:
            raise Denied(_("只有本人可以作为当事人答复。"))
        permission, place = "posting.own", None
    else:
        permission = "conduct.edit"
        place = record.home_path if side == Side.SUPPORTER else record.host_path
    with act("conduct.answer", actor=actor, permission=permission, on=place) as event:
        if side not in Side.values:
            raise refused("side", _("请选择哪一方答复。"))
        answered = ConductAnswer.objects.create(
            record=record,
            home_path=record.home_path,
            host_path=record.host_path,
            side=side,
            text=_worded(text),
            answered_by_id=actor.user_id,
        )
        _note(event, record, {"side": side})
    return answered


def settle(*, actor: Actor, record: ConductRecord, on: dt.date, outcome: str) -> ConductRecord:
    """The recipient has settled a dispute (AGR-16): when and how."""
    with act("conduct.settle", actor=actor, permission="conduct.edit", on=record.host_path) as event:
        if record.kind != Kind.DISPUTE:
            raise Conflict(_("违纪通报不需要了结；支援医院可以确认收到或答复。"))
        not_future(on, "on")
        if on < record.happened_on:
            raise refused(
                "on",
                _("了结日期 %(on)s 早于发生日期 %(day)s。") % {"on": on, "day": record.happened_on},
            )
        if not (outcome := outcome.strip()) or len(outcome) > 500:
            raise refused("outcome", _("请填写处理结果（最多 500 字）。"))
        won = ConductRecord.objects.filter(pk=record.pk, settled_on=None).update(
            settled_on=on, outcome=outcome
        )
        if not won:
            raise Conflict(_("这起纠纷已经了结。请刷新页面。"))
        record.refresh_from_db()
        _note(event, record, {"settled_on": on})
    return record


def _worded(text: str) -> str:
    if not (text := text.strip()) or len(text) > LONGEST:
        raise refused("text", _("请写明情况（最多 %(most)s 字），不得写患者信息。") % {"most": LONGEST})
    return text


def _note(event: object, record: ConductRecord, after: dict[str, object] | None) -> None:
    """Name the record by its number alone, in the recipient's part of the trail."""
    event.note(  # type: ignore[attr-defined]
        record, after=after, label=f"{record.get_kind_display()} #{record.pk}", scope_path=record.host_path
    )
