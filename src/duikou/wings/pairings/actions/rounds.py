"""Opening and changing rounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.policy.errors import PackError
from duikou.policy.loader import load_pack
from duikou.wings.pairings.actions._common import claim, round_by_key, touch
from duikou.wings.pairings.models import Pairing, Round

_FIELDS = ("name", "name_en", "policy_pack", "start", "end", "divisions_on", "previous_id", "state")


def create_round(
    *,
    actor: Actor,
    key: str,
    name: str,
    org: OrgUnit,
    policy_pack: str,
    start: dt.date,
    end: dt.date,
    divisions_on: dt.date | None = None,
    name_en: str = "",
    previous: str | None = None,
) -> Round:
    """Open a round as a draft. Without `divisions_on` the divisions of its first day hold.

    Raises Denied, Invalid, Conflict when the key is taken, Missing for an unknown previous round.
    """
    with act("round.create", actor=actor, permission="round.manage", on=org.path or "") as event:
        if org.kind != OrgUnit.Kind.PROVINCE:
            raise Invalid(_("轮次属于一个省；“%(found)s”不是省。") % {"found": org.name})
        if Round.objects.filter(key=key).exists():
            raise Conflict(_("标识“%(key)s”已被使用，请换一个。") % {"key": key})
        round_ = Round(
            key=key,
            name=name.strip(),
            name_en=name_en.strip(),
            org=org,
            policy_pack=policy_pack,
            start=start,
            end=end,
            divisions_on=divisions_on or start,
            previous=_previous(previous, org, start),
        )
        _check(round_)
        round_.save()
        event.note(round_, after=_plain(round_), scope_path=org.path or "")
    return round_


def edit_round(*, actor: Actor, round_key: str, version: int, changes: dict[str, Any]) -> Round:
    """Change name, dates, pack, previous round (by key) or state of a round.

    The dates must still hold all of its pairings; `version` is the one that the actor
    saw. Raises Denied, Missing, Invalid, Conflict when somebody else changed it meanwhile.
    """
    round_ = round_by_key(round_key)
    with act("round.edit", actor=actor, permission="round.manage", on=round_.org.path or "") as event:
        round_ = round_by_key(round_key, lock=True)
        claim(round_, version)
        before = _plain(round_)
        if "previous" in changes:
            round_.previous = _previous(changes["previous"], round_.org, changes.get("start", round_.start))
        for name in ("name", "name_en", "policy_pack", "start", "end", "divisions_on", "state"):
            if name in changes:
                setattr(round_, name, changes[name])
        _check(round_)
        _check_pairings(round_)
        round_.save()
        touch(round_)
        event.note(round_, before=before, after=_plain(round_), scope_path=round_.org.path or "")
    return round_


def _previous(key: str | None, org: OrgUnit, start: dt.date) -> Round | None:
    if not key:
        return None
    found = Round.objects.filter(key=key, org=org).first()
    if found is None:
        raise Missing(_("本省没有标识为“%(key)s”的轮次，不能作为上一轮。") % {"key": key})
    if found.start >= start:
        raise Invalid(
            _("上一轮应先于本轮开始。"),
            fields={
                "previous": [
                    _("上一轮自 %(found)s 开始，本轮自 %(start)s。") % {"found": found.start, "start": start}
                ]
            },
        )
    return found


def _check(round_: Round) -> None:
    fields: dict[str, list[str]] = {}
    if not round_.name:
        fields["name"] = [_("必须填写名称。")]
    if round_.end <= round_.start:
        fields["end"] = [
            _("应晚于开始日期 %(start)s；实际为 %(found)s。") % {"start": round_.start, "found": round_.end}
        ]
    if round_.state not in Round.State.values:
        fields["state"] = [_("没有“%(found)s”这种状态。") % {"found": round_.state}]
    if round_.previous_id is not None and round_.previous_id == round_.pk:
        fields["previous"] = [_("上一轮不能是本轮自己。")]
    try:
        load_pack(round_.policy_pack)
    except PackError:
        fields["policy_pack"] = [_("没有可用的政策包“%(found)s”。") % {"found": round_.policy_pack}]
    if fields:
        raise Invalid(_("轮次的内容不符合要求，请按提示修改。"), fields=fields)


def _check_pairings(round_: Round) -> None:
    span = Pairing.objects.filter(round=round_).aggregate(first=Min("start"), last=Max("end"))
    fields: dict[str, list[str]] = {}
    if span["first"] and span["first"] < round_.start:
        fields["start"] = [_("已有结对自 %(found)s 开始，本轮不能更晚开始。") % {"found": span["first"]}]
    if span["last"] and span["last"] > round_.end:
        fields["end"] = [_("已有结对到 %(found)s 为止，本轮不能更早结束。") % {"found": span["last"]}]
    if fields:
        raise Invalid(_("新的日期容不下已有的结对，请先调整这些结对。"), fields=fields)


def _plain(round_: Round) -> dict[str, Any]:
    return {name: getattr(round_, name) for name in _FIELDS}
