"""Problems that are wrong in themselves: each refused with what was expected, found, where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from duikou.engines.pairing.optimise import validate as module
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import BadProblem, Problem
from duikou.engines.pairing.optimise.validate import memory_available, validate
from tests.unit.engines.optimise.invented import round_of

Change = Callable[[Problem], Problem]


def supporter(**changes: object) -> Change:
    """Change the second supporter."""
    return lambda p: replace(
        p, supporters=[p.supporters[0], replace(p.supporters[1], **changes), *p.supporters[2:]]
    )


def recipient(**changes: object) -> Change:
    """Change the second recipient."""
    return lambda p: replace(
        p, recipients=[p.recipients[0], replace(p.recipients[1], **changes), *p.recipients[2:]]
    )


def county(**changes: object) -> Change:
    """Change the second county."""
    return lambda p: replace(p, counties=[p.counties[0], replace(p.counties[1], **changes), *p.counties[2:]])


def columns(**changes: Callable[[np.ndarray], object]) -> Change:
    """Change columns of the candidates."""
    return lambda p: replace(
        p,
        candidates=replace(
            p.candidates, **{name: work(getattr(p.candidates, name).copy()) for name, work in changes.items()}
        ),
    )


def travel(work: Callable[[np.ndarray], object]) -> Change:
    """Change the costs of the last level."""
    return lambda p: replace(
        p, levels=[*p.levels[:-1], replace(p.levels[-1], cost=work(p.levels[-1].cost.copy()))]
    )


def quotas(**changes: object) -> Change:
    """Change the second level."""
    return lambda p: replace(p, levels=[p.levels[0], replace(p.levels[1], **changes), *p.levels[2:]])


def put(where: int, value: object) -> Callable[[np.ndarray], np.ndarray]:
    """Write one value into a column."""

    def work(column: np.ndarray) -> np.ndarray:
        column = column.astype(np.float64) if isinstance(value, float) else column
        column[where] = value
        return column

    return work


def swapped(column: np.ndarray) -> np.ndarray:
    """Exchange the first two."""
    column[[0, 1]] = column[[1, 0]]
    return column


WRONG: list[tuple[str, Change, str, str]] = [
    ("NaN", travel(put(3, float("nan"))), "candidate 4 is no number (nan)", "第 4 个候选的分值不是数"),
    ("infinity", travel(put(3, float("inf"))), "candidate 4 is no number (inf)", "第 4 个候选"),
    ("fractions", travel(lambda c: c / 2), "(int64) but is float64", "int64 整数，却为 float64"),
    ("narrow costs", travel(lambda c: c.astype(np.int32)), "(int64) but is int32", "却为 int32"),
    ("a list of costs", travel(list), "one row of whole numbers but is list", "一维整数数组"),
    ("short costs", travel(lambda c: c[:-1]), "should have 12 entries but has 11", "应有 12 项，却有 11 项"),
    ("huge costs", travel(put(0, 1 << 60)), "The numbers of level “travel” are too large", "数值过大"),
    ("lowest cost", travel(put(0, -(1 << 63))), "too large", "数值过大"),
    ("a negative price", quotas(prices={"PAIR-01": -1}), "the price of PAIR-01 should be",
     "单价应为不小于 0"),
    ("a fractional price", quotas(prices={"PAIR-01": 0.5}), "whole number ≥ 0 but is 0.5", "却为 0.5"),
    ("a true price", quotas(prices={"PAIR-01": True}), "but is True", "却为 True"),
    ("negative evenness", quotas(evenness=-2), "the price of evenness", "evenness 的单价"),
    ("negative coverage", quotas(coverage=-2), "the price of coverage", "coverage 的单价"),
    ("a huge price", quotas(prices={"PAIR-01": 1 << 60}), "too large", "数值过大"),
    ("no level", lambda p: replace(p, levels=[]), "at least one level", "目标层级应至少一个"),
    ("a level twice", lambda p: replace(p, levels=[p.levels[0]] * 2), "its own name", "名称各不相同"),
    ("supporter out of range", columns(supporter=put(11, 3)),
     "candidate 12 should be a number from 0 to 2 but is 3",
     "0 到 2 之间，却为 3"),
    ("a negative supporter", columns(supporter=put(0, -1)),
     "candidate 1 should be a number from 0 to 2 but is -1",
     "却为 -1"),
    ("recipient out of range", columns(recipient=put(3, 6)),
     "candidate 4 should be a number from 0 to 5 but is 6",
     "0 到 5 之间，却为 6"),
    ("a pair twice", columns(supporter=put(1, 0), recipient=lambda c: put(1, c[0])(c)), "stands there twice",
     "出现两次"),
    ("unsorted pairs", columns(supporter=swapped, recipient=swapped), "not in the order",
     "未按（支援医院、受援医院）排序"),
    ("a short column", columns(locked=lambda c: c[:-1]), "“locked” of the candidates is wrong",
     "“locked”有误"),
    ("numbers for flags", columns(forbidden=lambda c: c.astype(np.int64)), "one row of bool but is int64",
     "却为 int64"),
    ("a list for a column", columns(recipient=list), "one row of int32 but is list", "却为 list"),
    ("a table for a column", columns(existing=lambda c: c[None]), "“existing”", "“existing”有误"),
    ("crossed load", supporter(least=3, most=2), "not be above the most, but they are 3 and 2",
     "却为 3 和 2"),
    ("negative load", supporter(least=-1), "the least should be a whole number from 0 to 1000000 but is -1",
     "下限应为 0 到 1000000 的整数，却为 -1"),
    ("a fraction of a load", supporter(most=2.5), "the most should be a whole number", "上限应为 0 到"),
    ("a load that is no number", supporter(least=float("nan")), "but is nan", "却为 nan"),
    ("a true load", supporter(least=True), "but is True", "却为 True"),
    ("negative ceiling", supporter(ceiling=-1), "the ceiling should be", "支援数上限应为 0 到"),
    ("an endless ceiling", supporter(ceiling=10**30), f"but is {10**30}", "支援数上限应为 0 到"),
    ("negative target", supporter(target=-2), "the target should be", "目标数应为 0 到"),
    ("negative capacity", supporter(capacity_months=-6), "the capacity in person-months",
     "可用人月应为 0 到"),
    ("crossed supporters", recipient(least=2, most=1), "not be above the most, but they are 2 and 1",
     "却为 2 和 1"),
    ("negative months", recipient(months=-1), "the months asked for should be", "需求人月应为 0 到"),
    ("a negative need", recipient(needs={"儿科": -1}), "a weight of its needs should be", "需求权重应为"),
    ("county out of range", recipient(county=5), "a number from 0 to 4 but is 5", "0 到 4 之间，却为 5"),
    ("half a county", recipient(county=0.5), "a number from 0 to 4 but is 0.5", "却为 0.5"),
    ("negative coverage demand", county(least=-1), "the least coverage should be", "最少受援数应为 0 到"),
    ("negative city coverage", county(least_in_city_table=-1), "coverage from its city's table",
     "本市的表最少受援数"),
    ("a negative budget", lambda p: replace(p, max_changes=-1), "the limit of changes", "变动上限应为"),
    ("negative losses", lambda p: replace(p, lost_pairs=-1), "lost pairs should be", "失去的结对数应为"),
    ("a supporter twice", supporter(key="s0"), "The supporter s0 is wrong: the key must be unique",
     "支援医院“s0”有误"),
    ("a recipient twice", recipient(key="r0"), "The recipient r0 is wrong", "受援医院“r0”有误"),
    ("a county twice", county(code="c0"), "The county c0 is wrong", "县（市、区）“c0”有误"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "en", "zh"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_wrong_is_refused_with_where_and_what(change: Change, en: str, zh: str):
    problem = round_of(1, supporters=3, recipients=6, offers=2)
    validate(problem)
    for refuse in (validate, solve_network):
        with pytest.raises(BadProblem) as refusal:
            refuse(change(problem))
        assert en in refusal.value.message.en
        assert zh in refusal.value.message.zh


def test_ten_million_candidates_are_refused_where_memory_is_short(monkeypatch: pytest.MonkeyPatch):
    many = 10**7
    zeros, no = np.zeros(many, dtype=np.int32), np.zeros(many, dtype=np.bool_)
    small = round_of(1, supporters=3, recipients=6, offers=2)
    problem = replace(
        small, candidates=replace(small.candidates, supporter=zeros, recipient=zeros, locked=no)
    )
    monkeypatch.setattr(module, "memory_available", lambda: 1 << 30)
    with pytest.raises(BadProblem) as refusal:
        validate(problem)
    assert (
        "10,000,000 candidate pairs need about 3,051 MB of memory, 1,024 MB are free"
        in refusal.value.message.en
    )
    assert "10,000,000" in refusal.value.message.zh


def test_memory_is_asked_from_the_machine():
    available = memory_available()
    assert available is None or available > 1 << 20


def test_costs_too_large_for_exact_sums_are_refused():
    problem = round_of(1, supporters=3, recipients=6, offers=2)
    with pytest.raises(BadProblem) as refusal:
        solve_network(travel(put(0, (1 << 57) + (1 << 54)))(problem))
    assert "coarser unit" in refusal.value.message.en
