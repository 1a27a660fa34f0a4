"""Adding, changing and ending single pairings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.engines.pairing.model import Resolution
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings.actions._common import (
    CITY_TABLE,
    PROVINCE_TABLE,
    authority_path,
    check_term,
    city_orgs,
    claim,
    level_of,
    link_partners,
    next_position,
    province_wide,
    round_by_key,
    touch,
)
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.pairings.translate import divisions_of


def add_pairing(
    *,
    actor: Actor,
    round_key: str,
    supporter: str,
    recipient: str,
    table: str,
    group: str = "",
    kind: str = Pairing.Kind.NORMAL,
    start: dt.date | None = None,
    end: dt.date | None = None,
    departments: Sequence[str] = (),
    reason: str = "",
) -> Pairing:
    """Add one pairing by hand (hospitals by key). Dates left out are the round's own.

    Who decides on a table may add to it: the province to table 1, a city to its part
    of table 2. Raises Denied, Missing, Invalid, Conflict when the pair is there already.
    """
    round_ = round_by_key(round_key)
    register = register_on(round_.divisions_on)
    place = authority_path(round_, table, group, city_orgs(round_), register.divisions)
    with act("pairing.add", actor=actor, permission="pairing.edit", on=place) as event:
        round_ = round_by_key(round_key, lock=True)
        first, last = start or round_.start, end or round_.end
        _check_table(round_, table, group)
        _check_kind(kind)
        check_term(round_, first, last)
        giver, taker = (_hospital(key) for key in (supporter, recipient))
        if not (province_wide(actor, "pairing.edit", round_) or contains(place, giver.scope_path)):
            raise Denied(
                _("市级表只安排本市的支援医院；“%(name)s”不属于%(group)s。如确有需要，请由省级办理。")
                % {"name": giver.name, "group": group}
            )
        if giver.pk == taker.pk:
            raise Invalid(
                _("支援医院与受援医院不能是同一家。"), fields={"recipient": [_("请选择另一家医院。")]}
            )
        if _known(round_, table, giver, taker, first, last):
            raise Conflict(
                _("%(supporter)s → %(recipient)s 在本轮同一张表中、同一时间已有结对。请修改已有的结对。")
                % {"supporter": giver.name, "recipient": taker.name}
            )
        places = divisions_of([taker.pk], round_.divisions_on)
        pairing = Pairing.objects.create(
            round=round_,
            table=table,
            group=group,
            position=next_position(round_),
            supporter=giver,
            recipient=taker,
            supporter_path=giver.scope_path,
            recipient_path=taker.scope_path,
            authority_path=place,
            supporter_printed=giver.name,
            recipient_printed=taker.name,
            supporter_resolution=Resolution.EXACT.value,
            recipient_resolution=Resolution.EXACT.value,
            recipient_division_id=places.get(taker.pk, taker.division_id),
            kind=kind,
            level=level_of(giver, table),
            start=first,
            end=last,
            departments=_departments(departments),
            reason=reason.strip(),
        )
        link_partners([(giver.pk, taker.pk)])
        touch(round_)
        event.note(pairing, after=_plain(pairing), reason=pairing.reason, scope_path=place)
    return pairing


def edit_pairing(
    *,
    actor: Actor,
    pairing: Pairing,
    departments: Sequence[str] | None = None,
    reason: str | None = None,
    kind: str | None = None,
) -> Pairing:
    """Limit a pairing to departments, say why it stands (a second supporter), change its form.

    Raises Denied, Invalid, Conflict when somebody else changed it meanwhile.
    """
    with act(
        "pairing.edit", actor=actor, permission="pairing.edit", on=pairing.authority_path, target=pairing
    ) as event:
        before = _plain(pairing)
        if departments is not None:
            pairing.departments = _departments(departments)
        if reason is not None:
            pairing.reason = reason.strip()
        if kind is not None:
            _check_kind(kind)
            pairing.kind = kind
        _save(pairing, "departments", "reason", "kind")
        event.note(before=before, after=_plain(pairing), reason=pairing.reason)
    return pairing


def end_pairing(*, actor: Actor, pairing: Pairing, on: dt.date, reason: str) -> Pairing:
    """End a pairing before its term; `on` is its last day. The pairing stays on record.

    Raises Denied, Invalid without a reason or with a day outside its term, Conflict.
    """
    reason = require_reason(reason)
    with act(
        "pairing.end", actor=actor, permission="pairing.edit", on=pairing.authority_path, target=pairing
    ) as event:
        if not pairing.start <= on <= pairing.end:
            raise Invalid(
                _("最后一日应在结对的期限之内。"),
                fields={
                    "on": [
                        _("应在 %(start)s 与 %(end)s 之间；实际为 %(found)s。")
                        % {"start": pairing.start, "end": pairing.end, "found": on}
                    ]
                },
            )
        before = _plain(pairing)
        pairing.end, pairing.ended_reason = on, reason
        _save(pairing, "end", "ended_reason")
        event.note(before=before, after=_plain(pairing), reason=reason)
    return pairing


def _save(pairing: Pairing, *fields: str) -> None:
    """Save, with a history row, unless the pairing was changed since it was read."""
    claim(pairing, pairing.version)
    pairing.save(update_fields=list(fields))
    touch(pairing.round)


def _hospital(key: str) -> Hospital:
    found = Hospital.objects.filter(key=key).first()
    if found is None:
        raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": key})
    if found.state != Hospital.State.ACTIVE:
        raise Invalid(_("“%(name)s”已不在册，不能新增结对。") % {"name": found.name})
    return found


def _known(round_: Round, table: str, giver: Hospital, taker: Hospital, start: dt.date, end: dt.date) -> bool:
    same = Pairing.objects.filter(round=round_, table=table, supporter=giver, recipient=taker)
    return same.standing(timezone.localdate()).filter(start__lte=end, end__gte=start).exists() or (
        same.filter(start=start).exists()
    )


def _check_table(round_: Round, table: str, group: str) -> None:
    if table not in (PROVINCE_TABLE, CITY_TABLE):
        raise Invalid(
            _("表应为 1（省级）或 2（各市）；实际为“%(found)s”。") % {"found": table},
            fields={"table": [_("请选择表。")]},
        )
    if table == CITY_TABLE and group not in city_orgs(round_):
        raise Invalid(
            _("各市的表须写明地区，应为本省的一个市；实际为“%(found)s”。") % {"found": group},
            fields={"group": [_("请选择市。")]},
        )
    if table == PROVINCE_TABLE and group:
        raise Invalid(_("省级表没有地区一栏。"), fields={"group": [_("请清空地区。")]})


def _check_kind(kind: str) -> None:
    if kind not in Pairing.Kind.values:
        raise Invalid(
            _("没有“%(found)s”这种结对形式。") % {"found": kind}, fields={"kind": [_("请选择形式。")]}
        )


def _departments(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _plain(pairing: Pairing) -> dict[str, Any]:
    return {
        "supporter": pairing.supporter_printed,
        "recipient": pairing.recipient_printed,
        "table": pairing.table,
        "group": pairing.group,
        "kind": pairing.kind,
        "start": pairing.start,
        "end": pairing.end,
        "departments": list(pairing.departments),
        "reason": pairing.reason,
        "ended_reason": pairing.ended_reason,
    }
