"""Rounds and their figures. Both are public facts; the rows behind them are scoped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.engines.pairing import coverage as engine_coverage
from duikou.engines.pairing.audit import counts
from duikou.engines.pairing.model import Unit
from duikou.wings.pairings.models import AuditRun, Pairing, Round
from duikou.wings.pairings.translate import engine_round, rows_of, rules_for
from duikou.wings.places.models import Division

_KEPT_SECONDS = 300  # figures are kept per revision; a change of divisions shows after this at the latest


def rounds() -> QuerySet[Round]:
    """All rounds, newest first, each with number and revision of its newest audit (`audit`, `audited`)."""
    newest = AuditRun.objects.filter(round=OuterRef("pk")).order_by("-number")
    return Round.objects.select_related("org", "previous").annotate(
        audit=Subquery(newest.values("number")[:1]), audited=Subquery(newest.values("revision")[:1])
    )


def outdated(round_: Round) -> bool:
    """Whether pairings changed since the newest audit of a round read by `rounds`."""
    audited: int | None = getattr(round_, "audited", None)
    return audited is not None and audited != round_.revision


def round_named(key: str) -> Round:
    """A round by its key; raises Missing."""
    found = rounds().filter(key=key).first() if key.isprintable() else None
    if found is None:
        raise Missing(_("没有标识为“%(key)s”的轮次。请在轮次列表中核对。") % {"key": key})
    return found


def default_round(actor: Actor | None = None, known: Sequence[Round] | None = None) -> Round | None:
    """The round that pages open with: of the actor's province if possible, active before others, newest.

    `known`: all rounds, where they have been read already.
    """
    found = sorted(
        known or rounds(), key=lambda r: (r.state == Round.State.ACTIVE, r.start, r.pk), reverse=True
    )
    paths = actor.paths("pairing.view") if actor else ()
    mine = [
        r for r in found if any(contains(r.org.path or "", p) or contains(p, r.org.path or "") for p in paths)
    ]
    return next(iter(mine or found), None)


def check_day(round_: Round, as_of: dt.date | None) -> None:
    """Raise Invalid for a day outside the round: nobody was paired by it then."""
    if as_of is not None and not round_.start <= as_of <= round_.end:
        raise Invalid(
            _("日期 %(found)s 不在本轮期限内：应在 %(start)s 与 %(end)s 之间。请改选日期或轮次。")
            % {"found": as_of, "start": round_.start, "end": round_.end},
            fields={"as_of": [_("应在本轮期限之内。")]},
        )


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class Reach:
    """How many units of one sort there are, and which have no recipient."""

    total: int
    uncovered: tuple[Unit, ...]

    @property
    def covered(self) -> int:
        """Number of units with a recipient."""
        return self.total - len(self.uncovered)

    @property
    def percent(self) -> float:
        """Share of covered units, in per cent; 0 where there are none."""
        return 100 * self.covered / self.total if self.total else 0.0

    def inside(self, units: Sequence[str], total: int) -> Reach:
        """The same for some units only (codes), of which there are `total`."""
        return Reach(total, tuple(unit for unit in self.uncovered if unit.code in units))


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a round, or of an actor's part of it (`partial`)."""

    supporters: int
    pairings: int
    recipients: int
    counties: Reach  # any table (PAIR-03)
    counties_in_city_tables: Reach  # the cities' tables alone (PAIR-04)
    districts: Reach  # counted apart (PAIR-15)
    partial: bool = False

    def as_json(self) -> dict[str, Any]:
        """Counts and coverage as plain values, as the audit report shows them."""
        return {
            "counts": {
                "supporters": self.supporters,
                "pairings": self.pairings,
                "recipients": self.recipients,
            },
            "coverage": {
                name: {
                    "total": reach.total,
                    "covered": reach.covered,
                    "uncovered": [unit.name for unit in reach.uncovered],
                }
                for name, reach in (
                    ("counties", self.counties),
                    ("counties_in_city_tables", self.counties_in_city_tables),
                    ("districts", self.districts),
                )
            },
        }


def round_figures(round_: Round, as_of: dt.date | None = None) -> Figures:
    """The public figures of a round: the same on every face.

    Without a day the tables as they stand count (`translate.rows_of`). Computed once
    per revision of the round. Raises Invalid for a day outside the round.
    """
    check_day(round_, as_of)
    key = f"pairings.figures.{round_.pk}.{round_.revision}.{as_of}.{timezone.localdate()}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = _figures(round_, as_of)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _figures(round_: Round, as_of: dt.date | None) -> Figures:
    tables = engine_round(round_, as_of)
    size = counts(tables)
    reach = engine_coverage.coverage(tables, rules_for(round_))
    return Figures(
        size.supporters,
        size.pairings,
        size.recipients,
        counties=Reach(reach.counties.total, reach.counties.uncovered),
        counties_in_city_tables=Reach(
            reach.counties_in_city_tables.total, reach.counties_in_city_tables.uncovered
        ),
        districts=Reach(reach.districts.total, reach.districts.uncovered),
    )


def figures_for(actor: Actor, round_: Round, as_of: dt.date | None = None) -> Figures:
    """The figures of that part of a round that the actor may see: the rows that a tile opens."""
    whole = round_figures(round_, as_of)
    paths = actor.paths("pairing.view")
    if any(contains(path, round_.org.path or "") for path in paths):
        return whole
    size = _visible(actor, round_, as_of).aggregate(
        supporters=Count("supporter", distinct=True),
        pairings=Count("pk"),
        recipients=Count("recipient", distinct=True),
    )
    day = as_of or round_.divisions_on
    units = [
        (code, kind)
        for code, kind, path in Division.objects.on(day)
        .filter(level=Division.Level.COUNTY)
        .values_list("code", "kind", "org__path")
        if any(contains(allowed, path) for allowed in paths)
    ]
    codes = [code for code, _kind in units]
    counties = sum(kind in Division.COUNTY_KINDS for _code, kind in units)
    return Figures(
        size["supporters"],
        size["pairings"],
        size["recipients"],
        whole.counties.inside(codes, counties),
        whole.counties_in_city_tables.inside(codes, counties),
        whole.districts.inside(codes, len(units) - counties),
        partial=True,
    )


def _visible(actor: Actor, round_: Round, as_of: dt.date | None) -> QuerySet[Pairing]:
    visible = Pairing.objects.visible_to(actor).filter(round=round_)
    return visible.filter(pk__in=rows_of(round_, as_of).values("pk"))
