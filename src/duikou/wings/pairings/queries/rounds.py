"""Rounds and their figures. Both are public facts; the rows behind them are scoped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor, within
from duikou.wings.pairings.models import AuditRun, Pairing, Round
from duikou.wings.pairings.recorded import SORTS, digest_of, reach_of
from duikou.wings.pairings.translate import engine_round, rows_of, rules_for
from duikou.wings.places.models import Division

_KEPT_SECONDS = 24 * 3600  # computed figures belong to a revision of the round and to a day


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
class Share:
    """How many units of one sort there are, and how many of them have no recipient."""

    total: int
    missing: int

    @property
    def covered(self) -> int:
        """Number of units with a recipient."""
        return self.total - self.missing

    @property
    def percent(self) -> float:
        """Share of covered units, in per cent; 0 where there are none."""
        return 100 * self.covered / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Reach:
    """The same with the units that have no recipient."""

    total: int
    uncovered: Mapping[str, str]  # name by code, in the order of codes

    @property
    def share(self) -> Share:
        """The numbers alone."""
        return Share(self.total, len(self.uncovered))

    @property
    def covered(self) -> int:
        """Number of units with a recipient."""
        return self.share.covered

    @property
    def percent(self) -> float:
        """Share of covered units, in per cent; 0 where there are none."""
        return self.share.percent

    def inside(self, units: Collection[str], total: int) -> Reach:
        """The same for some units only (codes), of which there are `total`."""
        return Reach(total, {code: name for code, name in self.uncovered.items() if code in units})


@dataclass(frozen=True, slots=True)
class Headline:
    """The numbers on top of an overview."""

    supporters: int
    pairings: int
    recipients: int
    counties: Share  # any table (PAIR-03)
    counties_in_city_tables: Share  # the cities' tables alone (PAIR-04)
    districts: Share  # counted apart (PAIR-15)


@dataclass(frozen=True, slots=True)
class CityFigures:
    """The part of one city in a round's figures; `bare` are codes of its counties without a recipient."""

    code: str
    recipients: int
    counties: Share
    counties_in_city_tables: Share
    districts: Share
    bare: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A round in numbers whose amount grows with its cities, not with its counties and rows."""

    headline: Headline
    cities: tuple[CityFigures, ...]

    @property
    def units(self) -> int:
        """Number of county-level units."""
        return self.headline.counties.total + self.headline.districts.total


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a round with the uncovered units, or of an actor's part of it (`partial`)."""

    supporters: int
    pairings: int
    recipients: int
    counties: Reach
    counties_in_city_tables: Reach
    districts: Reach
    partial: bool = False

    @property
    def headline(self) -> Headline:
        """The numbers alone."""
        return Headline(
            self.supporters,
            self.pairings,
            self.recipients,
            self.counties.share,
            self.counties_in_city_tables.share,
            self.districts.share,
        )

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
                    "uncovered": list(reach.uncovered.values()),
                }
                for name, reach in (
                    ("counties", self.counties),
                    ("counties_in_city_tables", self.counties_in_city_tables),
                    ("districts", self.districts),
                )
            },
        }


def round_summary(round_: Round, as_of: dt.date | None = None) -> Summary:
    """The public figures of a round in few numbers, city by city. Raises Invalid for a day outside it."""
    headline, cities = _reach(round_, as_of, "headline", "cities")
    return Summary(
        Headline(*headline["counts"], *(Share(*headline[sort]) for sort in SORTS)),
        tuple(
            CityFigures(
                code, recipients, Share(total, len(bare)), Share(*in_tables), Share(*districts), tuple(bare)
            )
            for code, recipients, (total, bare), in_tables, districts in cities
        ),
    )


def round_figures(round_: Round, as_of: dt.date | None = None) -> Figures:
    """The public figures of a round: the same on every face.

    Without a day the tables as they stand count (`translate.rows_of`). Raises Invalid
    for a day outside the round.
    """
    headline, uncovered = _reach(round_, as_of, "headline", "uncovered")
    counties, in_city_tables, districts = (Reach(headline[sort][0], uncovered[sort]) for sort in SORTS)
    supporters, pairings, recipients = headline["counts"]
    return Figures(supporters, pairings, recipients, counties, in_city_tables, districts)


def _reach(round_: Round, as_of: dt.date | None, *parts: str) -> list[Any]:
    """Parts of the round's reach: as its newest audit recorded them, else computed once per revision."""
    check_day(round_, as_of)
    if as_of is None and (recorded := _recorded(round_, parts)):
        return recorded
    prefix = f"pairings.reach.{round_.pk}.{round_.revision}.{as_of}.{timezone.localdate()}"
    kept = cache.get_many([f"{prefix}.{part}" for part in parts])
    if len(kept) < len(parts):
        found = reach_of(round_, engine_round(round_, as_of), rules_for(round_), as_of)
        kept = {f"{prefix}.{part}": value for part, value in found.items()}
        cache.set_many(kept, _KEPT_SECONDS)
    return [kept[f"{prefix}.{part}"] for part in parts]


def _recorded(round_: Round, parts: Sequence[str]) -> list[Any] | None:
    """What the newest audit recorded, while pairings, rules and early ends are still as it read them."""
    run = (
        AuditRun.objects.filter(round=round_)
        .order_by("-number")
        .values_list(
            "revision", "pack_digest", "coverage__headline__last_day", *(f"coverage__{p}" for p in parts)
        )
        .first()
    )
    if run is None:
        return None
    revision, digest, last_day, *found = run
    current = (
        revision == round_.revision
        and digest == digest_of(round_.policy_pack, round_.start)
        and (last_day is None or timezone.localdate().isoformat() <= last_day)
        and None not in found
    )
    return found if current else None


def sees_whole(actor: Actor, round_: Round) -> bool:
    """Whether the whole round lies in what the actor may see."""
    return actor.may("pairing.view", round_.org.path or "")


def figures_for(actor: Actor, round_: Round, as_of: dt.date | None = None) -> Figures:
    """The figures of that part of a round that the actor may see: the rows that a tile opens."""
    whole = round_figures(round_, as_of)
    if sees_whole(actor, round_):
        return whole
    size = _visible(actor, round_, as_of).aggregate(
        supporters=Count("supporter", distinct=True),
        pairings=Count("pk"),
        recipients=Count("recipient", distinct=True),
    )
    units = dict(
        Division.objects.on(as_of or round_.divisions_on)
        .filter(within(actor.paths("pairing.view"), ("org__path",)), level=Division.Level.COUNTY)
        .values_list("code", "kind")
    )
    counties = sum(kind in Division.COUNTY_KINDS for kind in units.values())
    return Figures(
        size["supporters"],
        size["pairings"],
        size["recipients"],
        whole.counties.inside(units, counties),
        whole.counties_in_city_tables.inside(units, counties),
        whole.districts.inside(units, len(units) - counties),
        partial=True,
    )


def _visible(actor: Actor, round_: Round, as_of: dt.date | None) -> QuerySet[Pairing]:
    visible = Pairing.objects.visible_to(actor).filter(round=round_)
    return visible.filter(pk__in=rows_of(round_, as_of).values("pk"))
