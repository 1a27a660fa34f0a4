"""Every file that is no readable agreement: refused with what was expected, found and what to do."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from duikou.engines.clauses import BadPaper, opening, read_docx, reading
from tests.unit.engines.clauses.builders import p, word

PLAIN = word([p("甲方负责派驻人员的全部费用。")])


def repacked(content: bytes = PLAIN, **changed: bytes) -> bytes:
    """A package with members replaced or added; names with __ for / and ___ for a dot."""
    buffer = io.BytesIO()
    new_names = {name.replace("___", ".").replace("__", "/"): data for name, data in changed.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in new_names:
                new.writestr(name, old.read(name))
        for name, data in new_names.items():
            new.writestr(name, data)
    return buffer.getvalue()


def compound(*names: str) -> bytes:
    """An old compound file (OLE2) whose directory has these streams."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b""
    for name in ("Root Entry", *names):
        text = (name + "\0").encode("utf-16-le")
        entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), 2, 0)
        directory += entry.ljust(128, b"\0")
    return header + table + directory.ljust(512, b"\0")


PICTURE = p('<w:r><w:drawing><a:blip r:embed="x"/></w:drawing></w:r>')
DEEP = "<w:sdt><w:sdtContent>" * 300 + p("深") + "</w:sdtContent></w:sdt>" * 300
EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    b'Id="a" Type="x/attachedTemplate" Target="http://example.org/t.dotm" '
    b'TargetMode="External"/></Relationships>'
)
WITH_MACROS = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)

FILES = {
    "empty_file": [b"", b"\x00\n  "],
    "pdf": [b"%PDF-1.7\n1 0 obj", b"\xef\xbb\xbf\n%PDF-1.4"],
    "legacy_doc": [compound("WordDocument")],
    "encrypted": [compound("EncryptedPackage", "EncryptionInfo")],
    "macros": [repacked(word__vbaProject___bin=b"x"),
               repacked(**{"[Content_Types]___xml": WITH_MACROS})],
    "external_relationship": [repacked(word___rels__settings___xml___rels=EXTERNAL),
                              repacked(**{"word/_rels/settings.xml.rels": EXTERNAL})],
    "nested_archive": [repacked(word__embeddings__a___docx=PLAIN)],
    "archive_bomb": [repacked(word__media__a___xml=bytes(9_000_000))],
    "xml_entities": [repacked(word__document___xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')],
    "damaged": [PLAIN[:-40], PLAIN[:200], b"PK\x03\x04", repacked(word__document___xml=b"<w:document>"),
                repacked(word__document___xml=b"<a/>"), compound(), word([DEEP]),
                repacked(word__styles___xml=b"x", **{"word/_rels/document.xml.rels": b"<a"})],
    "other_kind": [b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"{\\rtf1", b"<html>", "协议".encode(), b"Rar!\x1a",
                   compound("Workbook")],
    "no_text": [word([p("")]), word([])],
    "scanned": [word([PICTURE]), word([PICTURE, p("第 1 页")])],
    "alt_chunk": [word([p("正文"), '<w:altChunk r:id="x"/>'])],
}  # fmt: skip


@pytest.mark.parametrize(("code", "content"), [(c, f) for c, files in FILES.items() for f in files])
def test_a_bad_file_is_refused_with_a_sentence(code: str, content: bytes) -> None:
    if code == "damaged" and content == compound():
        code = "other_kind"  # a sound compound file of no known program
    with pytest.raises(BadPaper) as refused:
        read_docx(content)
    assert refused.value.code == code
    message = refused.value.message
    assert len(message.zh) > 15
    assert "。" in message.zh
    assert len(message.en) > 30
    assert "{" not in message.zh + message.en


def test_a_zip_of_something_else_is_named() -> None:
    others = {
        "Excel": {"xl/workbook.xml": b"<a/>"},
        "zip": {"a.txt": b"a"},
        "OpenDocument": {"mimetype": b"application/vnd.oasis.opendocument.text"},
    }
    for what, members in others.items():
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        with pytest.raises(BadPaper) as refused:
            read_docx(buffer.getvalue())
        assert what in refused.value.message.zh


def test_limits_of_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_FILE", 100)
    with pytest.raises(BadPaper) as refused:
        read_docx(PLAIN)
    assert refused.value.code == "file_too_large"
    monkeypatch.setattr(opening, "MAX_FILE", 10_000)
    monkeypatch.setattr(opening, "MAX_PART", 100)
    with pytest.raises(BadPaper) as refused:
        read_docx(PLAIN)
    assert refused.value.code == "too_long"
    monkeypatch.setattr(opening, "MAX_PART", 100_000)
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 5)
    with pytest.raises(BadPaper) as refused:
        read_docx(PLAIN)
    assert refused.value.code == "too_long"
