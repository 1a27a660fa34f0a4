"""What anybody may read of a round without signing in.

The tables are public documents: who supports whom, in which county, for how long.
Findings, reasons, persons, register notes and resolutions are not shown. Every face
that needs no sign-in reads through this module, so that one place decides.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core import search
from duikou.core.errors import Missing
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import named
from duikou.wings.pairings.models import Pairing, PairingQuerySet, Round
from duikou.wings.pairings.queries.rounds import rounds
from duikou.wings.pairings.translate import rows_of
from duikou.wings.places.models import Division

PAIRING_COLUMNS = (
    "id", "round__key", "table", "group", "position", "supporter_id", "supporter__name", "supporter_printed",
    "recipient_id", "recipient__name", "recipient_printed", "recipient_division__code",
    "recipient_division__name", "recipient_division__parent__name", "kind", "level", "start", "end",
)  # fmt: skip
HOSPITAL_COLUMNS = (
    "id", "name", "kind", "division__code", "division__name", "division__parent__name", "state",
)  # fmt: skip


def public_rounds() -> QuerySet[Round]:
    """Rounds in force or over; a draft is nobody's business yet."""
    return rounds().exclude(state=Round.State.DRAFT)


def public_round(key: str) -> Round:
    """One of them; raises Missing."""
    found = public_rounds().filter(key=key).first()
    if found is None:
        raise Missing(_("没有标识为“%(key)s”的轮次。请在轮次列表中核对。") % {"key": key})
    return found


def _open() -> PairingQuerySet:
    return Pairing.objects.exclude(round__state=Round.State.DRAFT)


def public_pairings(round_: Round | None = None, on: dt.date | None = None) -> QuerySet[Pairing]:
    """Pairings of a round as its tables stand (or as in force on a day), in order of printing.

    Only `PAIRING_COLUMNS` of them may be shown.

    Without a round: of all rounds, in force on `on` where given.
    """
    if round_ is not None:
        rows: Any = rows_of(round_, on)
    else:
        rows = _open() if on is None else _open().on(on)
    found: QuerySet[Pairing] = rows.order_by("-round__start", "position", "id")
    return found


def naming(text: str) -> Q:
    """Condition on pairings: a hospital, as printed or by any of its names, or the county contains `text`.

    Hospitals answer to pinyin and initials, too, and so does the county.
    """
    hospitals = Hospital.objects.filter(named(text)).values("pk")
    return (
        Q(supporter_printed__contains=text)
        | Q(recipient_printed__contains=text)
        | Q(supporter__in=hospitals)
        | Q(recipient__in=hospitals)
        | Q(recipient_division__name__contains=text)
        | Q(recipient_division__in=search.keys(text, "division"))
    )


def public_county(round_: Round, code: str) -> Division:
    """A county-level unit of the round's division date; raises Missing."""
    found = (
        Division.objects.on(round_.divisions_on)
        .filter(level=Division.Level.COUNTY, code=code)
        .select_related("parent")
        .first()
    )
    if found is None:
        raise Missing(
            _("%(day)s 没有代码为 %(code)s 的县（市、区）。") % {"day": round_.divisions_on, "code": code}
        )
    return found


def public_hospital(pk: int) -> dict[str, Any]:
    """A hospital that occurs in some pairing, as a plain row; raises Missing for any other."""
    paired = _open().filter(Q(supporter=pk) | Q(recipient=pk))
    found = Hospital.objects.filter(pk=pk).values(*HOSPITAL_COLUMNS).first() if paired.exists() else None
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的医院，或它不在任何结对之中。") % {"pk": pk})
    return found
