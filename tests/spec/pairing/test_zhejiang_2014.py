"""What the audit must find in the tables that Zhejiang published in January 2014.

Each table below was counted by hand from annex 1 and annex 2 of S1 and can be checked
against them with a pencil. Names stand as printed.
"""

from __future__ import annotations

from collections import Counter

import pytest

from duikou.engines.pairing.audit import counts
from duikou.engines.pairing.coverage import coverage
from duikou.engines.pairing.model import Resolution, Severity
from tests.spec.pairing.zhejiang import RULES, findings, of_rule, printed_rows, real_round, units


def subjects(rule: str) -> list[str]:
    """The first subject of each finding of a rule."""
    return [finding.subjects[0] for finding in of_rule(rule)]


# ---------------------------------------------------------------- the round


def test_size_of_the_round() -> None:
    size = counts(real_round())
    assert (size.supporters, size.pairings, size.recipients) == (67, 165, 151)


def test_no_hospital_is_both_supporter_and_recipient() -> None:
    supporters = {row.supporter.key for row in real_round().rows if row.supporter}
    recipients = {row.recipient.key for row in real_round().rows if row.recipient}
    assert not supporters & recipients


# city     rows of its own table
ROWS_PER_CITY = {
    "宁波市": 21,
    "杭州市": 16,
    "温州市": 15,
    "湖州市": 11,
    "嘉兴市": 11,
    "绍兴市": 10,
    "金华市": 10,
    "丽水市": 9,
    "台州市": 8,
    "舟山市": 7,
    "衢州市": 6,
}


def test_rows_of_the_province_and_of_each_city() -> None:
    assert Counter(row.group for row in real_round().rows) == {None: 41, **ROWS_PER_CITY}


# PAIR-01 · a general tertiary hospital supports about 3 (S1 §三(一))
GENERAL_LOAD = {
    # supporter              recipients, severity
    "浙江大学医学院附属第二医院": (4, "note"),
    "杭州市第一人民医院": (4, "note"),
    "丽水市中心医院": (4, "note"),
    "温州市人民医院": (5, "warning"),
    "丽水市人民医院": (5, "warning"),
    "浙江医院": (2, "note"),
    "浙江省立同德医院": (2, "note"),
    "杭州师范大学医学院附属医院": (2, "note"),
    "杭州市第三人民医院": (2, "note"),
    "杭州市红十字会医院": (2, "note"),
    "湖州市第一人民医院": (2, "note"),
    "台州恩泽医疗中心路桥医院": (2, "note"),
    "解放军117医院": (1, "warning"),
    "武警杭州医院": (1, "warning"),
    "浙江衢化医院": (1, "warning"),
}

# PAIR-02 · a specialised tertiary hospital supports 2 (S1 §三(一)); every difference is a warning
SPECIALISED_LOAD = {
    "浙江大学医学院附属妇产科医院": 3,
    "宁波市妇女儿童医院": 3,
    "宁波市康宁医院": 3,
    "湖州市妇幼保健院": 3,
    "嘉兴市妇幼保健院": 3,
    "浙江大学医学院附属口腔医院": 1,
    "温州医科大学附属眼视光医院": 1,
    "温州市第七人民医院": 1,
    "湖州市第三人民医院": 1,
    "绍兴市第六人民医院": 1,
    "衢州市第三医院": 1,
}


def test_load_of_general_supporters() -> None:
    found = {one.subjects[0]: (len(one.rows), one.severity.value) for one in of_rule("PAIR-01")}
    assert found == GENERAL_LOAD


def test_load_of_specialised_supporters() -> None:
    assert {one.subjects[0]: len(one.rows) for one in of_rule("PAIR-02")} == SPECIALISED_LOAD
    assert {one.severity for one in of_rule("PAIR-02")} == {Severity.WARNING}


# ---------------------------------------------------------------- coverage

UNITS_OF_2014 = {"市辖区": 34, "县级市": 21, "县": 34, "自治县": 1}

# PAIR-03 · counties and county-level cities without a recipient in any table (S1 §一(一), §三(一))
UNCOVERED_COUNTIES = ["长兴县", "天台县"]

