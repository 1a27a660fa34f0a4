"""Problems and plans as JSON files: written, read back, and refused when they are not what they should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from duikou.engines.pairing.optimise.build import problem_of
from duikou.engines.pairing.optimise.model import BadProblem, Candidates, Problem, Status
from duikou.engines.pairing.optimise.planfile import plan_file, plan_of, read_plan, write
from duikou.engines.pairing.optimise.problemfile import Source, digest, read_problem, write_problem
from duikou.engines.pairing.optimise.strict import BadFile
from duikou.engines.pairing.optimise.verify import check
from duikou.engines.pairing.optimise.wishes import with_wishes
from tests.unit.engines.optimise.solvers import brute_force
from tests.unit.engines.optimise.strategies import problems
from tests.unit.engines.optimise.test_build import ROUND
from tests.unit.engines.pairing.builders import RULES

SOURCE = Source("zhejiang-2014", date(2014, 2, 15), date(2017, 2, 14))
PROBLEM = problem_of(ROUND, RULES)
CHOSEN = np.flatnonzero(PROBLEM.candidates.existing).astype(np.int32)
Change = Callable[[dict[str, Any]], object]


def same(one: Problem, other: Problem) -> bool:
    """Whether two problems say the same, columns included."""
    columns = [name for name in Candidates.__slots__ if name not in ("parts", "unknown")]
    return all(
        np.array_equal(getattr(one.candidates, n), getattr(other.candidates, n)) for n in columns
    ) and write_problem(one) == write_problem(other)


def problem_text(change: Change = lambda document: None) -> str:
    document = json.loads(write_problem(PROBLEM, SOURCE))
    change(document)
    return json.dumps(document, ensure_ascii=False)


def plan_text(change: Change = lambda document: None) -> str:
    from tests.unit.engines.optimise.test_verify import stated

    document = json.loads(write(PROBLEM, check(PROBLEM, stated(PROBLEM, CHOSEN.tolist())), SOURCE))
    change(document)
    return json.dumps(document, ensure_ascii=False)


# --- there and back


@given(problems(city_table=True, capacity=True, departments=True, max_changes=True))
def test_a_problem_comes_back_as_it_was(problem: Problem) -> None:
    back, source = read_problem(write_problem(problem, SOURCE))
    assert same(problem, back)
    assert source == SOURCE
    assert digest(back) == digest(problem)


@given(problems(city_table=True, capacity=True, departments=True, max_changes=True))
def test_a_plan_comes_back_as_it_was(problem: Problem) -> None:
    plan = check(problem, brute_force(problem))
    assume(plan.status is Status.OPTIMAL)
    file = read_plan(write(problem, plan, SOURCE))
    assert file == plan_file(problem, plan, SOURCE)
    assert file.proved
    again = check(problem, plan_of(problem, file))
    assert again.verified
    assert again.chosen.tolist() == plan.chosen.tolist()
    assert again.values == plan.values
    assert file.counts.pairs == len(plan.chosen)
    assert file.counts.changes == file.counts.added + file.counts.dropped


def test_each_pair_has_a_reason_in_both_languages() -> None:
    file = read_plan(plan_text())
    for pair in (*file.kept, *file.added, *file.dropped):
        assert pair.reason.zh.endswith("。")
        assert pair.reason.en.endswith(".")


def test_a_plan_belongs_to_its_problem() -> None:
    other = replace(PROBLEM, max_changes=3)
    with pytest.raises(BadFile):
        plan_of(other, read_plan(plan_text()))


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_problem("\ufeff".encode() + problem_text().encode())[1] == SOURCE


# --- what is refused, and where


def put(*path: str | int, value: object) -> Change:
    """Set a value deep inside a document."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


