"""Tables handed in beside the stays: read, or refused with the line and what was expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duikou.engines.casemix.indicators.lookups import (
    BadLookup,
    read_crosswalk,
    read_hospitals,
    read_names,
    read_weights,
)


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_crosswalk(tmp_path: Path) -> None:
    found = read_crosswalk(
        table(
            tmp_path,
            "code,valid_from,valid_to,county,city,name\n"
            "330109,,2025-04-09,330109,330100,萧山\n"
            "330109,2025-04-09,,330122,330100,桐庐\n",
            "gb18030",
        )
    )

    assert found.rows() == [
        ("330109", None, dt.date(2025, 4, 9), "330109", "330100"),
        ("330109", dt.date(2025, 4, 9), None, "330122", "330100"),
    ]


def test_hospitals_with_their_level(tmp_path: Path) -> None:
    text = "hospital,county,city,key,county_level\n470001, 330109 ,330100,zj-1,1\n470002,330106,330100,,0\n"

    frame, county_level = read_hospitals(table(tmp_path, text))

    assert frame.select("hospital", "key", "county").rows() == [
        ("470001", "zj-1", "330109"),
        ("470002", "470002", "330106"),
    ]
    assert county_level == ["zj-1"]
    assert read_hospitals(table(tmp_path, "hospital,county,city\na,b,c\n"))[1] is None


def test_weights_are_whole_ten_thousandths(tmp_path: Path) -> None:
    found = read_weights(table(tmp_path, "drg,weight\nES25,1.2345\nFM19,2\n\n"))

    assert found.rows() == [("ES25", 12_345), ("FM19", 20_000)]


def test_names(tmp_path: Path) -> None:
    assert read_names(table(tmp_path, "\ufeffhospital\na\nb\n"))["hospital"].to_list() == ["a", "b"]


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (read_weights, "drg\nES25\n", "缺少列 weight"),
        (read_weights, "", "缺少列 drg、weight"),
        (read_weights, "drg,weight\nES25,much\n", "第 2 行 weight 列.*much"),
        (read_weights, "drg,weight\nES25,1.23456\n", "四位小数"),
        (read_weights, "drg,weight\nES25,-1\n", "line 2, column weight"),
        (read_weights, "drg,weight\nES25,NaN\n", "NaN"),
        (read_weights, "drg,weight\nES25,1e12\n", "1e12"),
        (read_weights, "drg,weight\nES25,1\nES25,2\n", "第 3 行.*已在第 2 行"),
        (read_weights, "drg,weight\n,2\n", "不为空"),
        (read_crosswalk, "code,county,city,valid_from\n1,2,3,2025/1/1\n", "日期 YYYY-MM-DD"),
        (read_crosswalk, "code,county,city\n1,2,3\n1,2,3\n", "第 2 行与第 3 行有效期重叠"),
        (read_crosswalk, "code,county,city,valid_from,valid_to\n1,2,3,2025-01-02,2025-01-02\n", "晚于"),
        (read_hospitals, "hospital,county,city,county_level\na,b,c,yes\n", "0 或 1"),
        (read_hospitals, "hospital,county,city\na,b,c\na,b,d\n", "重叠"),
        (read_names, "hospital\n", ""),
    ],
)
def test_faults_are_named(tmp_path: Path, read: Callable[[Path], Any], text: str, words: str) -> None:
    path = table(tmp_path, text)
    if not words:  # an empty list is a list
        assert read(path).height == 0
        return
    with pytest.raises(BadLookup, match=words):
        read(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"hospital\n\xff\xff\n")

    with pytest.raises(BadLookup, match="GB 18030"):
        read_names(path)
