"""The work behind evidence counts differently now: told to the ledger, and taken over by who gave it.

What was attached stays as it was attached. The ledger keeps beside it what its wing counts now and why;
the owner gives the evidence anew by the new figure, which the other side judges anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions._common import count_evidence, locked
from duikou.wings.obligations.actions.evidence import current
from duikou.wings.obligations.models import Evidence, EvidenceChange, Obligation
from duikou.wings.obligations.sides import WORK, standpoint
from duikou.wings.obligations.standing import Side


@dataclass(frozen=True, slots=True)
class Figure:
    """What a piece of work counts now, and why that differs: asked with the moment of the last figure
    and the difference from it."""

    kind: str
    reference: str
    quantity: int
    why: Callable[[dt.datetime, int], Text]


def tell(*, actor: Actor, permission: str, path: str, pairing: int, figures: Sequence[Figure]) -> int:
    """Note beside evidence of a pairing what the work behind it counts now; answers how many pieces changed.

    A wing calls it inside the act that changed the figures, with that act's own permission and place.
    The evidence itself, and every sum of the ledger, stays as it is.
    """
    known = {(one.kind, one.reference): one for one in figures}
    if not known:
        return 0
    # Whoever attaches holds the obligation: after this, no piece with an old figure is on its way.
    held = Obligation.objects.filter(pairing=pairing).select_for_update(no_key=True).order_by("pk")
    owed = {row.pk: row for row in held}
    pieces = Evidence.objects.filter(
        obligation__in=owed,
        kind__in={kind for kind, _reference in known},
        reference__in={reference for _kind, reference in known},
        withdrawn_at=None,
    )
    changed = 0
    for row in pieces.select_for_update(no_key=True).order_by("pk"):
        figure = known.get((row.kind, row.reference))
        if figure is None or figure.quantity == row.current_figure:
            continue
        with act("evidence.change", actor=actor, permission=permission, on=path) as event:
            _note(actor, row, figure)
            event.note(
                owed[row.obligation_id],
                before={"title": row.title, "figure": row.attached_figure},
                after={"title": row.title, "figure": figure.quantity},
                scope_path=owed[row.obligation_id].path_of(Side(row.side)),
            )
        changed += 1
    return changed


def _note(actor: Actor, row: Evidence, figure: Figure) -> None:
    last = row.changes.order_by("-pk").first()
    before = row.current_figure
    why = figure.why(last.at if last else row.at, figure.quantity - before)
    EvidenceChange.objects.create(
        evidence=row,
        before=before,
        after=figure.quantity,
        why={"zh": why.zh, "en": why.en},
        by_label=actor.label[:120],
    )
    row.figure_now = None if figure.quantity == row.attached_figure else figure.quantity
    row.version += 1
    row.save(update_fields=["figure_now", "version"])


def renew(*, actor: Actor, evidence: Evidence, version: int) -> Evidence | None:
    """Give evidence anew by what its work counts now; the old piece stays on record and counts no more.

    The new piece waits for the verdict of the other side, also where the old one was accepted. Without
    anything left to count there is no new piece: None. Raises Denied on the other side, Conflict when
    nothing has changed, when the work is just being changed, or the evidence was withdrawn before.
    """
    place = standpoint(actor, WORK, evidence.obligation, Side(evidence.side))
    with act("evidence.renew", actor=place.actor, permission=WORK, on=place.path) as event:
        obligation = locked(evidence.obligation)
        row = current(evidence, version)
        if row.figure_now is None:
            raise Conflict(_("这项佐证的数字没有变化，不必重新提交。"))
        known = registry.kind(row.kind)
        found = known.resolve(place.actor, obligation, row.reference) if known else None
        if found is None and row.figure_now:
            raise Conflict(_("这项工作又有内容待确认。请在确认之后再按新数字提交。"))
        row.withdrawn_at = timezone.now()
        row.withdrawn_reason = (
            _("数字已更正，由按新数字提交的佐证代替。") if found else _("更正后没有可计的数字。")
        )
        row.version += 1
        row.save()
        fresh = None
        if found is not None:
            whole = row.quantity == row.attached_figure
            fresh = Evidence.objects.create(
                obligation=obligation,
                side=row.side,
                kind=row.kind,
                reference=row.reference,
                title=found.title[:200],
                quantity=found.quantity if whole else min(row.quantity, found.quantity),
                figure=found.quantity,
                on=found.on,
                note=row.note,
                by_id=place.actor.user_id,
                by_label=place.actor.label[:120],
                replaces=row,
                demonstration=row.demonstration,
            )
        count_evidence(obligation)
        event.note(
            obligation,
            before={"title": row.title, "quantity": row.quantity},
            after={"title": row.title, "quantity": fresh.quantity if fresh else 0},
            scope_path=obligation.path_of(place.side),
        )
    return fresh
