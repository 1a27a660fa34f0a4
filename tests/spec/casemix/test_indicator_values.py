"""Indicators worked out by hand: a few stays, the value that a person gets with a pencil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.reference import Given, reference
from tests.unit.engines.casemix.indicators.stays import CROSSWALK, Engine, stay

ENGINE = Engine()
Row = dict[str, Any]


def times(n: int, **given: Any) -> list[Row]:
    """So many equal stays."""
    return [stay(**given) for _ in range(n)]


def both(name: str, given: Given, **parameters: Any) -> list[Row]:
    """The rows of the expression, after a look that the oracle has the same."""
    rows = ENGINE.rows(name, given, parameters)
    assert rows == reference(name, given, DEFINITIONS[name].settings(parameters))
    return rows


def value(name: str, stays: Sequence[Row], given: Mapping[str, Any] | None = None, **parameters: Any) -> Any:
    """The value of the only row."""
    parameters = {"minimum": 0, **parameters}
    (row,) = both(name, Given(stays, **(given or {})), **parameters)
    return row["value"]


def group(drg: str, **given: Any) -> dict[str, Any]:
    return {"mdc": drg[0], "adrg": drg[:3], "drg": drg, **given}


FREE = {"minimum": 0, "minimum_group": 0}


def test_cmi_is_weight_per_case() -> None:
    """134 points of weight over 100 cases: 1.34."""
    stays = [*times(66, **group("ES25")), *times(34, **group("FM19"))]
    weights = {"ES25": 10_000, "FM19": 20_000}

    assert value("cmi", stays, {"weights": weights}, weights="imported") == 1_340_000
    assert value("total_weight", stays, {"weights": weights}, weights="imported") == 1_340_000  # 134 in 1e-4


def test_weight_is_mean_cost_of_the_group_against_all() -> None:
    """3 stays of 100 yuan and 1 of 500: mean 200; weights 0.5 and 2.5; CMI of the whole 1."""
    stays = [*times(3, total=10_000, **group("ES25")), *times(1, total=50_000, **group("FM19"))]

    rows = both("weights", Given(stays), **FREE)

    assert [(row["drg"], row["value"]) for row in rows] == [("ES25", 5_000), ("FM19", 25_000)]
    assert value("cmi", stays, **FREE) == 1_000_000


def test_groups_with_few_cases_have_no_weight() -> None:
    stays = [*times(5, **group("ES25")), *times(4, total=900_000, **group("FM19"))]

    (row,) = both("cmi", Given(stays), minimum=0)

    assert (row["denominator"], row["cases"]) == (5, 9)
    assert [row["drg"] for row in both("weights", Given(stays))] == ["ES25"]


def test_trimming_leaves_outliers_out_of_the_means() -> None:
    """20 stays, one of them a hundred times dearer: without the top 5 % the groups cost the same."""
    stays = [
        *times(19, total=10_000, **group("ES25")),
        *times(1, total=1_000_000, **group("ES25")),
        *times(20, total=10_000, **group("FM19")),
    ]

    untrimmed = both("weights", Given(stays), **FREE)
    trimmed = both("weights", Given(stays), trim_high=95, **FREE)

    assert [row["value"] for row in trimmed] == [10_000, 10_000]
    assert [row["cases"] for row in trimmed] == [19, 20]
    assert [row["value"] for row in untrimmed] == [17_122, 2_878]  # 59,500 and 10,000 against 34,750


def test_cost_and_time_index() -> None:
    """H1 takes twice the cost and half the days of H2 for the same group and number of cases."""
    stays = [
        *times(3, hospital="H1", total=20_000, stay_days=4),
        *times(3, hospital="H2", total=10_000, stay_days=8),
    ]

    cost = {row["hospital"]: row["value"] for row in both("cost_index", Given(stays), **FREE)}
    time = {row["hospital"]: row["value"] for row in both("time_index", Given(stays), **FREE)}

    assert cost == {"H1": 1_333_333, "H2": 666_667}
    assert time == {"H1": 666_667, "H2": 1_333_333}


def test_reference_set_of_peers() -> None:
    """Against H2 alone, H1 costs twice as much."""
    stays = [*times(2, hospital="H1", total=20_000), *times(2, hospital="H2", total=10_000)]
    given = Given(stays, reference=frozenset({"H2"}))

    rows = both("cost_index", given, reference="listed", **FREE)

    assert {row["hospital"]: row["value"] for row in rows} == {"H1": 2_000_000, "H2": 1_000_000}


def test_risk_classes() -> None:
    """Mortality 1, 10, 10, 100 per cent and none: ln in 1e-4 is -46052, -23026 (twice), 0.

    Mean -23026, sample standard deviation 18800.6: below -41827 low; -23026 is not below the
    mean, so mid-high up to -4225; above high.
    """
    stays = []
    for drg, deaths in (("AA11", 1), ("BB11", 10), ("CC11", 10), ("DD11", 100), ("EE11", 0)):
        stays += [stay(died=n < deaths, **group(drg)) for n in range(100)]

    rows = both("risk_classes", Given(stays))
    classes = {row["drg"]: row["value"] for row in rows}

    assert classes == {"AA11": 1, "BB11": 3, "CC11": 3, "DD11": 4, "EE11": 0}
    assert value("low_risk_mortality", stays) == 10_000  # 1 of 100
    assert value("low_risk_mortality", stays, zero_deaths="low") == 5_000  # 1 of 200
    assert value("standardised_mortality", stays) == 242_000  # of the whole: its own, 121 of 500
    assert value("mortality_ratio", stays) == 1_000_000


def test_mid_low_risk() -> None:
    """Mortality 1, 4, 20 and 100 per cent: ln -46052, -32189, -16094, 0; mean -23584, deviation 19926."""
    stays = []
    for drg, deaths in (("AA11", 1), ("BB11", 4), ("CC11", 20), ("DD11", 100)):
        stays += [stay(died=n < deaths, **group(drg)) for n in range(100)]

    classes = {row["drg"]: row["value"] for row in both("risk_classes", Given(stays))}

    assert classes == {"AA11": 1, "BB11": 2, "CC11": 3, "DD11": 4}
    assert value("mid_low_risk_mortality", stays) == 40_000


def test_standardised_mortality_of_a_hospital() -> None:
    """H1 has 2 deaths in 10 stays of a group with 10 %: twice the expected; overall 10 % → 20 %."""
    stays = [
        *[stay(hospital="H1", died=n < 2) for n in range(10)],
        *[stay(hospital="H2", died=n < 1) for n in range(20)],
    ]

    rows = both("standardised_mortality", Given(stays), minimum=0)
    ratios = both("mortality_ratio", Given(stays), minimum=0)

    assert [row["value"] for row in rows] == [200_000, 50_000]
    assert [row["value"] for row in ratios] == [2_000_000, 500_000]
    assert [row["denominator"] for row in ratios] == [1_000_000, 2_000_000]  # 1 and 2 deaths expected


def test_counts_and_shares() -> None:
    stays = [
        *times(2, stay_days=3, operated=True, total=10_001, **group("ES25")),
        *times(1, stay_days=4, died=True, total=10_001, **group("FM19")),
        *times(1, stay_days=9, total=10_000, mdc="00", adrg="0000", drg="0000", grouped=False),
    ]

    assert value("cases", stays) == 4
    assert value("groups", stays) == 2
    assert value("grouping_rate", stays) == 750_000
    assert value("average_stay", stays) == 4_750_000
    assert value("median_stay", stays) == 3_500_000
    assert value("average_cost", stays) == 10_001  # 100.0075 yuan
    assert value("operation_share", stays) == 500_000
    assert value("mortality", stays) == 250_000
    assert value("missing_specialties", stays, mdcs=["E", "F", "G", "H"]) == 2


def test_missing_specialties_are_named() -> None:
    stays = [stay(hospital="H1", **group("ES25")), stay(hospital="H2", **group("FM19"))]

    rows = both("missing_specialty_list", Given(stays))

    assert [(row["hospital"], row["mdc"]) for row in rows] == [("H1", "F"), ("H2", "E")]


def test_small_numbers_are_not_shown() -> None:
    stays = [*times(10, hospital="H1"), *times(9, hospital="H2")]

    first, second = both("average_stay", Given(stays))

    assert (first["value"], first["suppressed"]) == (7_000_000, False)
    assert (second["value"], second["suppressed"], second["numerator"]) == (None, True, 63)


# ------------------------------------------------------------------ flow

HOME = {"residence": "330122"}
IN = {"hospital": "H1", "hospital_county": "330122", "city": "330100"}
CITY = {"hospital": "H2", "hospital_county": "330106", "city": "330100"}
FAR = {"hospital": "H3", "hospital_county": "330203", "city": "330200"}


def flow(inside: int, in_city: int, far: int, **given: Any) -> list[Row]:
    home = HOME | given
    return [*times(inside, **home | IN), *times(in_city, **home | CITY), *times(far, **home | FAR)]


def test_in_county_rate_and_its_variants() -> None:
    """Of 20 stays 17 in the county, 2 in the city, 1 elsewhere; those outside cost three times as much."""
    stays = [*flow(17, 0, 0), *flow(0, 2, 1, total=300_000)]

    assert value("in_county_rate", stays) == 850_000
    assert value("out_of_county_rate", stays) == 150_000
    assert value("in_city_rate", stays) == 950_000
    assert value("in_county_cost_share", stays) == 653_846  # 17 of 26
    assert value("in_county_insured_rate", [*stays, *flow(0, 5, 0, payment="7")]) == 850_000


@pytest.mark.parametrize(("inside", "reached"), [(17, False), (18, True), (19, True)])
def test_goal_of_ninety_per_cent(inside: int, reached: bool) -> None:
    (row,) = both("in_county_rate", Given(flow(inside, 20 - inside, 0)))

    assert row["reached"] is reached


def test_unknown_residence_is_a_row_of_its_own() -> None:
    stays = [*flow(17, 2, 1), *times(3, **{**IN, "residence": None})]

    unknown, county = both("in_county_rate", Given(stays))

    assert (unknown["residence"], unknown["cases"], unknown["denominator"], unknown["value"]) == (
        "",
        3,
        0,
        None,
    )
    assert (county["residence"], county["cases"], county["value"]) == ("330122", 20, 850_000)
    rows = both("residence_coverage", Given(stays), by=[])
    assert [row["value"] for row in rows] == [869_565]  # 20 of 23


def test_settlements_bring_stays_outside_the_province() -> None:
    """Nine of ten stays in the county, until the insurer tells of ten more in Shanghai."""
    stays = flow(9, 1, 0)
    abroad = times(10, **HOME, hospital="S1", hospital_county="310104", city="310100")

    (front_pages,) = both("in_county_rate", Given(stays))
    (settled,) = both("in_county_rate", Given(stays, settlements=abroad))
    hospitals = both("average_stay", Given(stays, settlements=abroad), minimum=0)

    assert (front_pages["value"], settled["value"]) == (900_000, 450_000)
    assert [row["hospital"] for row in hospitals] == ["H1", "H2"]


def out(n: int, disease: str, **given: Any) -> list[Row]:
    return times(n, disease=disease, **HOME | CITY | given)


def test_out_referral_list_counts_three_years_and_breaks_ties_by_code() -> None:
    stays = [
        *out(3, "C34"),
        *out(2, "I63"),
        *out(2, "I21"),
        *out(1, "J18"),
        *times(9, disease="J18", **HOME | IN),
        *out(9, "K80", discharged=dt.date(2023, 5, 31)),  # three years and a month before the end
        *out(1, "Z51"),
    ]

    rows = both("out_referral_list", Given(stays), to_month=202605, k=4, exclude=["Z"])

    assert [(row["disease"], row["rank"], row["numerator"]) for row in rows] == [
        ("C34", 1, 3),
        ("I21", 2, 2),
        ("I63", 3, 2),
        ("J18", 4, 1),
    ]
    assert {row["denominator"] for row in rows} == {8}
    longer = both("out_referral_list", Given(stays), to_month=202605, k=1, years=4)
    assert [row["disease"] for row in longer] == ["K80"]


def test_outflow_by_destination_disease_and_group() -> None:
    stays = [*flow(6, 3, 1, disease="C34"), *flow(1, 0, 2, disease="I63")]

    to = both("outflow_destinations", Given(stays))
    diseases = both("outflow_diseases", Given(stays))
    groups = both("outflow_groups", Given(stays))

    assert [(row["hospital"], row["rank"], row["value"]) for row in to] == [
        ("H2", 1, 500_000),
        ("H3", 2, 500_000),
    ]
    assert [(row["disease"], row["rank"], row["value"]) for row in diseases] == [
        ("C34", 1, 400_000),
        ("I63", 2, 666_667),
    ]
    assert [(row["drg"], row["numerator"], row["cases"]) for row in groups] == [("ES29", 6, 13)]


def test_major_diseases_in_the_county() -> None:
    stays = [*flow(3, 1, 0, major_disease=9), *flow(1, 0, 1, major_disease=16), *flow(5, 5, 0)]

    rows = both("major_diseases_in_county", Given(stays), minimum=0)

    assert [(row["major_disease"], row["value"]) for row in rows] == [(9, 750_000), (16, 500_000)]


def test_down_referral_needs_cases_safety_and_lower_cost() -> None:
    """ES29 qualifies: 30 cases each, no deaths, 600 against 1,000 yuan; FM19 dies more in the county."""
    safe = [*flow(30, 0, 0, total=60_000), *flow(0, 30, 0, total=100_000)]
    deadly = [
        *flow(29, 0, 0, total=60_000, **group("FM19")),
        *flow(1, 0, 0, total=60_000, died=True, **group("FM19")),
        *flow(0, 30, 0, total=100_000, **group("FM19")),
    ]
    dear = [*flow(30, 0, 0, total=100_000, **group("GZ15")), *flow(0, 30, 0, total=100_000, **group("GZ15"))]
    few = [*flow(29, 0, 0, total=60_000, **group("HZ15")), *flow(0, 30, 0, total=100_000, **group("HZ15"))]

    (row,) = both("down_referral_candidates", Given([*safe, *deadly, *dear, *few]))

    assert (row["drg"], row["numerator"], row["denominator"]) == ("ES29", 30, 60)
    assert (row["cost_ratio"], row["saving"]) == (600_000, 30 * 40_000)


def test_a_code_is_read_as_on_the_day_of_discharge() -> None:
    """A county's code passed to another territory: stays before and after belong to two counties."""
    before = {"discharged": dt.date(2025, 4, 8)}
    after = {"discharged": dt.date(2025, 4, 9)}
    here = {"residence": "330109", "hospital_county": "330109"}
    stays = [
        *times(2, **here | before),
        *times(3, **here | after),
        *times(1, **here | {"residence": "500101"}),
    ]

    rows = both("in_county_rate", Given(stays, crosswalk=CROSSWALK), minimum=0)
    coverage = both("residence_coverage", Given(stays, crosswalk=CROSSWALK), by=[])

    assert [(row["residence"], row["cases"]) for row in rows] == [("330109", 2), ("330122", 3)]
    assert coverage[0]["value"] == 1_000_000  # somebody from elsewhere is known


