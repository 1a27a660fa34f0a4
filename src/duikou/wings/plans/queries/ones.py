"""The yearly “four ones” (GOAL-01): which recipient has which of them, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import SupportPlan, YearTask

DROPPED = "dropped"


def found_ones(recipients: Collection[int], year: int) -> dict[tuple[int, str], dict[str, Any]]:
    """The tasks that are one of the four ones, by recipient and kind; drafts count, dropped ones do not."""
    rows = YearTask.objects.filter(recipient__in=recipients, year=year).exclude(one="").exclude(state=DROPPED)
    columns = ("id", "recipient_id", "one", "title", "state", "plan_id", "plan__state", "plan__edition")
    return {(row["recipient_id"], row["one"]): row for row in rows.values(*columns)}


def missing_ones(plan: SupportPlan) -> list[str]:
    """Kinds that the recipient of a year's list has nowhere in that year, whoever supports it."""
    known = demands(plan.policy_pack)
    found = found_ones([plan.recipient_id], plan.year or 0)
    return [kind for kind in known.ones if (plan.recipient_id, kind) not in found]


@dataclass(frozen=True, slots=True)
class One:
    """One of the four ones of a recipient and year."""

    kind: str
    task: int | None  # None: missing
    title: str = ""
    state: str = ""  # of the task
    agreed: bool = False  # it stands in an agreed edition


@dataclass(slots=True)
class BoardRow:
    """One recipient's year."""

    id: int
    name: str
    city: str
    county: str
    pairings: list[tuple[int, str]]  # id, supporter
    demanded: bool
    ones: dict[str, One] = field(default_factory=dict)
    lists: int = 0  # agreed or running task lists
    tasks: int = 0
    accepted: int = 0
    reported: int = 0

    @property
    def missing(self) -> list[str]:
        """Kinds that are demanded and missing."""
        return [one.kind for one in self.ones.values() if one.task is None] if self.demanded else []

    @property
    def missing_count(self) -> int:
        """How many."""
        return len(self.missing)


@dataclass(frozen=True)
class Board:
    """A year over all recipients of an area."""

    year: int
    years: tuple[int, ...]
    kinds: tuple[str, ...]
    pack: str
    rows: list[BoardRow]

    @property
    def complete(self) -> int:
        """Recipients with each of the four ones."""
        return sum(row.demanded and not row.missing for row in self.rows)

    @property
    def incomplete(self) -> int:
        """Recipients that lack at least one."""
        return sum(bool(row.missing) for row in self.rows)

    def missing_of(self, kind: str) -> int:
        """How many recipients lack a kind."""
        return sum(kind in row.missing for row in self.rows)


def years_of(pairings: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """The years that pairings reach into, in order."""
    found: set[int] = set()
    for row in pairings:
        found |= set(range(row["start"].year, row["end"].year + 1))
    return tuple(sorted(found))


def demanded_years(start: dt.date, years: int) -> range:
    """For which years of a term the four ones are demanded."""
    return range(start.year, start.year + years)


def board(actor: Actor, year: int | None) -> Board:
    """The four ones of all recipients whom the actor may see, in three queries.

    Without a year: this one if there are pairings in it, else the last.
    """
    rows = list(
        Pairing.objects.visible_to(actor, SupportPlan.read_permission)
        .order_by("-round__start", "position", "id")
        .values(
            "id", "start", "end", "recipient_id", "recipient__name", "supporter__name",
            "recipient_division__name", "recipient_division__parent__name", "round__policy_pack",
            "round__start",
        )
    )  # fmt: skip
    years = years_of(rows)
    shown = year if year is not None else _this_year(years)
    pack = rows[0]["round__policy_pack"] if rows else ""
    found: dict[int, BoardRow] = {}
    for row in rows:
        if not row["start"].year <= shown <= row["end"].year:
            continue
        known = demands(row["round__policy_pack"])
        line = found.get(row["recipient_id"])
        if line is None:
            line = found[row["recipient_id"]] = BoardRow(
                row["recipient_id"],
                row["recipient__name"],
                row["recipient_division__parent__name"] or "",
                row["recipient_division__name"],
                [],
                shown in demanded_years(row["round__start"], known.years),
                {kind: One(kind, None) for kind in known.ones},
            )
        line.pairings.append((row["id"], row["supporter__name"]))
    _fill(found, shown)
    kinds = demands(pack).ones if pack else ()
    return Board(shown, years, kinds, pack, list(found.values()))


def _this_year(years: tuple[int, ...]) -> int:
    this = dt.date.today().year  # noqa: DTZ011  (a year's start differs by hours at most)
    return this if this in years or not years else (years[-1] if this > years[-1] else years[0])


def _fill(found: Mapping[int, BoardRow], year: int) -> None:
    tasks = YearTask.objects.filter(recipient__in=list(found), year=year).exclude(state=DROPPED)
    for row in tasks.values("id", "recipient_id", "one", "title", "state", "plan__edition"):
        line = found[row["recipient_id"]]
        line.tasks += 1
        line.accepted += row["state"] == "accepted"
        line.reported += row["state"] == "reported"
        if row["one"] in line.ones:
            line.ones[row["one"]] = One(
                row["one"], row["id"], row["title"], row["state"], row["plan__edition"] > 0
            )
    lists = SupportPlan.objects.filter(
        kind=SupportPlan.Kind.YEAR, year=year, recipient__in=list(found), edition__gt=0
    )
    for recipient in lists.values_list("recipient_id", flat=True):
        found[recipient].lists += 1
