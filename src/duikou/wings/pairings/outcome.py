"""A plan of the optimiser as rows and figures of a proposal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duikou.engines.pairing.optimise.before_after import BeforeAfter
from duikou.engines.pairing.optimise.contradiction import contradiction
from duikou.engines.pairing.optimise.hard import Family
from duikou.engines.pairing.optimise.measures import readable
from duikou.engines.pairing.optimise.model import Indexes, Plan, Problem, Progress
from duikou.engines.pairing.optimise.reasons import Reasons
from duikou.engines.pairing.optimise.relax import Relaxation
from duikou.engines.pairing.optimise.texts_reasons import LOST, joined
from duikou.engines.text import Text
from duikou.wings.pairings.actions._common import CITY_TABLE
from duikou.wings.pairings.desk import Base, Member
from duikou.wings.pairings.models import ProposalEdit, ProposalPair
from duikou.wings.pairings.written import Row

TRAVEL = "travel"
KEPT_POINTS = 400  # of a curve; more shows nothing more


def fingerprint(base: Base, problem: Problem) -> str:
    """A fingerprint of a proposal's problem: its base, and what is locked and forbidden in it."""
    columns = problem.candidates
    found = hashlib.sha256(base.digest.encode())
    for array in (columns.supporter, columns.recipient, columns.locked, columns.forbidden):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


# ---------------------------------------------------------------- rows


def pairs_of(edits: Iterable[ProposalEdit], base: Base, problem: Problem, plan: Plan) -> list[Row]:
    """The pairs of a plan, and the present ones that it drops, not saved yet; in the problem's order.

    `edits` are those that the problem was made with: they tell which pairs somebody asked for.
    """
    columns = problem.candidates
    both = BeforeAfter.of(problem, plan)
    locks = {
        (edit.supporter_key, edit.recipient_key) for edit in edits if edit.kind == ProposalEdit.Kind.LOCK
    }
    reasons = Reasons(problem, both)
    fates = {
        **{at: (ProposalPair.Change.KEPT, reasons.kept(at)) for at in both.kept},
        **{at: (ProposalPair.Change.ADDED, reasons.added(at)) for at in both.added},
        **{at: (ProposalPair.Change.DROPPED, reasons.dropped(at)) for at in both.dropped},
    }
    rows: list[Row] = []
    order = sorted(fates)
    parts = _columns(columns.parts, order)
    unknown = _columns(columns.unknown, order)
    givers, takers = columns.supporter[order].tolist(), columns.recipient[order].tolist()
    for number, at in enumerate(order):
        change, reason = fates[at]
        giver = base.members.supporters[problem.supporters[givers[number]].key]
        recipient = problem.recipients[takers[number]]
        taker = base.members.recipients[recipient.key]
        county = problem.counties[recipient.county]
        present = base.present.get((giver.key, taker.key))
        rows.append(
            Row(
                change=change.value,
                locked=(giver.key, taker.key) in locks,
                pairing_id=present.pk if present else None,
                table=present.table if present else giver.table,
                group=present.group if present else giver.group,
                authority_path=present.authority_path if present else giver.authority_path,
                county_code=county.code,
                county=county.name,
                parts={name: column[number] for name, column in parts.items()},
                unknown=[name for name, flags in unknown.items() if flags[number]],
                reason=as_json(reason),
                **_sides(giver, taker),
            )
        )
    return rows + list(_lost(base, problem))


def _columns(found: Mapping[str, NDArray[Any]], order: list[int]) -> dict[str, list[Any]]:
    """Columns of candidates, of those alone that are written."""
    return {name: column[order].tolist() for name, column in found.items()}


def _sides(giver: Member, taker: Member) -> dict[str, Any]:
    return {
        f"{side}_{name}": value
        for side, member in (("supporter", giver), ("recipient", taker))
        for name, value in (
            ("id", member.pk), ("key", member.key), ("name", member.name), ("path", member.path),
        )
    }  # fmt: skip


def _lost(base: Base, problem: Problem) -> Iterator[Row]:
    """Present pairs that could not be kept."""
    for pair in problem.lost:
        present = base.present[pair.supporter_key, pair.recipient_key]
        yield Row(
            change=ProposalPair.Change.DROPPED.value,
            locked=False,
            pairing_id=present.pk,
            table=present.table,
            group=present.group,
            authority_path=present.authority_path,
            county_code=present.county_code,
            county=present.county,
            parts={},
            unknown=[],
            reason=as_json(joined([LOST[pair.why]])),
            **_sides(present.supporter, present.recipient),
        )


def as_json(text: Text | None) -> dict[str, str]:
    """A text in both languages as kept in the database; nothing for none."""
    return {} if text is None else {"zh": text.zh, "en": text.en}


def measured(value: int, unit: Mapping[str, str]) -> tuple[int | float, dict[str, str]]:
    """The value of a level, and its unit in both languages, as a person reads them."""
    number, shown = readable(value, Text(unit.get("zh", ""), unit.get("en", "")))
    return number, as_json(shown)


# ---------------------------------------------------------------- figures


def figures_of(problem: Problem, plan: Plan) -> dict[str, Any]:
    """What a plan amounts to, beside the present round: the same figures of both, and the changes."""
    existing = np.flatnonzero(problem.candidates.existing).astype(np.int32)
    kept = int(problem.candidates.existing[plan.chosen].sum())
    return {
        "before": _figures(problem, existing, lost=problem.lost_pairs),
        "after": _figures(problem, plan.chosen, lost=0),
        "changes": {
            "kept": kept,
            "added": len(plan.chosen) - kept,
            "dropped": len(existing) - kept + problem.lost_pairs,
        },
    }


