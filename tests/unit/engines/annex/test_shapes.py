"""Tables of unusual shape: nested headers, merged and missing cells, headings, several tables."""

from __future__ import annotations

import datetime as dt
import io

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from duikou.engines.pairing.annex import AnnexReading, Field, read_annex
from tests.unit.engines.annex import builders


def printed(reading: AnnexReading) -> list[tuple[object, ...]]:
    return [row.printed for row in reading.rows]


def codes(reading: AnnexReading) -> list[str]:
    return [issue.code for issue in reading.issues]


def sheet(*lines: list[object], merge: tuple[str, ...] = (), title: str = "Sheet1") -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for line in lines:
        workbook.active.append(line)
    for area in merge:
        workbook.active.merge_cells(area)
    return builders.saved(workbook)


NESTED = (
    ["2014年对口支援安排"],
    ["地区", "支援关系", None, None, "期限", None],
    [None, "支援医院", "支援数", "受援医院", "起", "止"],
    ["杭州市", "甲医院", 1, "乙医院", dt.date(2014, 1, 1), "2016.12"],
    [None, None, 2, "丙医院", "2014年3月", "20161231"],
)


def test_a_header_of_two_rows_with_merged_cells() -> None:
    reading = read_annex(
        sheet(*NESTED, merge=("A1:F1", "A2:A3", "B2:D2", "E2:F2", "A4:A5", "B4:B5")), "a.xlsx"
    )
    assert printed(reading) == [
        ("2", "杭州市", "甲医院", 1, "乙医院"),
        ("2", "杭州市", "甲医院", 2, "丙医院"),
    ]
    assert [(r.start, r.end) for r in reading.rows] == [
        (dt.date(2014, 1, 1), dt.date(2016, 12, 31)),
        (dt.date(2014, 3, 1), dt.date(2016, 12, 31)),
    ]
    assert reading.ok


def test_the_second_header_line_may_only_add_columns() -> None:
    reading = read_annex(
        sheet(
            ["支援医院", "受援医院", "期限", None],
            [None, None, "起", "止"],
            ["甲", "乙", "2014-01", "2014-02"],
        ),
        "a.xlsx",
    )
    assert printed(reading) == [("1", None, "甲", None, "乙")]
    assert (reading.rows[0].start, reading.rows[0].end) == (dt.date(2014, 1, 1), dt.date(2014, 2, 28))


def test_the_table_may_begin_anywhere_in_the_sheet() -> None:
    workbook = openpyxl.Workbook()
    for place, text in {"C7": "支援医院", "D7": "受援医院", "C8": "甲医院", "D8": "乙医院"}.items():
        workbook.active[place] = text
    row = read_annex(builders.saved(workbook), "a.xlsx").rows[0]
    assert (row.where.row, row.place(Field.RECIPIENT).column) == (8, "D")


def test_city_headings_as_rows_of_their_own() -> None:
    reading = read_annex(
        sheet(
            ["支援医院", "支援数", "受援医院"],
            ["湖州市", None, None], ["甲医院", 1, "乙医院"], [None, 2, "丙医院"],
            ["嘉兴市", None, None], ["丁医院", 1, "戊医院"],
            merge=("A2:C2", "A5:C5"), title="附件2",
        ),
        "a.xlsx",
    )  # fmt: skip
    assert [row.printed[:3] for row in reading.rows] == [
        ("2", "湖州市", "甲医院"),
        ("2", "湖州市", "甲医院"),
        ("2", "嘉兴市", "丁医院"),
    ]
    assert reading.issues == ()


def test_a_sheet_per_city_takes_the_city_from_its_name() -> None:
    reading = read_annex(sheet(["支援医院", "受援医院"], ["甲医院", "乙医院"], title="衢州市"), "a.xlsx")
    assert printed(reading) == [("2", "衢州市", "甲医院", None, "乙医院")]


def test_a_supporter_is_not_carried_into_the_next_city() -> None:
    reading = read_annex(
        "地区,支援医院,支援数,受援医院\n杭州市,甲医院,1,乙医院\n宁波市,,1,丙医院\n".encode(), "a.csv"
    )
    assert codes(reading) == ["supporter_missing"]
    assert reading.rows[1].supporter == ""


