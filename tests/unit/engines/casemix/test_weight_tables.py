"""Weights of groups: read, or refused with every line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from duikou.engines.casemix.codes import BadCodeTable
from duikou.engines.casemix.weight_tables import read

GROUPS = ("AA19", "BB11", "BB15")


def table(tmp_path: Path, *rows: str, head: str = "drg,weight") -> Path:
    path = tmp_path / "weights.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def test_weights_are_whole_numbers_of_ten_thousandths(tmp_path: Path) -> None:
    found = read(table(tmp_path, "AA19,1.2345", "bb11,0", head="病组,权重"), GROUPS)
    assert found.weights == {"AA19": 12_345, "BB11": 0}
    assert found.missing == ("BB15",)


def test_numbers_of_a_workbook_lose_their_binary_noise(tmp_path: Path) -> None:
    path = tmp_path / "weights.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["drg", "weight"])
        sheet.write_row(1, 0, ["AA19", 0.1 + 0.2])
        sheet.write_row(2, 0, ["BB11", 1.1 * 1.1])
    assert read(path, GROUPS).weights == {"AA19": 3000, "BB11": 12_100}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ZZ99,1", "应为方案中的病组；实际为 ZZ99"),
        (",1", "实际为 空"),
        ("AA19,-0.1", "实际为 -0.1"),
        ("AA19,much", "实际为 much"),
        ("AA19,", "实际为 空"),
        ("AA19,NaN", "实际为 NaN"),
        ("AA19,1.23456", "至多四位小数"),
        ("AA19,1000", "小于 1000"),
        ("BB11,2", "已在第 2 行"),
    ],
)
def test_every_fault_is_told_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadCodeTable) as refused:
        read(table(tmp_path, "BB11,1", row), GROUPS)
    (problem,) = refused.value.problems
    assert problem.zh.startswith("第 3 行")
    assert said in problem.zh


def test_a_table_without_weights_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadCodeTable, match="weight"):
        read(table(tmp_path, "AA19", head="drg"), GROUPS)
