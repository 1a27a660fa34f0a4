"""What several acts of this wing share: whose word it is, which text counts, which days make sense."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.errors import Conflict, Invalid
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.wings.agreements.duties import duties_changed
from duikou.wings.agreements.models import Agreement, Side, Version
from duikou.wings.agreements.queries.duties import duties, holder_of
from duikou.wings.agreements.workflows import AGREEMENT


class Refused(Invalid):
    """The clause check refuses the text: the page of the check shows both texts side by side."""

    code = "text_refused"


def side_named(side: str) -> Side:
    """One of the two parties. Raises Invalid for what is none."""
    if side not in Side.values:
        text = _("请选择甲方或乙方。")
        raise Invalid(text, fields={"side": [text]})
    return Side(side)


def require_side(actor: Actor, permission: str, agreement: Agreement, side: Side) -> None:
    """What a party says needs the permission at that party itself, not at its partner. Raises Denied."""
    require(actor, permission, (agreement.path_of(side),))


def require_state(agreement: Agreement, *states: str) -> None:
    """Raise Conflict when the agreement is in another state."""
    if agreement.state not in states:
        raise Conflict(
            _("协议目前为“%(state)s”，不能这样办理。请刷新后再试。")
            % {"state": AGREEMENT.states[agreement.state].label}
        )


def require_accepted(agreement: Agreement) -> None:
    """Raise Refused when the check refuses the newest text (AGR-04)."""
    if not agreement.accepted:
        raise Refused(
            _(
                "第 %(number)d 版文本没有通过条款检查：范本内容只能增加，不能减少（S1 §四(一)）。"
                "请按检查结果修改后再办理。"
            )
            % {"number": agreement.latest}
        )


def claim(agreement: Agreement, **changes: object) -> None:
    """Write columns of the agreement and count its version up, if nobody has changed it since it was read.

    Raises Conflict otherwise.
    """
    found = Agreement.objects.filter(pk=agreement.pk, version=agreement.version)
    if not found.update(version=F("version") + 1, **changes):
        raise Conflict(_("协议刚被他人改动，您的操作没有保存。请刷新后再试。"))
    agreement.version += 1
    for name, value in changes.items():
        setattr(agreement, name, value)


def newest(agreement: Agreement) -> Version:
    """The newest text."""
    return agreement.versions.get(number=agreement.latest)


def check_day(field: str, day: dt.date, *, after: dt.date, what: str) -> None:
    """Raise Invalid for a day before `after` (which `what` names) or in the future."""
    today = timezone.localdate()
    if day < after:
        text = _("应不早于%(what)s %(after)s，实际为 %(found)s。") % {
            "what": what,
            "after": after.isoformat(),
            "found": day.isoformat(),
        }
    elif day > today:
        text = _("应不晚于今天 %(today)s，实际为 %(found)s。") % {
            "today": today.isoformat(),
            "found": day.isoformat(),
        }
    else:
        return
    raise Invalid(text, fields={field: [text]})


def superior_of(org: OrgUnit) -> OrgUnit:
    """The authority above a hospital. Raises Invalid when the organisation tree has none."""
    if org.parent is None:
        raise Invalid(_("“%(name)s”在组织中没有上级主管部门。请先由管理员补全组织。") % {"name": org.name})
    return org.parent


def tell_duties(agreement: Agreement, *, actor: Actor, on: dt.date, reason: str) -> None:
    """Tell the ledger what the agreement obliges to from now on; nothing when it is not in force."""
    duties_changed.send(
        sender=Agreement,
        holder=holder_of(agreement),
        pairing=agreement.pairing,
        duties=duties(agreement),
        on=on,
        actor=actor,
        reason=reason,
        demonstration=agreement.demonstration,
    )