# PAIR-04 · without a row in the cities' tables (S1 §四(一)) and what annex 1 has for them
OUTSIDE_THE_CITIES_TABLES = {
    "洞头县": ["洞头县人民医院"],
    "文成县": ["文成县人民医院"],
    "德清县": ["德清县人民医院", "德清县中医院"],
    "兰溪市": ["兰溪市人民医院"],
    "义乌市": ["义乌市中心医院"],
    "浦江县": ["浦江县中医院"],
    "常山县": ["常山县人民医院"],
    "三门县": ["三门县人民医院"],
    "长兴县": [],
    "天台县": [],
}

# PAIR-15 · districts without a recipient: the plan speaks of counties only
UNCOVERED_DISTRICTS = {
    "杭州市": ["上城区", "下城区", "江干区", "拱墅区", "西湖区", "滨江区", "萧山区"],
    "宁波市": ["海曙区", "江东区"],
    "绍兴市": ["柯桥区"],
    "台州市": ["椒江区", "黄岩区"],
}

# PAIR-17 · covered, but the county's main people's hospital is not named
MAIN_HOSPITAL_NOT_NAMED = {
    "杭州市": ["富阳市", "临安市", "桐庐县"],
    "宁波市": ["余姚市", "慈溪市", "奉化市", "象山县", "宁海县"],
    "温州市": ["瑞安市", "乐清市", "平阳县", "苍南县"],
    "嘉兴市": ["海宁市", "桐乡市"],
    "绍兴市": ["诸暨市", "嵊州市"],
    "金华市": ["东阳市", "永康市", "浦江县"],
    "台州市": ["温岭市"],
}


def test_divisions_of_early_2014() -> None:
    names = {"district": "市辖区", "county_city": "县级市", "county": "县", "autonomous_county": "自治县"}
    assert Counter(names[unit.kind] for unit in units()) == UNITS_OF_2014


def test_counties_without_any_recipient() -> None:
    assert subjects("PAIR-03") == UNCOVERED_COUNTIES
    assert {one.severity for one in of_rule("PAIR-03")} == {Severity.ERROR}


def test_counties_outside_the_cities_tables() -> None:
    printed = {line["position"]: line["recipient"] for line in printed_rows()}
    found = {one.subjects[0]: [printed[key] for key in one.rows] for one in of_rule("PAIR-04")}
    assert found == OUTSIDE_THE_CITIES_TABLES


def test_districts_are_counted_apart_in_one_note() -> None:
    (finding,) = of_rule("PAIR-15")
    assert list(finding.subjects) == [name for names in UNCOVERED_DISTRICTS.values() for name in names]
    assert finding.severity is Severity.NOTE


def test_main_hospitals_that_are_not_named() -> None:
    expected = {name for names in MAIN_HOSPITAL_NOT_NAMED.values() for name in names}
    assert len(expected) == 20
    assert set(subjects("PAIR-17")) == expected
    assert len(of_rule("PAIR-17")) == 20


def test_coverage_report() -> None:
    report = coverage(real_round(), RULES)
    assert report.as_json() == {
        "counties": {"total": 56, "covered": 54, "uncovered": UNCOVERED_COUNTIES},
        "counties_in_city_tables": {
            "total": 56,
            "covered": 46,
            "uncovered": [
                *("洞头县", "文成县", "德清县", "长兴县", "浦江县"),
                *("兰溪市", "义乌市", "常山县", "三门县", "天台县"),
            ],
        },
        "districts": {
            "total": 34,
            "covered": 22,
            "uncovered": [name for names in UNCOVERED_DISTRICTS.values() for name in names],
        },
    }


# city      counties: all, covered by any table, by the cities' tables · districts: all, covered
COVERAGE_BY_CITY = {
    "杭州市": (5, 5, 5, 8, 1),
    "宁波市": (5, 5, 5, 6, 4),
    "温州市": (8, 8, 6, 3, 3),
    "嘉兴市": (5, 5, 5, 2, 2),
    "湖州市": (3, 2, 1, 2, 2),
    "绍兴市": (3, 3, 3, 3, 2),
    "金华市": (7, 7, 4, 2, 2),
    "衢州市": (4, 4, 3, 2, 2),
    "舟山市": (2, 2, 2, 2, 2),
    "台州市": (6, 5, 4, 3, 1),
    "丽水市": (8, 8, 8, 1, 1),
}


