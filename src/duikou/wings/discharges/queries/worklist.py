"""Which months are there and which are missing: hospitals by months, in two reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from duikou.core.scope import Actor
from duikou.wings.discharges import months
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.queries.submissions import inside
from duikou.wings.hospitals.models import Hospital

MONTHS = 12
# Of several submissions of a month the one that has come furthest is shown.
RANK = ("replaced", "refused", "receiving", "checking", "checked", "signed", "retracting", "committed")


@dataclass(frozen=True, slots=True)
class Cell:
    """One hospital and month: the submission that has come furthest, or nothing."""

    month: int
    pk: int | None = None
    state: str = ""

    @property
    def missing(self) -> bool:
        """Whether nothing of this month is in force."""
        return self.state not in IN_FORCE


@dataclass(frozen=True, slots=True)
class Line:
    """One hospital with its months."""

    id: int
    name: str
    county: str
    city: str
    cells: tuple[Cell, ...]

    @property
    def missing(self) -> int:
        """How many months are missing."""
        return sum(cell.missing for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Worklist:
    """The matrix."""

    months: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        """How many hospital-months are missing."""
        return sum(line.missing for line in self.lines)

    def missing_in(self) -> tuple[int, ...]:
        """How many hospitals each month lacks."""
        return tuple(
            sum(line.cells[place].missing for line in self.lines) for place in range(len(self.months))
        )


def expected(actor: Actor) -> list[Hospital]:
    """Hospitals that are to submit: those listed in the programme, and whoever ever did."""
    ever = Exists(Submission.objects.filter(hospital=OuterRef("pk")))
    return list(
        Hospital.objects.filter(inside(actor, "discharge.view"), state=Hospital.State.ACTIVE)
        .filter(~Q(role="") | Q(ever))
        .select_related("division__parent")
        .order_by("division__code", "name", "pk")
    )


def worklist(actor: Actor, last: int | None = None, count: int = MONTHS) -> Worklist:
    """The `count` months up to `last` (default: the last one that is over) of all expected hospitals."""
    last = last or months.before(months.this_month())
    shown = months.span(months.before(last, count - 1), last)
    best: dict[tuple[int, int], Cell] = {}
    rows = Submission.objects.visible_to(actor).filter(month__range=(shown[0], shown[-1]))
    for pk, hospital, month, state in (
        rows.exclude(state="withdrawn").order_by("number").values_list("pk", "hospital_id", "month", "state")
    ):
        known = best.get((hospital, month))
        if known is None or RANK.index(state) >= RANK.index(known.state):
            best[hospital, month] = Cell(month, pk, state)
    lines = tuple(
        Line(
            id=hospital.pk,
            name=hospital.name,
            county=hospital.division.label,
            city=hospital.division.parent.label if hospital.division.parent else "",
            cells=tuple(best.get((hospital.pk, month), Cell(month)) for month in shown),
        )
        for hospital in expected(actor)
    )
    return Worklist(tuple(shown), lines)
