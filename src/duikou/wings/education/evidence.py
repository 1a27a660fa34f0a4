"""Remote teaching as evidence for the ledger: lessons that were held and attended by the pair's recipient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.education.models import Lesson
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation

Kind = Lesson.Kind
KINDS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "lecture": (Text("讲座或短期培训", "lecture or short course"), (Kind.LIVE,)),
    "operation": (Text("手术或手术示教", "operation, also for teaching"), (Kind.OPERATION,)),
    "ward_round": (Text("示范或教学查房", "ward round for teaching"), (Kind.ROUND,)),
    "case_discussion": (Text("病例讨论", "case discussion"), (Kind.ROUND,)),
    "telemedicine": (Text("远程医疗服务", "telemedicine service"), Lesson.HELD),
}
MOST = 200
_REFERENCE = re.compile(r"lesson-([0-9]{1,18})")  # other wings' proofs of these kinds have names of their own


def register() -> None:
    """Offer attended lessons to the ledger."""
    for kind, (title, kinds) in KINDS.items():
        register_kind(kind, title, partial(resolve, kinds), partial(offers, kinds))


def resolve(kinds: Sequence[str], actor: Actor, obligation: Obligation, name: str) -> Found | None:
    """One lesson of the obligation's pairing; its title names nobody who learnt."""
    found = _REFERENCE.fullmatch(name)
    one = _rows(kinds, obligation).filter(pk=int(found[1])).first() if found else None
    if one is None or one.begins_at is None:
        return None
    return Found(_title(one), timezone.localdate(one.begins_at), url=link("education:lesson", one.pk))


def offers(kinds: Sequence[str], actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    """All that were held within the obligation's period, the latest first."""
    rows = _rows(kinds, obligation).filter(
        begins_at__date__gte=obligation.start, begins_at__date__lte=obligation.end
    )
    return [Offer(f"lesson-{one.pk}", _title(one)) for one in rows.order_by("-begins_at", "-pk")[:MOST]]


def _rows(kinds: Sequence[str], obligation: Obligation) -> QuerySet[Lesson]:
    """Lessons that have begun, with how many of the recipient signed in: at least one."""
    attended = Q(records__enrolment__pairing=obligation.pairing_id, records__signed_at__isnull=False)
    return (
        Lesson.objects.filter(kind__in=kinds, removed_at=None, begins_at__lte=timezone.now())
        .filter(course__hospital=obligation.pairing.supporter_id)
        .annotate(attended=Count("records", filter=attended, distinct=True))
        .filter(attended__gte=1)
    )


def _title(one: Lesson) -> str:
    assert one.begins_at is not None
    return _("%(kind)s《%(title)s》· %(day)s · 受援医院签到 %(count)s 人") % {
        "kind": one.get_kind_display(),
        "title": one.title,
        "day": timezone.localdate(one.begins_at),
        "count": getattr(one, "attended", 0),
    }
