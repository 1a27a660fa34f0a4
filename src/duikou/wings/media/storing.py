"""Where files of recordings and broadcasts lie: in a folder each, under a random number.

    recordings/ab/abcd…/original        as it came
                        work/           pieces that are finished, of a transcoding on its way
                        hls/            what browsers play: whole, or not there
    live/abcd…/parts/0001/00000007      what the teacher's browser recorded: the truth of a broadcast
               hls/                     the live picture, made anew out of the parts at any time
               ended                    no more parts will come

Knows nothing of the database: the process of live broadcasts reads the same folders.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

YOUNG = 3600.0  # seconds in which the row of a folder may be on its way


class Shelf:
    """The folders below one root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def recording(self, number: str) -> Path:
        """The folder of a recording."""
        return self.root / "recordings" / number[:2] / number

    def original(self, number: str) -> Path:
        """A recording's file as it came."""
        return self.recording(number) / "original"

    def playable(self, number: str) -> Path:
        """What browsers play of a recording."""
        return self.recording(number) / "hls"

    def work(self, number: str) -> Path:
        """Finished pieces of a transcoding on its way."""
        return self.recording(number) / "work"

    def live(self, number: str) -> Path:
        """The folder of a broadcast."""
        return self.root / "live" / number

    def parts(self, number: str) -> Path:
        """What came of a broadcast."""
        return self.live(number) / "parts"

    def live_playable(self, number: str) -> Path:
        """The live picture of a broadcast."""
        return self.live(number) / "hls"

    def keep(self, number: str, arrived: Path) -> None:
        """Take over a file that has arrived: by a second name on the same disk, else as a copy."""
        target = self.original(number)
        folder(target.parent)
        with contextlib.suppress(FileExistsError):
            try:
                os.link(arrived, target)
            except OSError:
                shutil.copyfile(arrived, target)

    def empty(self, number: str) -> None:
        """Throw everything of a recording away."""
        shutil.rmtree(self.recording(number), ignore_errors=True)

    def forget(self, number: str) -> None:
        """Throw everything of a broadcast away."""
        shutil.rmtree(self.live(number), ignore_errors=True)

    def sweep(self, recordings: Collection[str], broadcasts: Collection[str]) -> int:
        """Remove folders that no row names (left by a kill between folder and row); returns how many."""
        limit = time.time() - YOUNG
        orphans = [p for p in self.root.glob("recordings/??/*") if p.name not in recordings]
        orphans += [p for p in self.root.glob("live/*") if p.name not in broadcasts]
        old = [path for path in orphans if path.stat().st_mtime < limit]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)


def folder(path: Path) -> Path:
    """A folder that only its owner reads; made when absent."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def takes(parts: Path) -> list[Path]:
    """The takes of a broadcast (each begins with a header of its own), in order."""
    return sorted(path for path in parts.glob("[0-9]*") if path.is_dir())


def pieces(take: Path) -> list[Path]:
    """The parts of a take without a gap, in order."""
    return list(_unbroken(take))


def _unbroken(take: Path) -> Iterator[Path]:
    number = 0
    while (path := piece(take, number)).exists():
        yield path
        number += 1


def piece(take: Path, number: int) -> Path:
    """The file of a part."""
    return take / f"{number:08d}"


def take_of(parts: Path, number: int) -> Path:
    """The folder of a take."""
    return parts / f"{number:04d}"


def write_once(path: Path, content: bytes) -> bool:
    """Write a part whole, safe on the disk, once; False when it was there already."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return True
    finally:
        beside.unlink(missing_ok=True)
