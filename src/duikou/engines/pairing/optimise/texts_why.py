"""Sentences that explain a plan: a pair, its alternatives, a county, the price of a rule. Both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from duikou.engines.pairing.optimise.measures import HUNDRED_METRES, change
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    SPECIAL_LOAD,
    UNBROKEN,
    Problem,
)
from duikou.engines.pairing.optimise.standing import Difference, Refusal
from duikou.engines.pairing.optimise.texts_contradiction import joined, pair
from duikou.engines.pairing.texts import counted, names_en, names_zh
from duikou.engines.text import Text

__all__ = ["joined", "pair"]

NOTHING = Text("", "")
NOT_SOLVED = Text("未重新求解，代价未知。", "Not solved again; the cost is not known.")


class PartKind(NamedTuple):
    """How a score part is called, its unit, and whether more of it is better."""

    title: Text
    unit: Text
    more: bool


PARTS: Mapping[str, PartKind] = {
    "fit": PartKind(Text("满足的科室需求", "departments met"), Text("需求权重", "weight of needs"), True),
    "kind": PartKind(Text("类别不相称", "kinds that do not match"), Text("分", "points"), False),
    "city": PartKind(Text("在本市之外", "outside its own city"), Text("所", "hospitals"), False),
    "travel": PartKind(Text("路程", "distance by road"), HUNDRED_METRES, False),
    "priority": PartKind(Text("优先县", "county of priority"), Text("优先分", "points of priority"), True),
}  # fmt: skip


def part(name: str) -> PartKind:
    """Return how a score part is called; an unknown one by its own name, less being better."""
    return PARTS.get(name, PartKind(Text(name, name), NOTHING, False))


# ---------------------------------------------------------------------------------- costs


def difference(problem: Problem, amounts: Difference) -> Text:
    """List the levels that change, most important first."""
    changed = [(level, by) for level, by in zip(problem.levels, amounts, strict=False) if by]
    if not changed:
        return Text("各级目标不变", "no level changes")
    return Text(
        "，".join(f"“{level.title.zh}”{change(by, level.unit).zh}" for level, by in changed),
        ", ".join(f"“{level.title.en}” {change(by, level.unit).en}" for level, by in changed),
    )


def exact(problem: Problem, amounts: Difference, moves: Sequence[tuple[Text, bool]]) -> Text:
    """What solving again has found: the cost and the pairs that move."""
    cost = difference(problem, amounts)
    zh = "；".join(f"{'新增' if added else '取消'}{name.zh}" for name, added in moves)
    en = "; ".join(f"{'add' if added else 'end'} {name.en}" for name, added in moves)
    return Text(
        f"代价（已重新求解）：{cost.zh}。变动：{zh}。" if moves else f"代价（已重新求解）：{cost.zh}。",
        f"Cost (solved again): {cost.en}. Moves: {en}." if moves else f"Cost (solved again): {cost.en}.",
    )


def at_least(problem: Problem, amounts: Difference) -> Text:
    """A cost that is proved from below only."""
    if not any(amounts):
        return Text(
            "由价格看不出代价；准确代价须重新求解。",
            "The prices show no cost; solve again to know it exactly.",
        )
    cost = difference(problem, amounts)
    return Text(
        f"代价至少（已证明）：{cost.zh}。",
        f"Costs at least (proved): {cost.en}.",
    )


def impossible(why: Text | None) -> Text:
    """A wish that contradicts the hard rules."""
    why = why or NOTHING
    return Text(f"做不到：{why.zh}", f"Not possible: {why.en}")


def swapped(problem: Problem, name: Text, amounts: Difference, refused: Sequence[Refusal]) -> Text:
    """What putting another pair in this one's place does, while all others stay."""
    if refused:
        reasons = [REFUSALS[one] for one in refused]
        return Text(
            f"换成{name.zh}：不可，{'、'.join(one.zh for one in reasons)}。",
            f"{name.en} instead: not possible, {', '.join(one.en for one in reasons)}.",
        )
    cost = difference(problem, amounts)
    return Text(f"换成{name.zh}：{cost.zh}。", f"{name.en} instead: {cost.en}.")


REFUSALS: Mapping[Refusal, Text] = {
    Refusal.LOCKED: Text("现有的一对已锁定", "a pair in its way is locked"),
    Refusal.FORBIDDEN: Text("这一对被禁止", "the pair is forbidden"),
    Refusal.CEILING: Text("支援医院已达上限", "the supporter is at its ceiling"),
    Refusal.CAPACITY: Text("支援医院人月不足", "the supporter has too few person-months"),
    Refusal.CHANGES: Text("变动次数已用完", "no change is left"),
}


# ------------------------------------------------------------------------- what binds a pair


def locked() -> Text:
    """The pair is a wish of the planner."""
    return Text("这一对由人锁定。", "A person has locked this pair.")


def at_ceiling(name: str, load: int) -> Text:
    """The supporter may not take one more."""
    return Text(
        f"{name}已达支援数上限（{load}所）。", f"{name} is at its ceiling ({counted(load, 'recipient')})."
    )


def at_most(name: str, load: int) -> Text:
    """One more would break the supporter's rule."""
    return Text(
        f"{name}已达规定的最多支援数（{load}所）。",
        f"{name} has the most that its rule wants ({counted(load, 'recipient')}).",
    )


def at_fewest(name: str, load: int) -> Text:
    """One less would break the supporter's rule."""
    return Text(
        f"{name}正好达到规定的最少支援数（{load}所），少一所即违反。",
        f"{name} has the fewest that its rule wants ({counted(load, 'recipient')}); one less breaks it.",
    )


