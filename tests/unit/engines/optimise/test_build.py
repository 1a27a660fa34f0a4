"""From a round and its rules to a problem: who may be paired, what is wanted, what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from duikou.engines.pairing.model import HospitalKind, Resolution, Round, RuleSpec
from duikou.engines.pairing.optimise.build import problem_of
from duikou.engines.pairing.optimise.facts import NOTHING, Distance, Facts, Newcomer
from duikou.engines.pairing.optimise.levels import exchange_rates
from duikou.engines.pairing.optimise.model import BadProblem, Level, Problem, Terms
from duikou.engines.pairing.optimise.options import Options
from tests.unit.engines.pairing.builders import RULES, hospital, round_of, row

PROVINCIAL = hospital("省医院", "330402", key="p")
CITY = hospital("湖州医院", "330502", key="c")
TCM = hospital("湖州中医院", "330502", key="t", kind=HospitalKind.TCM)
OTHER_CITY = hospital("嘉兴医院", "330402", key="o")
ANJI, WUXING, HAINING = (
    hospital("安吉医院", "330523", key="a"),
    hospital("吴兴医院", "330502", key="w"),
    hospital("海宁医院", "330481", key="h"),
)
ROUND = round_of(
    row(1, PROVINCIAL, ANJI, table="1", group=None),
    row(2, CITY, ANJI),
    row(3, CITY, WUXING),
    row(4, TCM, WUXING),
    row(5, OTHER_CITY, HAINING, group="嘉兴市"),
)


def build(
    round: Round = ROUND, facts: Facts = NOTHING, rules: Mapping[str, RuleSpec] = RULES, **options: Any
) -> Problem:
    return problem_of(round, rules, facts, Options(**options))


def pairs(problem: Problem, column: str = "") -> set[tuple[str, str]]:
    """Keys of all candidates, or of those that a column marks."""
    c = problem.candidates
    marked = getattr(c, column) if column else [True] * len(c)
    return {
        (problem.supporters[s].key, problem.recipients[r].key)
        for s, r, here in zip(c.supporter, c.recipient, marked, strict=True)
        if here
    }


def level(problem: Problem, name: str) -> Level:
    return next(one for one in problem.levels if one.name == name)


# --- hospitals and their bounds


# supporter   rule, least, target, most
BOUNDS = {
    "p": ("PAIR-01", 2, 3, 4),
    "c": ("PAIR-01", 2, 3, 4),
    "t": (None, 1, None, 4),  # Chinese medicine: no number of its own; no more than a general hospital
    "o": ("PAIR-01", 2, 3, 4),
}


def test_bounds_of_supporters_come_from_the_pack() -> None:
    found = {one.key: (one.rule, one.least, one.target, one.most) for one in build().supporters}
    assert found == BOUNDS


def test_special_hospitals_want_exactly_their_number() -> None:
    special = hospital("湖州妇保院", "330502", kind=HospitalKind.MATERNAL_CHILD)
    problem = build(round_of(row(1, special, ANJI)))
    assert (problem.supporters[0].least, problem.supporters[0].most) == (2, 2)


def test_parameters_of_the_planner_replace_the_packs() -> None:
    problem = build(parameters={"PAIR-01": {"target": 2, "note_off_by": 0}})
    assert [(one.least, one.most) for one in problem.supporters if one.rule] == [(2, 2)] * 3


def test_a_rule_that_is_off_binds_nobody() -> None:
    problem = build(off=frozenset({"PAIR-01", "load", "PAIR-05/gap"}))
    assert {(one.rule, one.least, one.most) for one in problem.supporters} == {(None, 0, 99)}
    assert {one.least for one in problem.recipients} == {0}
    assert not {"PAIR-01", "load", "PAIR-05/gap"} & level(problem, "quotas").prices.keys()


def test_recipients_of_today_shall_not_lose_their_only_supporter() -> None:
    found = {one.key: (one.least, one.most, one.assumed) for one in build().recipients}
    assert found == {
        "a": (1, 1, False),
        "w": (1, 1, False),
        "h": (1, 1, False),
        "assumed-330522-1": (0, 1, True),
        "assumed-331127-1": (0, 1, True),
    }


def test_a_county_without_recipient_gets_one_that_is_still_to_be_named() -> None:
    names = [one.name for one in build().recipients if one.assumed]
    assert names == ["长兴县县级医院（待定）", "景宁畲族自治县县级医院（待定）"]


def test_a_hospital_that_the_planner_names_takes_that_place() -> None:
    problem = build(recipients=(("长兴县", "长兴某医院"), ("331127", "景宁某医院")))
    assert not any(one.assumed for one in problem.recipients)
    assert [one.name for one in problem.recipients[-2:]] == ["长兴某医院", "景宁某医院"]


def test_a_registered_newcomer_takes_that_place() -> None:
    newcomer = hospital("长兴医院", "330522", key="n")
    problem = build(facts=Facts(newcomers=[Newcomer(newcomer)]))
    assert [one.name for one in problem.recipients if one.assumed] == ["景宁畲族自治县县级医院（待定）"]
    assert ("c", "n") in pairs(problem)


def test_a_new_supporter_is_offered_its_city() -> None:
    newcomer = hospital("湖州新医院", "330502", key="n")
    problem = build(facts=Facts(newcomers=[Newcomer(newcomer, supporter=True)]))
    assert {r for s, r in pairs(problem) if s == "n"} == {"a", "w", "assumed-330522-1"}


# --- who may be paired


def test_candidates() -> None:
    everybody = {"a", "w", "h", "assumed-330522-1", "assumed-331127-1"}
    here = {"a", "w", "assumed-330522-1"}
    assert pairs(build()) == {
        *(("p", one) for one in everybody),
        *((s, one) for s in "ct" for one in here),
        ("o", "h"),
    }


def test_a_pair_outside_the_city_stays_possible_when_it_exists_or_is_locked() -> None:
    abroad = round_of(*ROUND.rows, row(6, OTHER_CITY, ANJI, group="嘉兴市"))
    assert ("o", "a") in pairs(build(abroad))
    assert ("o", "w") in pairs(build(locks=(("嘉兴医院", "吴兴医院"),)), "locked")


def test_locks_and_prohibitions_by_key_registered_and_printed_name() -> None:
    printed = round_of(row(1, PROVINCIAL, ANJI, table="1", group=None, supporter_printed="省院"))
    for one in ("p", "省医院", "省院"):
        assert pairs(build(printed, locks=((one, "安吉医院"),)), "locked") == {("p", "a")}
        assert pairs(build(printed, prohibitions=((one, "a"),)), "forbidden") == {("p", "a")}


def test_a_pair_locked_and_forbidden_is_left_to_the_solve() -> None:
    problem = build(locks=(("c", "a"),), prohibitions=(("c", "a"),))
    assert pairs(problem, "locked") == pairs(problem, "forbidden") == {("c", "a")}


def test_nothing_beyond_the_maximum_distance_but_locks() -> None:
    metres = {("p", "a"): 90_001, ("p", "h"): 90_000, ("c", "a"): 1}
    facts = Facts(distances={pair: Distance(length) for pair, length in metres.items()})
    problem = build(facts=facts, max_distance=90_000)
    assert ("p", "a") not in pairs(problem)
    assert {("p", "h"), ("p", "w")} <= pairs(problem)  # just near enough; unknown
    lost = [(one.supporter, one.recipient, one.why) for one in problem.lost]
    assert lost == [("省医院", "安吉医院", "too_far")]
    assert problem.lost_pairs == 1
    assert ("p", "a") in pairs(build(facts=facts, max_distance=90_000, locks=(("p", "a"),)))


def test_a_closed_hospital_is_gone_and_its_pairs_are_lost() -> None:
    problem = build(facts=Facts(closed=frozenset({"c", "h"})))
    assert {one.key for one in problem.supporters} == {"p", "t", "o"}
    assert {(one.supporter_key, one.recipient_key, one.why) for one in problem.lost} == {
        ("c", "a", "supporter_closed"),
        ("c", "w", "supporter_closed"),
        ("o", "h", "recipient_closed"),
    }
    assert level(problem, "stability").constant == 5  # two pairs of today and three lost ones
    assert "海宁市县级医院（待定）" in [one.name for one in problem.recipients]


def test_a_second_supporter_for_its_own_departments_may_stay() -> None:
    limited = round_of(
        row(1, PROVINCIAL, ANJI, table="1", group=None),
        row(2, CITY, ANJI, departments=("儿科",), reason="儿科薄弱"),
        row(3, CITY, WUXING),
    )
    problem = build(limited)
    anji = next(one for one in problem.recipients if one.key == "a")
    assert anji.most == 2
    assert {pair for pair in pairs(problem) if pair[1] == "a"} == {("p", "a"), ("c", "a")}
    assert problem.terms == {("c", "a"): Terms(("儿科",), "儿科薄弱")}


@pytest.mark.parametrize("fields", [{"departments": ("儿科",)}, {"reason": "儿科薄弱"}, {}])
def test_without_departments_and_reason_it_is_a_duplicate(fields: dict[str, object]) -> None:
    problem = build(round_of(row(1, PROVINCIAL, ANJI, table="1", group=None), row(2, CITY, ANJI, **fields)))
    assert next(one for one in problem.recipients if one.key == "a").most == 1


def test_a_name_that_nobody_knows_keeps_its_pair_and_gets_no_new_one() -> None:
    unknown = row(6, hospital("不明医院"), hospital("不明卫生院"), group=None,
                  supporter_resolution=Resolution.NONE, recipient_resolution=Resolution.NONE)  # fmt: skip
    problem = build(round_of(*ROUND.rows, unknown))
    mine = {pair for pair in pairs(problem) if pair[0].startswith("name:")}
    assert len(mine) == 1
    assert problem.counties[-1].code == ""


# --- facts


def test_free_months_are_capacity_less_aid() -> None:
    facts = Facts(
        capacity_months={"c": 30, "p": 5}, aid_months={"c": 12, "p": 9, "o": 4}, asked_months={"a": 12}
    )
    problem = build(facts=facts)
    assert {one.key: one.capacity_months for one in problem.supporters} == {
        "p": 0,
        "c": 18,
        "t": None,
        "o": None,  # aid without a known capacity leaves it unknown
    }
    assert {one.key: one.months for one in problem.recipients}["a"] == 12
    assert "capacity" in problem.breaks_network


def test_unknown_distances_are_neutral_and_marked() -> None:
    metres = {("p", "a"): 10_000, ("c", "a"): 30_049, ("c", "w"): 0}
    problem = build(facts=Facts(distances={pair: Distance(length) for pair, length in metres.items()}))
    c = problem.candidates
    travel = {
        (problem.supporters[s].key, problem.recipients[r].key): (hundreds, unknown)
        for s, r, hundreds, unknown in zip(
            c.supporter, c.recipient, c.parts["travel"].tolist(), c.unknown["travel"].tolist(), strict=True
        )
    }
    assert travel["p", "a"] == (100, False)
    assert travel["c", "a"] == (300, False)
    assert travel["c", "w"] == (0, False)
    assert travel["p", "h"] == (100, True)  # the median of the known ones


def test_without_any_distance_there_is_no_level_of_travel() -> None:
    assert "travel" not in [one.name for one in build().levels]


def test_fit_counts_when_needs_and_strengths_are_known() -> None:
    facts = Facts(needs={"a": {"儿科": 3, "骨科": 1}}, strengths={"c": frozenset({"儿科"})})
    problem = build(facts=facts)
    assert level(problem, "fit").coverage == 1
    assert "fit" not in [one.name for one in build(facts=Facts(needs={"a": {"儿科": 3}})).levels]


def test_priority_counties_are_worth_a_provincial_hospital() -> None:
    problem = build(facts=Facts(priorities={"330523": 5}))
    cost = level(problem, "priority").cost
    assert cost is not None
    assert cost.tolist().count(-5) == 1


# --- levels


def test_default_levels() -> None:
    names = [one.name for one in build().levels]
    assert names == ["coverage", "city_table", "quotas", "stability", "suitability"]


def test_the_planners_order() -> None:
    problem = build(order=("stability", "coverage"))
    assert [one.name for one in problem.levels] == ["stability", "coverage"]


def test_without_the_cities_tables_the_problem_is_a_network() -> None:
    assert build().breaks_network == ("city_table",)
    assert build(city_tables=False).breaks_network == ()


def test_the_weighted_mode_has_one_level_that_says_what_each_weight_buys() -> None:
    problem = build(
        facts=Facts(distances={("p", "a"): Distance(10_000)}),
        weights={"coverage": 1000, "stability": 20, "travel": 1},
    )
    (only,) = problem.levels
    assert only.prices["PAIR-03"] == 1000
    assert only.prices["PAIR-01"] == 0
    assert only.constant == 20 * 5
    assert "1 项变动（对现有结对的变动）= 2 公里（路程）" in only.title.zh


def test_exchange_rates_need_two_weights() -> None:
    assert exchange_rates({"travel": 3}) == ()
    assert exchange_rates({"travel": 2, "stability": 50})[0].en.startswith(
        "changes to the present pairs: 1 = 2.5 km"
    )
    assert exchange_rates({"travel": 2, "stability": 5})[0].en.startswith(
        "distance by road: 1 km = 4 changes"
    )
    assert "= 2.5 公里" in exchange_rates({"travel": 2, "stability": 50})[0].zh


# --- what is refused


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"locks": (("浙江医院", "安吉医院"),)}, "没有名为“浙江医院”的支援医院"),
        ({"locks": (("湖州医院", "安吉院"),)}, "是否指：安吉医院"),
        ({"prohibitions": (("c", "nobody"),)}, "没有名为“nobody”的受援医院"),
        ({"recipients": (("德清县", "某院"),)}, "没有名为“德清县”的县"),
        ({"recipients": (("安吉县", "安吉医院"),)}, "已是安吉县的受援医院"),
        ({"off": frozenset({"PAIR-99"})}, "没有名为“PAIR-99”的规则"),
        ({"prices": {"PAIR-01": -1}}, "PAIR-01的单价"),
        ({"prices": {"PAIR-01": math.nan}}, "nan"),
        ({"parameters": {"PAIR-99": {}}}, "PAIR-99"),
        ({"order": ("coverage", "coverage")}, "出现了两次"),
        ({"order": ("beauty",)}, "beauty"),
        ({"weights": {"travel": 1.5}}, "1.5"),
        ({"weights": {"stability": 2**41}}, "权重"),
        ({"max_changes": -1}, "变动上限"),
        ({"ceiling": True}, "支援数上限"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadProblem) as refused:
        build(**options)
    assert said in refused.value.message.zh
    assert refused.value.message.en


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(distances={("c", "a"): Distance(math.nan)}), "湖州医院 → 安吉医院"),  # type: ignore[arg-type]
        (Facts(distances={("c", "a"): Distance(-1)}), "距离"),
        (Facts(distances={("c", "a"): Distance(1, "guess")}), "guess"),
        (Facts(needs={"a": {"儿科": math.inf}}), "安吉医院 · 儿科"),  # type: ignore[dict-item]
        (Facts(capacity_months={"c": -3}), "湖州医院的能力"),
        (Facts(aid_months={"c": 1.5}), "其他援助任务"),  # type: ignore[dict-item]
        (Facts(asked_months={"a": "12"}), "所需人月"),  # type: ignore[dict-item]
        (Facts(priorities={"999999": 1}), "999999"),
    ],
)
def test_facts_that_make_no_sense(facts: Facts, said: str) -> None:
    with pytest.raises(BadProblem) as refused:
        build(facts=facts)
    assert said in refused.value.message.zh


def test_a_lock_of_a_closed_hospital_says_so() -> None:
    with pytest.raises(BadProblem) as refused:
        build(facts=Facts(closed=frozenset({"c"})), locks=(("湖州医院", "安吉医院"),))
    assert "已注明关闭" in refused.value.message.zh


def test_a_name_that_two_hospitals_share_asks_for_the_key() -> None:
    twin = hospital("安吉医院", "330481", key="twin")
    with pytest.raises(BadProblem) as refused:
        build(round_of(*ROUND.rows, row(6, OTHER_CITY, twin, group="嘉兴市")), locks=(("c", "安吉医院"),))
    assert "a、twin" in refused.value.message.zh


def test_an_empty_round_is_refused() -> None:
    with pytest.raises(BadProblem):
        build(round_of())
