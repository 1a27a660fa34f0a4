"""Acts on names: rename with a date, aliases."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import require_reason
from duikou.core.errors import Missing, refused
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.engines.pairing.names import index_form, normalise
from duikou.wings.hospitals.actions.common import changing, check_name_free, clean_day, clean_name, one_of
from duikou.wings.hospitals.models import Hospital, HospitalName

Kind = HospitalName.Kind

# An official name is given by `rename_hospital` only.
ALIAS_KINDS = [(value, label) for value, label in Kind.choices if value != Kind.OFFICIAL]


def rename_hospital(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    name: str,
    on: dt.date,
    reason: str,
    confirmed: bool = False,
) -> None:
    """Give a hospital a new official name from `on` on; the old one stays, dated, as an old name.

    Raises Invalid for a name that is unchanged or another hospital's (unless
    `confirmed`), and for a day before the present name began.
    """
    with changing("hospital.rename", actor=actor, hospital=hospital, version=version) as event:
        reason = require_reason(reason)
        name = clean_name(name)
        if normalise(name) == normalise(hospital.name):
            raise refused("name", _("新名称与现用名称相同。"))
        check_name_free(name, besides=hospital, confirmed=confirmed)
        present = hospital.names.get(kind=Kind.OFFICIAL, valid_to=None)
        clean_day(on, after=present.valid_from)
        present.kind, present.valid_to = Kind.OLD, on
        present.save()
        # An alias that has become the name would only repeat it.
        for alias in hospital.names.filter(name=name, valid_to=None):
            alias.delete()
        HospitalName.objects.create(hospital=hospital, name=name, kind=Kind.OFFICIAL, valid_from=on)
        before = {"name": hospital.name}
        hospital.name = name
        hospital.save(update_fields=["name"])
        OrgUnit.objects.filter(pk=hospital.org_id).update(name=name)
        event.note(before=before, after={"name": name, "on": on}, reason=reason)


def add_alias(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    name: str,
    kind: str,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
    confirmed: bool = False,
) -> HospitalName:
    """Add another name by which the hospital is met in tables.

    Raises Invalid when it has the name already, when the dates are out of order, or
    when it is another hospital's official name (unless `confirmed`).
    """
    with changing("hospital.alias_added", actor=actor, hospital=hospital, version=version) as event:
        alias = write_alias(
            hospital,
            name=name,
            kind=kind,
            valid_from=valid_from,
            valid_to=valid_to,
            note=note,
            confirmed=confirmed,
        )
        event.note(
            after={"alias": alias.name, "alias_kind": kind, "valid_from": valid_from, "valid_to": valid_to}
        )
    return alias


def write_alias(
    hospital: Hospital,
    *,
    name: str,
    kind: str,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
    confirmed: bool = False,
) -> HospitalName:
    """Check and write an alias. Only for acts, inside their transaction."""
    name = clean_name(name)
    one_of("kind", kind, ALIAS_KINDS)
    if valid_from and valid_to and valid_to <= valid_from:
        raise refused(
            "valid_to",
            _("截止日期应晚于起始日期（%(start)s），收到 %(end)s。")
            % {"start": valid_from.isoformat(), "end": valid_to.isoformat()},
        )
    same = hospital.names.filter(folded=index_form(name), valid_to=None, name=name).first()
    if same is not None:
        raise refused(
            "name",
            _("该医院已有名称“%(name)s”（%(kind)s）。") % {"name": name, "kind": same.get_kind_display()},
        )
    check_name_free(name, besides=hospital, confirmed=confirmed)
    return HospitalName.objects.create(
        hospital=hospital, name=name, kind=kind, valid_from=valid_from, valid_to=valid_to, note=note.strip()
    )


def remove_alias(*, actor: Actor, hospital: Hospital, version: int, alias: int, reason: str) -> None:
    """Remove a wrong alias. What was printed in pairings stays; the audit trail keeps the alias.

    Raises Invalid for the official name, and for a former official name of a renaming.
    """
    with changing("hospital.alias_removed", actor=actor, hospital=hospital, version=version) as event:
        reason = require_reason(reason)
        name = hospital.names.filter(pk=alias).first()
        if name is None:
            raise Missing(_("该医院没有这个别名，可能已被删除。请刷新页面。"))
        if name.kind == Kind.OFFICIAL:
            raise refused("alias", _("现用名称不能删除；如名称有变，请用“更名”。"))
        if name.history.filter(kind=Kind.OFFICIAL).exists():
            raise refused("alias", _("“%(name)s”曾是正式名称，属于沿革，不能删除。") % {"name": name.name})
        before = {
            "alias": name.name,
            "alias_kind": name.kind,
            "valid_from": name.valid_from,
            "valid_to": name.valid_to,
        }
        name.delete()
        event.note(before=before, reason=reason)
