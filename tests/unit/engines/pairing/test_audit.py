"""The audit: each rule's edge, its agreement with the oracle, and laws that hold for every round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.audit import CHECKS, BadParameter, audit, counts
from duikou.engines.pairing.coverage import coverage
from duikou.engines.pairing.diff import diff
from duikou.engines.pairing.model import (
    Finding,
    HospitalKind,
    Resolution,
    Round,
    RuleSpec,
    Severity,
    Unit,
)
from tests.examples import examples
from tests.unit.engines.pairing.builders import (
    END,
    RULES,
    START,
    UNITS,
    hospital,
    round_of,
    rounds,
    row,
    rule,
)
from tests.unit.engines.pairing.oracle import faults_of, slow_audit

ANJI = hospital("安吉县人民医院", "330523", main_county_hospital=True)
HAINING = hospital("海宁市第四人民医院", "330481", kind=HospitalKind.PSYCHIATRIC)
JINGNING = hospital("景宁畲族自治县人民医院", "331127", main_county_hospital=True)
FIRST = hospital("湖州市第一人民医院", "330502")
SECOND = hospital("湖州市中心医院", "330502")
THIRD = hospital("湖州市第三人民医院", "330502", kind=HospitalKind.PSYCHIATRIC)


def found(round_: Round, *names: str, rules: dict[str, RuleSpec] = RULES) -> tuple[Finding, ...]:
    """Findings of the named rules only."""
    return audit(round_, {name: rules[name] for name in names})


def recipients(number: int) -> list:
    return [hospital(f"第{index}受援医院", "330523") for index in range(number)]


@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_it_finds_what_the_slow_audit_finds(round_: Round) -> None:
    assert faults_of(audit(round_, RULES)) == slow_audit(round_, RULES)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds(), st.data())
def test_each_rule_alone_finds_what_it_finds_among_the_others(round_: Round, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(RULES)))
    alone = {finding.key for finding in found(round_, name)}
    assert alone == {finding.key for finding in audit(round_, RULES) if finding.rule == name}


# ---------------------------------------------------------------- laws


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_a_row_for_an_uncovered_county_removes_exactly_its_finding(round_: Round) -> None:
    before = {finding.key for finding in found(round_, "PAIR-03")}
    for key in before:
        code = key.removeprefix("PAIR-03:unit:")
        more = row(99, FIRST, hospital("新增医院", code), key="new")
        after = found(replace(round_, rows=(*round_.rows, more)), "PAIR-03")
        assert {finding.key for finding in after} == before - {key}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_finding_but_running_numbers(round_: Round, random) -> None:  # type: ignore[no-untyped-def]
    positions = [one.position for one in round_.rows]
    random.shuffle(positions)
    shuffled = replace(
        round_, rows=tuple(replace(one, position=to) for one, to in zip(round_.rows, positions, strict=True))
    )
    rules = {name: spec for name, spec in RULES.items() if name != "DATA-06"}
    assert {finding.key for finding in audit(round_, rules)} == {
        finding.key for finding in audit(shuffled, rules)
    }


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_the_same_round_gives_the_same_findings_in_the_same_order(round_: Round) -> None:
    turned = replace(round_, rows=tuple(reversed(round_.rows)))
    assert audit(round_, RULES) == audit(turned, RULES)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_keys_differ_and_every_sentence_is_there_in_both_languages(round_: Round) -> None:
    findings = audit(round_, RULES)
    assert len({finding.key for finding in findings}) == len(findings)
    for finding in findings:
        assert finding.subjects
        assert len(finding.subjects) == len(finding.subject_keys)
        for text in (finding.expected, finding.found, finding.message, finding.suggestion):
            assert text.zh.strip()
            assert text.en.strip()
            assert "  " not in text.en


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_errors_come_first_then_warnings_then_notes(round_: Round) -> None:
    weights = [list(Severity).index(finding.severity) for finding in audit(round_, RULES)]
    assert weights == sorted(weights, reverse=True)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_coverage_counts_what_the_findings_list(round_: Round) -> None:
    reach = coverage(round_, RULES)
    findings = audit(round_, RULES)
    for sort, name in (("counties", "PAIR-03"), ("counties_in_city_tables", "PAIR-04")):
        listed = [finding.subjects[0] for finding in findings if finding.rule == name]
        assert [unit.name for unit in getattr(reach, sort).uncovered] == listed
        assert sum(getattr(city, sort).covered for city in reach.by_city) == getattr(reach, sort).covered


# ---------------------------------------------------------------- no rule, wrong rule


def test_a_rule_that_is_not_given_is_not_evaluated() -> None:
    assert audit(round_of(), {}) == ()


def test_a_rule_without_a_check_is_ignored() -> None:
    assert audit(round_of(), {"AGR-01": rule("AGR-01")}) == ()


def test_every_rule_with_a_check_is_in_the_test_pack() -> None:
    assert set(CHECKS) == set(RULES)


def test_a_missing_parameter_names_rule_and_parameter() -> None:
    with pytest.raises(
        BadParameter, match=r"rule PAIR-01, parameter 'target': expected a whole number .* missing"
    ):
        audit(round_of(), {"PAIR-01": rule("PAIR-01", kinds=["general"])})


@pytest.mark.parametrize(
    ("name", "parameters", "need"),
    [
        ("PAIR-01", {"target": "three", "kinds": ["general"]}, "a whole number"),
        ("PAIR-01", {"target": True, "kinds": ["general"]}, "a whole number"),
        ("PAIR-02", {"target": 2, "kinds": "general"}, "a list of words"),
        ("PAIR-03", {"minimum": -1, "unit_kinds": ["county"]}, "a whole number"),
        ("PAIR-05", {"max_supporters": 1, "departments_and_reason_allow": "yes"}, "true or false"),
        ("PAIR-14", {"matrix": ["general"]}, "a table of word"),
        ("PAIR-14", {"matrix": {"general": "all"}}, "a list of words under 'general'"),
    ],
)
def test_a_parameter_of_the_wrong_type_is_refused(name: str, parameters: dict, need: str) -> None:
    with pytest.raises(BadParameter, match=need):
        audit(round_of(row(1, FIRST, ANJI)), {name: rule(name, **parameters)})


def test_two_rows_with_one_key_are_refused() -> None:
    twins = round_of(row(1, FIRST, ANJI), row(2, FIRST, ANJI, key="row-1"))
    with pytest.raises(ValueError, match=r"two rows have the key 'row-1'"):
        audit(twins, RULES)


# ---------------------------------------------------------------- load


@pytest.mark.parametrize(
    ("number", "severity"),
    [(1, Severity.WARNING), (2, Severity.NOTE), (3, None), (4, Severity.NOTE), (5, Severity.WARNING)],
)
def test_load_of_a_general_supporter(number: int, severity: Severity | None) -> None:
    rows = [row(at, FIRST, one) for at, one in enumerate(recipients(number), start=1)]
    assert [one.severity for one in found(round_of(*rows), "PAIR-01")] == ([severity] if severity else [])


@pytest.mark.parametrize(("number", "warned"), [(1, True), (2, False), (3, True)])
def test_load_of_a_specialised_supporter(number: int, warned: bool) -> None:
    rows = [row(at, THIRD, one) for at, one in enumerate(recipients(number), start=1)]
    findings = found(round_of(*rows), "PAIR-02")
    assert [one.severity for one in findings] == ([Severity.WARNING] if warned else [])


@pytest.mark.parametrize("kind", [HospitalKind.TCM, HospitalKind.INTEGRATED])
def test_no_number_is_set_for_chinese_medicine(kind: HospitalKind) -> None:
    supporter = replace(FIRST, kind=kind)
    assert found(round_of(row(1, supporter, ANJI)), "PAIR-01", "PAIR-02") == ()


def test_a_recipient_that_replaces_another_does_not_add_to_the_load() -> None:
    change = START + timedelta(days=300)
    one, two, three, four = recipients(4)
    rows = [
        row(1, FIRST, one),
        row(2, FIRST, two),
        row(3, FIRST, three, end=change - timedelta(days=1)),
        row(4, FIRST, four, start=change),
    ]
    assert found(round_of(*rows), "PAIR-01") == ()


def test_too_many_names_who_can_be_released_and_who_has_room() -> None:
    many = [row(at, FIRST, one) for at, one in enumerate(recipients(4), start=1)]
    extra = row(9, SECOND, many[0].recipient)
    (finding,) = [one for one in found(round_of(*many, extra), "PAIR-01") if one.subjects == (FIRST.name,)]
    assert "第0受援医院（另有湖州市中心医院支援）" in finding.suggestion.zh
    assert "湖州市中心医院（现1所）" in finding.suggestion.zh
    assert "第0受援医院 (also supported by 湖州市中心医院)" in finding.suggestion.en


def test_too_few_names_counties_of_the_city_without_recipient() -> None:
    (finding,) = found(round_of(row(1, FIRST, ANJI)), "PAIR-01", "PAIR-03")[-1:]
    assert finding.suggestion.zh == "增加2所受援医院；尚无受援医院的有：长兴县。"


# ---------------------------------------------------------------- coverage


def test_a_county_with_a_row_in_any_table_is_covered() -> None:
    round_ = round_of(row(1, FIRST, ANJI, table="1", group=None))
    assert "安吉县" not in {one.subjects[0] for one in found(round_, "PAIR-03")}
    (own,) = [one for one in found(round_, "PAIR-04") if one.subjects == ("安吉县",)]
    assert own.rows == ("row-1",)
    assert "省级表中有：湖州市第一人民医院→安吉县人民医院" in own.message.zh


def test_a_guess_covers_nothing_and_is_an_error() -> None:
    round_ = round_of(
        row(1, FIRST, ANJI, recipient_printed="安吉人医", recipient_resolution=Resolution.GUESS)
    )
    assert "安吉县" in {one.subjects[0] for one in found(round_, "PAIR-03")}
    (finding,) = found(round_, "DATA-05")
    assert finding.severity is Severity.ERROR
    assert finding.subjects == ("安吉人医",)
    assert finding.subject_keys == ("name:安吉人医",)
    assert "安吉县人民医院" in finding.suggestion.zh


def test_an_uncovered_county_is_told_who_has_room() -> None:
    (finding,) = [
        one
        for one in found(round_of(row(1, FIRST, ANJI)), "PAIR-01", "PAIR-03")
        if one.subjects == ("长兴县",)
    ]
    assert "湖州市第一人民医院（现1所）" in finding.suggestion.zh
    assert finding.rows == ()


def test_a_minimum_of_two_counts_hospitals_not_rows() -> None:
    rules = {"PAIR-03": rule("PAIR-03", minimum=2, unit_kinds=["county"])}
    once = round_of(row(1, FIRST, ANJI), row(2, SECOND, ANJI))
    names = {one.subjects[0]: one for one in audit(once, rules)}
    assert "只有1所受援医院，应有2所" in names["安吉县"].message.zh


def test_districts_make_one_note() -> None:
    (finding,) = found(round_of(row(1, FIRST, ANJI)), "PAIR-15")
    assert finding.severity is Severity.NOTE
    assert finding.subjects == ("吴兴区", "南湖区")
    assert finding.key == "PAIR-15:districts"


def test_all_districts_covered_is_no_finding() -> None:
    rows = [row(1, FIRST, hospital("甲", "330502")), row(2, FIRST, hospital("乙", "330402"))]
    assert found(round_of(*rows), "PAIR-15") == ()


def test_the_main_hospital_among_others_is_enough() -> None:
    second = hospital("安吉县第二人民医院", "330523")
    assert [one.subjects for one in found(round_of(row(1, FIRST, second)), "PAIR-17")] == [("安吉县",)]
    assert found(round_of(row(1, FIRST, second), row(2, FIRST, ANJI)), "PAIR-17") == ()


# ---------------------------------------------------------------- duplicates and time


def test_two_supporters_at_once_are_a_warning() -> None:
    (finding,) = found(round_of(row(1, FIRST, ANJI), row(2, SECOND, ANJI)), "PAIR-05")
    assert finding.severity is Severity.WARNING
    assert finding.subjects == ("安吉县人民医院",)
    assert finding.rows == ("row-1", "row-2")


def test_two_supporters_one_after_the_other_are_in_order() -> None:
    change = date(2015, 6, 1)
    rows = [row(1, FIRST, ANJI, end=change - timedelta(days=1)), row(2, SECOND, ANJI, start=change)]
    assert found(round_of(*rows), "PAIR-05") == ()


@pytest.mark.parametrize(
    ("first", "second", "reason", "severity"),
    [
        ((), ("骨科",), "专科不同", Severity.NOTE),
        (("内科",), ("骨科",), "专科不同", Severity.NOTE),
        (("骨科",), ("骨科",), "专科不同", Severity.WARNING),  # the same department
        (("内科",), ("骨科",), "", Severity.WARNING),  # no reason given
        (("内科",), (), "专科不同", Severity.WARNING),  # the second one supports everything
    ],
)
def test_other_departments_and_a_reason_excuse_a_second_supporter(
    first: tuple[str, ...], second: tuple[str, ...], reason: str, severity: Severity
) -> None:
    rows = [row(1, FIRST, ANJI, departments=first), row(2, SECOND, ANJI, departments=second, reason=reason)]
    assert [one.severity for one in found(round_of(*rows), "PAIR-05")] == [severity]


def test_without_the_permission_departments_excuse_nothing() -> None:
    rules = {"PAIR-05": rule("PAIR-05", max_supporters=1)}
    rows = [row(1, FIRST, ANJI), row(2, SECOND, ANJI, departments=("骨科",), reason="专科不同")]
    assert [one.severity for one in audit(round_of(*rows), rules)] == [Severity.WARNING]


def earlier(*rows, end: date) -> Round:  # type: ignore[no-untyped-def]
    return Round("2011", "2011—2013", date(2011, 1, 1), end, rows, UNITS)


@pytest.mark.parametrize(
    ("last_day", "key"),
    [
        (START - timedelta(days=1), None),  # the new round begins on the next day
        (START - timedelta(days=2), "PAIR-05:hospital:安吉县人民医院:gap:2014-02-13"),
        (START, "PAIR-05:hospital:安吉县人民医院:overlap"),
    ],
)
def test_rounds_must_join(last_day: date, key: str | None) -> None:
    before = earlier(row(1, SECOND, ANJI, key="old-1"), end=last_day)
    findings = found(round_of(row(1, FIRST, ANJI), previous=before), "PAIR-05")
    assert [one.key for one in findings] == ([key] if key else [])


def test_a_gap_tells_its_days() -> None:
    before = earlier(row(1, SECOND, ANJI, key="old-1"), end=date(2013, 12, 31))
    (finding,) = found(round_of(row(1, FIRST, ANJI), previous=before), "PAIR-05")
    assert finding.message.zh == "安吉县人民医院的支援在2013-12-31结束，下一次从2014-02-15开始，间断45天。"
    assert finding.rows == ("old-1", "row-1")


def test_a_recipient_left_out_of_the_new_round_is_noted() -> None:
    before = earlier(row(1, SECOND, ANJI, key="old-1"), end=START - timedelta(days=1))
    (finding,) = found(round_of(previous=before), "PAIR-05")
    assert (finding.severity, finding.key) == (Severity.NOTE, "PAIR-05:hospital:安吉县人民医院:dropped")


def test_a_break_inside_the_round_is_found() -> None:
    rows = [row(1, FIRST, ANJI, end=date(2014, 12, 31)), row(2, SECOND, ANJI, start=date(2015, 2, 1))]
    (finding,) = found(round_of(*rows), "PAIR-05")
    assert finding.key.endswith(":gap:2014-12-31")
    assert "31天" in finding.message.zh


def test_time_is_not_looked_at_without_its_parameter() -> None:
    rules = {"PAIR-05": rule("PAIR-05", max_supporters=1)}
    before = earlier(row(1, SECOND, ANJI, key="old-1"), end=date(2012, 1, 1))
    assert audit(round_of(row(1, FIRST, ANJI), previous=before), rules) == ()


# ---------------------------------------------------------------- fit


def test_a_kind_that_the_matrix_does_not_name_may_support_everything() -> None:
    assert found(round_of(row(1, FIRST, HAINING)), "PAIR-14") == ()


def test_a_psychiatric_supporter_of_a_general_hospital_is_a_warning() -> None:
    (finding,) = found(round_of(row(1, THIRD, ANJI), row(2, THIRD, HAINING)), "PAIR-14")
    assert finding.severity is Severity.WARNING
    assert finding.subjects == (THIRD.name, ANJI.name)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"kind": HospitalKind.TOWNSHIP}, "乡镇卫生院"),
        ({"development_zone": True}, "开发区医院"),
        ({"ownership": "enterprise"}, "企业（行业）医院"),
    ],
)
def test_recipients_that_are_no_county_hospitals(fields: dict, word: str) -> None:
    (finding,) = found(round_of(row(1, FIRST, replace(ANJI, **fields))), "PAIR-16")
    assert finding.severity is Severity.NOTE
    assert word in finding.message.zh


def test_military_recipients_are_not_meant_by_the_rank_rule() -> None:
    assert found(round_of(row(1, FIRST, replace(ANJI, ownership="military"))), "PAIR-16") == ()


def test_cross_city_says_when_the_county_has_no_row_at_home() -> None:
    (finding,) = found(round_of(row(1, THIRD, HAINING)), "PAIR-18")
    assert "海宁市在嘉兴市自己的表中没有一行" in finding.message.zh
    assert "海宁市 has no row in the table of its own city, 嘉兴市" in finding.message.en


def test_cross_city_is_silent_about_that_when_there_is_one() -> None:
    at_home = row(2, SECOND, hospital("海宁市人民医院", "330481"), group="嘉兴市")
    (finding,) = found(round_of(row(1, THIRD, HAINING), at_home), "PAIR-18")
    assert "没有一行" not in finding.message.zh


@pytest.mark.parametrize("fields", [{"table": "1", "group": None}, {"group": "某市"}, {"group": None}])
def test_cross_city_needs_a_city_that_heads_the_table(fields: dict) -> None:
    assert found(round_of(row(1, THIRD, HAINING, **fields)), "PAIR-18") == ()


# ---------------------------------------------------------------- names and tables


@pytest.mark.parametrize(
    ("resolution", "name"),
    [(Resolution.TYPO, "DATA-01"), (Resolution.VARIANT, "DATA-02"), (Resolution.OLD, "DATA-03")],
)
def test_ways_of_printing_make_notes_one_per_hospital(resolution: Resolution, name: str) -> None:
    printed = {"recipient_printed": "安吉医院", "recipient_resolution": resolution}
    round_ = round_of(row(1, FIRST, ANJI, **printed), row(2, SECOND, ANJI, **printed))
    (finding,) = audit(
        round_, {key: spec for key, spec in RULES.items() if key[:4] == "DATA" and key != "DATA-07"}
    )
    assert (finding.rule, finding.severity) == (name, Severity.NOTE)
    assert finding.subjects == ("安吉医院",)
    assert finding.rows == ("row-1", "row-2")


def test_district_names_without_their_city_make_one_note_together() -> None:
    full = [hospital(f"湖州市吴兴区{name}", "330502") for name in ("织里医院", "埭溪医院")]
    short = Resolution.SHORT
    rows = [
        row(at, FIRST, one, recipient_printed=one.name.removeprefix("湖州市"), recipient_resolution=short)
        for at, one in enumerate(full, start=1)
    ]
    (finding,) = found(round_of(*rows), "DATA-02")
    assert finding.key == "DATA-02:without-city"
    assert finding.subjects == ("吴兴区织里医院", "吴兴区埭溪医院")


def test_two_names_that_differ_by_first_only_may_be_one_hospital() -> None:
    first, plain = hospital("安吉县第一人民医院", "330523"), hospital("安吉县人民医院", "330523")
    (finding,) = found(round_of(row(1, FIRST, first), row(2, FIRST, plain)), "DATA-04")
    assert finding.subjects == ("安吉县第一人民医院", "安吉县人民医院")
    elsewhere = replace(plain, unit_code="330522")
    assert found(round_of(row(1, FIRST, first), row(2, FIRST, elsewhere)), "DATA-04") == ()


def test_a_name_nobody_knows_is_an_error_on_either_side() -> None:
    known = row(1, FIRST, ANJI)
    unknown = replace(
        known, supporter=None, supporter_printed="某某医院", supporter_resolution=Resolution.NONE
    )
    (finding,) = found(round_of(unknown), "DATA-05")
    assert finding.subject_keys == ("name:某某医院",)
    assert "名册中没有相近的医院" in finding.found.zh


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ((1, 2, 3), ()),
        ((None, None, None), ()),
        ((1, 3, 3), ("row-2",)),
        ((1, 2, 2), ("row-3",)),
        ((0, 1, 2), ("row-1", "row-2", "row-3")),
        ((1, None, 3), ("row-2",)),
    ],
)
def test_running_numbers_count_from_one(numbers: tuple[int | None, ...], wrong: tuple[str, ...]) -> None:
    rows = [
        row(at, FIRST, one, running_number=number)
        for at, (one, number) in enumerate(zip(recipients(3), numbers, strict=True), start=1)
    ]
    findings = found(round_of(*rows), "DATA-06")
    assert [one.rows for one in findings] == ([wrong] if wrong else [])


def test_running_numbers_begin_anew_in_each_table() -> None:
    rows = [
        row(1, FIRST, ANJI, running_number=1),
        row(2, FIRST, JINGNING, running_number=1, table="1", group=None),
    ]
    assert found(round_of(*rows), "DATA-06") == ()


def test_the_same_pair_twice_is_an_error_but_not_when_resumed_later() -> None:
    (finding,) = found(round_of(row(1, FIRST, ANJI), row(2, FIRST, ANJI, table="1", group=None)), "DATA-07")
    assert (finding.severity, finding.rows) == (Severity.ERROR, ("row-1", "row-2"))
    resumed = [
        row(1, FIRST, ANJI, end=date(2014, 12, 31)),
        row(2, FIRST, ANJI, start=date(2016, 1, 1), end=END),
    ]
    assert found(round_of(*resumed), "DATA-07") == ()


def test_clauses_follow_the_tables_of_the_rows() -> None:
    printed = {"recipient_printed": "安吉医院", "recipient_resolution": Resolution.SHORT}
    one, two = row(1, FIRST, ANJI, **printed), row(2, SECOND, ANJI, table="1", group=None, **printed)
    assert [finding.clause for finding in found(round_of(one), "DATA-02")] == ["annex 2"]
    assert [finding.clause for finding in found(round_of(one, two), "DATA-02")] == ["annex 1; annex 2"]
    assert [finding.clause for finding in found(round_of(one), "PAIR-15")] == ["clause of PAIR-15"]


# ---------------------------------------------------------------- counts and comparison


def test_counts_take_unresolved_names_as_hospitals_of_their_own() -> None:
    unknown = [
        replace(row(at, SECOND, ANJI), recipient=None, recipient_printed=printed)
        for at, printed in ((3, "某医院"), (4, "某 医院"))
    ]
    rows = [row(1, FIRST, ANJI), row(2, SECOND, ANJI), *unknown]
    size = counts(round_of(*rows))
    assert (size.supporters, size.pairings, size.recipients) == (2, 4, 2)


def test_coverage_without_rules_counts_nothing() -> None:
    assert coverage(round_of(), {}).counties.total == 0


def test_a_large_province_is_listed_short_but_subjects_are_whole() -> None:
    units = tuple(Unit(f"99{n:04}", f"第{n}区", UNITS[0].kind, "990000", "某市") for n in range(30))
    (finding,) = audit(round_of(units=units), {"PAIR-15": RULES["PAIR-15"]})
    assert len(finding.subjects) == 30
    assert "等30个" in finding.message.zh
    assert "and 10 more" in finding.message.en


def test_a_re_audit_shows_what_came_went_and_changed() -> None:
    before = audit(round_of(row(1, THIRD, ANJI), row(2, FIRST, ANJI)), RULES)
    after = audit(round_of(row(1, THIRD, HAINING), row(2, FIRST, ANJI)), RULES)
    change = diff(before, after)
    assert "PAIR-05:hospital:安吉县人民医院" in {finding.key for finding in change.gone}
    assert "PAIR-18:hospital:湖州市第三人民医院+hospital:海宁市第四人民医院" in {
        one.key for one in change.new
    }
    assert "PAIR-02:hospital:湖州市第三人民医院" in {one.after.key for one in change.changed}
    assert "PAIR-03:unit:330522" in {one.key for one in change.unchanged}
    assert {one.key for one in after} == {
        finding.key for finding in (*change.new, *(one.after for one in change.changed), *change.unchanged)
    }
