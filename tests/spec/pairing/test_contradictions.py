"""What the planner reads when hard rules contradict each other: one example per kind of contradiction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise.contradiction import contradiction
from duikou.engines.pairing.optimise.model import Candidates, County, Problem, Recipient, Supporter

COUNTIES = [County("330522", "长兴县", UnitKind.COUNTY, "330500", least=1)]
RECIPIENTS = [
    Recipient(name, name, HospitalKind.GENERAL, county=0, months=12)
    for name in ("县一院", "县二院", "县三院")
]
SUPPORTERS = [
    Supporter(name, name, HospitalKind.GENERAL, None, "1", ceiling=2) for name in ("省一院", "省二院")
]


def problem(existing: str = "", locked: str = "", forbidden: str = "", **fields: object) -> Problem:
    """Two supporters and three recipients; pairs are written "11" (first supporter, first recipient)."""
    pairs = [(s, r) for s in (0, 1) for r in (0, 1, 2)]

    def flags(text: str) -> np.ndarray:
        return np.array([f"{s + 1}{r + 1}" in text.split() for s, r in pairs])

    columns = Candidates(
        np.array([s for s, _ in pairs], dtype=np.int32),
        np.array([r for _, r in pairs], dtype=np.int32),
        flags(existing),
        flags(locked),
        flags(forbidden),
    )
    return replace(Problem(SUPPORTERS, RECIPIENTS, COUNTIES, columns, []), **fields)  # type: ignore[arg-type]


def months(*numbers: int | None) -> list[Supporter]:
    """The supporters with so many person-months."""
    return [replace(one, capacity_months=number) for one, number in zip(SUPPORTERS, numbers, strict=True)]


@dataclass(frozen=True)
class Example:
    """A problem without a plan, and what is said about it."""

    problem: Problem
    message: str
    message_en: str
    members: tuple[str, ...]
    ways_out: tuple[str, ...]  # the first ones


EXAMPLES = {
    "locked and forbidden": Example(
        problem(locked="11", forbidden="11"),
        "省一院→县一院既被锁定又被禁止。",
        "Both locked and forbidden: 省一院 → 县一院.",
        ("锁定：省一院→县一院", "禁止：省一院→县一院"),
        ("取消锁定省一院→县一院。", "取消禁止省一院→县一院。"),
    ),
    "more locks than a ceiling allows": Example(
        problem(locked="11 12 13"),
        "省一院最多支援2所，锁定要求3所。",
        "省一院 can take at most 2; the locks ask for 3.",
        ("锁定：省一院→县一院、省一院→县二院、省一院→县三院", "支援数上限：省一院（2所）"),
        ("取消锁定省一院→县一院。", "取消锁定省一院→县二院。", "取消锁定省一院→县三院。",
         "将省一院的支援数上限由2所提高到3所。"),
    ),
    "the ceilings of several": Example(
        problem(locked="11 12 13 21 22 23"),
        "这2所支援医院合计最多支援4所，锁定要求6所：省一院、省二院。",
        "These 2 supporters can take at most 4; the locks ask for 6: 省一院, 省二院.",
        ("锁定：省一院→县一院、省一院→县二院、省一院→县三院、省二院→县一院、省二院→县二院、省二院→县三院",
         "支援数上限：省一院（2所）、省二院（2所）"),
        (),
    ),
    "too few person-months": Example(
        problem(locked="11 12", supporters=months(20, None)),
        "省一院每年最多派出20人月，锁定的受援医院需要24人月。",
        "省一院 has 20 person-months a year; the locked recipients need 24.",
        ("锁定：省一院→县一院、省一院→县二院", "每年可派人月：省一院（20人月）"),
        ("取消锁定省一院→县一院。", "取消锁定省一院→县二院。", "为省一院每年增加4人月（20→24）。"),
    ),
    "too many changes": Example(
        problem(existing="11 12", locked="21 22", forbidden="12", max_changes=2),
        "变动最多2处，而至少需要3处：锁定要求新增2对，禁止使现有1对终止。",
        "At most 2 changes may be made, but 3 cannot be avoided: 2 pairs that locks add, "
        "1 pair that prohibitions end.",
        ("锁定：省二院→县一院、省二院→县二院", "禁止：省一院→县二院", "变动最多2处"),
        ("取消锁定省二院→县一院。", "取消锁定省二院→县二院。", "取消禁止省一院→县二院。",
         "多允许1处变动（2→3）。"),
    ),
    "changes that a ceiling and a closed hospital force": Example(
        problem(existing="11 12 13", max_changes=1, lost_pairs=1),
        "变动最多1处，而至少需要2处：现有1对的医院已不参加，上限使现有1对无法保留。",
        "At most 1 change may be made, but 2 cannot be avoided: 1 pair whose hospital takes no part any "
        "more, 1 pair that ceilings or person-months end.",
        ("支援数上限：省一院（2所）", "变动最多1处"),
        ("将省一院的支援数上限由2所提高到3所。", "多允许1处变动（1→2）。"),
    ),
    "two reasons at once": Example(
        problem(locked="11 12 13 21", forbidden="21"),
        "省二院→县一院既被锁定又被禁止。省一院最多支援2所，锁定要求3所。",
        "Both locked and forbidden: 省二院 → 县一院. 省一院 can take at most 2; the locks ask for 3.",
        ("锁定：省一院→县一院、省一院→县二院、省一院→县三院、省二院→县一院",
         "禁止：省二院→县一院；支援数上限：省一院（2所）"),
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_said(name: str) -> None:
    example = EXAMPLES[name]
    found = contradiction(example.problem)
    assert found is not None
    assert found.message.zh == example.message
    assert found.message.en == example.message_en
    assert tuple(member.title.zh for member in found.members) == example.members
    assert tuple(one.title.zh for one in found.relaxations)[: len(example.ways_out)] == example.ways_out


def test_nothing_is_said_where_a_plan_exists() -> None:
    assert contradiction(problem(existing="11 12", locked="11 21", forbidden="12", max_changes=2)) is None


def test_each_reason_is_listed_apart_in_as_few_rules_as_possible() -> None:
    found = contradiction(EXAMPLES["two reasons at once"].problem)
    assert found is not None
    assert [[member.title.en for member in one.members] for one in found.conflicts] == [
        ["lock: 省二院 → 县一院", "prohibition: 省二院 → 县一院"],
        ["ceiling: 省一院 (2)", "lock: 省一院 → 县一院", "lock: 省一院 → 县二院", "lock: 省一院 → 县三院"],
    ]


def test_the_first_way_out_is_english_too() -> None:
    found = contradiction(EXAMPLES["more locks than a ceiling allows"].problem)
    assert found is not None
    assert [one.title.en for one in found.relaxations] == [
        "Drop the lock 省一院 → 县一院.",
        "Drop the lock 省一院 → 县二院.",
        "Drop the lock 省一院 → 县三院.",
        "Raise the ceiling of 省一院 from 2 to 3.",
    ]
