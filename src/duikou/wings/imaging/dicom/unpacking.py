"""Files that were handed in, single or in archives, laid out one by one in a folder of their own.

An archive is hostile until shown otherwise: names lead nowhere, sizes are counted while unpacking, never
believed, and what is packed too tightly is refused.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from duikou.core.documents import clean_name
from duikou.core.errors import Invalid
from duikou.wings.imaging import storage

MEGABYTE = 1024 * 1024
MOST_FILES = 20_000
MOST_BYTES = 8192 * MEGABYTE  # of a batch, unpacked
MOST_OF_ONE = 512 * MEGABYTE
MOST_RATIO = 200
SMALL = MEGABYTE  # up to this size a part may be packed as tightly as it likes
_CHUNK = MEGABYTE
_ZIP = b"PK\x03\x04"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class Laid:
    """A file in our folder; the name is for words only."""

    name: str
    path: Path
    size: int


class Refusal(Invalid):
    """An objection to one file of a batch: its name, what is wrong with it, and of what kind that is."""

    def __init__(self, name: str, words: str, cause: str = "damaged") -> None:
        self.name, self.words, self.cause = clean_name(name), words, cause
        said = _("文件“%(name)s”：%(words)s 整批没有保存。") % {"name": self.name, "words": words}
        super().__init__(said, fields={"file": [said]})


def lay_out(handed: Iterable[Handed], folder: Path) -> list[Laid]:
    """All files of a batch in `folder`, archives unpacked. Raises Invalid for the first that is unsafe."""
    laid: list[Laid] = []
    for one in handed:
        start = one.content.read(4)
        one.content.seek(0)
        if start != _ZIP:
            _lay(laid, folder, one.name, one.content)
            continue
        try:
            for name, content in _unpack(one):
                _lay(laid, folder, name, content)
        except _BROKEN as error:
            words = _("压缩包已损坏，或用了不支持的压缩方式。请重新打包为普通 .zip。")
            raise Refusal(one.name, words) from error
    if not laid:
        raise Invalid(
            _("没有文件。请选择 DICOM 文件，或装有它们的 .zip。"), fields={"file": [_("请选择文件。")]}
        )
    return laid


def linked(files: Iterable[Path], folder: Path) -> list[Laid]:
    """Files that are on our disk already, in `folder` under second names; what they are called is a number.

    Raises Invalid for the first that is too large.
    """
    laid: list[Laid] = []
    for number, one in enumerate(files, 1):
        name = f"{number:05d}.dcm"
        path, most, size = _place(laid, folder, name), _budget(laid), one.stat().st_size
        if size > most:
            raise _too_large(name)
        storage.link(one, path)
        laid.append(Laid(name, path, size))
    return laid


def _lay(laid: list[Laid], folder: Path, name: str, content: IO[bytes]) -> None:
    path = _place(laid, folder, name)
    laid.append(Laid(name, path, _copy(name, content, path, _budget(laid))))


def _place(laid: list[Laid], folder: Path, name: str) -> Path:
    if len(laid) >= MOST_FILES:
        raise Refusal(name, _("一次最多 %(most)s 个文件，请分批上传。") % {"most": MOST_FILES})
    return folder / f"{len(laid):05d}"


def _budget(laid: list[Laid]) -> int:
    return min(MOST_BYTES - sum(one.size for one in laid), MOST_OF_ONE)


def _too_large(name: str) -> Refusal:
    return Refusal(
        name,
        _("太大：单个文件最多 %(one)s MB，整批展开后最多 %(all)s MB。")
        % {"one": MOST_OF_ONE // MEGABYTE, "all": MOST_BYTES // MEGABYTE},
    )


def _unpack(one: Handed) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(one.content) as archive:
        entries = archive.infolist()
        for entry in entries:
            _check(one.name, entry)
        for entry in entries:
            if not entry.is_dir() and PurePosixPath(entry.filename).name.upper() != "DICOMDIR":
                with archive.open(entry) as content:
                    yield entry.filename, content


def _check(archive: str, entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    leads_out = (
        name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
    )
    if leads_out or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refusal(archive, _("压缩包里的路径或链接指向包外，不安全。"))
    if entry.flag_bits & 1:
        raise Refusal(archive, _("压缩包已加密，请去掉密码后再上传。"))
    if entry.file_size > SMALL and entry.file_size > max(entry.compress_size, 1) * MOST_RATIO:
        raise Refusal(archive, _("压缩包展开后过大，可能是压缩炸弹。"))


def _copy(name: str, content: IO[bytes], path: Path, most: int) -> int:
    """Bytes that were really there."""
    size = 0
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(name)
            file.write(chunk)
    return size
