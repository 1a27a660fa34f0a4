"""Which departments to build up: from the diseases that people leave the county for, where discharges
tell; from declared needs; from gaps of the named specialties (CAP-01, CAP-02)."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import PlanDepartment, SupportPlan
from duikou.wings.plans.queries.matrix import Have, Known, known_of
from duikou.wings.plans.sources import CountyNeeds, needs_of


@dataclass(frozen=True, slots=True)
class Proposed:
    """A department that speaks for itself, with the figures."""

    specialty: str
    title: Text
    origin: str
    basis: Text
    supporter: Known
    named: bool  # one of the named specialties
    chosen: bool  # it stands in the plan already


@dataclass(frozen=True)
class Proposal:
    """The departments in order of weight. `needs` None: no discharges tell about this county."""

    rows: list[Proposed]
    needs: CountyNeeds | None
    known: Demands


def proposal(actor: Actor, plan: SupportPlan) -> Proposal:
    """The departments that the county's own figures, and else the recipient's word, speak for."""
    known = demands(plan.policy_pack)
    needs = needs_of(actor, plan.recipient.division.code, known.out_of_county, known.out_of_county_years)
    supporter = plan.pairing.supporter_id if plan.pairing else 0
    said = known_of([plan.recipient_id, supporter])
    reasons: dict[str, tuple[str, Text]] = {}
    for specialty, basis in _out_of_county(needs):
        reasons.setdefault(specialty, (PlanDepartment.Origin.OUT_REFERRAL, basis))
    own = {key: one for (hospital, key), one in said.items() if hospital == plan.recipient_id}
    for specialty, basis in _declared(own):
        reasons.setdefault(specialty, (PlanDepartment.Origin.DECLARED, basis))
    for specialty, basis in _gaps(known, own):
        reasons.setdefault(specialty, (PlanDepartment.Origin.GAP, basis))
    chosen = set(plan.departments.values_list("specialty", flat=True))
    titles = {one.specialty: one.title for one in needs.departments} if needs else {}
    empty = Known()
    return Proposal(
        [
            Proposed(
                key,
                titles.get(key) or known.specialty(key),
                origin,
                basis,
                said.get((supporter, key), empty),
                key in known.pack.specialties,
                key in chosen,
            )
            for key, (origin, basis) in reasons.items()
        ],
        needs,
        known,
    )


def _out_of_county(needs: CountyNeeds | None) -> list[tuple[str, Text]]:
    if needs is None:
        return []
    diseases = {one.code: one for one in needs.diseases}
    found = []
    for department in needs.departments:
        listed = [diseases[code] for code in department.diseases if code in diseases]
        zh = "、".join(f"{one.code} {one.name.zh}（第 {one.rank} 位，{one.cases} 人次）" for one in listed)
        en = ", ".join(f"{one.code} {one.name.en} (rank {one.rank}, {one.cases} stays)" for one in listed)
        found.append(
            (
                department.specialty,
                Text(
                    f"{needs.first} 至 {needs.last} 县外住院前列病种：{zh}",
                    f"Treated outside the county {needs.first} to {needs.last}: {en}",
                ),
            )
        )
    return found


def _declared(own: dict[str, Known]) -> list[tuple[str, Text]]:
    needs = sorted((-one.need, key) for key, one in own.items() if one.need)
    return [
        (
            key,
            Text(
                f"受援医院 {own[key].year} 年申报为薄弱科室，权重 {-weight}",
                f"Declared weak by the recipient in {own[key].year}, weight {-weight}",
            ),
        )
        for weight, key in needs
    ]


def _gaps(known: Demands, own: dict[str, Known]) -> list[tuple[str, Text]]:
    said = {
        Have.MISSING: Text("医院登记：没有这个科室", "Register: no such department"),
        Have.WEAK: Text("医院登记：科室薄弱", "Register: a weak department"),
    }
    order = {Have.MISSING: 0, Have.WEAK: 1}
    rows = sorted(
        (order[own[one.id].have], one.order, one.id)
        for one in known.pack.specialties.values()
        if one.id in own and own[one.id].have in order
    )
    return [(key, said[own[key].have]) for _rank, _order, key in rows]