def test_coverage_by_city() -> None:
    report = coverage(real_round(), RULES)
    found = {
        city.city: (
            city.counties.total,
            city.counties.covered,
            city.counties_in_city_tables.covered,
            city.districts.total,
            city.districts.covered,
        )
        for city in report.by_city
    }
    assert found == COVERAGE_BY_CITY


# ---------------------------------------------------------------- no duplication (S1 §二(二))

# PAIR-05 · recipients with two supporters
TWO_SUPPORTERS = {
    # both in the province's table
    "宁海县妇幼保健院": ["浙江大学医学院附属妇产科医院", "浙江大学医学院附属儿童医院"],
    "岱山县第一人民医院": ["浙江大学医学院附属妇产科医院", "解放军117医院"],
    # one in each
    "海盐县中医院": ["浙江省立同德医院", "嘉兴市中医医院"],
    "永康市第三人民医院": ["浙江省立同德医院", "金华市第二医院"],
    "景宁县人民医院": ["浙江大学医学院附属第一医院", "丽水市人民医院"],
    "龙泉市人民医院": ["浙江大学医学院附属第二医院", "丽水市中心医院"],
    "松阳县人民医院": ["浙江省中医院", "丽水市中心医院"],
    "永嘉县中医院": ["温州医科大学附属第一医院", "温州市中心医院"],
    "青田县人民医院": ["温州医科大学附属第二医院", "丽水市人民医院"],
    "淳安县中医院": ["武警杭州医院", "杭州市第一人民医院"],
    # both in the cities' tables
    "建德市第二人民医院": ["杭州市第三人民医院", "杭州市西溪医院"],
    "临安市中医院": ["杭州市红十字会医院", "杭州市西溪医院"],
    "嵊州市中医院": ["绍兴市中医院", "绍兴市第六人民医院"],
    "岱山县第二人民医院": ["舟山医院", "舟山市中医骨伤联合医院"],
}


def test_recipients_with_two_supporters() -> None:
    printed = {line["position"]: line["supporter"] for line in printed_rows()}
    found = {one.subjects[0]: [printed[key] for key in one.rows] for one in of_rule("PAIR-05")}
    assert found == TWO_SUPPORTERS
    assert len(of_rule("PAIR-05")) == 14
    assert {one.severity for one in of_rule("PAIR-05")} == {Severity.WARNING}


# ---------------------------------------------------------------- kind, rank, place

# PAIR-14 · the supporter's kind does not go with the recipient's
KINDS_THAT_DO_NOT_MATCH = [
    # specialised (oncology, obstetrics) → general
    ("浙江省肿瘤医院", "余杭区第二人民医院"),
    ("浙江省肿瘤医院", "衢州市柯城区人民医院"),
    ("浙江大学医学院附属妇产科医院", "常山县人民医院"),
    ("浙江大学医学院附属妇产科医院", "岱山县第一人民医院"),
    # maternal and child → general or township
    ("湖州市妇幼保健院", "南浔区双林人民医院"),
    ("湖州市妇幼保健院", "吴兴区埭溪医院"),
    ("舟山市妇幼保健院", "舟山市普济医院"),
    ("舟山市妇幼保健院", "定海区金塘中心卫生院"),
    # psychiatric → general
    ("绍兴市第七人民医院", "上虞市人民医院"),
    # two more follow from the pack's matrix (specialised → general): infectious diseases, orthopaedics
    ("杭州市西溪医院", "建德市第二人民医院"),
    ("舟山市中医骨伤联合医院", "岱山县第二人民医院"),
]

# PAIR-16 · recipients that are no county-level hospitals
NOT_COUNTY_LEVEL = {
    "桐庐富春江中心卫生院": "乡镇卫生院",
    "越城区马山镇卫生院": "乡镇卫生院",
    "定海区金塘中心卫生院": "乡镇卫生院",
    "宁波大榭开发区医院": "开发区医院",
    "湖州交通医院": "企业（行业）医院",
    "宁波市镇海区炼化人民医院": "企业（行业）医院",
}


def test_kinds_that_do_not_match() -> None:
    assert {one.subjects for one in of_rule("PAIR-14")} == set(KINDS_THAT_DO_NOT_MATCH)
    assert {one.severity for one in of_rule("PAIR-14")} == {Severity.WARNING}


