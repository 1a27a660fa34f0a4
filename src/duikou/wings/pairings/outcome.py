"""A plan of the optimiser as rows and figures of a proposal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from duikou.engines.pairing.optimise.contradiction import contradiction
from duikou.engines.pairing.optimise.hard import Family
from duikou.engines.pairing.optimise.measures import readable
from duikou.engines.pairing.optimise.model import Indexes, Plan, Problem, Progress
from duikou.engines.pairing.optimise.relax import Relaxation
from duikou.engines.text import Text
from duikou.wings.pairings.actions._common import CITY_TABLE
from duikou.wings.pairings.desk import Base

TRAVEL = "travel"
KEPT_POINTS = 400  # of a curve; more shows nothing more


def fingerprint(base: Base, problem: Problem) -> str:
    """A fingerprint of a proposal's problem: its base, and what is locked and forbidden in it."""
    columns = problem.candidates
    found = hashlib.sha256(base.digest.encode())
    for array in (columns.supporter, columns.recipient, columns.locked, columns.forbidden):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def as_json(text: Text | None) -> dict[str, str]:
    """A text in both languages as kept in the database; nothing for none."""
    return {} if text is None else {"zh": text.zh, "en": text.en}


def measured(value: int, unit: Mapping[str, str]) -> tuple[int | float, dict[str, str]]:
    """The value of a level, and its unit in both languages, as a person reads them."""
    number, shown = readable(value, Text(unit.get("zh", ""), unit.get("en", "")))
    return number, as_json(shown)


# ---------------------------------------------------------------- figures


def figures_of(problem: Problem, plan: Plan, before: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan amounts to, beside the present round (`figures_before`): both, and the changes."""
    kept = int(problem.candidates.existing[plan.chosen].sum())
    return {
        "before": before,
        "after": _figures(problem, plan.chosen, lost=0),
        "changes": {
            "kept": kept,
            "added": len(plan.chosen) - kept,
            "dropped": int(problem.candidates.existing.sum()) - kept + problem.lost_pairs,
        },
    }


def figures_before(problem: Problem) -> dict[str, Any]:
    """What the present round amounts to."""
    existing = np.flatnonzero(problem.candidates.existing).astype(np.int32)
    return _figures(problem, existing, lost=problem.lost_pairs)


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
