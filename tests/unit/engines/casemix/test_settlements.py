"""The insurer's table: read, or refused with row and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.casemix.codes import BadCodeTable
from duikou.engines.casemix.settlements import HEADINGS, Place, read, share

PLACES = (
    Place(1, "330523", "安吉县", dt.date(2000, 1, 1), None, allowed=True),
    Place(2, "330102", "上城区", dt.date(2000, 1, 1), dt.date(2021, 4, 9), allowed=True),
    Place(3, "330102", "上城区", dt.date(2021, 4, 9), None, allowed=True),
    Place(4, "330212", "鄞州区", dt.date(2000, 1, 1), None, allowed=False),
    Place(5, "330103", "下城区", dt.date(2000, 1, 1), dt.date(2021, 4, 9), allowed=True),
)
HEAD = ",".join(HEADINGS.values())


def table(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def test_a_table_is_read_in_the_divisions_of_each_month(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "330523,安吉县,2025-03,800,60,90,50,1000",
        '３３０５２３,安吉,2025年4月,"1,200",0,0,0,',
        "330102,,202012,1,2,3,4,10",
        "330102,上城区,2021-05-01,1,2,3,4,10",
    )
    lines, faults = read(path, PLACES, 202510)
    assert not faults
    assert [(line.place.key, line.month, line.in_county, line.outside) for line in lines] == [
        (1, 202503, 800, 50),
        (1, 202504, 1200, 0),
        (2, 202012, 1, 4),
        (3, 202105, 1, 4),
    ]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("999999,,2025-03,1,1,1,1,4", "county", "六位代码"),
        ("330212,,2025-03,1,1,1,1,4", "county", "管理范围"),
        ("330103,,2025-03,1,1,1,1,4", "county", "当月有效"),
        ("330523,长兴县,2025-03,1,1,1,1,4", "county_name", "安吉县"),
        ("330523,,2025-13,1,1,1,1,4", "month", "2014-03"),
        ("330523,,三月,1,1,1,1,4", "month", "2014-03"),
        ("330523,,2025-11,1,1,1,1,4", "month", "2025-10"),
        ("330523,,2025-03,-1,1,1,1,2", "in_county", "整数"),
        ("330523,,2025-03,1,1.5,1,1,4", "in_city", "整数"),
        ("330523,,2025-03,1,1,,1,3", "in_province", "整数"),
        ("330523,,2025-03,1,1,1,1e3,4", "outside", "整数"),
        ("330523,,2025-03,1,1,1,99999999,4", "outside", "整数"),
        ("330523,,2025-03,1,1,1,1,5", "total", "四项之和 4"),
        ("330523,,2025-03,1,1,1,1,x", "total", "整数"),
        ("330523,,2025-03,0,0,0,0,0", "in_county", "大于 0"),
    ],
)
def test_a_fault_names_row_and_column(tmp_path: Path, row: str, column: str, expected: str) -> None:
    good = "330523,,2025-02,1,1,1,1,4"
    lines, faults = read(table(tmp_path, good, row), PLACES, 202510)
    assert [line.row for line in lines] == [2]
    assert [(fault.row, fault.column) for fault in faults] == [(3, HEADINGS[column])]
    assert expected in faults[0].expected.zh


def test_a_county_and_month_come_once(tmp_path: Path) -> None:
    row = "330523,,2025-02,1,1,1,1,4"
    _lines, faults = read(table(tmp_path, row, row), PLACES, 202510)
    assert [(fault.row, "第 2 行" in fault.expected.zh) for fault in faults] == [(3, True)]


def test_several_faults_of_one_row_are_all_told(tmp_path: Path) -> None:
    _lines, faults = read(table(tmp_path, "1,,x,a,b,c,d,e"), PLACES, 202510)
    names = ("month", "county", "in_county", "in_city", "in_province", "outside")
    assert [fault.column for fault in faults] == [HEADINGS[name] for name in names]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("参保地区划代码,结算月份", "330523,2025-03"),
        (f"{HEAD},姓名", "330523,,2025-03,1,1,1,1,4,x"),
    ],
)
def test_another_table_is_refused_as_a_whole(tmp_path: Path, head: str, row: str) -> None:
    with pytest.raises(BadCodeTable):
        read(table(tmp_path, row, head=head), PLACES, 202510)


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_shares_are_rounded_half_up(inside: int, whole: int) -> None:
    found = share(inside, whole)
    assert found is not None
    assert abs(found * whole - inside * 10**6) * 2 <= whole
    assert share(inside, 0) is None
