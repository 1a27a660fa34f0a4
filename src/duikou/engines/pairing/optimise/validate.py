"""Refuse a problem that is wrong in itself, before any solver sees it.

Everything is checked by whole columns; a refusal names the first place that is wrong.
What is merely impossible (contradictory locks) is no refusal: solving explains that.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np

from duikou.engines.pairing.optimise.model import BadProblem, Problem
from duikou.engines.text import Text

LARGEST = 1 << 62
"""Sums of costs must stay below this to be exact in 64 bits."""

MOST = 1_000_000
"""No count of hospitals, months or needs is larger."""

BYTES_PER_CANDIDATE = 320
"""Peak memory of the network regime beyond the problem itself, measured at 1.6 million candidates."""


def validate(problem: Problem, *, network: bool = False) -> None:
    """Raise BadProblem if a problem is wrong; with `network` also if it is no network."""
    _memory(problem)
    _records(problem)
    _pairs(problem)
    _levels(problem)
    if network and problem.breaks_network:
        names = ", ".join(problem.breaks_network)
        raise BadProblem(
            Text(
                f"网络算法不能处理以下规则：{names}。请用带约束的求解方式。",
                f"The network regime cannot handle these rules: {names}. "
                "Use the regime with side constraints.",
            )
        )


def _memory(problem: Problem) -> None:
    needed, available = len(problem.candidates) * BYTES_PER_CANDIDATE, memory_available()
    if available is not None and needed > available:
        raise BadProblem(
            Text(
                f"候选配对 {len(problem.candidates):,} 个，求解约需内存 {needed >> 20:,} MB，"
                f"现有 {available >> 20:,} MB。请减少每所受援医院的候选数，或增加内存。",
                f"{len(problem.candidates):,} candidate pairs need about {needed >> 20:,} MB of memory, "
                f"{available >> 20:,} MB are free. Offer fewer candidates per recipient, or add memory.",
            )
        )


def memory_available() -> int | None:
    """Return how many bytes the machine could still give, None where it does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _records(problem: Problem) -> None:
    """Check bounds of supporters, recipients and counties, and their keys."""
    for role, keys in (
        (Text("支援医院", "supporter"), [one.key for one in problem.supporters]),
        (Text("受援医院", "recipient"), [one.key for one in problem.recipients]),
        (Text("县（市、区）", "county"), [one.code for one in problem.counties]),
    ):
        if len(set(keys)) < len(keys):
            twice = Counter(keys).most_common(1)[0][0]
            raise _wrong(
                role, twice, Text("编号应唯一，却出现多次", "the key must be unique but stands there twice")
            )
    for giver in problem.supporters:
        _numbers(
            Text("支援医院", "supporter"),
            giver.name,
            (Text("下限", "the least"), giver.least),
            (Text("上限", "the most"), giver.most),
            (Text("支援数上限", "the ceiling"), giver.ceiling),
            (Text("目标数", "the target"), giver.target),
            (Text("可用人月", "the capacity in person-months"), giver.capacity_months),
        )
        _ordered(Text("支援医院", "supporter"), giver.name, giver.least, giver.most)
    for taker in problem.recipients:
        role = Text("受援医院", "recipient")
        _numbers(
            role,
            taker.name,
            (Text("下限", "the least"), taker.least),
            (Text("上限", "the most"), taker.most),
            (Text("需求人月", "the months asked for"), taker.months),
            *((Text("需求权重", "a weight of its needs"), weight) for weight in taker.needs.values()),
        )
        _ordered(role, taker.name, taker.least, taker.most)
        if not _is_whole(taker.county) or not 0 <= taker.county < len(problem.counties):
            raise _wrong(
                role,
                taker.name,
                Text(
                    f"县序号应在 0 到 {len(problem.counties) - 1} 之间，却为 {taker.county}",
                    f"its county should be a number from 0 to {len(problem.counties) - 1} "
                    f"but is {taker.county}",
                ),
            )
    for county in problem.counties:
        _numbers(
            Text("县（市、区）", "county"),
            county.name,
            (Text("最少受援数", "the least coverage"), county.least),
            (
                Text("本市的表最少受援数", "the least coverage from its city's table"),
                county.least_in_city_table,
            ),
        )
    _numbers(
        Text("问题", "problem"),
        problem.name,
        (Text("变动上限", "the limit of changes"), problem.max_changes),
        (Text("失去的结对数", "the number of lost pairs"), problem.lost_pairs),
    )


def _numbers(role: Text, name: str, *numbers: tuple[Text, int | None]) -> None:
    """Check that what is known is a whole number of reasonable size."""
    for what, number in numbers:
        if number is not None and not (_is_whole(number) and 0 <= number <= MOST):
            raise _wrong(
                role,
                name,
                Text(
                    f"{what.zh}应为 0 到 {MOST} 的整数，却为 {number}",
                    f"{what.en} should be a whole number from 0 to {MOST} but is {number}",
                ),
            )


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _ordered(role: Text, name: str, least: int, most: int) -> None:
    if least > most:
        raise _wrong(
            role,
            name,
            Text(
                f"下限不应大于上限，却为 {least} 和 {most}",
                f"the least should not be above the most, but they are {least} and {most}",
            ),
        )


