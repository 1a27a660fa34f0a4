"""Consultations as evidence for the ledger: returned, signed and acknowledged ones of the pair alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.telehealth.models import Consultation

Kind = Consultation.Kind
KINDS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "consultation": (Text("会诊", "consultation"), (Kind.CONSULTATION, Kind.TCM, Kind.GROUP)),
    "remote_diagnosis": (Text("远程诊断", "remote diagnosis"), tuple(Consultation.DIAGNOSES)),
    "telemedicine": (Text("远程医疗服务", "telemedicine service"), tuple(Kind.values)),
}
MOST = 200
_REFERENCE = re.compile(r"tele-([0-9]{1,18})")  # posted staff's confirmed work has names of its own


def register() -> None:
    """Offer consultations to the ledger."""
    for kind, (title, kinds) in KINDS.items():
        register_kind(kind, title, partial(resolve, kinds), partial(offers, kinds))


def resolve(kinds: Sequence[str], actor: Actor, obligation: Obligation, name: str) -> Found | None:
    """One consultation of the obligation's pairing; its title says nothing of the patient."""
    found = _REFERENCE.fullmatch(name)
    one = _rows(kinds, obligation).filter(pk=int(found[1])).first() if found else None
    if one is None or one.acknowledged_at is None:
        return None
    day = timezone.localdate(one.acknowledged_at)
    return Found(_title(one), day, url=link("telehealth:consultation", one.pk))


def offers(kinds: Sequence[str], actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    """All that were acknowledged within the obligation's period, the latest first."""
    rows = _rows(kinds, obligation).filter(
        acknowledged_at__date__gte=obligation.start, acknowledged_at__date__lte=obligation.end
    )
    return [Offer(f"tele-{one.pk}", _title(one)) for one in rows.order_by("-acknowledged_at")[:MOST]]


def _rows(kinds: Sequence[str], obligation: Obligation) -> QuerySet[Consultation]:
    return Consultation.objects.filter(
        pairing=obligation.pairing_id,
        kind__in=kinds,
        state__in=Consultation.COUNTED,
        sent_at__isnull=False,
        opinions__isnull=False,
        acknowledged_at__isnull=False,
    ).distinct()


def _title(one: Consultation) -> str:
    assert one.acknowledged_at is not None
    day = timezone.localdate(one.acknowledged_at)
    return _("远程%(kind)s（编号 %(pk)s）· %(day)s 确认") % {
        "kind": one.get_kind_display(),
        "pk": one.pk,
        "day": day,
    }