def _figures(problem: Problem, chosen: Indexes, *, lost: int) -> dict[str, Any]:
    """Coverage, loads, distances and fit of candidates; `lost` pairs count, their hospitals are not here."""
    columns = problem.candidates
    takers = columns.recipient[chosen]
    county = np.array([one.county for one in problem.recipients], dtype=np.int64)
    supported = np.bincount(county[np.unique(takers)], minlength=len(problem.counties))
    city = np.array([one.table == CITY_TABLE for one in problem.supporters])[columns.supporter[chosen]]
    by_city = np.bincount(county[np.unique(takers[city])], minlength=len(problem.counties))
    load = np.bincount(columns.supporter[chosen], minlength=len(problem.supporters))
    counted = [at for at, one in enumerate(problem.counties) if one.least or one.least_in_city_table]
    return {
        "pairs": len(chosen) + lost,
        "supporters": int((load > 0).sum()),
        "recipients": len(np.unique(takers)),
        "counties": {
            "total": len(counted),
            "covered": sum(bool(supported[at]) for at in counted),
            "uncovered": [problem.counties[at].name for at in counted if not supported[at]],
            "in_city_table": sum(bool(by_city[at]) for at in counted),
        },
        "loads": {one.key: int(count) for one, count in zip(problem.supporters, load.tolist(), strict=True)},
        "outside": sum(
            not one.least <= count <= one.most
            for one, count in zip(problem.supporters, load.tolist(), strict=True)
        ),
        **_travel(problem, chosen),
        **_fit(problem, chosen),
    }


def _travel(problem: Problem, chosen: Indexes) -> dict[str, Any]:
    """Kilometres over the pairs whose road is known."""
    column = problem.candidates.parts.get(TRAVEL)
    if column is None:
        return {"km": None, "km_longest": None, "km_unknown": len(chosen)}
    known = chosen[~problem.candidates.unknown[TRAVEL][chosen]]
    return {
        "km": int(column[known].sum()) / 10,
        "km_longest": int(column[known].max(initial=0)) / 10,
        "km_unknown": len(chosen) - len(known),
    }


def _fit(problem: Problem, chosen: Indexes) -> dict[str, Any]:
    """Weights of declared needs, and of those that some chosen supporter is strong in."""
    columns = problem.candidates
    strong: dict[int, set[str]] = {}
    for at in chosen.tolist():
        found = problem.supporters[int(columns.supporter[at])].strengths
        strong.setdefault(int(columns.recipient[at]), set()).update(found)
    wanted = sum(sum(one.needs.values()) for one in problem.recipients)
    met = sum(
        weight
        for at, one in enumerate(problem.recipients)
        for department, weight in one.needs.items()
        if department in strong.get(at, ())
    )
    return {"fit": met if wanted else None, "fit_wanted": wanted}


def loads_of(problem: Problem) -> list[dict[str, Any]]:
    """What each supporter may take, for tables beside the loads."""
    return [
        {
            "key": one.key,
            "name": one.name,
            "kind": one.kind.value,
            "table": one.table,
            "rule": one.rule or "",
            "least": one.least,
            "target": one.target,
            "most": one.most,
        }
        for one in problem.supporters
    ]


def points(curve: Iterable[Progress]) -> list[list[Any]]:
    """A curve as plain values, thinned out evenly where it is long; the last point always stays."""
    found = [[round(one.seconds, 3), one.level, one.incumbent, one.bound] for one in curve]
    step = -(-len(found) // KEPT_POINTS) or 1
    return found if step == 1 else [*found[:-1:step], found[-1]]


# ---------------------------------------------------------------- contradictions


def contradiction_of(problem: Problem) -> dict[str, Any]:
    """Why nothing fits and the ways out, as kept in the database; empty when something does.

    `members` are groups of rules: to give up any one of them is enough. `conflicts` say the
    same in single rules. `relaxations` are the ways out, cheapest first, each with the
    pairs (by key) whose lock or prohibition it gives up.
    """
    found = contradiction(problem)
    if found is None:
        return {}
    return {
        "message": as_json(found.message),
        "members": [as_json(one.title) for one in found.members],
        "conflicts": [
            {"reason": as_json(one.reason), "members": [as_json(member.title) for member in one.members]}
            for one in found.conflicts
        ],
        "relaxations": [
            {"title": as_json(one.title), "cost": one.cost, **_gives_up(problem, one)}
            for one in found.relaxations
        ],
    }


def _gives_up(problem: Problem, relaxation: Relaxation) -> dict[str, Any]:
    """What a way out changes in a proposal: edits to be freed, changes allowed beyond the limit.

    `complete`: to do so is enough; otherwise facts would have to change as well (months, ceilings).
    """
    columns = problem.candidates
    free, more, complete = [], 0, True
    for (family, item), by in relaxation.steps:
        if family in (Family.LOCKS, Family.PROHIBITIONS):
            giver, taker = int(columns.supporter[item]), int(columns.recipient[item])
            free.append([problem.supporters[giver].key, problem.recipients[taker].key])
        elif family is Family.CHANGES:
            more = by
        else:
            complete = False
    limit = None if problem.max_changes is None else problem.max_changes + more
    return {"free": free, "max_changes": limit if more else None, "complete": complete}
