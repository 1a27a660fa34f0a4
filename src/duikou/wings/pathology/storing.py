"""Where files of slides lie: in a folder each, under the slide's number."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from duikou.wings.pathology.tiling.pyramids import file_of, place_of

YOUNG = 3600.0  # seconds in which the row of a file may be on its way


def root() -> Path:
    """The folder of all slides."""
    return Path(settings.SLIDES)


def slide_path(number: str) -> Path:
    """The file as it came."""
    return file_of(root(), number)


def overview_path(number: str) -> Path:
    """The small picture of the whole slide."""
    return place_of(root(), number) / "overview.jpg"


def keep(number: str, arrived: Path) -> None:
    """Take over a file that has arrived: by a second name on the same disk, else as a copy."""
    target = slide_path(number)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        try:
            os.link(arrived, target)
        except OSError:
            shutil.copyfile(arrived, target)


def keep_overview(number: str, picture: bytes) -> None:
    """Write the small picture whole or not at all."""
    path = overview_path(number)
    beside = path.with_suffix(".part")
    beside.write_bytes(picture)
    os.replace(beside, path)


def sweep(known: Collection[str]) -> int:
    """Remove folders that no row names (left by a kill between file and row); returns how many."""
    limit = time.time() - YOUNG
    orphans = [p for p in root().glob("??/*") if p.name not in known and p.stat().st_mtime < limit]
    for path in orphans:
        shutil.rmtree(path, ignore_errors=True)
    return len(orphans)
