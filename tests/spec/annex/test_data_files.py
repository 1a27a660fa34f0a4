"""The package's own data files agree with each other and with what is known of the 2014 round."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
WINGS = REPOSITORY / "src/duikou/wings"


def rows(name: str) -> list[dict[str, str]]:
    with (WINGS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


HOSPITALS = {row["key"]: row for row in rows("hospitals/data/hospitals.csv")}
NAMES = rows("hospitals/data/hospital_names.csv")
ANNEX = rows("pairings/data/zhejiang_2014_annex.csv")
UNITS = {row["code"]: row for row in rows("places/data/divisions_2014.csv")}
UNITS_TODAY = {row["code"]: row for row in rows("places/data/divisions_today.csv")}
COUNTY_KINDS = {"县", "县级市", "自治县"}

BY_NAME = {row["name"]: row for row in HOSPITALS.values()} | {
    name["name"]: HOSPITALS[name["hospital_key"]] for name in NAMES
}


def test_each_name_belongs_to_one_hospital() -> None:
    every = [row["name"] for row in HOSPITALS.values()] + [row["name"] for row in NAMES]
    assert [name for name, count in Counter(every).items() if count > 1] == []


def test_every_printed_name_is_known() -> None:
    printed = {row[side] for row in ANNEX for side in ("supporter", "recipient")}
    assert printed <= BY_NAME.keys()
    assert len(printed) == len(HOSPITALS) == 218


def test_every_hospital_lies_in_a_division_of_both_editions() -> None:
    assert {row["unit_code_2014"] for row in HOSPITALS.values()} <= UNITS.keys()
    assert {row["unit_code_today"] for row in HOSPITALS.values()} <= UNITS_TODAY.keys()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "kind",
            {"general", "specialised", "tcm", "integrated", "maternal_child", "psychiatric", "dental", "eye",
             "township"},
        ),
        ("ownership", {"public", "military", "police", "enterprise"}),
        ("region", {"provincial", "municipal", "county"}),
        ("role", {"supporter", "recipient"}),
        ("coord_level", {"county_seat", "locality"}),
        ("confidence", {"high", "medium", "low"}),
        ("mark", {"recalled", "inferred"}),
    ],
)  # fmt: skip
def test_columns_hold_known_values_only(name: str, values: set[str]) -> None:
    assert {row[name] for row in HOSPITALS.values()} == values


def test_kinds_of_name_and_marks() -> None:
    assert {row["kind"] for row in NAMES} == {"typo", "short", "old", "variant", "full", "same_as"}
    assert {row["mark"] for row in NAMES} == {"seed", "recalled", "inferred"}


def test_supporters_by_kind() -> None:
    kinds = Counter(row["kind"] for row in HOSPITALS.values() if row["role"] == "supporter")
    assert kinds == {
        "general": 35, "specialised": 6, "maternal_child": 5, "psychiatric": 7, "dental": 1, "eye": 1,
        "tcm": 10, "integrated": 2,
    }  # fmt: skip


def loads(kinds: set[str], usual: int) -> dict[str, int]:
    counted = Counter(BY_NAME[row["supporter"]]["key"] for row in ANNEX)
    printed = {BY_NAME[row["supporter"]]["key"]: row["supporter"] for row in ANNEX}
    return {printed[k]: n for k, n in counted.items() if n != usual and HOSPITALS[k]["kind"] in kinds}


def test_general_supporters_off_three() -> None:
    assert loads({"general"}, 3) == {
        "浙江大学医学院附属第二医院": 4, "杭州市第一人民医院": 4, "丽水市中心医院": 4, "温州市人民医院": 5,
        "丽水市人民医院": 5, "浙江医院": 2, "浙江省立同德医院": 2, "解放军117医院": 1, "武警杭州医院": 1,
        "杭州师范大学医学院附属医院": 2, "杭州市第三人民医院": 2, "杭州市红十字会医院": 2,
        "湖州市第一人民医院": 2, "浙江衢化医院": 1, "台州恩泽医疗中心路桥医院": 2,
    }  # fmt: skip


def test_specialised_supporters_off_two() -> None:
    kinds = {"specialised", "maternal_child", "psychiatric", "dental", "eye"}
    assert loads(kinds, 2) == {
        "浙江大学医学院附属妇产科医院": 3, "宁波市妇女儿童医院": 3, "宁波市康宁医院": 3,
        "湖州市妇幼保健院": 3, "嘉兴市妇幼保健院": 3, "浙江大学医学院附属口腔医院": 1,
        "温州医科大学附属眼视光医院": 1, "温州市第七人民医院": 1, "湖州市第三人民医院": 1,
        "绍兴市第六人民医院": 1, "衢州市第三医院": 1,
    }  # fmt: skip


def covered(table: str | None = None, *, main: bool = False) -> set[str]:
    hospitals = [BY_NAME[row["recipient"]] for row in ANNEX if table in (None, row["table"])]
    return {h["unit_code_2014"] for h in hospitals if not main or h["main_county_hospital"] == "true"}


def names_without(codes: set[str], *, districts: bool = False) -> set[str]:
    return {
        unit["name"]
        for code, unit in UNITS.items()
        if code not in codes and (unit["kind"] not in COUNTY_KINDS) is districts
    }


def test_counties_and_districts_without_recipient() -> None:
    assert names_without(covered()) == {"长兴县", "天台县"}
    districts = "上城区 下城区 江干区 拱墅区 西湖区 滨江区 萧山区 海曙区 江东区 柯桥区 椒江区 黄岩区"
    assert names_without(covered(), districts=True) == set(districts.split())


def test_counties_without_a_row_in_the_cities_table() -> None:
    expected = "洞头县 文成县 德清县 兰溪市 义乌市 浦江县 常山县 三门县 长兴县 天台县"
    assert names_without(covered("2")) == set(expected.split())


def test_covered_counties_whose_main_hospital_is_not_named() -> None:
    expected = (
        "富阳市 临安市 桐庐县 余姚市 慈溪市 奉化市 象山县 宁海县 瑞安市 乐清市 平阳县 苍南县 海宁市 桐乡市 "
        "诸暨市 嵊州市 东阳市 永康市 浦江县 温岭市 长兴县 天台县"
    )
    assert names_without(covered(main=True)) == set(expected.split())


def test_the_files_follow_from_the_research_tables(shared: Path) -> None:
    if not (shared / "data" / "geo").is_dir():
        pytest.skip("optional reference material is not there: the geographic research tables")
    command = [sys.executable, str(REPOSITORY / "scripts/prepare_data.py"), "--check"]
    environment = {"DUIKOU_SHARED": str(shared)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
