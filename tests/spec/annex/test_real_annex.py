"""The province's annexes are read to the last row, in every format that an office may send."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.engines.pairing.annex import AnnexKind, AnnexReading, Field, read_annex
from tests.unit.engines.annex import builders

ROWS = builders.real_rows()
TEXT = builders.csv_text(ROWS)
PLAN = builders.plan_text(ROWS)

FORMATS = {
    "CSV, UTF-8": (TEXT.encode(), "表.csv", AnnexKind.CSV, "utf-8"),
    "CSV, UTF-8 with mark": (TEXT.encode("utf-8-sig"), "表.csv", AnnexKind.CSV, "utf-8-sig"),
    "CSV, GB 18030": (TEXT.encode("gb18030"), "表.csv", AnnexKind.CSV, "gb18030"),
    "CSV, UTF-16 with mark": (TEXT.encode("utf-16"), "表.csv", AnnexKind.CSV, "utf-16"),
    "CSV, UTF-16 LE without mark": (TEXT.encode("utf-16-le"), "表.csv", AnnexKind.CSV, "utf-16-le"),
    "CSV, UTF-16 BE without mark": (TEXT.encode("utf-16-be"), "表.csv", AnnexKind.CSV, "utf-16-be"),
    "tabs": (builders.csv_text(ROWS, "\t").encode(), "表.tsv", AnnexKind.CSV, "utf-8"),
    "semicolons": (builders.csv_text(ROWS, ";").encode(), "表.csv", AnnexKind.CSV, "utf-8"),
    "workbook with merged cells": (builders.xlsx(ROWS), "表.xlsx", AnnexKind.XLSX, None),
    "document with merged cells": (builders.docx_file(ROWS), "表.docx", AnnexKind.DOCX, None),
    "plan's text": (PLAN.encode(), "方案.txt", AnnexKind.TEXT, "utf-8"),
    "plan's text, GB 18030": (PLAN.encode("gb18030"), "方案.txt", AnnexKind.TEXT, "gb18030"),
}  # fmt: skip


def assert_clean(reading: AnnexReading) -> None:
    assert [row.printed for row in reading.rows] == ROWS
    assert [row.position for row in reading.rows] == list(range(1, 166))
    assert reading.issues == ()
    assert reading.ok


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_165_rows(name: str) -> None:
    content, filename, kind, encoding = FORMATS[name]
    reading = read_annex(content, filename)
    assert_clean(reading)
    assert (reading.kind, reading.encoding) == (kind, encoding)


def test_counts_of_the_two_tables() -> None:
    assert sum(row[0] == "1" for row in ROWS) == 41
    assert sum(row[0] == "2" for row in ROWS) == 124
    assert len({row[2] for row in ROWS}) == 67
    assert len({row[4] for row in ROWS}) == 151


def test_the_plan_as_published(shared: Path) -> None:
    plans = sorted((shared / "sources").glob("000_*.txt"))
    if not plans:
        pytest.skip("optional reference material is not there: the plan's text")
    reading = read_annex(plans[0].read_bytes(), plans[0].name)
    assert_clean(reading)
    assert reading.kind is AnnexKind.TEXT
    first = reading.rows[0]
    assert (first.where.row, first.places[Field.RECIPIENT].row, first.places[Field.RECIPIENT].column) == (
        54,
        56,
        "C",
    )


def test_the_packages_own_file_is_an_annex_file() -> None:
    path = Path(__file__).parents[3] / "src/duikou/wings/pairings/data/zhejiang_2014_annex.csv"
    assert_clean(read_annex(path.read_bytes(), path.name))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", builders.RARE)
def test_rare_characters_survive_in_texts(name: str, encoding: str) -> None:
    content = builders.simple_csv(f"甲市第一医院,1,{name}").decode().encode(encoding)
    assert read_annex(content, "表.csv").rows[0].recipient == name


@pytest.mark.parametrize("name", builders.RARE)
def test_rare_characters_survive_in_office_files(name: str) -> None:
    rows: list[builders.PrintedRow] = [("1", None, "甲医院", 1, name), ("2", "乙市", name, 1, "丙医院")]
    cells = [list(builders.PROVINCE_HEADER), ["甲医院", "1", name]]
    for content in (builders.xlsx(rows), builders.docx_file(rows)):
        assert [row.printed for row in read_annex(content, "表").rows] == rows
    for content in (builders.ods(cells), builders.xls(cells)):
        assert read_annex(content, "表").rows[0].recipient == name
