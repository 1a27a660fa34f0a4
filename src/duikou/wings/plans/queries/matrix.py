"""The specialties named for development: what a recipient has, what is weak, what is missing.

Two sources say it: the register's departments, and declared needs and strengths. What neither
says is unknown. Both hospitals' entries are for whoever sees the plans of the pairing: they
plan together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from duikou.core.scope import Actor
from duikou.policy.model import Specialty
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Declaration, Pairing
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import PlanDepartment, SupportPlan


class Have(StrEnum):
    """What a hospital has of a specialty."""

    HAVE = "have"
    WEAK = "weak"
    MISSING = "missing"
    UNKNOWN = ""  # nobody recorded or declared anything


@dataclass(slots=True)
class Known:
    """What is known of one hospital and specialty."""

    departments: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    need: int = 0  # declared weight of the newest year, 0: none
    strength: bool = False
    year: int = 0  # of the declaration

    @property
    def have(self) -> Have:
        """The worse of what is said: a department that is there but declared as weak is weak."""
        if Department.State.MISSING in self.states and Department.State.PRESENT not in self.states:
            return Have.MISSING
        if self.need or Department.State.WEAK in self.states:
            return Have.WEAK
        if Department.State.PRESENT in self.states or self.strength:
            return Have.HAVE
        return Have.UNKNOWN


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of a pairing's matrix."""

    specialty: Specialty
    recipient: Known
    supporter: Known
    planned: bool

    @property
    def advice(self) -> str:
        """How to fill the gap: `match` the supporter is strong there, `seek` it is not (known), else ``."""
        if self.recipient.have not in (Have.WEAK, Have.MISSING):
            return ""
        if self.supporter.strength:
            return "match"
        return "able" if self.supporter.have is Have.HAVE else "seek"


def known_of(hospitals: Collection[int]) -> dict[tuple[int, str], Known]:
    """What is known of some hospitals, by hospital and specialty; two queries."""
    found: dict[tuple[int, str], Known] = defaultdict(Known)
    rows = Department.objects.filter(hospital__in=hospitals, closed_on=None).order_by("name")
    for hospital, specialty, name, state in rows.values_list("hospital_id", "specialty", "name", "state"):
        entry = found[hospital, specialty]
        entry.states.add(state)
        if state != Department.State.MISSING:
            entry.departments.append(name)
    declared = Declaration.objects.filter(hospital__in=hospitals, kind__in=Declaration.DEPARTMENTS)
    columns = declared.order_by("year").values_list("hospital_id", "specialty", "kind", "amount", "year")
    for hospital, specialty, kind, amount, year in columns:  # the newest year comes last and stays
        entry = found[hospital, specialty]
        if year > entry.year:
            entry.need, entry.strength, entry.year = 0, False, year
        if kind == Declaration.Kind.NEED:
            entry.need = amount
        else:
            entry.strength = True
    return found


def gaps(pairing: Pairing, plan: SupportPlan | None = None) -> list[Gap]:
    """A pairing's matrix: every named specialty, the supporter's strength beside it."""
    known = known_of([pairing.recipient_id, pairing.supporter_id])
    planned = (
        set(PlanDepartment.objects.filter(plan=plan).values_list("specialty", flat=True)) if plan else set()
    )
    empty = Known()
    return [
        Gap(
            one,
            known.get((pairing.recipient_id, one.id), empty),
            known.get((pairing.supporter_id, one.id), empty),
            one.id in planned,
        )
        for one in sorted(
            demands(pairing.round.policy_pack).pack.specialties.values(), key=lambda one: one.order
        )
    ]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One recipient in the matrix of an area."""

    id: int
    name: str
    city: str
    county: str
    pairing: int
    cells: Mapping[str, Have]

    def count(self, have: Have) -> int:
        """How many specialties are in one state."""
        return sum(one is have for one in self.cells.values())


@dataclass(frozen=True)
class Matrix:
    """All recipients of an area against the named specialties."""

    specialties: list[Specialty]
    rows: list[MatrixRow]

    def count(self, specialty: str, have: Have) -> int:
        """How many recipients are in one state of a specialty."""
        return sum(row.cells[specialty] is have for row in self.rows)


def matrix(actor: Actor) -> Matrix:
    """The recipients whom the actor may see, in three queries."""
    rows = (
        Pairing.objects.visible_to(actor, SupportPlan.read_permission)
        .order_by("-round__start", "position", "id")
        .values(
            "id", "recipient_id", "recipient__name", "recipient_division__name",
            "recipient_division__parent__name", "round__policy_pack",
        )
    )  # fmt: skip
    first: dict[int, dict[str, object]] = {}
    for row in rows:
        first.setdefault(row["recipient_id"], row)
    if not first:
        return Matrix([], [])
    pack = demands(str(next(iter(first.values()))["round__policy_pack"])).pack
    specialties = sorted(pack.specialties.values(), key=lambda one: one.order)
    known, empty = known_of(list(first)), Known()
    return Matrix(
        specialties,
        [
            MatrixRow(
                pk,
                str(row["recipient__name"]),
                str(row["recipient_division__parent__name"] or ""),
                str(row["recipient_division__name"]),
                int(str(row["id"])),
                {one.id: known.get((pk, one.id), empty).have for one in specialties},
            )
            for pk, row in first.items()
        ],
    )
