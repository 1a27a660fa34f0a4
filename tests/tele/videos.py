"""What tests of videos share: a test pattern, looks at decoded pictures, processes to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

PATTERN = """async () => {
  const video = document.querySelector("[data-video] video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const brush = canvas.getContext("2d");
  brush.drawImage(video, 0, 0, 64, 36);
  const data = brush.getImageData(0, 0, 64, 36).data;
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) {
    colours.add((data[at] >> 4) * 256 + (data[at + 1] >> 4) * 16 + (data[at + 2] >> 4));
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return { colours: colours.size, picture: digest.slice(0, 8).join("-"), at: video.currentTime };
}"""


def pattern(path: Path, seconds: int, size: str = "1280x720") -> Path:
    """A moving test pattern with a tone, as an MP4 of some megabytes."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25"]
    command += ["-f", "lavfi", "-i", "sine=frequency=440", "-t", str(seconds), "-c:v", "libx264"]
    subprocess.run([*command, "-preset", "ultrafast", "-qp", "20", "-c:a", "aac", str(path)], check=True)
    return path


def seen(page: Page) -> dict[str, Any]:
    """The picture that the player shows now, as its pixels tell."""
    found: dict[str, Any] = page.evaluate(PATTERN)
    return found


def play(page: Page) -> None:
    """Start the player, without sound."""
    page.evaluate(
        "async () => { const video = document.querySelector('[data-video] video');"
        " video.muted = true; await video.play().catch(() => {}); }"
    )


def moving(page: Page, seconds: float = 40) -> None:
    """Decoded pictures change, are not of one colour, and the clock of the video goes on."""
    first, waited = seen(page), 0.0
    while waited < seconds:
        page.wait_for_timeout(1000)
        waited += 1
        now = seen(page)
        if now["colours"] > 5 and now["picture"] != first["picture"] and now["at"] > first["at"]:
            return
    raise AssertionError(f"no moving picture within {seconds} s: {first} {now}")


def processes(home: Path, *words: str) -> list[int]:
    """Processes of an installation whose command line has all these words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            environment = (entry / "environ").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        belongs = f"DUIKOU_HOME={home}\0" in environment or str(home) in command
        if belongs and all(word in command for word in words):
            found.append(int(entry.name))
    return found


def kill(home: Path, *words: str) -> int:
    """kill -9 to what `processes` finds; returns how many."""
    found = processes(home, *words)
    for pid in found:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(found)
