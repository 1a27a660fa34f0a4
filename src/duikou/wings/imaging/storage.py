"""The own store of pictures: files as they came, under their digest; never served by address.

It is complete without any component: the live store is filled from here and can be filled anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.wings.imaging.models import StudyFile


def path_of(digest: str) -> Path:
    """Where the content of a digest lies."""
    return Path(settings.IMAGES) / digest[:2] / digest


def opened(file: StudyFile) -> Path:
    """The file on disk. Raises Missing when it is gone."""
    path = path_of(file.sha256)
    if not path.is_file():
        raise Missing(_("影像文件在存储中缺失。请联系系统管理员从备份恢复。"))
    return path


def incoming() -> Path:
    """A new private folder for a batch on its way."""
    root = Path(settings.IMAGES) / "incoming"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=root))


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


def drop(folder: Path) -> None:
    """Remove the folder of a batch."""
    shutil.rmtree(folder, ignore_errors=True)
