"""Kept files: judged by their content, written whole, handed out only whole."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.core import documents
from duikou.core.errors import Invalid, Missing
from duikou.core.models import StoredDocument
from duikou.core.scope import SYSTEM

PDF = b"%PDF-1.7\n..."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DOCUMENTS = tmp_path
    return tmp_path


def office(parts: dict[str, bytes] | None = None, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .docx made by python-docx, with further parts."""
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    with zipfile.ZipFile(buffer, "a", compression) as archive:
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def kept(content: bytes, **more: Any) -> StoredDocument:
    return documents.keep(content, filename="协议.docx", scope_path="", actor=SYSTEM, **more)


@pytest.mark.django_db
def test_the_same_content_is_kept_once_and_comes_back_whole(folder: Path) -> None:
    first, second = kept(PDF), kept(PDF)
    assert (first.kind, first.size, first.pk != second.pk) == ("pdf", len(PDF), True)
    assert documents.content(first) == documents.content(second) == PDF
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "kinds", "words"),
    [
        (b"", documents.EVIDENCE, "文件为空"),
        (b"MZ\x90", documents.EVIDENCE, "不是"),
        (b"\xd0\xcf\x11\xe0old .doc", ("docx",), "不是"),
        (PDF, ("docx",), "不是"),
        (office({"word/vbaProject.bin": b"x"}), ("docx",), "宏"),
        (office({"word/media/a.bin": bytes(300 << 20)}), ("docx",), "压缩炸弹"),
        (office({f"x/{n}": b"" for n in range(2100)}), ("docx",), "压缩炸弹"),
        (PDF + bytes(documents.MOST_BYTES), documents.EVIDENCE, "太大"),
    ],
    ids=["empty", "program", "doc", "pdf-for-docx", "macros", "bomb", "many-parts", "large"],
)
@pytest.mark.django_db
def test_what_is_not_taken_is_refused_in_words(
    folder: Path, content: bytes, kinds: tuple[str, ...], words: str
) -> None:
    with pytest.raises(Invalid) as caught:
        kept(content, kinds=kinds)
    assert words in str(caught.value.message)
    assert "file" in caught.value.fields
    assert not StoredDocument.objects.exists()
    assert not list(folder.rglob("*"))


@pytest.mark.django_db
def test_a_changed_or_lost_file_is_never_handed_out(folder: Path) -> None:
    document = kept(PDF)
    (path,) = (found for found in folder.rglob("*") if found.is_file())
    path.write_bytes(PDF + b"!")
    with pytest.raises(Missing):
        documents.content(document)
    path.unlink()
    with pytest.raises(Missing):
        documents.content(document)


@pytest.mark.django_db
def test_a_file_is_handed_out_as_a_file() -> None:
    answer = documents.download(kept(PDF))
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%8D%8F")
    assert (answer["X-Content-Type-Options"], answer.content) == ("nosniff", PDF)


@pytest.mark.django_db
def test_sweeping_removes_old_files_without_a_row_only(folder: Path) -> None:
    named, orphan, young = kept(PDF), kept(PDF + b"2"), kept(PDF + b"3")
    StoredDocument.objects.filter(pk__in=[orphan.pk, young.pk]).delete()
    long_ago = (dt.datetime.now() - dt.timedelta(days=3)).timestamp()
    for document in (named, orphan):
        os.utime(folder / document.sha256[:2] / document.sha256, (long_ago, long_ago))
    assert documents.sweep() == 1
    assert documents.content(named) == PDF
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail))
def test_no_bytes_break_the_judgement(content: bytes) -> None:
    assert documents.fault_of(content) or documents.kind_of(content)


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("於峃\x00.docx", "於峃.docx"),
        ("", "file"),
        ("长" * 200 + ".docx", "长" * 100 + ".docx"),
    ],
)
def test_names_lead_nowhere(name: str, kept_as: str) -> None:
    assert documents.clean_name(name) == kept_as
