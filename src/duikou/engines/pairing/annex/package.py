"""Safety checks of zipped office files, made before any reader sees them.

An office file is a zip of XML parts. Checked here: sizes and ratios as declared and as they
really unpack, nested archives, passwords, macros, references to outside content and XML
entities. What passes can be given to python-docx or calamine.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from duikou.engines.pairing.annex.model import AnnexError
from duikou.engines.pairing.annex.wording import refusal

MAX_ENTRIES = 2_000
MAX_UNPACKED = 64 * 1024 * 1024  # bytes, all parts together
MAX_RATIO = 200  # of one part and of the whole; Word's own XML rarely passes 30
SMALL_PART = 1024 * 1024  # bytes; below this a high ratio (blank images, styles) is harmless

_ARCHIVE_SIGNATURES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
)
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_CELL_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

Parts = dict[str, bytes]


def unpack(content: bytes, kind: str) -> Parts:
    """All parts of a zipped office file by name; raises `AnnexError` for anything unsafe or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check_declared(infos, len(content))
            parts = {info.filename: _read_part(archive, info) for info in infos}
    except AnnexError:
        raise
    except Exception as error:  # BadZipFile, zlib.error, IndexError for an entry without a name …
        raise refusal("damaged", kind=kind, detail=f"zip: {type(error).__name__}") from error
    for name, data in parts.items():
        if data.startswith(_ARCHIVE_SIGNATURES):
            raise refusal("nested_archive", entry=name)
        if name.endswith((".xml", ".rels")) and _declares_doctype(data):
            raise refusal("xml_entities", entry=name)
    return parts


def _check_declared(infos: list[zipfile.ZipInfo], packed: int) -> None:
    if len(infos) > MAX_ENTRIES:
        raise _bomb(
            f"含 {len(infos)} 个文件，上限 {MAX_ENTRIES}", f"{len(infos)} entries, at most {MAX_ENTRIES}"
        )
    if len({info.filename for info in infos}) != len(infos):
        raise _bomb("含同名文件", "two entries of the same name")
    if any(info.flag_bits & 0x1 for info in infos):
        raise refusal("encrypted")
    total = sum(info.file_size for info in infos)
    if total > MAX_UNPACKED or (total > SMALL_PART and total > packed * MAX_RATIO):
        raise _bomb(f"解压后声明为 {total} 字节", f"a declared unpacked size of {total} bytes")
    for info in infos:
        _check_ratio(info, info.file_size)


def _check_ratio(info: zipfile.ZipInfo, size: int) -> None:
    if size > SMALL_PART and size > max(info.compress_size, 1) * MAX_RATIO:
        raise _bomb(
            f"{info.filename} 由 {info.compress_size} 字节展开为 {size} 字节",
            f"{info.filename}, which unpacks from {info.compress_size} to {size} bytes",
        )


def _read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack one part. zipfile stops at the declared size and then compares the checksum, so a
    size declared too small ends as a damaged file; one declared too large is seen here."""
    data = archive.read(info)
    if len(data) != info.file_size:
        raise zipfile.BadZipFile("size")
    return data


def _bomb(zh: str, en: str) -> AnnexError:
    return refusal("archive_bomb", detail_zh=zh, detail_en=en)


def _declares_doctype(data: bytes) -> bool:
    """Whether an XML part has a document type declaration, in whatever encoding XML allows."""
    head = data.replace(b"\x00", b"")  # UTF-16 and UTF-32 become comparable
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head


def check_office_open(parts: Parts, kind: str) -> None:
    """Refuse macros and outside references in a .docx or .xlsx."""
    macro = next((n for n in parts if n.lower().endswith(("vbaproject.bin", "vbadata.xml"))), None)
    if macro is None and b"macroenabled" in parts.get("[Content_Types].xml", b"").lower():
        macro = "[Content_Types].xml"
    if macro is None:
        macro = next((n for n in parts if "macrosheets/" in n.lower()), None)
    if macro:
        raise refusal("macros", entry=macro)
    for name, data in parts.items():
        if name.endswith(".rels"):
            for relationship in parse_xml(data, kind, name).iter():
                external = relationship.get("TargetMode", "").lower() == "external"
                # A hyperlink is text to click; nothing is fetched while reading it.
                if external and not relationship.get("Type", "").endswith("/hyperlink"):
                    raise refusal("external_relationship", entry=name)


def check_open_document(parts: Parts, cell_limit: int) -> None:
    """Refuse passwords, macros, outside references and over-large sheets in an .ods."""
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise refusal("encrypted")
    macro = next((n for n in parts if n.startswith(("Basic/", "Scripts/"))), None)
    if macro:
        raise refusal("macros", entry=macro)
    table = f"{{{_OFFICE}table:1.0}}"
    rows = columns = row_number = 0
    try:
        for _, element in iterparse(io.BytesIO(parts.get("content.xml", b"")), forbid_dtd=True):
            if element.tag in (f"{table}table-source", f"{table}cell-range-source"):
                raise refusal("external_relationship", entry="content.xml")
            if element.tag == f"{table}table-row":
                width = _used_width(element, table)
                row_number += _repeated(element, f"{table}number-rows-repeated")
                if width:
                    rows, columns = row_number, max(columns, width)
                    if rows * columns > cell_limit:
                        raise refusal("too_many_cells", limit=cell_limit, rows=rows, columns=columns)
                element.clear()
            elif element.tag == f"{table}table":
                rows = columns = row_number = 0
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise refusal("damaged", kind="ods", detail=f"XML: {type(error).__name__}") from error


def _used_width(row: Element, table: str) -> int:
    """Columns of a row up to its last cell that is not empty."""
    width = used = 0
    for cell in row:
        width += _repeated(cell, f"{table}number-columns-repeated")
        if len(cell) or cell.get(f"{{{_OFFICE}office:1.0}}value-type"):
            used = width
    return used


def _repeated(element: Element, attribute: str) -> int:
    return _whole(element.get(attribute)) or 1


def check_sheet_sizes(parts: Parts, cell_limit: int) -> None:
    """Refuse an .xlsx of which one sheet's filled cells span more than `cell_limit` cells from A1.

    Cells that only carry a format do not count: whole formatted columns are common and harmless.
    """
    for name, data in parts.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            rows = columns = 0
            for row, column in _filled_cells(data, name):
                rows, columns = max(rows, row), max(columns, column)
                if rows * columns > cell_limit:
                    raise refusal("too_many_cells", limit=cell_limit, rows=rows, columns=columns)


def _filled_cells(data: bytes, name: str) -> Iterator[tuple[int, int]]:
    """Row and column, both from 1, of each cell with a value; places may be left out in the file."""
    row = column = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if event == "start" and tag == "row":
                row, column = _whole(element.get("r")) or row + 1, 0
            elif event == "end" and tag == "c":
                row, column = _place(element.get("r")) or (row, column + 1)
                if len(element):
                    yield row, column
            elif event == "end" and tag == "row":
                element.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        if isinstance(error, AnnexError):
            raise
        raise refusal("damaged", kind="xlsx", detail=f"{name}: {type(error).__name__}") from error


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _place(reference: str | None) -> tuple[int, int] | None:
    """B3 → (3, 2); None when it is no cell reference."""
    match = _CELL_REFERENCE.fullmatch(reference or "")
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def parse_xml(data: bytes, kind: str, name: str) -> Element:
    """Root element of an XML part, without entities."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
        return root
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise refusal("damaged", kind=kind, detail=f"{name}: {type(error).__name__}") from error