# ------------------------------------------------------------------ change of CMI


def year(year: int, n: int, drg: str) -> list[Row]:
    return times(n, discharged=dt.date(year, 6, 1), **group(drg))


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        # only the shares of ADRGs move: 1:1 → 1:3 between weights 1 and 2
        ({"AA15": 2, "BB15": 2}, {"AA15": 1, "BB15": 3}, {"mix": 250_000}),
        # only the level of complications moves within an ADRG: 1.0 → half of it 1.5
        ({"AA15": 4}, {"AA15": 2, "AA11": 2}, {"depth": 250_000}),
        # a service is begun: one of two stays of weight 2
        ({"AA15": 4}, {"AA15": 2, "BB15": 2}, {"begun": 500_000}),
        # a service is ended
        ({"AA15": 2, "BB15": 2}, {"AA15": 4}, {"ended": -500_000}),
        # nothing in common: all of it is what was begun
        ({"AA15": 4}, {"BB15": 4}, {"begun": 1_000_000}),
        # two at once: mix at the mean weights (1.25 and 2), depth at the mean share of AA (3/8)
        (
            {"AA15": 2, "BB15": 2},
            {"AA11": 1, "BB15": 3},
            {"mix": 187_500, "depth": 187_500},
        ),
    ],
)
def test_split_of_a_change(before: dict[str, int], after: dict[str, int], parts: dict[str, int]) -> None:
    stays = [
        *[one for drg, n in before.items() for one in year(2025, n, drg)],
        *[one for drg, n in after.items() for one in year(2026, n, drg)],
    ]
    weights = {"AA11": 15_000, "AA15": 10_000, "BB15": 20_000}

    (row,) = both("cmi_change", Given(stays, weights=weights), weights="imported", minimum=0)

    found = {name: row[name] for name in ("mix", "depth", "begun", "ended")}
    assert found == {"mix": 0, "depth": 0, "begun": 0, "ended": 0} | parts
    assert sum(found.values()) == row["value"] == row["after"] - row["before"]
