"""Postings, secondments, notices and settled disputes as evidence for the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.postings.models import ConductRecord, Posting

DAYS_OF_MONTH = 365.25 / 12


def register() -> None:
    """Offer what this wing can prove; the names of the kinds are the pack's."""
    register_kind("posting", Text("派驻记录", "posting"), _posting, _postings)
    register_kind("secondment", Text("挂职任职", "secondment to a post"), _office, _offices)
    register_kind("notice", Text("通报或告知函", "written notice"), _notice, _notices)
    register_kind("dispute", Text("纠纷处理记录", "record of a settled dispute"), _dispute, _disputes)


def _rows(obligation: Obligation) -> QuerySet[Posting]:
    """Postings of the obligation's pairing with a day in its period."""
    rows = Posting.objects.filter(pairing=obligation.pairing_id, state__in=Posting.SERVED)
    rows = rows.filter(first_day__lte=obligation.end, last_day__gte=obligation.start)
    return rows.select_related("person").order_by("first_day", "pk")


def _found(obligation: Obligation, row: Posting) -> Found:
    """Counted in months on post inside the period, rounded, one at least."""
    first, last = max(row.first_day, obligation.start), min(row.last_day, obligation.end)
    months = max(1, round(((last - first).days + 1) / DAYS_OF_MONTH))
    url = link("postings:posting", row.pk)
    return Found(f"{row.person.name} {row.title} · {row.first_day} – {row.last_day}", first, months, url)


def _one(rows: QuerySet[Posting], reference: str) -> Posting | None:
    return rows.filter(pk=int(reference)).first() if _number(reference) else None


def _number(reference: str) -> bool:
    return reference.isascii() and reference.isdigit() and len(reference) < 19


def _posting(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    row = _one(_rows(obligation), reference)
    return _found(obligation, row) if row else None


def _postings(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    return [_offer(row) for row in _rows(obligation)]


def _office(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    row = _one(_rows(obligation).exclude(office=""), reference)
    return _found(obligation, row) if row else None


def _offices(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    return [_offer(row) for row in _rows(obligation).exclude(office="")]


def _offer(row: Posting) -> Offer:
    words = (row.person.name, row.get_office_display(), f"{row.first_day} – {row.last_day}")
    return Offer(str(row.pk), " · ".join(str(word) for word in words))


def _records(actor: Actor, obligation: Obligation, kind: str) -> QuerySet[ConductRecord]:
    """Records of the pairing for this actor's eyes: whoever may not read them cannot attach them."""
    rows: QuerySet[ConductRecord] = ConductRecord.objects.visible_to(actor, "conduct.view")
    rows = rows.filter(posting__pairing=obligation.pairing_id, kind=kind)
    if kind == ConductRecord.Kind.DISPUTE:
        rows = rows.filter(settled_on__isnull=False)
    return rows.order_by("happened_on", "pk")


def _title(row: ConductRecord) -> str:
    """The number alone: the ledger is read by more people than the record."""
    return _("%(kind)s（编号 %(pk)s）") % {"kind": row.get_kind_display(), "pk": row.pk}


def _proved(actor: Actor, obligation: Obligation, kind: str, reference: str) -> Found | None:
    rows = _records(actor, obligation, kind)
    row = rows.filter(pk=int(reference)).first() if _number(reference) else None
    if row is None:
        return None
    on: dt.date = row.settled_on or row.recorded_at.date()
    return Found(_title(row), on, url=link("postings:record", row.pk))


def _notice(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    return _proved(actor, obligation, ConductRecord.Kind.NOTICE, reference)


def _notices(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    return [Offer(str(r.pk), _title(r)) for r in _records(actor, obligation, ConductRecord.Kind.NOTICE)]


def _dispute(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    return _proved(actor, obligation, ConductRecord.Kind.DISPUTE, reference)


def _disputes(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    return [Offer(str(r.pk), _title(r)) for r in _records(actor, obligation, ConductRecord.Kind.DISPUTE)]