PROBLEM_FAULTS: list[tuple[Change, str]] = [
    (put("format", value="duikou-plan"), "duikou-problem"),
    (put("version", value=2), "第 1 版"),
    (put("version", value=True), "第 1 版"),
    (put("colour", value="red"), "没有名为“colour”的项"),
    (lambda d: d.pop("levels"), "缺少“levels”"),
    (put("supporters", 0, "least", value="2"), "supporters[0].least：应为整数"),
    (put("supporters", 0, "least", value=2.0), "supporters[0].least：应为整数"),
    (put("supporters", 0, "least", value=True), "supporters[0].least：应为整数"),
    (put("supporters", 0, "least", value=9), "9"),
    (put("supporters", 0, "kind", value="palace"), "supporters[0].kind"),
    (put("supporters", 0, "strengths", value="儿科"), "supporters[0].strengths：应为列表"),
    (put("supporters", 1, "key", value="p"), "p"),
    (put("recipients", 0, "county", value=99), "99"),
    (put("recipients", 0, "needs", value={"儿科": None}), "recipients[0].needs.儿科"),
    (put("recipients", 0, "assumed", value=1), "recipients[0].assumed"),
    (put("candidates", "existing", value=[10_000]), "candidates.existing[0]"),
    (put("candidates", "existing", value=[-1]), "candidates.existing[0]"),
    (put("candidates", "supporter", 0, value=2**40), "supporter"),
    (put("candidates", "supporter", 0, value=2**70), "candidates.supporter[0]"),
    (lambda d: d["candidates"]["recipient"].pop(), "recipient"),
    (put("levels", 0, "prices", value={"PAIR-03": -1}), "PAIR-03"),
    (put("levels", 0, "cost", value=[1]), "1"),
    (put("levels", 0, "title", value={"zh": "甲"}), "levels[0].title：缺少“en”"),
    (put("levels", value=[]), "至少一个"),
    (put("max_changes", value=-1), "-1"),
    (put("source", "first_day", value="2014-02-30"), "source.first_day"),
    (put("source", "first_day", value="20140215"), "source.first_day"),
]


@pytest.mark.parametrize(("change", "said"), PROBLEM_FAULTS)
def test_a_faulty_problem_file(change: Change, said: str) -> None:
    with pytest.raises(BadProblem) as refused:
        read_problem(problem_text(change))
    assert said in refused.value.message.zh
    assert refused.value.message.en


PLAN_FAULTS: list[tuple[Change, str]] = [
    (put("format", value="duikou-problem"), "duikou-plan"),
    (put("status", value="perfect"), "status"),
    (put("kept", 0, "recipient_key", value="nobody"), "kept[0].recipient_key"),
    (put("kept", 0, "supporter_key", value="nobody"), "kept[0].supporter_key"),
    (put("kept", 0, "reason", value="because"), "kept[0].reason"),
    (lambda d: d["kept"].append(d["kept"][0]), "出现两次"),
    (put("recipients", 0, "county", value="000000"), "recipients[0].county"),
    (put("gap", value="0"), "gap：应为数字"),
]


@pytest.mark.parametrize(("change", "said"), PLAN_FAULTS)
def test_a_faulty_plan_file(change: Change, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_plan(plan_text(change))
    assert said in refused.value.message.zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "第 1 行第 1 列"),
        (b"\x89PNG\r\n\x1a\n", "UTF-8"),
        (b"[1, 2", "JSON"),
        (b"[1, 2]", "format"),
        (b"null", "format"),
        (b"{}", "format"),
        (b'{"format": "duikou-plan", "format": "duikou-plan"}', "出现两次"),
        (b'{"format": NaN}', "NaN"),
        (b'{"format": -Infinity}', "-Infinity"),
        (b"[" * 100_000, "嵌套过深"),
        (b'{"format": "duikou-plan", "version": 1}', "缺少"),
    ],
)
def test_what_is_no_plan_file(text: bytes, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_plan(text)
    assert said in refused.value.message.zh


# --- wishes laid on a problem file


def test_wishes() -> None:
    problem = with_wishes(PROBLEM, [("p", "吴兴医院")], [("湖州医院", "a")], 3)
    c = problem.candidates
    assert c.locked.sum() == c.forbidden.sum() == 1
    assert problem.max_changes == 3
    assert with_wishes(problem).max_changes == 3
    assert not PROBLEM.candidates.locked.any()


def test_a_lock_of_what_is_no_candidate_is_refused() -> None:
    with pytest.raises(BadProblem) as refused:
        with_wishes(PROBLEM, [("嘉兴医院", "吴兴医院")])
    assert "不能锁定" in refused.value.message.zh
    assert not with_wishes(PROBLEM, (), [("嘉兴医院", "吴兴医院")]).candidates.forbidden.any()
