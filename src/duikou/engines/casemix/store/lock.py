"""One writer at a time, whatever process it is in; the system frees the lock of a killed one."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duikou.engines.casemix.store.model import Busy
from duikou.engines.text import Text

_PAUSE = 0.02  # seconds between two tries


@contextmanager
def writing(folder: Path, wait: float) -> Iterator[None]:
    """Hold the folder's lock; `Busy` when others held it for `wait` seconds.

    The lock belongs to an open file, so that threads of one process exclude each other too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(handle, wait)
        yield
    finally:
        os.close(handle)  # frees it


def _acquire(handle: int, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Busy(
                    Text(
                        f"病例库正在被其他任务写入，已等待 {wait:g} 秒。请稍后重试；数据未改变。",
                        f"Another task has been writing to the store for more than {wait:g} s. "
                        "Try again later; nothing was changed.",
                    )
                ) from None
            time.sleep(_PAUSE)
