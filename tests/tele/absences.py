"""Which real components are not on this machine; what needs them is skipped with these words."""

from __future__ import annotations

from pathlib import Path

from scripts.tele import ground, ohif


def pictures() -> str:
    """What the tests of images lack; empty when nothing."""
    viewer = "" if ohif.healthy(Path()) else "the viewer is not unpacked (make tele)"
    return ground.absent(("Orthanc", "nginx")) or viewer


def calls() -> str:
    """What the tests of calls lack; empty when nothing."""
    return ground.absent(("turnserver", "janus"))


def videos() -> str:
    """What the tests of videos lack; empty when nothing."""
    return ground.absent(("ffmpeg", "ffprobe"))
