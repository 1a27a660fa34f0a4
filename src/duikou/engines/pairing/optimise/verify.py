"""Recompute a plan from its pairs alone, to be sure of what the solvers claim.

Written without any of their code and as plainly as can be: loops over pairs and
hospitals, whole numbers only. What differs is named in the plan's note, and the plan
is then never shown as proved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Level,
    Plan,
    Problem,
    Status,
)
from duikou.engines.text import Text

_CLAIMS = (Status.OPTIMAL, Status.FEASIBLE, Status.CANCELLED)
_CITY, _LOAD = "2", "load"
_SHOWN = 5  # so many differences are named


@dataclass(frozen=True, slots=True)
class Broken:
    """A priced rule as this module finds it broken."""

    rule: str
    subject: str
    amount: int


class Facts:
    """What a list of pairs amounts to."""

    def __init__(self, problem: Problem, chosen: list[int]) -> None:
        columns = problem.candidates
        self.pairs = [(int(columns.supporter[at]), int(columns.recipient[at])) for at in chosen]
        self.load: dict[int, int] = defaultdict(int)
        self.supporters_of: dict[int, list[int]] = defaultdict(list)
        for giver, taker in self.pairs:
            self.load[giver] += 1
            self.supporters_of[taker].append(giver)
        self.supported: dict[int, int] = defaultdict(int)
        self.supported_by_city: dict[int, int] = defaultdict(int)
        for taker, givers in self.supporters_of.items():
            county = problem.recipients[taker].county
            self.supported[county] += 1
            self.supported_by_city[county] += any(problem.supporters[g].table == _CITY for g in givers)
        self.broken = tuple(broken_rules(problem, self))


def check(problem: Problem, plan: Plan) -> Plan:
    """The plan with `verified` set, and a note that names what does not hold when it is not.

    A plan without pairs to look at (infeasible, failed, cancelled at once) stays as it is.
    """
    if plan.status not in _CLAIMS or not plan.values:
        return plan
    wrong = list(_wrong(problem, plan))
    if not wrong:
        return replace(plan, verified=True)
    shown = wrong[:_SHOWN]
    note = Text(
        f"复核不符，不作为已证明的方案：{'；'.join(text.zh for text in shown)}",
        f"The check disagrees; this plan is not shown as proved: {'; '.join(text.en for text in shown)}",
    )
    return replace(plan, verified=False, note=note)


def _wrong(problem: Problem, plan: Plan) -> Iterator[Text]:
    chosen = [int(at) for at in plan.chosen]
    if any(not 0 <= at < len(problem.candidates) for at in chosen) or chosen != sorted(set(chosen)):
        yield Text("结对序号越界或重复", "indexes of pairs out of range or repeated")
        return
    facts = Facts(problem, chosen)
    yield from _hard(problem, facts, chosen)
    yield from _claims(problem, plan, facts, chosen)


def _hard(problem: Problem, facts: Facts, chosen: list[int]) -> Iterator[Text]:
    """Locks, prohibitions, ceilings, capacity, the limit of changes."""
    columns, picked = problem.candidates, set(chosen)
    for at in range(len(columns)):
        if columns.locked[at] and at not in picked:
            yield _about_pair(problem, at, "锁定而未列入", "locked but not there")
        if columns.forbidden[at] and at in picked:
            yield _about_pair(problem, at, "禁止而列入", "forbidden but there")
    months: dict[int, int] = defaultdict(int)
    for giver, taker in facts.pairs:
        months[giver] += problem.recipients[taker].months or 0
    for at, supporter in enumerate(problem.supporters):
        if facts.load[at] > supporter.ceiling:
            yield _number(supporter.name, "支援数", "recipients", facts.load[at], supporter.ceiling)
        if supporter.capacity_months is not None and months[at] > supporter.capacity_months:
            yield _number(supporter.name, "人月", "person-months", months[at], supporter.capacity_months)
    if problem.max_changes is not None and (found := changes(problem, chosen)) > problem.max_changes:
        yield _number("", "变动", "changes", found, problem.max_changes)


def _claims(problem: Problem, plan: Plan, facts: Facts, chosen: list[int]) -> Iterator[Text]:
    """Breaches and values as the plan states them; each bound; what "optimal" promises."""
    found = {(one.rule, one.subject): one.amount for one in facts.broken}
    stated = {(one.rule, one.subject): one.amount for one in plan.breaches if one.amount}
    for rule, subject in sorted(found.keys() ^ stated.keys()):
        yield Text(f"{rule} {subject} 的违反情况不同", f"breach of {rule} by {subject} differs")
    for key in sorted(found.keys() & stated.keys()):
        if found[key] != stated[key]:
            yield _differs(" ".join(key), stated[key], found[key])
    if [one.name for one in plan.values] != [level.name for level in problem.levels]:
        yield Text("目标层不齐", "levels are missing or in another order")
        return
    for level, stated_value in zip(problem.levels, plan.values, strict=True):
        value = value_of(problem, level, facts, chosen)
        if value != stated_value.value:
            yield _differs(level.name, stated_value.value, value)
    for one in plan.values:
        if one.bound > one.value:
            yield Text(f"{one.name} 的界高于所得值", f"the bound of {one.name} is above its value")
            return
        if one.bound < one.value:  # of later levels nothing is claimed then
            if plan.status is Status.OPTIMAL:
                yield Text(f"{one.name} 未证明最优", f"{one.name} is not proved")
            return


def broken_rules(problem: Problem, facts: Facts) -> Iterator[Broken]:
    """Every priced rule that the pairs break, priced above 0 or not."""
    for at, supporter in enumerate(problem.supporters):
        rule, load = supporter.rule or _LOAD, facts.load[at]
        off = max(0, supporter.least - load) + max(0, load - supporter.most)
        yield from _broken(rule, f"supporter:{supporter.key}", off)
    for at, recipient in enumerate(problem.recipients):
        number = len(facts.supporters_of[at])
        yield from _broken(DUPLICATE, f"recipient:{recipient.key}", number - recipient.most)
        yield from _broken(UNBROKEN, f"recipient:{recipient.key}", recipient.least - number)
    for at, county in enumerate(problem.counties):
        missing = county.least - facts.supported[at]
        yield from _broken(COVERAGE, f"county:{county.code}", missing)
        missing = county.least_in_city_table - facts.supported_by_city[at]
        yield from _broken(CITY_TABLE, f"county:{county.code}", missing)


def _broken(rule: str, subject: str, amount: int) -> Iterator[Broken]:
    if amount > 0:
        yield Broken(rule, subject, amount)


def value_of(problem: Problem, level: Level, facts: Facts, chosen: list[int]) -> int:
    """What the pairs reach at a level."""
    total = level.constant
    if level.cost is not None:
        total += sum(int(level.cost[at]) for at in chosen)
    for one in facts.broken:
        total += level.prices.get(one.rule, 0) * one.amount
    if level.evenness:
        for at, supporter in enumerate(problem.supporters):
            if supporter.target is not None:
                total += level.evenness * abs(facts.load[at] - supporter.target)
    if level.coverage:
        for at, recipient in enumerate(problem.recipients):
            strong = {
                word for giver in facts.supporters_of[at] for word in problem.supporters[giver].strengths
            }
            met = sum(weight for department, weight in recipient.needs.items() if department in strong)
            total -= level.coverage * met
    return total


def changes(problem: Problem, chosen: list[int]) -> int:
    """Pairs that begin and pairs that end, against the present round."""
    picked = set(chosen)
    existing = {at for at in range(len(problem.candidates)) if problem.candidates.existing[at]}
    return len(picked - existing) + len(existing - picked) + problem.lost_pairs


def _about_pair(problem: Problem, at: int, zh: str, en: str) -> Text:
    supporter = problem.supporters[int(problem.candidates.supporter[at])].name
    recipient = problem.recipients[int(problem.candidates.recipient[at])].name
    return Text(f"{supporter}→{recipient} {zh}", f"{supporter} → {recipient} is {en}")


def _number(name: str, zh: str, en: str, found: int, limit: int) -> Text:
    return Text(
        f"{name}{zh} {found} 超过上限 {limit}", f"{name} {en} {found} exceed the limit {limit}".strip()
    )


def _differs(what: str, stated: int, found: int) -> Text:
    return Text(f"{what} 报为 {stated}，实为 {found}", f"{what} is stated as {stated} but is {found}")
