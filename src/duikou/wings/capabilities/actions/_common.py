"""What the acts share: the row of a technique, days, partners."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents
from duikou.core.errors import refused
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.pairings.models import Pairing

EARLIEST = dt.date(1980, 1, 1)


def row_of(recipient: Hospital, technique: str) -> Capability:
    """The capability, made when it is not there and locked; Invalid for an unknown technique."""
    if technique not in catalogue.techniques():
        raise refused("technique", _("技术目录中没有“%(id)s”。请从技术能力页选择。") % {"id": technique})
    Capability.objects.get_or_create(hospital=recipient, technique=technique)
    return Capability.objects.select_for_update().get(hospital=recipient, technique=technique)


def past_day(on: dt.date, field: str = "on", after: dt.date | None = None) -> dt.date:
    """A day that has come; not before `after`."""
    today = timezone.localdate()
    if on > today:
        raise refused(
            field,
            _("日期 %(found)s 在今天（%(today)s）之后。请填写已经发生的日期。")
            % {"found": on, "today": today},
        )
    if on < (after or EARLIEST):
        raise refused(
            field,
            _("日期 %(found)s 过早，应不早于 %(after)s。") % {"found": on, "after": after or EARLIEST},
        )
    return on


def paired(supporter: Hospital, recipient: Hospital, on: dt.date) -> bool:
    """Whether the one supports the other on a day."""
    return Pairing.objects.on(on).filter(supporter=supporter, recipient=recipient).exists()


def not_paired(supporter: Hospital, recipient: Hospital, on: dt.date) -> str:
    """Why a hospital has nothing to say here."""
    return _("%(on)s，%(supporter)s 与 %(recipient)s 没有结对关系。请核对日期和医院。") % {
        "on": on,
        "supporter": supporter.name,
        "recipient": recipient.name,
    }


def proof(upload: tuple[str, bytes] | None, *, scope_path: str, actor: Actor) -> StoredDocument | None:
    """Keep an uploaded proof (name, content); None without one."""
    if upload is None:
        return None
    name, content = upload
    return documents.keep(content, filename=name, scope_path=scope_path, actor=actor)
