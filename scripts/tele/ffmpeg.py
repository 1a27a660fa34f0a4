"""ffmpeg: turns videos into pieces for browsers (Debian: ffmpeg). The site's own processes start it."""

from __future__ import annotations

from pathlib import Path

from scripts.tele import ground

NAME = "ffmpeg"
PROGRAMS = ("ffmpeg", "ffprobe")


def install() -> None:
    """Debian's package."""
    ground.apt(dict.fromkeys(PROGRAMS, "ffmpeg"))


def start(home: Path) -> None:
    """Nothing runs: `duikou serve` starts it where a video is to be processed."""


def stop(home: Path) -> None:
    """Nothing runs."""


def healthy(home: Path) -> bool:
    """Whether it is installed."""
    return not ground.absent(PROGRAMS)


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    found = ground.program("ffmpeg")
    return [("DUIKOU_FFMPEG", found)] if found else []
