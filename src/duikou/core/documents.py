"""Files that people hand in: agreements, scans, evidence. Kept as they came, for the record.

They lie below `settings.DOCUMENTS`, outside every address that the site serves, under their
digest: the same content once. A file is written before the row that names it, so a kill leaves at
most a file that no row names, which `sweep` removes. Who may read a document is decided by the row
that holds it (an agreement's version, a piece of evidence): a page answers with `download` only
after its own query has found that row for the actor.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Invalid, Missing
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_ENTRIES = 2000
MOST_UNPACKED = 200 * MEGABYTE
MOST_RATIO = 200
SMALL_PART = MEGABYTE
"""A part of an office file up to this size may be packed as tightly as it likes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken: how its content begins, and how it is sent back."""

    id: str
    signature: bytes
    content_type: str


_OFFICE = b"PK\x03\x04"
KINDS = {
    kind.id: kind
    for kind in (
        Kind("pdf", b"%PDF-", "application/pdf"),
        Kind("docx", _OFFICE, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Kind("xlsx", _OFFICE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Kind("png", b"\x89PNG\r\n\x1a\n", "image/png"),
        Kind("jpeg", b"\xff\xd8\xff", "image/jpeg"),
    )
}
REFUSED = Kind("refused", b"", "application/octet-stream")
"""What was not taken and is kept for the record only."""

EVIDENCE = tuple(KINDS)
"""What may be attached as a proof: documents, tables, scans and photographs."""

_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


def keep(
    content: bytes,
    *,
    filename: str,
    scope_path: str,
    actor: Actor,
    kinds: Collection[str] = EVIDENCE,
    most: int = MOST_BYTES,
) -> StoredDocument:
    """Keep a file and return the row that names it; call it inside the act that files it.

    Raises Invalid, with the field `file`, when the content is empty, too large, of another kind
    than one of `kinds` (judged by the content, never by the name), or an unsafe office file.
    """
    if fault := fault_of(content, kinds=kinds, most=most):
        raise Invalid(fault, fields={"file": [fault]})
    digest = hashlib.sha256(content).hexdigest()
    _write(_path(digest), content)
    return StoredDocument.objects.create(
        filename=clean_name(filename),
        kind=kind_of(content),
        size=len(content),
        sha256=digest,
        scope_path=scope_path,
        uploaded_by_id=actor.user_id,
    )


def keep_refused(
    content: bytes, *, filename: str, scope_path: str, actor: Actor, most: int = MOST_BYTES
) -> StoredDocument | None:
    """Keep a file that was not taken, whatever it is, for the record; None when it is empty or too large.

    Nobody opens it: it is never read again by the program, and is handed out as bytes alone.
    """
    if not content or len(content) > most:
        return None
    digest = hashlib.sha256(content).hexdigest()
    _write(_path(digest), content)
    return StoredDocument.objects.create(
        filename=clean_name(filename),
        kind=REFUSED.id,
        size=len(content),
        sha256=digest,
        scope_path=scope_path,
        uploaded_by_id=actor.user_id,
    )


def content(document: StoredDocument) -> bytes:
    """The bytes, exactly as they came. Raises Missing when the file is gone or was changed on disk."""
    try:
        found = _path(document.sha256).read_bytes()
    except OSError:
        found = b""
    if hashlib.sha256(found).hexdigest() != document.sha256:
        raise Missing(
            _("文件“%(name)s”在存储中缺失或已被改动。请联系系统管理员从备份恢复。")
            % {"name": document.filename}
        )
    return found


def download(document: StoredDocument) -> HttpResponse:
    """The answer of a page that hands the file out: always as a file, never shown inside the site."""
    kind = KINDS.get(document.kind, REFUSED)
    answer = HttpResponse(content(document), content_type=kind.content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.filename)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def kind_of(content: bytes) -> str:
    """The kind of a file by its content; empty for one that is not taken."""
    found = next((kind.id for kind in KINDS.values() if content.startswith(kind.signature)), "")
    if KINDS.get(found) is None or KINDS[found].signature != _OFFICE:
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:  # zipfile raises errors of many kinds for damaged archives
        return ""
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), "")


def fault_of(content: bytes, *, kinds: Collection[str] = EVIDENCE, most: int = MOST_BYTES) -> str:
    """Why a file is not taken, in words; empty when it is."""
    if not content:
        return _("文件为空。请选择有内容的文件。")
    if len(content) > most:
        return _("文件太大：最多 %(most)s MB，实际 %(found)s MB。请压缩或拆分后再上传。") % {
            "most": most // MEGABYTE,
            "found": -(-len(content) // MEGABYTE),
        }
    kind = kind_of(content)
    if kind not in kinds:
        wanted = "、".join(f".{name}" for name in kinds)
        return _(
            "文件内容不是 %(wanted)s 中的任何一种（按内容判断，不看扩展名）。请另存为其中一种再上传。"
        ) % {"wanted": wanted}
    return _fault_of_office(content) if KINDS[kind].signature == _OFFICE else ""


def _fault_of_office(content: bytes) -> str:
    """Archive bombs, macros and locked files; sizes are the declared ones, nothing is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    tight = any(
        part.file_size > SMALL_PART and part.file_size > max(part.compress_size, 1) * MOST_RATIO
        for part in parts
    )
    if len(parts) > MOST_ENTRIES or total > MOST_UNPACKED or tight:
        return _("文件展开后过大，可能是压缩炸弹。请在 Word 或 Excel 中另存一份再上传。")
    if any(part.flag_bits & 1 for part in parts):
        return _("文件已加密。请去掉密码后再上传。")
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        return _("文件含有宏。请另存为不含宏的 .docx 或 .xlsx 再上传。")
    return ""


def clean_name(name: str) -> str:
    """A file's name without folders and unprintable characters, short enough to keep its ending."""
    name = re.sub(r'[/\\:*?"<>|\r\n\t]+', "_", guard.keepable(name)).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 120 else f"{(stem or ending)[:100]}{dot}{ending[:10]}"


def sweep(older_than: dt.timedelta = dt.timedelta(days=1)) -> int:
    """Remove files that no row names (left by a kill between file and row); returns how many.

    Young files stay: their row may be on its way.
    """
    limit = time.time() - older_than.total_seconds()
    old = [path for path in _root().glob("??/*") if path.stat().st_mtime < limit]
    known = set(StoredDocument.objects.values_list("sha256", flat=True))
    orphans = [path for path in old if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _root() -> Path:
    return Path(settings.DOCUMENTS)


def _path(digest: str) -> Path:
    return _root() / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place, then renamed."""
    if path.exists() and path.stat().st_size == len(content):
        os.utime(path)  # young again: `sweep` leaves it alone
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
