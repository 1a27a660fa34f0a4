"""Whatever bytes come, the reader answers with a reading or an AnnexError, never with anything else."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.annex import AnnexError, AnnexReading, error_workbook, read_annex, repair
from duikou.engines.pairing.annex.model import RepairAction
from tests.examples import examples
from tests.unit.engines.annex import builders

ROWS = builders.real_rows()[38:46]
CELLS = [["支援医院", "支援数", "受援医院"], ["甲医院", "1", "乙医院"]]
SEEDS = {
    "csv": builders.csv_text(ROWS).encode(),
    "gb18030": builders.csv_text(ROWS).encode("gb18030"),
    "text": builders.plan_text(ROWS).encode(),
    "xlsx": builders.xlsx(ROWS),
    "docx": builders.docx_file(ROWS),
    "ods": builders.ods(CELLS),
    "xls": builders.xls(CELLS),
}
PIECES = [
    "支援医院",
    "受援医院",
    "支援数",
    "地区",
    "附件2",
    ",",
    "\t",
    "\n",
    '"',
    "1",
    "2",
    "甲医院",
    "乙市",
    "注",
    "\u3000",
    "\x01",
]


def attempt(content: bytes) -> AnnexReading | AnnexError:
    try:
        reading: AnnexReading | AnnexError = read_annex(content, "附件")
    except AnnexError as error:
        reading = error
    error_workbook(reading)
    return reading


@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + bytes(18))
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
@example(b"BM")
def test_arbitrary_bytes(content: bytes) -> None:
    attempt(content)


@pytest.mark.parametrize("seed", SEEDS)
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_damaged_files(seed: str, data: st.DataObject) -> None:
    content = bytearray(SEEDS[seed])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    attempt(bytes(content))


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_damaged_parts_of_office_files(data: st.DataObject) -> None:
    base, name = data.draw(
        st.sampled_from(
            [
                ("xlsx", "xl/worksheets/sheet1.xml"),
                ("xlsx", "xl/workbook.xml"),
                ("docx", "word/document.xml"),
                ("ods", "content.xml"),
            ]
        )
    )
    content = bytearray(builders.part(SEEDS[base], name).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    attempt(builders.with_parts(SEEDS[base], {name: bytes(content)}))


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_tables_of_random_pieces_can_be_repaired_without_losing_a_row(text: str) -> None:
    reading = attempt(("支援医院,支援数,受援医院\n" + text).encode())
    if isinstance(reading, AnnexReading):
        offered = [issue for issue in reading.issues if issue.repair_action is RepairAction.SET]
        assert len(repair(reading, offered).rows) == len(reading.rows)
        assert [row.position for row in reading.rows] == list(range(1, len(reading.rows) + 1))
