"""ffmpeg and ffprobe: how they are started: limited, and never outliving who started them.

Knows nothing of the site, so that the process of live broadcasts stays small.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MEMORY = 6 * 1024**3  # bytes of address space; decoding 4K takes about one
PROBE_MEMORY = 2 * 1024**3
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def found(ffmpeg: str) -> bool:
    """Whether ffmpeg (a name or a path) and the ffprobe beside it are installed."""
    return bool(shutil.which(ffmpeg)) and bool(shutil.which(ffprobe_of(ffmpeg)))


def ffprobe_of(ffmpeg: str) -> str:
    """The ffprobe that belongs to an ffmpeg."""
    return str(Path(ffmpeg).with_name("ffprobe"))


def limited(memory: int, seconds: int) -> Callable[[], None]:
    """What a child does before it begins: give way to others, keep to limits, end when its parent ends."""

    def prepare() -> None:
        os.nice(10)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return prepare


def start(
    command: Sequence[str], *, memory: int = MEMORY, seconds: int = 0, **more: Any
) -> subprocess.Popen[bytes]:
    """Start a program with limits of memory (bytes) and of computing (CPU seconds; 0: none)."""
    return subprocess.Popen(  # noqa: S603  (our own command, no shell)
        list(command),
        start_new_session=True,
        preexec_fn=limited(memory, seconds),
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/nonexistent"},
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more},
    )
