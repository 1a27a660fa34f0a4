"""The optimiser once more, slow and obvious: try every set of candidates.

Written from the semantics alone (see the docstrings), sharing nothing with the engine
but the typed values and the number that breaks ties. Good for about ten candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Breach,
    Level,
    Problem,
)

Chosen = frozenset[int]


@dataclass(frozen=True)
class Answer:
    """The best plan: its candidates and its value at every level."""

    chosen: tuple[int, ...]
    values: tuple[int, ...]


def best(problem: Problem) -> Answer | None:
    """Return the best plan, None when no set keeps the hard rules."""
    ranked = [
        ((*values_of(problem, chosen), tie_of(problem, chosen)), sorted(chosen))
        for chosen in allowed_sets(problem)
    ]
    if not ranked:
        return None
    ranking, chosen = min(ranked)
    return Answer(tuple(chosen), ranking[:-1])


def allowed_sets(problem: Problem) -> Iterator[Chosen]:
    """Yield every set of candidates that keeps the hard rules."""
    everyone = range(len(problem.candidates))
    for size in range(len(everyone) + 1):
        for chosen in combinations(everyone, size):
            if keeps_hard_rules(problem, frozenset(chosen)):
                yield frozenset(chosen)


def keeps_hard_rules(problem: Problem, chosen: Chosen) -> bool:
    """Return whether locks, prohibitions, ceilings, person-months and the change budget hold."""
    candidates = problem.candidates
    for index in range(len(candidates)):
        if candidates.locked[index] and index not in chosen:
            return False
        if candidates.forbidden[index] and index in chosen:
            return False
    for number, supporter in enumerate(problem.supporters):
        mine = recipients_of(problem, chosen, number)
        if len(mine) > supporter.ceiling:
            return False
        if supporter.capacity_months is not None:
            months = sum(problem.recipients[recipient].months or 0 for recipient in mine)
            if months > supporter.capacity_months:
                return False
    return problem.max_changes is None or changes_of(problem, chosen) <= problem.max_changes


def changes_of(problem: Problem, chosen: Chosen) -> int:
    """Count pairs added to and dropped from the present round."""
    existing = {index for index in range(len(problem.candidates)) if problem.candidates.existing[index]}
    return len(chosen - existing) + len(existing - chosen) + problem.lost_pairs


def values_of(problem: Problem, chosen: Chosen) -> tuple[int, ...]:
    """Return the value of a set at every level."""
    breaches = breaches_of(problem, chosen)
    return tuple(value_of(problem, level, chosen, breaches) for level in problem.levels)


def value_of(problem: Problem, level: Level, chosen: Chosen, breaches: list[Breach]) -> int:
    """Return constant + costs + priced breaches + unevenness − rewarded departments."""
    value = level.constant
    if level.cost is not None:
        value += sum(int(level.cost[index]) for index in chosen)
    value += sum(level.prices.get(breach.rule, 0) * breach.amount for breach in breaches)
    for number, supporter in enumerate(problem.supporters):
        if level.evenness and supporter.target is not None:
            load = len(recipients_of(problem, chosen, number))
            value += level.evenness * abs(load - supporter.target)
    return value - (level.coverage * met_needs(problem, chosen) if level.coverage else 0)


def met_needs(problem: Problem, chosen: Chosen) -> int:
    """Add the weights of needs that some supporter of the recipient is strong in."""
    total = 0
    for number, recipient in enumerate(problem.recipients):
        strengths = {
            department
            for supporter in supporters_of(problem, chosen, number)
            for department in problem.supporters[supporter].strengths
        }
        total += sum(weight for department, weight in recipient.needs.items() if department in strengths)
    return total


def breaches_of(problem: Problem, chosen: Chosen) -> list[Breach]:
    """Return every priced rule that a set breaks: supporters, recipients, counties, each in order."""
    found = []
    for number, supporter in enumerate(problem.supporters):
        load = len(recipients_of(problem, chosen, number))
        rule, subject = supporter.rule or "load", f"supporter:{supporter.key}"
        amount = max(0, supporter.least - load) + max(0, load - supporter.most)
        found.append(Breach(rule, subject, supporter.name, amount, load, supporter.least, supporter.most))
    for number, recipient in enumerate(problem.recipients):
        load = len(supporters_of(problem, chosen, number))
        subject = f"recipient:{recipient.key}"
        for rule, amount in (
            (DUPLICATE, max(0, load - recipient.most)),
            (UNBROKEN, max(0, recipient.least - load)),
        ):
            found.append(Breach(rule, subject, recipient.name, amount, load, recipient.least, recipient.most))
    for number, county in enumerate(problem.counties):
        mine = [index for index, recipient in enumerate(problem.recipients) if recipient.county == number]
        supported = sum(bool(supporters_of(problem, chosen, recipient)) for recipient in mine)
        by_city = sum(
            any(problem.supporters[s].table == "2" for s in supporters_of(problem, chosen, recipient))
            for recipient in mine
        )
        for rule, have, least in (
            (COVERAGE, supported, county.least),
            (CITY_TABLE, by_city, county.least_in_city_table),
        ):
            amount = max(0, least - have)
            # The most that a county can have is all of its recipients.
            found.append(Breach(rule, f"county:{county.code}", county.name, amount, have, least, len(mine)))
    return [breach for breach in found if breach.amount]


def recipients_of(problem: Problem, chosen: Chosen, supporter: int) -> list[int]:
    """Return the recipients that a supporter is given."""
    candidates = problem.candidates
    supporters, recipients = candidates.supporter.tolist(), candidates.recipient.tolist()
    return [recipients[index] for index in sorted(chosen) if supporters[index] == supporter]


def supporters_of(problem: Problem, chosen: Chosen, recipient: int) -> list[int]:
    """Return the supporters that a recipient is given."""
    candidates = problem.candidates
    supporters, recipients = candidates.supporter.tolist(), candidates.recipient.tolist()
    return [supporters[index] for index in sorted(chosen) if recipients[index] == recipient]


def tie_of(problem: Problem, chosen: Chosen) -> int:
    """Return what decides among equally good sets."""
    return sum(
        ties.hash_of(
            problem.supporters[problem.candidates.supporter[index]].key,
            problem.recipients[problem.candidates.recipient[index]].key,
        )
        for index in chosen
    )
