"""The proposal for Zhejiang's tables of 2014 explained: what each rule of S1 costs, and each pair."""

from __future__ import annotations

from duikou.engines.pairing.optimise.costs import Certainty
from duikou.engines.pairing.optimise.counties import breach_cards, county_cards
from duikou.engines.pairing.optimise.explain import pair_cards, why_not
from duikou.engines.pairing.optimise.instant import warm_solver
from duikou.engines.pairing.optimise.prices import rule_prices
from duikou.engines.pairing.optimise.solve import solve
from tests.spec.pairing.test_optimise_zhejiang import plan, problem

# rule          changes to the present round that are made for it alone
CHANGES_FOR = {
    "PAIR-01": 16,  # about three recipients for a general hospital
    "PAIR-02": 18,  # two for a specialised one
    "PAIR-03": 0,  # every county covered: the cities' own tables ask for more
    "PAIR-04": 20,  # the cities' own tables reach every county
    "PAIR-05": 33,  # no duplicate support
    "PAIR-05/gap": 0,  # nobody loses support
}


def test_what_each_rule_costs() -> None:
    at = [level.name for level in problem().levels].index("stability")
    found = {one.rule: -one.gain[at] for one in rule_prices(problem(), plan(), solve)}
    assert found.items() >= CHANGES_FOR.items()


def test_no_rule_is_broken_and_every_county_reached() -> None:
    assert breach_cards(problem(), plan()) == ()
    for card in county_cards(problem(), plan()):
        assert card.covered >= card.least
        assert card.covered_by_city >= card.least_in_city_table


def test_every_pair_is_there_for_a_reason() -> None:
    nothing = (0,) * len(problem().levels)
    for card in pair_cards(problem(), plan(), solver=warm_solver(problem())):
        assert card.removal.certainty is Certainty.EXACT
        assert card.removal.difference >= nothing
        assert all(one.refused or one.difference >= nothing for one in (*card.supporters, *card.recipients))
        assert [part.name for part in card.parts] == list(problem().candidates.parts)


def test_every_dropped_pair_would_cost_something_to_keep() -> None:
    columns = problem().candidates
    dropped = [i for i in range(len(columns)) if columns.existing[i] and i not in plan().chosen]
    warm = warm_solver(problem())
    assert dropped
    for i in dropped:
        card = why_not(problem(), plan(), i, solver=warm)
        assert card.forcing.certainty is Certainty.EXACT
        assert card.forcing.difference >= (0,) * len(problem().levels)
        assert card.binding
