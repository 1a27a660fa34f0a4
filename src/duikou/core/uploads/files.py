"""Files of uploads on the disk: their length, one writer at a time, each piece safe before it is told."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

BLOCK = 1024 * 1024


class Source(Protocol):
    """Where a piece is read from: the body of a request."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; empty at the end."""


class Busy(Exception):
    """Another request writes to this file at this moment."""


def path_of(key: str) -> Path:
    """Where the bytes of an upload lie: by its random key, never by a name that somebody chose."""
    return Path(settings.UPLOADS) / key[:2] / key


def arrived(key: str) -> int:
    """How many bytes have arrived."""
    try:
        return path_of(key).stat().st_size
    except FileNotFoundError:
        return 0


def room() -> int:
    """Bytes that the disk still has for uploads, beyond the reserve of the installation."""
    root = Path(settings.UPLOADS)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return max(0, shutil.disk_usage(root).free - settings.UPLOAD_RESERVE_BYTES)


@contextlib.contextmanager
def writing(key: str) -> Iterator[BinaryIO]:
    """The file, positioned at its end, for one writer. Raises Busy while there is another.

    The lock is the process's: a kill releases it.
    """
    path = path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise Busy from None
            raise
        file.seek(0, os.SEEK_END)
        yield file


def pour(source: Source, into: BinaryIO, most: int, digest: str = "") -> tuple[int, bool]:
    """Write up to `most` bytes and sync them; returns how many stay, and whether they are as announced.

    A piece with a digest stays whole or not at all. Without one, what came before a broken line stays.
    """
    start, sum_ = into.tell(), hashlib.sha256()
    left = most
    while left and (block := _next(source, min(BLOCK, left))):
        into.write(block)
        sum_.update(block)
        left -= len(block)
    sound = not digest or (not left and sum_.hexdigest() == digest)
    if not sound:
        into.seek(start)
        into.truncate()
    into.flush()
    os.fsync(into.fileno())
    return into.tell() - start, sound


def _next(source: Source, most: int) -> bytes:
    try:
        return source.read(most)
    except OSError:  # the line broke: what has come counts
        return b""


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(key: str) -> None:
    """Throw the bytes away; nothing happens where there are none."""
    path_of(key).unlink(missing_ok=True)


def all_keys() -> Iterator[tuple[str, float]]:
    """Key and time of the last write of every file."""
    for path in Path(settings.UPLOADS).glob("??/*"):
        with contextlib.suppress(FileNotFoundError):
            yield path.name, path.stat().st_mtime
