"""Workbooks and Parquet files give what the same records give as CSV."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from duikou.engines.casemix.layouts import BadFile, open_file, reading, tables, typed
from duikou.engines.casemix.layouts.definition import layout
from tests.unit.engines.casemix.layouts.files import HQMS_RECORD, hqms, read, written

HQMS = layout("hqms-2020").columns


def workbook(folder: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "pages.xlsx"
    book.save(path)
    return path


def test_a_workbook_of_text_equals_the_csv(tmp_path: Path) -> None:
    path = workbook(tmp_path, [list(HQMS), [HQMS_RECORD.get(column) for column in HQMS]])
    reading = open_file(path)
    assert (reading.layout.id, reading.encoding) == ("hqms-2020", None)
    assert pl.concat(list(reading.frames())).equals(read(written(tmp_path, hqms())))


def test_cells_of_a_workbook_are_shown_as_text(tmp_path: Path) -> None:
    moment, day = dt.datetime(2024, 3, 1, 10, 20, 30), dt.date(2024, 3, 1)
    rows = [
        ["record_no", "visit_no", "admitted", "birth_date", "total", "own", "pdx"],
        ["000123", 1, moment, day, 12345.67, 3.301021960050612e17, "J18.900"],
        [None] * 7,
        ["000124", 2.0, "2024/3/1", "-", 0.1, 7, "I10"],
    ]
    raw = read(workbook(tmp_path, rows))
    assert raw.rows()[0] == (
        2,
        "000123",
        "1",
        "2024-03-01 10:20:30",
        "2024-03-01",
        "12345.67",
        "3.30102E+17",
        "J18.900",
    )
    assert raw.rows()[2] == (4, "000124", "2", "2024/3/1", "-", "0.1", "7", "I10")
    pages = typed(raw)
    assert pages["admitted"].to_list() == [moment, None, dt.datetime(2024, 3, 1)]
    assert pages["total"].to_list() == [1234567, None, 10]
    assert pages["own"].to_list() == [None, None, 700]


@pytest.mark.parametrize("rows", [[], [["id", "pdx"]], [["id", "pdx"], [None, None]]])
def test_a_workbook_without_a_record(tmp_path: Path, rows: list[list[Any]]) -> None:
    with pytest.raises(BadFile) as caught:
        list(open_file(workbook(tmp_path, rows)).frames())
    assert caught.value.reason == "empty_file"


def test_empty_rows_of_a_workbook(tmp_path: Path) -> None:
    nothing = [None, None]
    rows = [nothing, ["id", "pdx"], ["1", "A"], nothing, ["2", "B"], nothing]
    raw = read(workbook(tmp_path, rows))
    assert raw.rows() == [(3, "1", "A"), (4, None, None), (5, "2", "B")]


def test_a_workbook_comes_in_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FRAME_ROWS", 2)
    rows = [["id", "pdx"], *([str(n), "A" if n % 3 else None] for n in range(1, 8))]
    frames = list(open_file(workbook(tmp_path, rows)).frames())
    assert [len(frame) for frame in frames] == [2, 2, 2, 1]
    assert pl.concat(frames)["row"].to_list() == list(range(2, 9))


def test_a_workbook_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_WORKBOOK", 100)
    with pytest.raises(BadFile) as caught:
        open_file(workbook(tmp_path, [["id", "pdx"], ["1", "A"]]))
    assert caught.value.reason == "too_large_workbook"


def test_a_parquet_file_of_text_equals_the_csv(tmp_path: Path) -> None:
    path = tmp_path / "pages.parquet"
    pl.DataFrame({column: [HQMS_RECORD.get(column)] for column in HQMS}).write_parquet(path)
    assert read(path).equals(read(written(tmp_path, hqms())))


def test_a_typed_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "pages.parquet"
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "pdx": ["J18.900", "", None],
            "admitted": [dt.datetime(2024, 3, 1, 10, 20, 30), None, dt.datetime(2024, 3, 1)],
            "birth_date": [dt.date(1960, 5, 6)] * 3,
            "total": pl.Series(["12345.67", "0.10", None]).cast(pl.Decimal(12, 2)),
            "own": [0.1, 12345678.9, None],
        }
    )
    frame.write_parquet(path)
    pages = typed(read(path))
    assert pages["admitted"].to_list() == frame["admitted"].to_list()
    assert pages["birth_date"].to_list() == frame["birth_date"].to_list()
    assert pages["total"].to_list() == [1234567, 10, None]
    assert pages["own"].to_list() == [10, 1234567890, None]
    assert pages["pdx"].to_list() == ["J18.900", None, None]
