"""What a video holds, as ffprobe tells it: a process of its own, with limits, that may read this one file."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duikou.wings.media import catalogue, programs, sniffing

PATIENCE = 60  # seconds, of the clock and of computing
MOST_STREAMS = 32


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `fault` is a code of `catalogue.FAULTS`; seconds are 0 where the file does not say."""

    fault: str = ""
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    rate: float = 25.0  # pictures a second
    sound: bool = False
    rotated: bool = False


def reading(path: Path) -> list[str]:
    """Options before a file that somebody sent: this file alone, by the known readers alone."""
    return [
        "-protocol_whitelist", "file",
        "-format_whitelist", ",".join(catalogue.CONTAINERS),
        "-codec_whitelist", ",".join(catalogue.DECODERS),
        "-i", f"file:{path}",
    ]  # fmt: skip


def probe(path: Path, ffmpeg: str, longest: float) -> Found:
    """Examine a file; never raises for what is wrong with it. `longest`: seconds that a video may last."""
    if fault := sniffing.fault_of(path):
        return Found(fault)
    return judged(told(path, ffmpeg), longest)


def told(path: Path, ffmpeg: str) -> dict[str, Any]:
    """What ffprobe says of a file; empty when it says nothing."""
    command = [
        programs.ffprobe_of(ffmpeg), "-v", "error", "-of", "json",
        "-show_entries", "format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate,"
        "r_frame_rate,disposition:stream_side_data=rotation",
        *reading(path),
    ]  # fmt: skip
    process = programs.start(command, memory=programs.PROBE_MEMORY, seconds=PATIENCE, stdout=subprocess.PIPE)
    try:
        answer, _nothing = process.communicate(timeout=PATIENCE)
        found = json.loads(answer or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        return {}
    finally:
        process.kill()
        process.wait()
    return found if isinstance(found, dict) and process.returncode == 0 else {}


def judged(said: dict[str, Any], longest: float) -> Found:
    """Whether what ffprobe said is a video that is taken."""
    streams = said.get("streams", [])
    if not streams or len(streams) > MOST_STREAMS:
        return Found("damaged")
    pictures = [
        one
        for one in streams
        if one.get("codec_type") == "video" and not one.get("disposition", {}).get("attached_pic")
    ]
    sounds = [one for one in streams if one.get("codec_type") == "audio"]
    if not pictures:
        return Found("no_picture")
    picture = pictures[0]
    width, height = int(picture.get("width", 0)), int(picture.get("height", 0))
    seconds = _number(said.get("format", {}).get("duration", ""))
    known = Found(
        seconds=seconds,
        width=width,
        height=height,
        rate=_rate(picture),
        sound=bool(sounds) and sounds[0].get("codec_name") in catalogue.SOUNDS,
        rotated=any(
            abs(int(one.get("rotation", 0))) % 180 == 90 for one in picture.get("side_data_list", [])
        ),
    )
    fault = ""
    if picture.get("codec_name") not in catalogue.PICTURES:
        fault = "codec"
    elif not (min(width, height) >= catalogue.SMALLEST and max(width, height) <= catalogue.LARGEST):
        fault = "size"
    elif seconds and seconds < 1:
        fault = "short"
    elif seconds > longest:
        fault = "long"
    return Found(fault) if fault else known


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 < value < 1e7 else 0.0


def _rate(picture: dict[str, Any]) -> float:
    for name in ("avg_frame_rate", "r_frame_rate"):
        above, _line, below = str(picture.get(name, "")).partition("/")
        try:
            value = float(above) / float(below or 1)
        except (ValueError, ZeroDivisionError):
            continue
        if 1 <= value <= 240:
            return value
    return 25.0
