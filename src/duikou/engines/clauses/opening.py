"""Open the package of a .docx safely: what it is, how large, what it brings along.

The safety of zipped office files is one for the whole product (`pairing.annex.package`); here are
added what an agreement must be and the names of its parts.
"""

from __future__ import annotations

import posixpath
import struct
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from duikou.engines.clauses import texts
from duikou.engines.pairing.annex import compound, package
from duikou.engines.pairing.annex.model import AnnexError
from duikou.engines.text import Text

MAX_FILE = 20 * 1024 * 1024  # bytes
MAX_PART = 16 * 1024 * 1024  # bytes of one XML part; 30 pages take less than one
MAX_DEPTH = 400  # of nested elements; Word itself stays below 100

_MAIN = "wordprocessingml.document.main+xml"
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "strict" files
)
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


class BadPaper(ValueError):
    """A file that cannot be read as an agreement; `code` is stable, `message` for people."""

    def __init__(self, code: str, message: Text) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{message.zh} {message.en}")


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a .docx, the name of its main one and what that one refers to."""

    parts: package.Parts
    main: str
    related: dict[str, tuple[str, str]]  # relationship id → (kind: header, numbering …; part)

    def tree(self, name: str) -> Element:
        """A part as XML with short names: `p`, not `{http://…}p`."""
        return parse(self.parts[name], name)

    def of_kind(self, kind: str) -> list[str]:
        """Parts of a kind that the main part refers to and that are there."""
        return sorted({part for found, part in self.related.values() if found == kind and part in self.parts})


def open_docx(content: bytes) -> Package:
    """The checked package of a .docx; raises `BadPaper` for everything else."""
    if not content.strip(b"\x00\t\n\r "):
        raise BadPaper("empty_file", texts.EMPTY_FILE)
    if len(content) > MAX_FILE:
        raise BadPaper("file_too_large", texts.file_too_large(len(content), MAX_FILE))
    if content.startswith(compound.SIGNATURE):
        raise _compound(content)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        raise _other(content)
    try:
        parts = package.unpack(content, "docx")
        if not any(name.startswith("word/") for name in parts):
            raise _other_package(parts)
        package.check_office_open(parts, "docx")
    except AnnexError as error:
        raise BadPaper(error.code, error.message) from error
    large = next((n for n, d in parts.items() if n.endswith(".xml") and len(d) > MAX_PART), None)
    if large:
        raise BadPaper("too_long", texts.part_too_large(large, MAX_PART))
    main = _main(parts)
    return Package(parts, main, _related(parts, main))


def _compound(content: bytes) -> BadPaper:
    try:
        names = set(compound.CompoundFile(content).entries)
    except (struct.error, ValueError, IndexError):
        return BadPaper("damaged", texts.damaged("OLE"))
    if "EncryptedPackage" in names:
        return BadPaper("encrypted", texts.ENCRYPTED)
    if "WordDocument" in names:
        return BadPaper("legacy_doc", texts.LEGACY_DOC)
    return BadPaper("other_kind", texts.other_kind("旧版 Office 文件", "an old Office file"))


_SIGNATURES = (
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"II*\x00", "图片", "a picture"),
    (b"MM\x00*", "图片", "a picture"),
    (b"BM", "图片", "a picture"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"Rar!", "压缩文件", "an archive"),
    (b"7z\xbc\xaf", "压缩文件", "an archive"),
    (b"\x1f\x8b", "压缩文件", "an archive"),
    (b"<", "网页或 XML 文件", "a web page or XML file"),
)


def _other(content: bytes) -> BadPaper:
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF"):
        return BadPaper("pdf", texts.PDF)
    for signature, zh, en in _SIGNATURES:
        if head.startswith(signature):
            return BadPaper("other_kind", texts.other_kind(zh, en))
    return BadPaper("other_kind", texts.other_kind("其他文件", "another file"))


def _other_package(parts: package.Parts) -> BadPaper:
    kind = parts.get("mimetype", b"")
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        return BadPaper("other_kind", texts.other_kind("OpenDocument 文件", "an OpenDocument file"))
    if any(name.startswith("xl/") for name in parts):
        return BadPaper("other_kind", texts.other_kind("Excel 工作簿", "an Excel workbook"))
    return BadPaper("other_kind", texts.other_kind("压缩文件（zip）", "an archive (zip)"))


def _main(parts: package.Parts) -> str:
    for one in _relationships(parts, "_rels/.rels"):
        if one.get("Type", "").endswith("/officeDocument"):
            target = posixpath.normpath(one.get("Target", "").lstrip("/"))
            if target in parts:
                return target
    if "word/document.xml" in parts:
        return "word/document.xml"
    raise BadPaper("damaged", texts.damaged("word/document.xml"))


def _related(parts: package.Parts, main: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(main)
    related = {}
    for one in _relationships(parts, f"{folder}/_rels/{name}.rels"):
        target = one.get("Target", "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = one.get("Type", "").rpartition("/")[2]
        related[one.get("Id", "")] = (kind, posixpath.normpath(part))
    return related


def _relationships(parts: package.Parts, name: str) -> list[Element]:
    return list(parse(parts[name], name)) if name in parts else []


def parse(data: bytes, name: str) -> Element:
    """Root of an XML part. Names of Word's own namespace become bare, relationship ids `r:id`."""
    try:
        root = package.parse_xml(data, "docx", name)
    except (AnnexError, RecursionError) as error:
        raise BadPaper("damaged", texts.damaged(name)) from error
    short: dict[str, str] = {}
    stack = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise BadPaper("damaged", texts.damaged(f"{name}: depth > {MAX_DEPTH}"))
        element.tag = _short(str(element.tag), short)
        if element.attrib:
            attributes = {_short(key, short): value for key, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(attributes)
        stack.extend((child, depth + 1) for child in element)
    return root


def _short(name: str, known: dict[str, str]) -> str:
    found = known.get(name)
    if found is None:
        space, _, local = name.removeprefix("{").rpartition("}")
        found = known[name] = f"r:{local}" if space in _RELATIONS else local
        if space and space not in (*_WORD, *_RELATIONS) and local in _OURS:
            found = known[name] = f"x:{local}"
    return found


# Names that other vocabularies inside a document share with Word's own and must not be taken for them.
_OURS = frozenset(
    {"p", "r", "t", "tbl", "tr", "tc", "val", "color", "sz", "br", "id", "del", "ins", "rPr", "pPr"}
)
