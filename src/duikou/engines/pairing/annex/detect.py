"""What a file is, judged by its first bytes and its parts, never by its name."""

from __future__ import annotations

import codecs
import struct
from pathlib import PurePath

from duikou.engines.pairing.annex import compound, package
from duikou.engines.pairing.annex.model import AnnexError, AnnexKind
from duikou.engines.pairing.annex.wording import refusal

MAX_FILE = 20 * 1024 * 1024  # bytes
MAX_CELLS = 500_000  # cells of one sheet, counted as the rectangle from A1

_SAVE_DOCX = ("请用 Word 或 WPS 打开，另存为 .docx", "Open it in Word or WPS and save it as .docx")
_SAVE_XLSX = ("请用 Excel 或 WPS 打开，另存为 .xlsx", "Open it in Excel or WPS and save it as .xlsx")
_ORIGINAL = ("请上传原始的 Word、Excel 或文本文件", "Upload the original Word, Excel or text file")
_UNPACK = ("请解压后上传其中的表格", "Unpack it and upload the table inside")
_CHECK = ("请核对所选的文件", "Check which file was chosen")

# First bytes → what it is in Chinese and English, what to do.
_SIGNATURES: tuple[tuple[bytes, str, str, tuple[str, str]], ...] = (
    (b"%PDF", "PDF 文件", "a PDF file", _ORIGINAL),
    (b"\x89PNG", "图片（PNG）", "a picture (PNG)", _ORIGINAL),
    (b"\xff\xd8\xff", "图片（JPEG）", "a picture (JPEG)", _ORIGINAL),
    (b"GIF8", "图片（GIF）", "a picture (GIF)", _ORIGINAL),
    (b"II*\x00", "图片（TIFF）", "a picture (TIFF)", _ORIGINAL),
    (b"MM\x00*", "图片（TIFF）", "a picture (TIFF)", _ORIGINAL),
    (b"RIFF", "图片、音频或视频", "a picture, sound or video", _ORIGINAL),
    (b"MZ", "可执行程序", "a program", _CHECK),
    (b"\x7fELF", "可执行程序", "a program", _CHECK),
    (b"\x1f\x8b", "压缩文件（gzip）", "an archive (gzip)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "压缩文件（7z）", "an archive (7z)", _UNPACK),
    (b"Rar!", "压缩文件（RAR）", "an archive (RAR)", _UNPACK),
    (b"BZh", "压缩文件（bzip2）", "an archive (bzip2)", _UNPACK),
    (b"\xfd7zXZ", "压缩文件（xz）", "an archive (xz)", _UNPACK),
    (b"SQLite format 3", "数据库文件", "a database file", _CHECK),
    (b"{\\rtf", "RTF 文档", "an RTF document", _SAVE_DOCX),
)
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # sizes of the second header of a .bmp
_EXTENSIONS = {
    AnnexKind.TEXT: {".txt", ""},
    AnnexKind.CSV: {".csv", ".tsv", ".tab", ".txt", ""},
    AnnexKind.DOCX: {".docx", ""},
    AnnexKind.XLSX: {".xlsx", ""},
    AnnexKind.XLS: {".xls", ".et", ""},
    AnnexKind.ODS: {".ods", ""},
}


def detect(content: bytes) -> tuple[AnnexKind, package.Parts]:
    """Kind of a file and, for zipped office files, its checked parts. Texts come back as TEXT."""
    if not content.removeprefix(codecs.BOM_UTF8).strip(b"\x00\t\n\r "):
        raise refusal("empty_file")
    if len(content) > MAX_FILE:
        raise refusal("file_too_large", limit=MAX_FILE >> 20, size=f"{len(content) / 2**20:.1f}")
    for signature, zh, en, repair in _SIGNATURES:
        if content.startswith(signature):
            raise _other(zh, en, repair)
    if (
        content[:2] == b"BM"
        and len(content) > 26
        and int.from_bytes(content[14:18], "little") in _BITMAP_HEADERS
    ):
        raise _other("图片（BMP）", "a picture (BMP)", _ORIGINAL)
    if content.startswith(compound.SIGNATURE):
        return _detect_compound(content), {}
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _detect_package(content)
    _refuse_markup(content)
    return AnnexKind.TEXT, {}


def _other(zh: str, en: str, repair: tuple[str, str]) -> AnnexError:
    return refusal("other_kind", what_zh=zh, what_en=en, repair_zh=repair[0], repair_en=repair[1])


def _detect_compound(content: bytes) -> AnnexKind:
    try:
        file = compound.CompoundFile(content)
        names = set(file.entries)
        workbook = next((name for name in ("Workbook", "Book") if name in names), None)
        stream = file.stream(workbook) if workbook else b""
    except (struct.error, ValueError, IndexError) as error:
        raise refusal("damaged", kind="xls", detail=f"OLE: {type(error).__name__}") from error
    if "EncryptedPackage" in names:
        raise refusal("encrypted")
    if "WordDocument" in names:
        raise _other("旧版 Word 文档（.doc）", "a legacy Word document (.doc)", _SAVE_DOCX)
    if workbook is None:
        raise _other("旧版 Office 文件，但不是表格", "an old Office file that is no workbook", _CHECK)
    if file.macro_storage:
        raise refusal("macros", entry=file.macro_storage)
    compound.check_workbook_stream(stream, MAX_CELLS)
    return AnnexKind.XLS


def _detect_package(content: bytes) -> tuple[AnnexKind, package.Parts]:
    parts = package.unpack(content, "zip")
    mimetype = parts.get("mimetype", b"").strip()
    if mimetype == b"application/vnd.oasis.opendocument.spreadsheet":
        package.check_open_document(parts, MAX_CELLS)
        return AnnexKind.ODS, parts
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise _other(
            "OpenDocument 文件，但不是表格", "an OpenDocument file that is no spreadsheet", _SAVE_DOCX
        )
    if "[Content_Types].xml" not in parts:
        raise _other("压缩文件（zip）", "an archive (zip)", _UNPACK)
    if "xl/workbook.bin" in parts:
        raise _other("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)", _SAVE_XLSX)
    if "xl/workbook.xml" in parts:
        package.check_office_open(parts, "xlsx")
        package.check_sheet_sizes(parts, MAX_CELLS)
        return AnnexKind.XLSX, parts
    if any(name.startswith("word/") for name in parts):
        package.check_office_open(parts, "docx")
        return AnnexKind.DOCX, parts
    raise _other(
        "Office 文件，但不是文档或表格", "an Office file that is neither a document nor a workbook", _CHECK
    )


def _refuse_markup(content: bytes) -> None:
    """Web pages and XML that carry an Excel name, as old export programs write them."""
    head = (
        content[:4096].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n").lower()
    )
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")):
        raise _other(
            "网页（可能是改名为 .xls 的导出文件）", "a web page (perhaps an export named .xls)", _SAVE_XLSX
        )
    if head.startswith(b"<?xml"):
        raise _other("XML 文件", "an XML file", _SAVE_XLSX)


def extension_fits(kind: AnnexKind, filename: str) -> bool:
    """Whether the ending of a file's name is usual for its kind."""
    return PurePath(filename).suffix.lower() in _EXTENSIONS[kind]
