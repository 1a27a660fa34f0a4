"""Tables of weights, and by which of them an actor's figures are weighed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.paths import contains, enclosing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.discharges.figures import Reader
from duikou.wings.discharges.models import Scheme, WeightTable


def tables(actor: Actor, scheme: Scheme | None = None) -> ScopedQuerySet:
    """Tables that hold for the actor's area or a part of it."""
    rows: ScopedQuerySet = WeightTable.objects.visible_to(actor).select_related("scheme", "imported_by")
    return rows.filter(scheme=scheme) if scheme else rows


def table(actor: Actor, pk: int) -> WeightTable:
    """One table; raises Missing."""
    found = tables(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这张权重表，或它不在您的范围内。"))
    return found


def in_use(actor: Actor) -> WeightTable | None:
    """The table in use that holds for the actor's whole area; None: weights from the stays themselves."""
    paths = actor.paths("discharge.view")
    if not paths:
        return None
    around = [*enclosing(paths[0], 1), paths[0]]
    rows = WeightTable.objects.filter(in_use=True, scope_path__in=around).defer("missing")
    fitting = [row for row in rows if all(contains(row.scope_path, path) for path in paths)]
    return max(fitting, key=lambda row: len(row.scope_path), default=None)


def all_in_use() -> list[WeightTable]:
    """What figures are computed by in advance."""
    return list(WeightTable.objects.filter(in_use=True).defer("missing").order_by("pk"))


def reader_for(actor: Actor, chosen: str = "") -> Reader:
    """A reader of figures, weighed by the table in use or by the one that is named; raises Missing."""
    if not chosen:
        return Reader(weights=in_use(actor))
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Missing(_("没有这张权重表，或它不在您的范围内。"))
    return Reader(weights=table(actor, int(chosen)))
