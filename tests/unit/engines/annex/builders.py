"""Builders of annex files: ordinary ones in every format, and awkward ones byte by byte."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from xml.sax.saxutils import escape

import docx
import openpyxl

PrintedRow = tuple[str, str | None, str, int | None, str]

HEADER = ("地区", "支援医院", "支援数", "受援医院")
PROVINCE_HEADER = HEADER[1:]
TITLES = {"1": "附件1 省级医院对口支援关系表", "2": "附件2 各市三级医院对口支援关系表"}

# 碶 and 峃 are outside GB 2312, 於 must not become 于, 𠮷 lies beyond the basic plane.
RARE = ("新碶医院", "大峃镇卫生院", "於潜人民医院", "𠮷田医院")


def real_rows() -> list[PrintedRow]:
    """The 165 rows of the package's own data file."""
    text = files("duikou.wings.pairings").joinpath("data/zhejiang_2014_annex.csv").read_text(encoding="utf-8")
    return [
        (r["table"], r["group"] or None, r["supporter"], int(r["running_number"]), r["recipient"])
        for r in csv.DictReader(io.StringIO(text))
    ]


def table_rows(rows: Iterable[PrintedRow], table: str) -> list[list[str]]:
    """Cells of one table as annexes print them: city and supporter only where they begin."""
    cells = []
    group: str | None = ""
    supporter = ""
    for number, city, giver, running, taker in rows:
        if number != table:
            continue
        line = [giver if giver != supporter or city != group else "", str(running), taker]
        if table == "2":
            line.insert(0, (city or "") if city != group else "")
        cells.append(line)
        group, supporter = city, giver
    return cells


def csv_text(rows: Sequence[PrintedRow], delimiter: str = ",") -> str:
    """Both tables under their titles in one delimited text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    for table, header in (("1", PROVINCE_HEADER), ("2", HEADER)):
        writer.writerow([TITLES[table], *[""] * (len(header) - 1)])
        writer.writerow(header)
        writer.writerows(table_rows(rows, table))
    return buffer.getvalue()


def simple_csv(*lines: str, header: str = "支援医院,支援数,受援医院") -> bytes:
    """A small UTF-8 table."""
    return "\n".join((header, *lines)).encode()


def runs(cells: Sequence[Sequence[str]], column: int) -> list[tuple[int, int]]:
    """First and last index of each filled cell together with the empty ones below it."""
    starts = [i for i, line in enumerate(cells) if line[column]]
    ends = [*starts[1:], len(cells)][: len(starts)]
    return [(start, end - 1) for start, end in zip(starts, ends, strict=True)]


def xlsx(rows: Sequence[PrintedRow]) -> bytes:
    """A workbook with a sheet per table, title above the header, city and supporter merged down."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for table, header in (("1", PROVINCE_HEADER), ("2", HEADER)):
        sheet = workbook.create_sheet(f"表{table}")
        sheet.append([TITLES[table]])
        sheet.append([])
        sheet.append(list(header))
        cells = table_rows(rows, table)
        for line in cells:
            sheet.append([int(c) if c.isdigit() else c or None for c in line])
        for column in range(len(header) - 2):
            for first, last in runs(cells, column):
                sheet.merge_cells(
                    start_row=first + 4, end_row=last + 4, start_column=column + 1, end_column=column + 1
                )
    return saved(workbook)


