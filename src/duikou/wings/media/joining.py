"""From the parts of a broadcast to one file, which then is a recording like any other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from duikou.wings.media.probing import reading, told
from duikou.wings.media.storing import folder, pieces, takes
from duikou.wings.media.transcoding import Pulse, Transcoding, Unreadable


def join(parts: Path, work: Path, original: Path, ffmpeg: str, pulse: Pulse) -> bool:
    """Write all takes as one file, whole or not at all; False when nothing can be read of them.

    Takes of one camera are put together as they are; one of another shape is brought to the first one's.
    """
    if original.exists():
        return True
    way = Transcoding(original, work, ffmpeg, pulse)
    readable: list[Path] = []
    for number, take in enumerate(takes(parts)):
        if _written(pieces(take), raw := folder(work) / f"take-{number:04d}.webm"):
            made = work / f"take-{number:04d}.mkv"
            try:
                way.run([*reading(raw), "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"], made, 0)
            except Unreadable:
                continue  # a header and nothing behind it
            readable.append(made)
    if not readable:
        return False
    shapes = [_shape(path, ffmpeg) for path in readable]
    if len(set(shapes)) > 1:
        readable = [
            path if shape == shapes[0] else _like(way, path, shape, shapes[0])
            for path, shape in zip(readable, shapes, strict=True)
        ]
    whole = work / "whole.mkv"
    listed = work / "takes.txt"
    listed.write_text("ffconcat version 1.0\n" + "".join(f"file {path.name}\n" for path in readable))
    way.run(["-protocol_whitelist", "file", "-f", "concat", "-i", f"file:{listed}", "-c", "copy"], whole, 0)
    folder(original.parent)
    os.replace(whole, original)
    return True


def _written(found: Sequence[Path], into: Path) -> bool:
    with into.open("wb") as file:
        for path in found:
            with path.open("rb") as piece:
                shutil.copyfileobj(piece, file)
    return bool(found)


Shape = tuple[str, int, int, str]


def _shape(path: Path, ffmpeg: str) -> Shape:
    """Codec of the picture, width, height, codec of the sound (empty without)."""
    streams = told(path, ffmpeg).get("streams", [])
    picture: dict[str, Any] = next((one for one in streams if one.get("codec_type") == "video"), {})
    sound: dict[str, Any] = next((one for one in streams if one.get("codec_type") == "audio"), {})
    return (
        str(picture.get("codec_name", "")),
        int(picture.get("width", 0)),
        int(picture.get("height", 0)),
        str(sound.get("codec_name", "")),
    )


CODERS = {"vp8": ("libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"),
          "vp9": ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"),
          "h264": ("libx264", "-preset", "veryfast")}  # fmt: skip


def _like(way: Transcoding, path: Path, shape: Shape, wanted: Shape) -> Path:
    """A take in the shape of another: scaled, with bars, with silence where it has no sound."""
    made = path.with_name(f"like-{path.name}")
    codec, width, height, sound = wanted
    fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1"
    command = [*reading(path)]
    silent = bool(sound) and not shape[3]
    if silent:
        command += ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-shortest"]
    command += ["-map", "0:v:0", "-vf", fit, "-c:v", *CODERS.get(codec, CODERS["h264"])]
    if sound:
        command += ["-map", "1:a" if silent else "0:a:0", "-c:a", "libopus" if sound == "opus" else "aac"]
    way.run(command, made, 3600)
    return made
