"""What a solve or an edit gave, as it is kept with the plan and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duikou.engines import swap as engine
from duikou.engines.swap.check import gaps_of, shortages_of
from duikou.engines.swap.explain import why_gap, why_short, why_stay
from duikou.engines.swap.model import Gap
from duikou.engines.text import Text

OTHERS = 8  # candidates that are told apart


def both(text: Text) -> dict[str, str]:
    """A text as JSON."""
    return {"zh": text.zh, "en": text.en}


def result_of(problem: engine.Problem, found: engine.Plan) -> dict[str, Any]:
    """A solved plan."""
    return {
        **judged(problem, found.stays),
        "status": found.status.value,
        "bound": found.bound,
        "blocks": len(found.blocks),
        "solver": found.solver,
        "seconds": round(found.cpu_seconds, 2),
    }


def judged(problem: engine.Problem, stays: tuple[engine.Stay, ...]) -> dict[str, Any]:
    """Value, breaches, gaps and shortages of any stays: also of those edited by hand."""
    value = engine.value_of(problem, stays)
    parts = {name: getattr(value, name) for name in ("gap", "grade", "unserved", "unfair", "change")}
    return {
        "status": "edited",
        "cost": value.total,
        "parts": parts,
        "breaches": [both(one.text) for one in engine.breaches_of(problem, stays)],
        "gaps": [_gap(problem, stays, run) for run in _runs(gaps_of(problem, stays))],
        "unserved": _unserved(problem, stays),
        "shortages": [
            [both(text) for text in why_short(problem, stays, one)]
            for one in shortages_of(problem, stays)[:OTHERS]
        ],
    }


def repair_of(problem: engine.Problem, before: tuple[engine.Stay, ...], found: engine.Plan) -> dict[str, Any]:
    """A repaired plan beside the one before; `problem` knows of the absence."""
    was, now = engine.value_of(problem, before), engine.value_of(problem, found.stays)
    new = [stay for stay in found.stays if stay not in before]
    return {
        "status": found.status.value,
        "seconds": round(found.cpu_seconds, 2),
        "before": {"cost": was.total, "gaps": _missing(problem, before), **_short(problem, before)},
        "after": {"cost": now.total, "gaps": _missing(problem, found.stays), **_short(problem, found.stays)},
        "gone": [as_row(problem, stay) for stay in before if stay not in found.stays],
        "new": [{**as_row(problem, stay), "why": why_of(problem, found.stays, stay)} for stay in new],
        "unfilled": [
            _gap(problem, found.stays, run)
            for run in _runs(gaps_of(problem, found.stays))
            if any(stay.place == run[0].place for stay in before)
        ],
    }


def as_row(problem: engine.Problem, stay: engine.Stay) -> dict[str, Any]:
    """A stay as JSON, with the names that it had."""
    (name,) = [one.name for one in problem.persons if one.key == stay.person]
    (place,) = [one.name for one in problem.places if one.key == stay.place]
    return {
        "person": stay.person,
        "place": stay.place,
        "start": stay.start,
        "months": stay.months,
        "name": name,
        "place_name": place,
    }


def of_row(row: Mapping[str, Any]) -> engine.Stay:
    """The stay of such a row."""
    return engine.Stay(row["person"], row["place"], row["start"], row["months"])


def _missing(problem: engine.Problem, stays: tuple[engine.Stay, ...]) -> int:
    return sum(gap.missing for gap in gaps_of(problem, stays))


def _short(problem: engine.Problem, stays: tuple[engine.Stay, ...]) -> dict[str, int]:
    return {"short": sum(one.minimum - one.present for one in shortages_of(problem, stays))}


def why_of(problem: engine.Problem, stays: tuple[engine.Stay, ...], stay: engine.Stay) -> dict[str, Any]:
    """Why a stay is as it is."""
    text, others = why_stay(problem, stays, stay)
    return {"text": both(text), "others": [both(other.text) for other in others[:OTHERS]]}


def _unserved(problem: engine.Problem, stays: tuple[engine.Stay, ...]) -> list[dict[str, str]]:
    """Who applied and is not placed, each with what hinders it."""
    there = {stay.person for stay in stays}
    told = []
    for person in problem.persons:
        seats = [one for one in problem.places if one.way is person.way and one.specialty == person.specialty]
        if not person.due or person.key in there or not seats:
            continue
        _seat, others = why_gap(problem, stays, Gap(seats[0].key, _telling(person, min(seats[0].lengths)), 1))
        told += [both(other.text) for other in others if other.person == person.key]
    return told


def _telling(person: engine.Person, months: int) -> int:
    """The first month in which the person could go, or else the first that hinders it."""
    starts = range(len(person.free) - months + 1)
    fitting = [start for start in starts if all(person.free[start : start + months])]
    return fitting[0] if fitting else person.free.index(False) if False in person.free else 0


def _runs(gaps: tuple[Gap, ...]) -> list[list[Gap]]:
    """Gaps of one place in months that follow each other, together."""
    runs: list[list[Gap]] = []
    for gap in gaps:
        if runs and runs[-1][-1].place == gap.place and runs[-1][-1].month == gap.month - 1:
            runs[-1].append(gap)
        else:
            runs.append([gap])
    return runs


def _gap(problem: engine.Problem, stays: tuple[engine.Stay, ...], run: list[Gap]) -> dict[str, Any]:
    text, others = why_gap(problem, stays, run[0])
    return {
        "place": next(one.name for one in problem.places if one.key == run[0].place),
        "first": problem.label(run[0].month),
        "last": problem.label(run[-1].month),
        "months": sum(gap.missing for gap in run),
        "text": both(text),
        "others": [both(other.text) for other in others[:OTHERS]],
    }
