"""The own store of pictures: files as they came, under their digest; never served by address.

It is complete without any component: the live store is filled from here and can be filled anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.wings.imaging.models import StudyFile

YOUNG = 3600.0  # seconds in which the row of a content may be on its way
OLD = 24 * 3600.0  # seconds after which nobody works in the folder of a batch


def path_of(digest: str) -> Path:
    """Where the content of a digest lies."""
    return Path(settings.IMAGES) / digest[:2] / digest


def opened(file: StudyFile) -> Path:
    """The file on disk. Raises Missing when it is gone."""
    return there(file.sha256)


def there(sha256: str) -> Path:
    """Where the content of a digest lies. Raises Missing when it is gone."""
    path = path_of(sha256)
    if not path.is_file():
        raise Missing(_("影像文件在存储中缺失。请联系系统管理员从备份恢复。"))
    return path


def incoming() -> Path:
    """A new private folder for a batch on its way."""
    root = Path(settings.IMAGES) / "incoming"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=root))


@contextmanager
def batch() -> Iterator[Path]:
    """The same, dropped in the end whatever happens."""
    folder = incoming()
    try:
        yield folder
    finally:
        drop(folder)


def written(folder: Path, contents: Iterable[bytes]) -> list[Path]:
    """Contents that are in memory as files of a folder, in order."""
    paths = []
    for number, one in enumerate(contents, 1):
        paths.append(folder / f"{number:05d}.dcm")
        paths[-1].write_bytes(one)
    return paths


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, sha256: str) -> None:
    """Move a file to its place, written through; the same content is kept once."""
    place = path_of(sha256)
    if place.exists() and place.stat().st_size == path.stat().st_size:
        os.utime(place)  # young again: a sweep leaves it alone
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(path, place)


def keep_bytes(content: bytes) -> str:
    """Keep a content that is in memory; its SHA-256."""
    with batch() as folder:
        (path,) = written(folder, [content])
        return keep_copy(path)


def keep_copy(path: Path) -> str:
    """Keep a file that stays where it is, too; its SHA-256."""
    with batch() as folder:
        sha256, second = digest(path), folder / "content"
        link(path, second)
        keep(second, sha256)
    return sha256


def delivered(number: str) -> Path:
    """The folder of an upload until it is checked."""
    return Path(settings.IMAGES) / "delivered" / number


def link(path: Path, place: Path) -> None:
    """A second name for a file on the same disk, else a copy."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(path, place)
    except FileExistsError:
        pass
    except OSError:
        shutil.copyfile(path, place)


def sweep(known: Collection[str]) -> int:
    """Remove contents that no row names, and folders of batches that a kill left; returns how many."""
    young = time.time() - YOUNG
    root = Path(settings.IMAGES)
    contents = [one for one in root.glob("??/*") if one.name not in known and one.stat().st_mtime < young]
    for one in contents:
        one.unlink(missing_ok=True)
    folders = [one for one in root.glob("incoming/*") if one.stat().st_mtime < time.time() - OLD]
    for one in folders:
        drop(one)
    return len(contents) + len(folders)


def drop(folder: Path) -> None:
    """Remove the folder of a batch."""
    shutil.rmtree(folder, ignore_errors=True)
