"""Files of recordings: random names in a folder of their own, served by no address."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Where recordings lie."""
    found: Path = settings.MEDIA_ROOT / "recordings"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(name: str) -> Path:
    """The file of a recording."""
    return folder() / f"{name}.webm"


def append(name: str, offset: int, content: bytes) -> int:
    """Write a part at its offset and put it on disk; what a killed process left beyond it goes."""
    path = path_of(name)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return offset + len(content)