def no_months(name: str, left: int) -> Text:
    """The supporter's person-months are used up."""
    return Text(
        f"{name}每年只剩{left}人月，不够再支援一所。",
        f"{name} has {counted(left, 'person-month')} a year left, too few for another recipient.",
    )


def only_supporter(name: str) -> Text:
    """Without the pair the recipient has nobody."""
    return Text(f"这是{name}唯一的支援医院。", f"It is the only supporter of {name}.")


def only_cover(county: str, city: bool) -> Text:
    """Without the pair the county falls short."""
    if city:
        return Text(
            f"{county}靠这一对达到本市表的覆盖要求。",
            f"{county} meets the demand on its city's own table through this pair.",
        )
    return Text(f"{county}靠这一对达到覆盖要求。", f"{county} is covered through this pair.")


def has_supporters(name: str, supporters: Sequence[str]) -> Text:
    """The recipient has as many supporters as it may have."""
    return Text(
        f"{name}已由{names_zh(supporters)}支援。", f"{name} is supported by {names_en(supporters)} already."
    )


def changes_used_up(most: int) -> Text:
    """The budget of changes is spent."""
    return Text(
        f"允许的{most}处变动已用完。",
        f"The {counted(most, 'change')} allowed {'is' if most == 1 else 'are'} used up.",
    )


def forbidden() -> Text:
    """The pair is forbidden."""
    return Text("这一对被人禁止。", "A person has forbidden this pair.")


# --------------------------------------------------------------------------- broken rules


def no_recipient(county: str) -> Text:
    """A county without any hospital that could be supported."""
    return Text(
        f"{county}没有可受援的医院；请先加入一所。",
        f"{county} has no hospital that could be a recipient; add one first.",
    )


def too_few_recipients(county: str, found: int, least: int) -> Text:
    """A county with fewer hospitals than it should have supported."""
    return Text(
        f"{county}只有{found}所可受援的医院，要求{least}所受援。",
        f"{county} has only {counted(found, 'possible recipient')}, {least} should be supported.",
    )


def no_candidate(name: str) -> Text:
    """Nobody could be paired."""
    return Text(f"{name}没有任何候选结对。", f"{name} has no candidate pair.")


def all_refused(name: str, reasons: Sequence[tuple[Refusal, Sequence[str]]]) -> Text:
    """Every candidate is ruled out by a hard rule; for each rule, by which hospitals."""
    zh = "；".join(f"{REFUSALS[one].zh}（{names_zh(who)}）" for one, who in reasons)
    en = "; ".join(f"{REFUSALS[one].en} ({names_en(who)})" for one, who in reasons)
    return Text(f"{name}的候选都不可用：{zh}。", f"No candidate of {name} can be used: {en}.")


def would_cost(remedy: Text, cost: Text) -> Text:
    """The best single remedy of a broken rule, and what it costs elsewhere."""
    return Text(f"最好的补救是{remedy.zh}：{cost.zh}。", f"The best remedy is to {remedy.en}: {cost.en}.")


def remedy(name: Text, added: bool) -> Text:
    """One pair put in or taken out."""
    return Text(f"{'新增' if added else '取消'}{name.zh}", f"{'add' if added else 'end'} {name.en}")


# -------------------------------------------------------------------------- prices of rules

_RULES: Mapping[str, Text] = {
    COVERAGE: Text("每个县（市）有受援医院", "a supported hospital in every county"),
    CITY_TABLE: Text("各市的表覆盖辖区各县（市）", "each city's own table reaches its counties"),
    GENERAL_LOAD: Text("综合医院的支援数", "recipients of a general hospital"),
    SPECIAL_LOAD: Text("专科医院的支援数", "recipients of a specialised hospital"),
    "load": Text("其他医院的支援数", "recipients of other hospitals"),
    DUPLICATE: Text("不重复支援", "no duplicate support"),
    UNBROKEN: Text("支援不断档", "no gap in support"),
    "locks": Text("锁定", "locks"),
    "prohibitions": Text("禁止", "prohibitions"),
    "ceilings": Text("支援数上限", "ceilings"),
    "capacities": Text("人月", "person-months"),
    "changes": Text("变动上限", "the limit of changes"),
}


def rule(name: str) -> Text:
    """Return what a rule is called."""
    return _RULES.get(name, Text(name, name))


def price(problem: Problem, title: Text, gain: Difference) -> Text:
    """What the plan would gain without a rule."""
    if not any(gain):
        return Text(
            f"“{title.zh}”没有代价：不要这条规则也不会更好。",
            f"“{title.en}” costs nothing: without it nothing gets better.",
        )
    cost = difference(problem, gain)
    return Text(f"不要“{title.zh}”时：{cost.zh}。", f"Without “{title.en}”: {cost.en}.")


def blocking(name: Text, instead_of: Sequence[Text], cost: Text, refused: Sequence[Refusal]) -> Text:
    """A pair that both sides would like better than what they have, and why it is not in the plan."""
    zh = f"（代替{names_zh([one.zh for one in instead_of])}）" if instead_of else ""
    en = f" (instead of {names_en([one.en for one in instead_of])})" if instead_of else ""
    if refused:
        why = Text(
            "、".join(REFUSALS[one].zh for one in refused), ", ".join(REFUSALS[one].en for one in refused)
        )
    else:
        why = Text(f"总体上{cost.zh}", f"on the whole: {cost.en}")
    return Text(
        f"{name.zh}对双方都更合适{zh}，但{why.zh}。", f"{name.en} would suit both better{en}, but {why.en}."
    )
