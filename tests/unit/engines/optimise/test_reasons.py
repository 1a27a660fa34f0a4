"""Why a pair is kept, begun or ended: the facts of both rounds, no more."""

from __future__ import annotations

import pytest

from duikou.engines.pairing.optimise.build import problem_of
from duikou.engines.pairing.optimise.facts import NOTHING, Facts
from duikou.engines.pairing.optimise.model import Problem
from duikou.engines.pairing.optimise.options import Options
from duikou.engines.pairing.optimise.planfile import PlanFile, plan_file
from duikou.engines.text import Text
from tests.unit.engines.optimise.test_build import ROUND
from tests.unit.engines.optimise.test_verify import stated
from tests.unit.engines.pairing.builders import RULES

# p 省医院 → a 安吉; c 湖州医院 → a 安吉, w 吴兴; t 湖州中医院 → w 吴兴; o 嘉兴医院 → h 海宁
CHANGXING = "assumed-330522-1"
NOW = {("p", "a"), ("c", "a"), ("c", "w"), ("t", "w"), ("o", "h")}


def proposal(pairs: set[tuple[str, str]], facts: Facts = NOTHING, options: Options | None = None) -> PlanFile:
    problem = problem_of(ROUND, RULES, facts, options or Options())
    return plan_file(
        problem, stated(problem, [at for at in range(len(problem.candidates)) if _key(problem, at) in pairs])
    )


def _key(problem: Problem, at: int) -> tuple[str, str]:
    columns = problem.candidates
    return problem.supporters[columns.supporter[at]].key, problem.recipients[columns.recipient[at]].key


def reason(file: PlanFile, supporter: str, recipient: str) -> Text:
    (found,) = [
        pair.reason
        for pair in (*file.kept, *file.added, *file.dropped)
        if (pair.supporter_key, pair.recipient_key) == (supporter, recipient)
    ]
    return found


# change of the round → whose reason → what it says
CASES: list[tuple[set[tuple[str, str]], set[tuple[str, str]], tuple[str, str], list[str]]] = [
    # nothing changes
    (set(), set(), ("c", "w"), ["延续现有结对", "共支援2所", "PAIR-01：2–4所"]),
    (set(), set(), ("t", "w"), ["延续现有结对", "共支援1所", "应为1–4所"]),
    # a county without anybody
    (set(), {("c", CHANGXING)}, ("c", CHANGXING), ["没有受援医院（PAIR-03），具体医院待定", "（PAIR-04）"]),
    (set(), {("p", CHANGXING)}, ("p", CHANGXING), ["PAIR-03", "省医院由1所增为2所（PAIR-01：2–4所）"]),
    # one of two supporters stays
    ({("p", "a")}, set(), ("p", "a"), ["原有2所支援医院，应不超过1所（PAIR-05），保留湖州医院"]),
    # another supporter takes over
    ({("o", "h")}, {("p", "h")}, ("p", "h"), ["省医院由1所增为2所", "接替嘉兴医院"]),
    ({("o", "h")}, {("p", "h")}, ("o", "h"), ["改由省医院支援", "省医院由1所增为2所"]),
    # nobody takes over
    ({("o", "h")}, set(), ("o", "h"), ["该院不再受援"]),
    # a supporter that gives one away needs another to keep its number
    ({("c", "a")}, {("c", CHANGXING)}, ("c", CHANGXING), ["湖州医院有结对取消，补足为2所"]),
]  # fmt: skip


@pytest.mark.parametrize(("gone", "new", "whose", "said"), CASES)
def test_reasons(
    gone: set[tuple[str, str]], new: set[tuple[str, str]], whose: tuple[str, str], said: list[str]
) -> None:
    found = reason(proposal((NOW - gone) | new), *whose)
    assert all(words in found.zh for words in said), found.zh
    assert found.en


def test_wishes_are_named_first() -> None:
    options = Options(locks=(("c", "w"), ("p", "h")), prohibitions=(("o", "h"),))
    file = proposal((NOW - {("o", "h")}) | {("p", "h")}, options=options)
    assert reason(file, "c", "w").zh.startswith("按您的锁定；延续")
    assert reason(file, "p", "h").zh.startswith("按您的锁定；")
    assert reason(file, "o", "h").zh.startswith("按您的禁止；")


def test_lost_pairs_say_what_ended_them() -> None:
    file = proposal(NOW, Facts(closed=frozenset({"o"})))
    assert reason(file, "o", "h").zh == "支援医院已关闭。"
    assert (file.counts.present, file.counts.dropped, file.counts.changes) == (5, 1, 1)
    again = proposal(NOW | {("p", "h")}, Facts(closed=frozenset({"o"})))
    assert "原支援已终止（支援医院已关闭）" in reason(again, "p", "h").zh


def test_a_change_that_no_single_rule_asks_for() -> None:
    file = proposal(NOW | {("p", "w")})
    assert "PAIR-01" in reason(file, "p", "w").zh  # 省医院 had 1
    calm = proposal(NOW | {("p", "w")}, options=Options(off=frozenset({"PAIR-01"})))
    assert "各项规则与最少变动" in reason(calm, "p", "w").zh
