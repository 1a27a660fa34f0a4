"""What all acts on the register share: the claim on an entry, and checks of names and days."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import EventNote, act
from duikou.core.errors import Conflict, DuikouError, refused
from duikou.core.scope import Actor
from duikou.engines.pairing.names import index_form, normalise
from duikou.wings.hospitals.models import Hospital, HospitalName
from duikou.wings.hospitals.signals import hospital_changed

EDIT = "hospital.edit"  # what a hospital may say of itself
KEEP = "hospital.keep"  # what findings depend on: not for the hospital itself
LONGEST_NAME = 120
EARLIEST = dt.date(1900, 1, 1)


@contextmanager
def changing(
    name: str,
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    state: str = Hospital.State.ACTIVE,
    beside: Hospital | None = None,
    permission: str = KEEP,
) -> Iterator[EventNote]:
    """An act on one entry: permission, then the claim that nobody else was faster, then the event.

    `version` is the one that the person saw; `beside` a second entry that the act
    claims. Acts that need KEEP change what findings depend on, and `hospital_changed`
    tells so; acts with another `permission` do not. Raises Denied without the permission
    at the entry, Conflict when the entry has changed since or is in another state.
    """
    try:
        with transaction.atomic():
            if beside is not None:
                _lock(hospital, beside)
            with act(name, actor=actor, permission=permission, on=hospital) as event:
                claim(hospital, version, state)
                yield event
                if permission == KEEP:
                    tell_changed(hospital, *([beside] if beside else []))
    except DuikouError:
        # The transaction is undone: the instance must say again what the database says,
        # or a form shown once more would carry a version that never was.
        for row in (hospital, beside):
            if row is not None:
                row.refresh_from_db()
        raise


def tell_changed(*rows: Hospital) -> None:
    """Tell the wings above that something changed by which pairings of these entries are judged."""
    hospital_changed.send(Hospital, hospitals=tuple(row.pk for row in rows))


def _lock(*rows: Hospital) -> None:
    """Lock entries in one fixed order, so that two crosswise mergers cannot block each other.

    Their keys stay free: whoever records a pairing of one of them need not wait.
    """
    ids = [row.pk for row in rows]
    list(Hospital.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def claim(hospital: Hospital, version: int, state: str = Hospital.State.ACTIVE) -> None:
    """Count the entry's version up, if it still is what the person saw; else raise Conflict."""
    won = Hospital.objects.filter(pk=hospital.pk, version=version, state=state).update(
        version=F("version") + 1
    )
    hospital.refresh_from_db()
    if won:
        return
    if hospital.state != state:
        raise Conflict(
            _("没有保存：“%(name)s”目前的状态是“%(state)s”，不能做此操作。")
            % {"name": hospital.name, "state": hospital.get_state_display()}
        )
    raise Conflict(
        _(
            "没有保存：“%(name)s”在您打开之后已被他人修改"
            "（您看到第 %(seen)s 版，现为第 %(now)s 版）。请刷新后重做。"
        )
        % {"name": hospital.name, "seen": version, "now": hospital.version}
    )


def clean_name(name: str) -> str:
    """The name without stray spaces, every letter kept; raises Invalid when it cannot be a name."""
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not normalise(cleaned):
        raise refused("name", _("请填写名称。"))
    if len(cleaned) > LONGEST_NAME:
        raise refused(
            "name",
            _("名称最多 %(most)s 个字，收到 %(found)s 个。") % {"most": LONGEST_NAME, "found": len(cleaned)},
        )
    if strange := sorted({mark for mark in cleaned if unicodedata.category(mark) in ("Cc", "Cs")}):
        raise refused(
            "name",
            _("名称中有不能显示的字符（%(marks)s），请删去后重填。")
            % {"marks": "、".join(f"U+{ord(mark):04X}" for mark in strange)},
        )
    return cleaned


def clean_day(day: dt.date, field: str = "on", *, after: dt.date | None = None) -> dt.date:
    """A day from 1900 to today, and after `after`, if given; else Invalid."""
    today = timezone.localdate()
    if not EARLIEST <= day <= today:
        raise refused(
            field,
            _("日期应在 1900-01-01 与今天（%(today)s）之间，收到 %(found)s。")
            % {"today": today.isoformat(), "found": day.isoformat()},
        )
    if after is not None and day <= after:
        raise refused(
            field,
            _("日期应晚于上一次变更（%(after)s），收到 %(found)s。")
            % {"after": after.isoformat(), "found": day.isoformat()},
        )
    return day


def check_name_free(name: str, *, besides: Hospital | None, confirmed: bool) -> None:
    """Refuse a name that is another hospital's official name, unless the person has confirmed it."""
    if confirmed:
        return
    others = HospitalName.objects.filter(
        folded=index_form(name), kind=HospitalName.Kind.OFFICIAL, valid_to=None
    ).select_related("hospital__division__parent")
    if besides is not None:
        others = others.exclude(hospital=besides)
    other = others.exclude(hospital__state=Hospital.State.MERGED).first()
    if other is not None:
        division = other.hospital.division
        raise refused(
            "confirmed",
            _(
                "“%(name)s”已经是%(city)s%(county)s一家在册医院的名称。"
                "如确为两家医院，请勾选确认；如为同一家，请改用合并。"
            )
            % {"name": other.name, "city": division.parent or "", "county": division},
        )


def one_of(field: str, value: str, choices: Mapping[str, Any] | list[tuple[str, Any]]) -> str:
    """`value`, if it is among `choices`; else Invalid that names the field and what it may be."""
    known = dict(choices)
    if value not in known:
        raise refused(
            field,
            _("“%(found)s”不在可选值之内，可选：%(choices)s。")
            % {"found": value, "choices": "、".join(str(label) for label in known.values())},
        )
    return value