def test_a_merged_recipient_is_not_guessed_but_offered() -> None:
    reading = read_annex(
        sheet(["支援医院", "支援数", "受援医院"], ["甲", 1, "乙医院"], ["丙", 1, None], merge=("C2:C3",)),
        "a.xlsx",
    )
    assert codes(reading) == ["recipient_merged"]
    assert reading.issues[0].repair_value == "乙医院"


def test_text_under_a_merged_cell_is_not_read() -> None:
    workbook = openpyxl.Workbook()
    for line in (["支援医院", "支援数", "受援医院"], ["甲", 1, "乙"], ["隐藏", 2, "丙"]):
        workbook.active.append(line)
    content = builders.saved(workbook)
    xml = builders.part(content, "xl/worksheets/sheet1.xml")
    merged = xml.replace(
        "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    )
    reading = read_annex(builders.with_parts(content, {"xl/worksheets/sheet1.xml": merged}), "a.xlsx")
    assert [row.supporter for row in reading.rows] == ["甲", "甲"]


def test_hidden_sheets_other_tables_and_extra_columns_are_reported_not_lost() -> None:
    workbook = openpyxl.Workbook()
    for line in (["支援医院", "受援医院", "联系人", "受援单位"], ["甲", "乙", "某", "丁"]):
        workbook.active.append(line)
    other = workbook.create_sheet("其他")
    for line in (["姓名", "电话"], ["某", "1"]):
        other.append(line)
    half = workbook.create_sheet("半表")
    half.append(["支援医院", "支援数"])
    workbook.create_sheet("藏").sheet_state = "hidden"
    reading = read_annex(builders.saved(workbook), "a.xlsx")
    assert sorted(codes(reading)) == [
        "column_ignored", "column_missing_in_table", "column_twice", "sheet_hidden", "table_not_read",
    ]  # fmt: skip
    assert not reading.ok
    assert reading.rows[0].recipient == "乙"


def test_remarks_and_totals_are_skipped_with_a_note() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,乙医院", "注：以上为初稿,,", ",,", "合计,,"), "a.csv")
    assert len(reading.rows) == 1
    assert codes(reading) == ["row_skipped", "row_skipped"]


def test_a_header_printed_again_on_each_page() -> None:
    reading = read_annex(
        builders.simple_csv("甲医院,1,乙医院", "支援医院,支援数,受援医院", "丙医院,1,丁医院"), "a.csv"
    )
    assert [row.supporter for row in reading.rows] == ["甲医院", "丙医院"]


def test_english_headers() -> None:
    reading = read_annex(
        b"Table,City,Supporter,No.,Recipient,From,To,Type,Departments,Reason\n"
        b"2,X,A hospital,1,B hospital,2014-01-01,2016-12-31,trustee,ICU;ENT,other specialty\n",
        "a.csv",
    )
    row = reading.rows[0]
    assert row.printed == ("2", "X", "A hospital", 1, "B hospital")
    assert (row.type, row.departments, row.reason) == ("trustee", ("ICU", "ENT"), "other specialty")
    assert reading.issues == ()


def test_optional_columns_in_chinese() -> None:
    header = "支援医院,受援医院,起始时间,截止时间,支援形式,科室,理由"
    line = "甲医院,乙医院,2014年1月1日,2016/12/31,医院集团,心内科、骨科,科室不同"
    row = read_annex(builders.simple_csv(line, header=header), "a.csv").rows[0]
    assert (row.start, row.end) == (dt.date(2014, 1, 1), dt.date(2016, 12, 31))
    assert (row.type, row.departments, row.reason) == ("group", ("心内科", "骨科"), "科室不同")


def test_an_ordinal_over_the_whole_table_is_no_running_number() -> None:
    reading = read_annex(
        builders.simple_csv("1,甲,乙", "2,甲,丙", "3,丁,戊", header="序号,支援医院,受援医院"), "a.csv"
    )
    assert [row.running_number for row in reading.rows] == [None, None, None]
    assert codes(reading) == ["ordinal_counts_all"]


def test_an_ordinal_that_starts_anew_is_a_running_number() -> None:
    reading = read_annex(
        builders.simple_csv("1,甲,乙", "2,,丙", "1,丁,戊", header="序号,支援医院,受援医院"), "a.csv"
    )
    assert [row.running_number for row in reading.rows] == [1, 2, 1]
    assert reading.issues == ()


def test_quotes_commas_and_line_ends_inside_cells() -> None:
    reading = read_annex(builders.simple_csv('"甲,乙医院",1,"丙\n医院"', "丁,1,戊"), "a.csv")
    assert [(r.supporter, r.recipient, r.where.row) for r in reading.rows] == [
        ("甲,乙医院", "丙医院", 2),
        ("丁", "戊", 4),
    ]


def test_a_stray_quotation_mark_is_a_character() -> None:
    reading = read_annex('支援医院,受援医院\n"甲"医院,乙医院\n丙,丁\n'.encode(), "a.csv")
    assert [row.recipient for row in reading.rows] == ["乙医院", "丁"]


def test_a_nested_header_in_a_delimited_text() -> None:
    reading = read_annex("地区,支援关系,\n,支援医院,受援医院\n杭州市,甲医院,乙医院\n".encode(), "a.csv")
    assert printed(reading) == [("2", "杭州市", "甲医院", None, "乙医院")]


def test_a_cell_beyond_all_measure_is_reported_where_it_stands() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,乙医院", f",2,{'丙' * 200_000}"), "a.csv")
    assert [(i.code, i.where.row, i.where.column) for i in reading.issues] == [("cell_too_long", 3, "C")]


def test_prose_around_a_table_copied_from_a_document() -> None:
    table = "地区\t支援医院\t支援数\t受援医院\n杭州市\t甲医院\t1\t乙医院\n\t\t2\t丙医院\n"
    text = f"通知\n\n附件2\n{table}\n特此通知。\n"
    reading = read_annex(text.encode(), "a.txt")
    assert [row.printed[:4] for row in reading.rows] == [
        ("2", "杭州市", "甲医院", 1),
        ("2", "杭州市", "甲医院", 2),
    ]
    assert reading.issues == ()


def test_the_name_of_the_file_only_earns_a_note() -> None:
    reading = read_annex(builders.xlsx(builders.real_rows()[:3]), "表.csv")
    assert codes(reading) == ["extension_differs"]
    assert reading.ok


def test_old_workbooks_with_merged_cells() -> None:
    lines = [["地区", "支援医院", "支援数", "受援医院"], ["杭州市", "甲", "1", "乙"], ["", "", "2", "丙"]]
    reading = read_annex(builders.xls(lines, merges=[(1, 2, 0, 0), (1, 2, 1, 1)]), "a.xls")
    assert printed(reading) == [("2", "杭州市", "甲", 1, "乙"), ("2", "杭州市", "甲", 2, "丙")]
    assert reading.kind == "xls"
    assert reading.issues == ()


def test_open_spreadsheets() -> None:
    reading = read_annex(
        builders.ods([["附件1"], [], ["支援医院", "受援医院"], ["甲", "乙"], ["", "丙"]]), "a.ods"
    )
    assert [row.printed for row in reading.rows] == [
        ("1", None, "甲", None, "乙"),
        ("1", None, "甲", None, "丙"),
    ]


# --- documents


def table_in(container: object, *lines: tuple[str, ...]) -> object:
    grid = container.add_table(len(lines), len(lines[0]))  # type: ignore[attr-defined]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            grid.cell(row, column).text = text
    return grid


HEAD, LINE = ("支援医院", "受援医院"), ("甲医院", "乙医院")


def test_a_table_inside_a_cell_of_another_table() -> None:
    document = docx.Document()
    outer = document.add_table(1, 1)
    table_in(outer.cell(0, 0), HEAD, LINE)
    reading = read_annex(builders.saved(document), "a.docx")
    assert printed(reading) == [("1", None, "甲医院", None, "乙医院")]


def test_rows_and_cells_inside_content_controls() -> None:
    document = docx.Document()
    grid = table_in(document, HEAD, LINE, ("丙医院", "丁医院"))
    for element in (grid.rows[1]._tr, grid.cell(2, 1)._tc):  # type: ignore[attr-defined]
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        element.addprevious(control)
        control[0].append(element)
    reading = read_annex(builders.saved(document), "a.docx")
    assert [row.recipient for row in reading.rows] == ["乙医院", "丁医院"]


def test_a_text_box_is_read_once() -> None:
    document = docx.Document()
    grid = table_in(document, HEAD, LINE)
    table = grid._tbl  # type: ignore[attr-defined]
    table.getparent().remove(table)
    run = document.add_paragraph().add_run()
    space = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    alternate = parse_xml(
        f'<mc:AlternateContent xmlns:mc="{space}" {nsdecls("w")}><mc:Choice><w:txbxContent/></mc:Choice>'
        "<mc:Fallback><w:txbxContent/></mc:Fallback></mc:AlternateContent>"
    )
    alternate[0][0].append(table)
    alternate[1][0].append(parse_xml(docx.oxml.xmlchemy.serialize_for_reading(table)))
    run._r.append(alternate)
    assert len(read_annex(builders.saved(document), "a.docx").rows) == 1


def test_cells_that_begin_late_or_span_columns() -> None:
    document = docx.Document()
    grid = document.add_table(4, 3)
    for column, text in enumerate(("支援医院", "支援数", "受援医院")):
        grid.cell(0, column).text = text
    grid.cell(1, 0).text, grid.cell(1, 1).text, grid.cell(1, 2).text = "甲医院", "1", "乙医院"
    grid.cell(3, 0).merge(grid.cell(3, 2)).text = "注：初稿"
    row = grid.rows[2]._tr  # the supporter's cell is left out: the row begins one column late
    row.remove(row.findall(qn("w:tc"))[0])
    properties = row.get_or_add_trPr()
    before = OxmlElement("w:gridBefore")
    before.set(qn("w:val"), "1")
    properties.append(before)
    texts = row.findall(qn("w:tc"))
    for cell, text in zip(texts, ("2", "丙医院"), strict=True):
        cell.findall(qn("w:p"))[0].append(parse_xml(f"<w:r {nsdecls('w')}><w:t>{text}</w:t></w:r>"))
    reading = read_annex(builders.saved(document), "a.docx")
    assert [row.printed for row in reading.rows] == [
        ("1", None, "甲医院", 1, "乙医院"),
        ("1", None, "甲医院", 2, "丙医院"),
    ]
    assert codes(reading) == ["row_skipped"]


def test_places_in_a_document_name_table_row_and_column() -> None:
    document = docx.Document()
    table_in(document, ("甲方", "乙方"), ("某某", "某某"))
    table_in(document, HEAD, ("甲医院", ""))
    reading = read_annex(builders.saved(document), "a.docx")
    issue = reading.issues[-1]
    assert issue.code == "recipient_missing"
    assert issue.where.text.zh == "第 2 个表格 第 2 行 B 列"
    assert issue.where.text.en == "table 2, row 2, column B"


# --- plan texts


def plan(*lines: str) -> AnnexReading:
    header = ["附件2", "\t地区", "\t支援医院", "\t支援数", "\t受援医院", ""]
    return read_annex("\n".join([*header, *lines, ""]).encode(), "方案.txt")


ROW = ("\t杭", "", "州", "市", "\t甲医院\u3000", "", "\u3000", "\t1", "\t乙医院", "")


def test_a_name_over_two_lines() -> None:
    reading = plan(*ROW, "\t", "\t", "\t2", "\t丙县", "人民医院", "")
    assert [row.recipient for row in reading.rows] == ["乙医院", "丙县人民医院"]
    assert reading.issues == ()


def test_a_recipient_left_out_does_not_shift_the_rows_below() -> None:
    reading = plan(*ROW, "\t", "\t", "\t2", "", "\t", "\t", "\t3", "\t丁医院", "")
    assert [row.recipient for row in reading.rows] == ["乙医院", "", "丁医院"]
    assert codes(reading) == ["row_cells", "recipient_missing"]
    assert reading.issues[0].where.row == 19


def test_rows_cut_off_by_stray_text_are_reported() -> None:
    reading = plan(*ROW, "插入的文字", "", "\t", "\t", "\t2", "\t丙医院", "")
    assert len(reading.rows) == 1
    assert "lines_outside" in codes(reading)


def test_text_after_the_table_ends_it() -> None:
    reading = plan(*ROW, "附件3", "协议", "\t甲方：", "\t乙方：")
    assert len(reading.rows) == 1
    assert reading.issues == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_of_either_system(newline: str) -> None:
    text = builders.plan_text(builders.real_rows()[:50]).replace("\n", newline)
    assert len(read_annex(io.BytesIO(text.encode()).getvalue(), "方案.txt").rows) == 50
