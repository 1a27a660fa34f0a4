"""What the audit of Zhejiang's round of 2014 finds, read from the loaded database as one document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from duikou.core.scope import SYSTEM
from duikou.wings.pairings.queries import latest_audit_report

pytestmark = pytest.mark.django_db

WITHOUT_RECIPIENT = {"长兴县", "天台县"}

DISTRICTS_WITHOUT_RECIPIENT = {
    "上城区", "下城区", "江干区", "拱墅区", "西湖区", "滨江区",
    "萧山区", "海曙区", "江东区", "柯桥区", "椒江区", "黄岩区",
}  # fmt: skip

NOT_IN_OWN_CITYS_TABLE = {
    "洞头县", "文成县", "德清县", "兰溪市", "义乌市", "浦江县", "常山县", "三门县", "长兴县", "天台县",
}  # fmt: skip

TWO_SUPPORTERS = {
    "宁海县妇幼保健院", "岱山县第一人民医院", "建德市第二人民医院", "临安市中医院", "嵊州市中医院",
    "岱山县第二人民医院", "海盐县中医院", "永康市第三人民医院", "景宁县人民医院", "龙泉市人民医院",
    "松阳县人民医院", "永嘉县中医院", "青田县人民医院", "淳安县中医院",
}  # fmt: skip

# Supporter → recipients, and how much that weighs: about three for general hospitals …
GENERAL_LOAD = {
    "浙江大学医学院附属第二医院": (4, "note"),
    "杭州市第一人民医院": (4, "note"),
    "丽水市中心医院": (4, "note"),
    "温州市人民医院": (5, "warning"),
    "丽水市人民医院": (5, "warning"),
    "浙江医院": (2, "note"),
    "浙江省立同德医院": (2, "note"),
    "解放军117医院": (1, "warning"),
    "武警杭州医院": (1, "warning"),
    "杭州师范大学医学院附属医院": (2, "note"),
    "杭州市第三人民医院": (2, "note"),
    "杭州市红十字会医院": (2, "note"),
    "湖州市第一人民医院": (2, "note"),
    "浙江衢化医院": (1, "warning"),
    "台州恩泽医疗中心路桥医院": (2, "note"),
}
# … exactly two for specialised ones.
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

MAIN_HOSPITAL_NOT_NAMED = {
    "富阳市", "临安市", "桐庐县", "余姚市", "慈溪市", "奉化市", "象山县", "宁海县", "瑞安市", "乐清市",
    "平阳县", "苍南县", "海宁市", "桐乡市", "诸暨市", "嵊州市", "东阳市", "永康市", "浦江县", "温岭市",
}  # fmt: skip


@pytest.fixture
def report(db) -> dict[str, Any]:
    return latest_audit_report(SYSTEM)


def subjects(report: dict[str, Any], rule: str) -> list[list[str]]:
    return [found["subjects"] for found in report["findings"] if found["rule"] == rule]


def first_subjects(report: dict[str, Any], rule: str) -> set[str]:
    return {found[0] for found in subjects(report, rule)}


def test_counts_and_coverage(report):
    assert report["counts"] == {"supporters": 67, "pairings": 165, "recipients": 151}
    counties, districts = report["coverage"]["counties"], report["coverage"]["districts"]
    assert (counties["total"], counties["covered"], set(counties["uncovered"])) == (56, 54, WITHOUT_RECIPIENT)
    assert (districts["total"], districts["covered"]) == (34, 22)
    assert set(districts["uncovered"]) == DISTRICTS_WITHOUT_RECIPIENT
    assert set(report["coverage"]["counties_in_city_tables"]["uncovered"]) == NOT_IN_OWN_CITYS_TABLE


def test_is_one_json_document(report):
    again = json.loads(json.dumps(report, ensure_ascii=False))
    assert again["round"] == "zhejiang-2014"
    assert again["as_of"] == "2014-02-15"
    for found in again["findings"]:
        assert {"key", "rule", "clause", "mark", "severity", "subjects", "rows", "state"} <= found.keys()
        for part in ("message", "expected", "found", "suggestion"):
            assert found[part]
            assert found[f"{part}_en"]


def test_pair_03_counties_without_recipient(report):
    assert first_subjects(report, "PAIR-03") == WITHOUT_RECIPIENT
    assert {f["severity"] for f in report["findings"] if f["rule"] == "PAIR-03"} == {"error"}


def test_pair_04_counties_outside_their_citys_table(report):
    assert first_subjects(report, "PAIR-04") == NOT_IN_OWN_CITYS_TABLE


def test_pair_05_recipients_with_two_supporters(report):
    assert first_subjects(report, "PAIR-05") == TWO_SUPPORTERS
    for found in report["findings"]:
        if found["rule"] == "PAIR-05":
            assert {row["recipient"] for row in found["rows"]} == set(found["subjects"])
            assert len({row["supporter"] for row in found["rows"]}) == 2


def test_pair_01_general_supporters_off_three(report):
    found = {
        f["subjects"][0]: (len(f["rows"]), f["severity"])
        for f in report["findings"]
        if f["rule"] == "PAIR-01"
    }
    assert found == GENERAL_LOAD


def test_pair_02_specialised_supporters_off_two(report):
    rows = [f for f in report["findings"] if f["rule"] == "PAIR-02"]
    assert {f["subjects"][0]: len(f["rows"]) for f in rows} == SPECIALISED_LOAD
    assert {f["severity"] for f in rows} == {"warning"}


def test_pair_15_districts_in_one_finding(report):
    (found,) = subjects(report, "PAIR-15")
    assert set(found) == DISTRICTS_WITHOUT_RECIPIENT


def test_pair_17_main_hospital_not_named(report):
    assert first_subjects(report, "PAIR-17") == MAIN_HOSPITAL_NOT_NAMED


def test_pair_18_cross_city_row(report):
    assert subjects(report, "PAIR-18") == [["湖州市第三人民医院", "海宁市第四人民医院"]]


def test_names_of_the_printed_tables(report):
    assert subjects(report, "DATA-01") == [["建德市第一人医院"]]
    assert {s for found in subjects(report, "DATA-03") for s in found} == {
        "上虞市人民医院",
        "上虞市妇幼保健院",
    }
    assert subjects(report, "DATA-04") == [["龙湾区第一人民医院", "龙湾区人民医院"]]
    (shangyu, *_rest) = [f for f in report["findings"] if f["rule"] == "DATA-03"]
    assert "上虞区" in shangyu["message"]


def test_nothing_unresolved_repeated_or_misnumbered(report):
    assert not {"DATA-05", "DATA-06", "DATA-07"} & report["by_rule"].keys()


def test_what_only_we_infer_is_marked(report):
    marks = {f["rule"]: f["mark"] for f in report["findings"]}
    assert marks["PAIR-03"] == "seed"
    assert {marks[rule] for rule in marks if rule.startswith("DATA") or rule > "PAIR-10"} == {"inferred"}