def saved(document: openpyxl.Workbook | docx.document.Document) -> bytes:
    """Bytes of a workbook or document."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_file(rows: Sequence[PrintedRow]) -> bytes:
    """A document with both tables, city names printed vertically and merged down, as the supporters are."""
    document = docx.Document()
    document.add_paragraph("前言")
    for table, header in (("1", PROVINCE_HEADER), ("2", HEADER)):
        document.add_paragraph(TITLES[table])
        cells = table_rows(rows, table)
        grid = document.add_table(rows=len(cells) + 1, cols=len(header))
        for column, text in enumerate(header):
            grid.cell(0, column).text = text
        content = [line.cells for line in grid.rows]
        for number, line in enumerate(cells, start=1):
            for column, text in enumerate(line):
                vertical = table == "2" and column == 0
                content[number][column].text = "\n".join(text) if vertical else text
        for column in range(len(header) - 2):
            for first, last in runs(cells, column):
                if last > first:
                    content[first + 1][column].merge(content[last + 1][column])
    return saved(document)


def plan_text(rows: Sequence[PrintedRow]) -> str:
    """A plan's text: one cell per line behind a tab, vertical city names, stray ideographic spaces."""
    lines = ["关于对口支援工作的通知", "", "正文。", ""]
    for table, header in (("1", PROVINCE_HEADER), ("2", HEADER)):
        lines += [f"附件{table}", TITLES[table].split()[1], *(f"\t{text}" for text in header), ""]
        for line in table_rows(rows, table):
            for column, text in enumerate(line):
                if table == "2" and column == 0 and text:
                    lines += [f"\t{text[0]}", "", *text[1:]]
                elif column == len(header) - 3 and text:
                    lines += [f"\t{text}\u3000", "", "\u3000"]
                else:
                    lines.append(f"\t{text}")
            lines.append("")
    return "\n".join([*lines, "附件3", "协议范本", "甲方：", ""])


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the given parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_parts(content: bytes, changed: Mapping[str, bytes | str | None]) -> bytes:
    """An office file with parts added, replaced or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    for name, data in changed.items():
        if data is None:
            parts.pop(name)
        else:
            parts[name] = data
    return zipped(parts)


def part(content: bytes, name: str) -> str:
    """Text of one part of an office file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def ods(lines: Sequence[Sequence[str]], *, tail: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument spreadsheet with one sheet; `tail` is XML put behind the last row."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in line
        )
        + "</table:table-row>"
        for line in lines
    )
    namespace = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content xmlns:office="{namespace}:office:1.0" '
        f'xmlns:table="{namespace}:table:1.0" xmlns:text="{namespace}:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="附件2">{rows}{tail}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{namespace}:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
            **(extra or {}),
        }
    )


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def biff(
    lines: Sequence[Sequence[str]], *, merges: Iterable[tuple[int, int, int, int]] = (), extra: bytes = b""
) -> bytes:
    """Workbook stream of an .xls (BIFF8) with one sheet of text cells.

    Merged areas are given as first row, last row, first column, last column.
    """

    def text(value: str, width: str) -> bytes:
        units = value.encode("utf-16-le")
        return struct.pack(width, len(units) // 2) + b"\x01" + units

    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if value:
                sheet += _record(0x0204, struct.pack("<HHH", row, column, 0) + text(value, "<H"))
    areas = list(merges)
    sheet += _record(
        0x00E5, struct.pack("<H", len(areas)) + b"".join(struct.pack("<HHHH", *a) for a in areas)
    )
    sheet += _record(0x000A, b"")
    name = text("Sheet1", "<B")
    start = len(opening) + 4 + 6 + len(name) + 4
    return opening + _record(0x0085, struct.pack("<IH", start, 0) + name) + _record(0x000A, b"") + sheet


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE2) with the given streams, each padded to whole sectors of 512 bytes."""
    padded = {
        name: data.ljust(max(4096, -(-len(data) // 512) * 512), b"\x00") for name, data in streams.items()
    }
    fat: list[int] = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0 is the FAT, sector 1 the directory
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1 if padded else 0xFFFFFFFF)
    body = b""
    for index, (name, data) in enumerate(padded.items(), start=1):
        first, count = len(fat), len(data) // 512
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
        right = index + 1 if index < len(padded) else 0xFFFFFFFF
        directory += _entry(name, 2, first, len(data), right=right)
        body += data
    assert len(fat) <= 128
    assert len(directory) <= 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    fat += [0xFFFFFFFF] * (128 - len(fat))
    return header + struct.pack("<128I", *fat) + directory.ljust(512, b"\x00") + body


def _entry(
    name: str, kind: int, first: int, size: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF
) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36)
    return entry + struct.pack("<IQ", first, size)


def xls(lines: Sequence[Sequence[str]], merges: Iterable[tuple[int, int, int, int]] = ()) -> bytes:
    """An .xls with one sheet of text cells."""
    return compound({"Workbook": biff(lines, merges=merges)})
