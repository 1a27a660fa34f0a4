"""What the planner reads about a plan: why this pair, why not that one, why a county stays without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise.columns import Columns, breaches_of
from duikou.engines.pairing.optimise.costs import Certainty, chain
from duikou.engines.pairing.optimise.counties import breach_cards, county_cards
from duikou.engines.pairing.optimise.explain import pair_cards, why_not
from duikou.engines.pairing.optimise.instant import lower_bounds, warm_solver
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import (
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    Candidates,
    County,
    Level,
    Plan,
    Problem,
    Recipient,
    Status,
    Supporter,
)
from duikou.engines.pairing.optimise.prices import blocking_pairs, rule_prices
from duikou.engines.text import Text

COUNTIES = [
    County("330522", "长兴县", UnitKind.COUNTY, "330500", least=1),
    County("330523", "安吉县", UnitKind.COUNTY, "330500", least=1),
]
RECIPIENTS = [
    Recipient("r1", "长兴医院", HospitalKind.GENERAL, county=0),
    Recipient("r2", "安吉医院", HospitalKind.GENERAL, county=1),
    Recipient("r3", "安吉中医院", HospitalKind.TCM, county=1),
]
SUPPORTERS = [
    Supporter(key, name, HospitalKind.GENERAL, None, "1", GENERAL_LOAD, least=1, most=1)
    for key, name in (("s1", "省一院"), ("s2", "省二院"))
]
# Kilometres (1 unit = 100 m): the first supporter is nearer to everybody.
TRAVEL = np.array([300, 200, 250, 900, 500, 600])
UNKNOWN_TRAVEL = np.array([False, False, True, False, False, False])


def problem(**fields: object) -> Problem:
    """Two supporters that take one recipient each; three recipients; every pair possible."""
    no = np.zeros(6, dtype=np.bool_)
    columns = Candidates(
        np.array([0, 0, 0, 1, 1, 1], dtype=np.int32),
        np.array([0, 1, 2, 0, 1, 2], dtype=np.int32),
        np.array([True, False, False, False, False, False]),
        no,
        no,
        {"travel": TRAVEL},
        {"travel": UNKNOWN_TRAVEL},
    )
    rules = {COVERAGE: 10, GENERAL_LOAD: 1, DUPLICATE: 1}
    levels = [
        Level("rules", Text("规则", "rules"), Text("项", "breaches"), prices=rules),
        Level("travel", Text("路程", "distance by road"), Text("百米", "100 m"), TRAVEL),
    ]
    return replace(Problem(SUPPORTERS, RECIPIENTS, COUNTIES, columns, levels), **fields)  # type: ignore[arg-type]


@pytest.fixture
def plan() -> Plan:
    """The best plan: 省一院→长兴医院, 省二院→安吉医院."""
    found = solve_network(problem())
    assert found.chosen.tolist() == [0, 4]
    return found


def test_a_pair_is_explained(plan: Plan) -> None:
    first, second = pair_cards(problem(), plan, solver=solve_network)
    assert first.title == Text("省一院→长兴医院", "省一院 → 长兴医院")
    assert first.existing
    assert not second.existing
    assert [(part.title.zh, part.value, part.unit.zh) for part in first.parts] == [("路程", 300, "百米")]
    assert [one.zh for one in first.binding] == [
        "省一院已达规定的最多支援数（1所）。",
        "省一院正好达到规定的最少支援数（1所），少一所即违反。",
        "这是长兴医院唯一的支援医院。",
        "长兴县靠这一对达到覆盖要求。",
    ]
    assert [one.text.zh for one in first.supporters] == ["换成省二院→长兴医院：“规则”+2项，“路程”+60公里。"]
    assert [one.text.zh for one in first.recipients] == [
        "换成省一院→安吉中医院：“规则”+10项，“路程”−5公里。",
        "换成省一院→安吉医院：“规则”+11项，“路程”−10公里。",
    ]
    assert first.removal.certainty is Certainty.EXACT
    assert first.removal.text.zh == (
        "代价（已重新求解）：“路程”+30公里。变动：取消省一院→长兴医院；新增省一院→安吉医院；"
        "新增省二院→长兴医院；取消省二院→安吉医院。"
    )
    assert first.removal.text.en == (
        "Cost (solved again): “distance by road” +30 km. Moves: end 省一院 → 长兴医院; "
        "add 省一院 → 安吉医院; add 省二院 → 长兴医院; end 省二院 → 安吉医院."
    )


def test_why_not_this_one(plan: Plan) -> None:
    card = why_not(problem(), plan, 2, solver=solve_network)
    assert card.parts[0].value is None, "the distance is unknown"
    assert [one.zh for one in card.binding] == ["省一院已达规定的最多支援数（1所）。"]
    assert card.swaps[0].candidate == 0
    assert card.forcing.text.zh == (
        "代价（已重新求解）：“路程”+35公里。变动：新增省一院→安吉中医院；取消省一院→长兴医院；"
        "新增省二院→长兴医院；取消省二院→安吉医院。"
    )


def test_at_once_the_cost_is_known_from_below(plan: Plan) -> None:
    bound = lower_bounds(problem())
    costs = [why_not(problem(), plan, i, bound=bound).forcing for i in (3, 1)]
    assert [one.certainty for one in costs] == [Certainty.AT_LEAST] * 2
    assert costs[0].difference == (0, 300)
    assert costs[0].text.zh == "代价至少（已证明）：“路程”+30公里。"
    # Where several prices support the plan, those found may see no cost though there is one.
    assert costs[1].difference == (0, 0)
    assert costs[1].text.zh == "由价格看不出代价；准确代价须重新求解。"


def test_what_cannot_be_says_why(plan: Plan) -> None:
    tight = problem(supporters=[replace(one, ceiling=0) for one in SUPPORTERS])
    none = solve_network(tight)
    card = why_not(tight, none, 2, solver=solve_network)
    assert card.forcing.certainty is Certainty.IMPOSSIBLE
    assert card.forcing.text.zh == "做不到：省一院最多支援0所，锁定要求1所。"
    assert card.forcing.text.en == "Not possible: 省一院 can take at most 0; the locks ask for 1."


def test_a_solve_without_a_proof_claims_no_more_than_its_bound(plan: Plan) -> None:
    def stopped(edited: Problem) -> Plan:
        full = solve_network(edited)
        rules, travel = full.values
        return replace(
            full, status=Status.FEASIBLE, values=(rules, replace(travel, bound=travel.value - 100))
        )

    def died(edited: Problem) -> Plan:
        return replace(plan, status=Status.FAILED, values=())

    (card,) = pair_cards(problem(), plan, [0], solver=stopped)
    assert card.removal.certainty is Certainty.AT_LEAST
    assert card.removal.difference == (0, 200)
    (card,) = pair_cards(problem(), plan, [0], solver=died)
    assert card.removal.certainty is Certainty.UNKNOWN
    assert card.removal.text.en == "Not solved again; the cost is not known."


FULL = [replace(one, ceiling=0) for one in SUPPORTERS]
TIRED = [replace(one, capacity_months=6) for one in SUPPORTERS]
WITHOUT_COVER = {
    "no hospital there": (
        problem(recipients=[replace(one, county=1) for one in RECIPIENTS]),
        "长兴县没有可受援的医院；请先加入一所。",
    ),
    "fewer hospitals than wanted": (
        problem(counties=[replace(COUNTIES[0], least=2), COUNTIES[1]]),
        "长兴县只有1所可受援的医院，要求2所受援。",
    ),
    "everybody full": (
        problem(supporters=FULL),
        "长兴县的候选都不可用：支援医院已达上限（省一院、省二院）。",
    ),
    "too few person-months": (
        problem(supporters=TIRED, recipients=[replace(one, months=12) for one in RECIPIENTS]),
        "长兴县的候选都不可用：支援医院人月不足（省一院、省二院）。",
    ),
    "no change left, and the present pair forbidden": (
        problem(max_changes=1).edited(forbid=[0]),
        "长兴县的候选都不可用：这一对被禁止（省一院）；变动次数已用完（省二院）。",
    ),
    "a remedy elsewhere too dear": (
        problem(),
        "最好的补救是新增省一院→长兴医院：“规则”−11项，“路程”+30公里。",
    ),
}


@pytest.mark.parametrize("name", WITHOUT_COVER)
def test_why_a_county_stays_without(name: str, plan: Plan) -> None:
    case, reason = WITHOUT_COVER[name]
    (card,) = (one for one in breach_cards(case, without_pairs(case, plan)) if one.breach.name == "长兴县")
    assert card.reasons[0].zh == reason
    assert (card.remedy is None) == ("最好的补救" not in card.reasons[-1].zh)


def without_pairs(case: Problem, plan: Plan) -> Plan:
    """A plan that chooses nobody."""
    return replace(plan, chosen=plan.chosen[:0], breaches=breaches_of(case, Columns.of(case), []))


def test_a_county_sees_its_best_and_what_it_got(plan: Plan) -> None:
    first, second = county_cards(problem(), plan)
    assert [(one.possible, one.got) for one in first.reaches] == [(300, 300)]
    assert [(one.possible, one.got) for one in second.reaches] == [(200, 500)]
    assert (second.covered, second.least, second.candidates) == (1, 1, 4)


def test_each_rule_has_its_price(plan: Plan) -> None:
    prices = {one.rule: one.text.zh for one in rule_prices(problem(), plan, solve_network)}
    assert prices[DUPLICATE] == "“不重复支援”没有代价：不要这条规则也不会更好。"
    assert prices[COVERAGE] == "不要“每个县（市）有受援医院”时：“路程”−5公里。"
    assert prices["ceilings"] == "“支援数上限”没有代价：不要这条规则也不会更好。"


def test_a_pair_that_would_please_both_is_shown_with_what_it_would_do(plan: Plan) -> None:
    found = blocking_pairs(problem(), plan)
    assert [one.candidate for one in found] == [1, 2]
    assert found[0].text.zh == (
        "省一院→安吉医院对双方都更合适（代替省一院→长兴医院、省二院→安吉医院），"
        "但总体上“规则”+11项，“路程”−60公里。"
    )


def test_a_warm_solver_answers_as_a_cold_one(plan: Plan) -> None:
    case = problem()
    warm = warm_solver(case)
    for edited in (
        case.edited(lock=[2]),
        case.edited(forbid=[0]),
        case.edited(lock=[0], forbid=[4]),
        case,
        case.edited(lock=[0, 1, 2]),
    ):
        assert warm(edited).chosen.tolist() == solve_network(edited).chosen.tolist()
        assert warm(edited).values == solve_network(edited).values
    assert pair_cards(case, plan, solver=warm) == pair_cards(case, plan, solver=solve_network)


def test_a_chain_goes_from_hospital_to_hospital() -> None:
    moves = chain(problem(), before=[0, 4], after=[1, 3], start=1)
    assert [(move.candidate, move.added) for move in moves] == [(1, True), (0, False), (4, False), (3, True)]
