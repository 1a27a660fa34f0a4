"""Which workers of this machine are alive, told by a lock that the system takes back from the dead.

Needed on SQLite only: there a worker inside a long write transaction keeps its own
heartbeat out of the database, so an expired lease alone does not prove that it died.
All workers of an SQLite database share one machine and one home folder.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from django.conf import settings


def _path(worker: str) -> Path:
    return Path(settings.HOME) / "workers" / worker


class Presence:
    """Holds the lock of one worker for as long as its process lives."""

    def __init__(self, worker: str) -> None:
        path = _path(worker)
        path.parent.mkdir(exist_ok=True)
        self._path = path
        self._file: IO[str] = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def end(self) -> None:
        """Give the lock up."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def alive(worker: str) -> bool:
    """Whether the worker's process still holds its lock."""
    try:
        with _path(worker).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    _path(worker).unlink(missing_ok=True)  # left behind by a killed process
    return False