def _pairs(problem: Problem) -> None:
    """Check that the candidates are columns of one length, in range, sorted, without a pair twice."""
    candidates = problem.candidates
    length = len(candidates)
    for name in ("supporter", "recipient", "existing", "locked", "forbidden"):
        column = getattr(candidates, name)
        kind, expected = ("b", "bool") if name in ("existing", "locked", "forbidden") else ("i", "int32")
        if not isinstance(column, np.ndarray) or column.ndim != 1 or column.dtype.kind != kind:
            found = getattr(column, "dtype", type(column).__name__)
            raise _column(
                name,
                Text(
                    f"应为 {expected} 一维数组，却为 {found}",
                    f"should be one row of {expected} but is {found}",
                ),
            )
        if len(column) != length:
            raise _column(name, _length(length, len(column)))
    for name, column, records in (
        ("supporter", candidates.supporter, problem.supporters),
        ("recipient", candidates.recipient, problem.recipients),
    ):
        outside = np.flatnonzero((column < 0) | (column >= len(records)))
        if len(outside):
            where = int(outside[0])
            raise _column(
                name,
                Text(
                    f"第 {where + 1} 个候选的序号应在 0 到 {len(records) - 1} 之间，却为 {column[where]}",
                    f"candidate {where + 1} should be a number from 0 to {len(records) - 1} "
                    f"but is {column[where]}",
                ),
            )
    places = candidates.supporter.astype(np.int64) * len(problem.recipients) + candidates.recipient
    wrong = np.flatnonzero(places[1:] <= places[:-1])
    if len(wrong):
        where = int(wrong[0]) + 1
        giver = problem.supporters[candidates.supporter[where]].name
        taker = problem.recipients[candidates.recipient[where]].name
        if places[where] == places[where - 1]:
            found = Text("出现两次", "stands there twice")
        else:
            found = Text("未按（支援医院、受援医院）排序", "is not in the order of (supporter, recipient)")
        raise BadProblem(
            Text(
                f"候选配对“{giver}—{taker}”（第 {where + 1} 个）{found.zh}。每对只列一次，并按序号升序排列。",
                f"The candidate pair {giver} – {taker} (number {where + 1}) {found.en}. "
                "List each pair once, in ascending order of the numbers.",
            )
        )


def _levels(problem: Problem) -> None:
    """Check that costs are whole numbers whose sums cannot overflow, and prices not negative."""
    length = len(problem.candidates)
    names = [level.name for level in problem.levels]
    if not names or len(set(names)) < len(names):
        raise BadProblem(
            Text(
                f"目标层级应至少一个且名称各不相同，却为：{names}。",
                f"There should be at least one level, each with its own name, but there are: {names}.",
            )
        )
    for level in problem.levels:
        largest = 0
        if level.cost is not None:
            largest = _largest_cost(level.name, level.title, level.cost, length)
        for rule, price in (
            *level.prices.items(),
            ("evenness", level.evenness),
            ("coverage", level.coverage),
        ):
            if not _is_whole(price) or price < 0:
                raise BadProblem(
                    Text(
                        f"目标层级“{level.title.zh}”中 {rule} 的单价应为不小于 0 的整数，却为 {price}。",
                        f"At level “{level.title.en}” the price of {rule} should be a whole number ≥ 0 "
                        f"but is {price}.",
                    )
                )
            largest = max(largest, price)
        if largest * (2 * length + 1) >= LARGEST:
            raise BadProblem(
                Text(
                    f"目标层级“{level.title.zh}”的数值过大：{largest} × {length} 个候选，"
                    "超过 64 位整数可精确累计的范围。请改用更粗的单位。",
                    f"The numbers of level “{level.title.en}” are too large: {largest} × {length} candidates "
                    "exceed what 64-bit whole numbers can add up exactly. Use a coarser unit.",
                )
            )


def _largest_cost(name: str, title: Text, cost: object, length: int) -> int:
    if not isinstance(cost, np.ndarray) or cost.ndim != 1:
        found = type(cost).__name__
        raise _column(
            name,
            Text(f"应为一维整数数组，却为 {found}", f"should be one row of whole numbers but is {found}"),
        )
    if len(cost) != length:
        raise _column(name, _length(length, len(cost)))
    if cost.dtype.kind == "f" and not np.isfinite(cost).all():
        where = int(np.flatnonzero(~np.isfinite(cost))[0])
        raise BadProblem(
            Text(
                f"目标层级“{title.zh}”第 {where + 1} 个候选的分值不是数（{cost[where]}）。"
                "请填整数；未知的分值请用中性值并标为未知。",
                f"At level “{title.en}” the score of candidate {where + 1} is no number ({cost[where]}). "
                "Give whole numbers; give an unknown score a neutral value and mark it unknown.",
            )
        )
    if cost.dtype != np.int64:
        raise _column(
            name,
            Text(
                f"应为 int64 整数，却为 {cost.dtype}", f"should be whole numbers (int64) but is {cost.dtype}"
            ),
        )
    return max(int(cost.max(initial=0)), -int(cost.min(initial=0)))


def _length(expected: int, found: int) -> Text:
    return Text(f"应有 {expected} 项，却有 {found} 项", f"should have {expected} entries but has {found}")


def _column(name: str, fault: Text) -> BadProblem:
    return BadProblem(
        Text(
            f"候选配对的列“{name}”有误：{fault.zh}。",
            f"Column “{name}” of the candidates is wrong: it {fault.en}.",
        )
    )


def _wrong(role: Text, name: str, fault: Text) -> BadProblem:
    return BadProblem(
        Text(f"{role.zh}“{name}”有误：{fault.zh}。", f"The {role.en} {name} is wrong: {fault.en}.")
    )