def test_recipients_below_county_level() -> None:
    assert {one.subjects[0]: one.found.zh for one in of_rule("PAIR-16")} == NOT_COUNTY_LEVEL


def test_the_one_row_across_cities_leaves_haining_without_a_row_at_home() -> None:
    (finding,) = of_rule("PAIR-18")
    assert finding.subjects == ("湖州市第三人民医院", "海宁市第四人民医院")
    assert "海宁市在嘉兴市自己的表中没有一行" in finding.message.zh
    assert "海宁市 has no row in the table of its own city" in finding.message.en


# ---------------------------------------------------------------- the printed tables


def test_one_misspelt_name() -> None:
    (finding,) = of_rule("DATA-01")
    assert finding.subjects == ("建德市第一人医院",)
    assert finding.expected.zh == "建德市第一人民医院"
    assert finding.clause == "S1 附件1"


# DATA-02 · short names, each with the registered one
SHORT_NAMES = {
    "省人民医院": "浙江省人民医院",
    "解放军117医院": "中国人民解放军第一一七医院",
    "武警杭州医院": "中国人民武装警察部队浙江省总队杭州医院",
    "景宁县人民医院": "景宁畲族自治县人民医院",
    "桐庐富春江中心卫生院": "桐庐县富春江中心卫生院",
    "宁波镇海第二医院": "宁波市镇海区第二医院",
    "舟山医院": "浙江省舟山医院",
    "普陀人民医院六横分院": "舟山市普陀区人民医院六横分院",
    "台州医院": "浙江省台州医院",
}


def test_short_names_one_by_one_and_district_names_together() -> None:
    one_by_one = [one for one in of_rule("DATA-02") if one.key != "DATA-02:without-city"]
    assert {one.subjects[0]: one.expected.zh for one in one_by_one} == SHORT_NAMES
    (together,) = [one for one in of_rule("DATA-02") if one.key == "DATA-02:without-city"]
    assert "北仑区人民医院" in together.subjects
    assert all("区" in name for name in together.subjects)


def test_names_of_a_city_that_had_become_a_district() -> None:
    assert subjects("DATA-03") == ["上虞市妇幼保健院", "上虞市人民医院"]
    assert all("上虞区" in finding.message.zh for finding in of_rule("DATA-03"))
    assert {one.clause for one in of_rule("DATA-03")} == {"S1 附件2"}


def test_two_names_that_may_be_one_hospital() -> None:
    (finding,) = of_rule("DATA-04")
    assert finding.subjects == ("龙湾区第一人民医院", "龙湾区人民医院")
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("DATA-05", "every printed name is resolved"),
        ("DATA-06", "the running numbers are consistent"),
        ("DATA-07", "no pair is printed twice"),
    ],
)
def test_what_the_tables_do_right(rule: str, what: str) -> None:
    assert rule in RULES
    assert of_rule(rule) == [], what


def test_no_name_is_guessed() -> None:
    for row in real_round().rows:
        assert row.supporter_resolution not in (Resolution.GUESS, Resolution.NONE), row.supporter_printed
        assert row.recipient_resolution not in (Resolution.GUESS, Resolution.NONE), row.recipient_printed


# ---------------------------------------------------------------- the whole desk

# rule      findings
SUMMARY = {
    "PAIR-01": 15,
    "PAIR-02": 11,
    "PAIR-03": 2,
    "PAIR-04": 10,
    "PAIR-05": 14,
    "PAIR-14": 11,
    "PAIR-15": 1,
    "PAIR-16": 6,
    "PAIR-17": 20,
    "PAIR-18": 1,
    "DATA-01": 1,
    "DATA-02": 10,
    "DATA-03": 2,
    "DATA-04": 1,
}


def test_number_of_findings_by_rule() -> None:
    assert Counter(finding.rule for finding in findings()) == SUMMARY


def test_each_finding_cites_its_rule_and_says_what_to_do() -> None:
    for finding in findings():
        assert finding.clause.startswith("S1 ")
        assert finding.mark == RULES[finding.rule].mark
        assert finding.suggestion.zh
        assert finding.suggestion.en
