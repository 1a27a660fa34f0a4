"""What was put right, or confirmed later, reaches evidence that was attached in the ledger before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import partial

from django.db.models import Q

from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.actions import Figure, tell
from duikou.wings.postings.models import Posting
from duikou.wings.presence import catalogue, evidence
from duikou.wings.presence.actions._common import CONFIRM
from duikou.wings.presence.folding import last_of
from duikou.wings.presence.models import Correction, Work


def tell_ledger(actor: Actor, posting: Posting, days: Collection[dt.date]) -> None:
    """Tell the ledger what the months of these days count now, inside the act that changed them.

    A month in which something waits has no figure: it is told when the last of it has been confirmed.
    """
    span = Q(pk__in=[])
    for first in {day.replace(day=1) for day in days}:
        span |= Q(day__range=(first, last_of(first)))
    rows = Work.objects.filter(span, posting=posting)
    months = evidence.complete(rows, posting.pairing.round.policy_pack)
    tell(
        actor=actor,
        permission=CONFIRM,
        path=posting.host_path,
        pairing=posting.pairing_id,
        figures=[
            Figure(
                kind,
                evidence.reference(posting.pk, first),
                month.counts[kind],
                partial(_why, posting, kind, first),
            )
            for (_posting, first), month in months.items()
            for kind in evidence.TITLES
        ],
    )


def _why(posting: Posting, kind: str, first: dt.date, since: dt.datetime, difference: int) -> Text:
    """The corrections of the month since a moment, each with its reason, and what came beside them."""
    known = {name: one for name, one in catalogue.of_posting(posting).items() if one.evidence == kind}
    rows = Correction.objects.filter(
        posting=posting,
        day__range=(first, last_of(first)),
        subject__in=known,
        corrected_at__gt=since,
    ).order_by("pk")
    zh, en = [], []
    rest = difference
    for row in rows:
        title, before, after = (
            known[row.subject].title,
            (row.before or {}).get("count", 0),
            row.after["count"],
        )
        rest -= after - before
        zh.append(f"{row.day} {title.zh} {before} → {after}：{row.reason}")
        en.append(f"{row.day} {title.en} {before} → {after}: {row.reason}")
    if rest:
        zh.append(f"补报并确认 {rest:+d}")
        en.append(f"reported and confirmed later: {rest:+d}")
    return Text("；".join(zh), "; ".join(en))
