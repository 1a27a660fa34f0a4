"""Files that are refused as a whole: each with its own code, in both languages, before any harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from duikou.engines.pairing.annex import AnnexError, detect, package, read_annex
from duikou.engines.pairing.annex.wording import WORDINGS
from tests.unit.engines.annex import builders

ROWS = builders.real_rows()[:6]
XLSX = builders.xlsx(ROWS)
DOCX = builders.docx_file(ROWS)
CELLS = [["支援医院", "支援数", "受援医院"], ["甲医院", "1", "乙医院"]]
ODS = builders.ods(CELLS)
EXTERNAL = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="http://example.org/x" TargetMode="External"/></Relationships>'
)


def refused(content: bytes, filename: str = "附件.xlsx") -> AnnexError:
    with pytest.raises(AnnexError) as caught:
        read_annex(content, filename)
    return caught.value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b"GIF89a....", "GIF"),
        (b"BM" + bytes(12) + struct.pack("<I", 40) + bytes(20), "BMP"),
        (b"MZ\x90\x00 program", "a program"),
        (b"\x7fELF....", "a program"),
        (b"\x1f\x8b\x08 gzip", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"{\\rtf1 text}", "RTF"),
        (b"<html><table><tr><td>\xe6\x94\xaf</td></tr></table>", "web page"),
        ("<html>".encode("utf-16"), "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (builders.zipped({"a.txt": "text"}), "archive (zip)"),
        (builders.zipped({}), "archive (zip)"),
        (builders.zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        (builders.zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "neither a document nor"),
        (builders.zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
        (builders.compound({"WordDocument": b"x"}), "legacy Word"),
        (builders.compound({"PowerPoint Document": b"x"}), "no workbook"),
    ],
)
def test_another_kind_of_file_is_named_and_refused(content: bytes, words: str) -> None:
    error = refused(content)
    assert error.code == "other_kind"
    assert words in error.message.en
    assert error.issue.repair.zh
    assert error.issue.repair.en


@pytest.mark.parametrize("content", [b"", b"\n \r\n\t", b"\x00\x00", b"\xef\xbb\xbf"])
def test_an_empty_file(content: bytes) -> None:
    assert refused(content).code == "empty_file"


def test_a_file_over_the_limit() -> None:
    assert refused(b"a" * (detect.MAX_FILE + 1)).code == "file_too_large"


def test_a_bomb_by_its_declared_size() -> None:
    assert (
        refused(builders.with_parts(XLSX, {"xl/media/a.bin": bytes(40 * 1024 * 1024)})).code == "archive_bomb"
    )


def test_a_bomb_of_many_parts_each_below_the_ratio() -> None:
    noise = zlib.compress(bytes(range(256)) * 64, 0)
    parts = {f"xl/p{n}.bin": noise * 400 for n in range(12)}
    content = builders.with_parts(XLSX, parts)
    assert sum(i.file_size for i in zipfile.ZipFile(io.BytesIO(content)).infolist()) > package.MAX_UNPACKED
    assert refused(content).code == "archive_bomb"


def test_a_bomb_of_too_many_entries() -> None:
    many = {f"x/{n}": b"" for n in range(package.MAX_ENTRIES + 1)}
    assert refused(builders.with_parts(XLSX, many)).code == "archive_bomb"


def test_a_bomb_that_declares_less_than_it_unpacks_to() -> None:
    content = builders.with_parts(XLSX, {"xl/media/a.bin": bytes(30 * 1024 * 1024)})
    lying = content.replace(struct.pack("<I", 30 * 1024 * 1024), struct.pack("<I", 1000))
    assert lying != content
    assert refused(lying).code == "damaged"


def test_two_entries_of_one_name() -> None:
    buffer = io.BytesIO(XLSX)
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<other/>")
    assert refused(buffer.getvalue()).code == "archive_bomb"


def test_an_entry_without_a_name() -> None:
    nameless = builders.zipped({"a": "x"}).replace(b"\x01\x00\x00\x00a", b"\x00\x00\x00\x00a")
    assert refused(nameless).code == "damaged"


def test_an_archive_inside_the_archive() -> None:
    error = refused(builders.with_parts(DOCX, {"word/embeddings/a.xlsx": XLSX}))
    assert error.code == "nested_archive"
    assert "word/embeddings/a.xlsx" in error.message.zh


@pytest.mark.parametrize("cut", [30, 200, -30, -200])
def test_a_package_cut_off(cut: int) -> None:
    assert refused(XLSX[:cut]).code == "damaged"


def test_a_part_that_is_no_xml() -> None:
    assert refused(builders.with_parts(XLSX, {"xl/worksheets/sheet1.xml": "no XML"})).code == "damaged"
    assert refused(builders.with_parts(XLSX, {"xl/workbook.xml": "<workbook"})).code == "damaged"
    assert refused(builders.with_parts(DOCX, {"word/document.xml": "no XML"}), "a.docx").code == "damaged"


@pytest.mark.parametrize(
    "content",
    [
        builders.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}),
        builders.compound({"Workbook": builders.biff(CELLS, extra=struct.pack("<HHH", 0x2F, 2, 1))}),
        builders.ods(CELLS, extra={"META-INF/manifest.xml": "<m><encryption-data/></m>"}),
        XLSX.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
    ],
    ids=["office", "xls", "ods", "zip"],
)  # fmt: skip
def test_encrypted_files(content: bytes) -> None:
    assert refused(content).code == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        builders.with_parts(XLSX, {"xl/vbaProject.bin": b"x"}),
        builders.with_parts(DOCX, {"word/vbaProject.bin": b"x"}),
        builders.with_parts(XLSX, {"xl/macrosheets/sheet1.xml": "<x/>"}),
        builders.with_parts(
            XLSX,
            {"[Content_Types].xml": builders.part(XLSX, "[Content_Types].xml").replace(
                "spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")},
        ),
        builders.ods(CELLS, extra={"Basic/Standard/Module1.xml": "<x/>"}),
        builders.compound({"Workbook": builders.biff(CELLS), "_VBA_PROJECT_CUR": b"x"}),
    ],
    ids=["xlsm", "docm", "macro sheet", "content type", "ods", "xls"],
)  # fmt: skip
def test_macros(content: bytes) -> None:
    assert refused(content).code == "macros"


@pytest.mark.parametrize("kind", ["attachedTemplate", "externalLinkPath", "image", "oleObject"])
@pytest.mark.parametrize(("base", "folder"), [(XLSX, "xl"), (DOCX, "word")])
def test_references_to_outside_content(kind: str, base: bytes, folder: str) -> None:
    content = builders.with_parts(base, {f"{folder}/_rels/more.xml.rels": EXTERNAL.format(kind=kind)})
    assert refused(content).code == "external_relationship"


def test_outside_content_of_a_spreadsheet_in_open_format() -> None:
    tail = '<table:table-source xmlns:x="x" table:name="a"/>'
    assert refused(builders.ods(CELLS, tail=tail)).code == "external_relationship"


def test_a_hyperlink_is_only_text() -> None:
    content = builders.with_parts(DOCX, {"word/_rels/more.xml.rels": EXTERNAL.format(kind="hyperlink")})
    assert len(read_annex(content, "a.docx").rows) == len(ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("base", "name"), [(XLSX, "xl/worksheets/sheet1.xml"), (DOCX, "word/document.xml"), (ODS, "content.xml")]
)
def test_xml_entities(base: bytes, name: str, encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'
    error = refused(builders.with_parts(base, {name: bomb.encode(encoding)}))
    assert error.code == "xml_entities"
    assert name in error.message.en


def tracked(tag: str) -> bytes:
    document = docx.Document(io.BytesIO(DOCX))
    change = OxmlElement(tag)
    next(document.element.body.iter(qn("w:r"))).addprevious(change)
    return builders.saved(document)


@pytest.mark.parametrize("tag", ["w:ins", "w:del", "w:moveFrom", "w:moveTo"])
def test_tracked_changes(tag: str) -> None:
    error = refused(tracked(tag), "a.docx")
    assert error.code == "tracked_changes"
    assert "1 处" in error.message.zh


def far_cell_xlsx() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "支援医院"
    workbook.active["XFD1048576"] = "x"
    return builders.saved(workbook)


def far_cell_without_places() -> bytes:
    row = '<row r="{}"><c t="inlineStr"><is><t>x</t></is></c></row>'
    far = '<row><c r="XFA2" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{row.format(1)}{far}{row.format(900000)}</sheetData></worksheet>"
    )
    return builders.with_parts(XLSX, {"xl/worksheets/sheet1.xml": sheet})


def far_cell_ods() -> bytes:
    cell = '<table:table-cell {} office:value-type="string"><text:p>x</text:p></table:table-cell>'
    repeated = cell.format('table:number-columns-repeated="16000"')
    return builders.ods(
        CELLS, tail=f'<table:table-row table:number-rows-repeated="1000000">{repeated}</table:table-row>'
    )


def far_cell_xls() -> bytes:
    far = struct.pack("<HHHHHd", 0x0203, 14, 65535, 255, 0, 1.0)
    return builders.compound({"Workbook": builders.biff(CELLS).removesuffix(b"\x0a\x00\x00\x00") + far})


@pytest.mark.parametrize("build", [far_cell_xlsx, far_cell_without_places, far_cell_ods, far_cell_xls])
def test_a_sheet_that_would_fill_the_memory(build: Callable[[], bytes]) -> None:
    assert refused(build()).code == "too_many_cells"


def test_formatted_empty_cells_do_not_count() -> None:
    sheet = builders.part(XLSX, "xl/worksheets/sheet1.xml")
    far = sheet.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"/></row></sheetData>')
    content = builders.with_parts(XLSX, {"xl/worksheets/sheet1.xml": far})
    assert len(read_annex(content, "a.xlsx").rows) == len(ROWS)


def test_empty_rows_to_the_end_of_an_open_spreadsheet() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048570">{cell}</table:table-row>'
    assert len(read_annex(builders.ods(CELLS, tail=tail), "a.ods").rows) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("姓名,电话\n甲,1\n".encode(), "no_table"),
        ("一段文字，没有表格。\n".encode(), "no_table"),
        ("支援医院,支援数\n甲医院,1\n".encode(), "columns_missing"),
        ("地区\t受援医院\n甲市\t乙医院\n".encode(), "columns_missing"),
        ("支援医院,受援医院\n".encode(), "no_rows"),
        ("支援医院,受援医院\n,\n注：空表,\n".encode(), "no_rows"),
    ],
)
def test_a_text_without_a_usable_table(content: bytes, code: str) -> None:
    assert refused(content, "a.csv").code == code


def test_missing_columns_are_named() -> None:
    error = refused("地区,支援医院,支援数\n".encode(), "a.csv")
    assert "受援医院" in error.issue.found.zh
    assert "recipient" in error.issue.found.en
    assert error.issue.where.row == 1


def test_a_workbook_without_a_table() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["姓名", "电话"])
    assert refused(builders.saved(workbook)).code == "no_table"
    assert refused(builders.saved(docx.Document()), "a.docx").code == "no_table"


def test_every_wording_is_complete_in_both_languages() -> None:
    for code, wording in WORDINGS.items():
        for text in (wording.expected, wording.found, wording.repair):
            assert text.zh, code
            assert text.en, code
            assert not any(
                "\u4e00" <= c <= "\u9fff" for c in text.en.replace("支援医院", "").replace("受援医院", "")
            )
