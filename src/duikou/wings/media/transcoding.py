"""From a file to what browsers play: two sizes in pieces of four seconds, in steps that survive a kill.

The sound is made once, the picture in stretches of `STRETCH` seconds; each is a file that is there whole or
not at all. Whoever begins again finds the finished ones. In the end they are packed, without making anything
anew, into the folder that appears by one renaming.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duikou.wings.media import programs
from duikou.wings.media.probing import Found, probe, reading, told
from duikou.wings.media.storing import folder

PIECE = 4  # seconds
STRETCH = 40  # seconds, a multiple of PIECE
PULSE = 0.2  # seconds between two looks at a program at work
RATES = {720: ("2500k", "5000k"), 360: ("700k", "1400k")}  # most bits a second, and the buffer behind it
FASTEST = 30  # pictures a second
SOUND = "96k"
CPU_PER_SECOND = 60  # seconds of computing that a second of video may take before it is given up
LEAST_CPU = 600
MASTER = "master.m3u8"
POSTER = "poster.jpg"

Pulse = Callable[[], None]


class Unreadable(Exception):
    """ffmpeg gave up on what the file holds."""


class Interrupted(Exception):
    """ffmpeg was ended from outside: the same may work again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of a source: pictures a second, sizes (heights), stretches."""

    seconds: float
    rate: int
    heights: tuple[int, ...]
    sound: bool

    @property
    def stretches(self) -> int:
        """How many stretches there are."""
        return max(1, math.ceil(round(self.seconds * self.rate) / (STRETCH * self.rate)))

    def frames(self, number: int) -> int:
        """How many pictures a stretch has."""
        return min(
            STRETCH * self.rate, max(1, round(self.seconds * self.rate) - number * STRETCH * self.rate)
        )


def plan_for(found: Found) -> Plan:
    """What to make of a file: never larger than it is, never faster than `FASTEST` pictures a second."""
    height = found.width if found.rotated else found.height
    heights = tuple(size for size in RATES if size <= height) or (height - height % 2,)
    return Plan(found.seconds, max(5, min(FASTEST, round(found.rate))), heights, found.sound)


class Transcoding:
    """One source on its way. `pulse` is called several times a second and may raise to stop."""

    def __init__(self, source: Path, work: Path, ffmpeg: str, pulse: Pulse) -> None:
        self.source, self.work, self.ffmpeg, self.pulse = source, folder(work), ffmpeg, pulse

    def run(self, command: Sequence[str], made: Path, seconds: float) -> None:
        """Have ffmpeg write a file beside its place and rename it. Raises Unreadable or Interrupted."""
        if made.exists():
            return
        beside = made.with_name(f"part-{os.getpid()}-{made.name}")
        beside.unlink(missing_ok=True)
        start = [self.ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-y"]
        limit = LEAST_CPU + int(CPU_PER_SECOND * seconds)
        self.wait(programs.start([*start, *command, f"file:{beside}"], seconds=limit))
        if not beside.exists() or not beside.stat().st_size:
            raise Unreadable
        os.replace(beside, made)

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a program, beating meanwhile; it ends with whatever ends the waiting."""
        try:
            while process.poll() is None:
                self.pulse()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PULSE)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode < 0:
            raise Interrupted
        if process.returncode:
            raise Unreadable

    def seekable(self, found: Found, longest: float) -> Found:
        """Files that a browser recorded say neither how long they are nor where what is: put that right."""
        if found.seconds:
            return found
        again = self.work / "source.mkv"
        self.run([*reading(self.source), "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"], again, 0)
        self.source = again
        return probe(again, self.ffmpeg, longest)

    def sound(self, plan: Plan) -> None:
        """The whole sound."""
        if plan.sound:
            options = ["-map", "0:a:0", "-vn", "-c:a", "aac", "-b:a", SOUND, "-ac", "2", "-ar", "48000",
                       "-af", "aresample=async=1:first_pts=0", "-t", f"{plan.seconds:.3f}"]  # fmt: skip
            self.run([*reading(self.source), *options], self.work / "sound.m4a", plan.seconds)

    def stretch_file(self, number: int, height: int) -> Path:
        """The file of a stretch in a size."""
        return self.work / f"{height}-{number:05d}.mp4"

    def stretch(self, plan: Plan, number: int) -> None:
        """A stretch of the picture in all sizes: decoded once, exactly its pictures."""
        wanted = [height for height in plan.heights if not self.stretch_file(number, height).exists()]
        if not wanted:
            return
        names = [f"v{height}" for height in wanted]
        filters = (
            f"[0:v:0]fps={plan.rate}:start_time=0,tpad=stop=-1:stop_mode=clone,split={len(wanted)}"
            + "".join(f"[s{name}]" for name in names)
            + "".join(
                f";[sv{height}]scale=-2:{height}:flags=bicubic,format=yuv420p[v{height}]" for height in wanted
            )
        )
        command = ["-ss", str(number * STRETCH), *reading(self.source), "-filter_complex", filters]
        beside = {}
        for height in wanted:
            beside[height] = self.work / f"part-{os.getpid()}-{height}-{number:05d}.mp4"
            command += ["-map", f"[v{height}]", *self._coding(plan, height)]
            command += ["-frames:v", str(plan.frames(number)), f"file:{beside[height]}"]
        start = [self.ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-y"]
        limit = LEAST_CPU + CPU_PER_SECOND * STRETCH
        self.wait(programs.start([*start, *command], seconds=limit))
        for height, path in beside.items():
            if _seconds(told(path, self.ffmpeg)) > 0:
                os.replace(path, self.stretch_file(number, height))
            elif number:
                path.unlink(missing_ok=True)
                self._still(plan, number, height)
            else:
                raise Unreadable

    def _still(self, plan: Plan, number: int, height: int) -> None:
        """A stretch in which the picture does not change (or has ended) holds no picture of its own."""
        before = self.stretch_file(number - 1, height)
        options = ["-vf", "tpad=stop=-1:stop_mode=clone", "-frames:v", str(plan.frames(number))]
        command = ["-sseof", "-0.5", "-i", f"file:{before}", *options, *self._coding(plan, height)]
        self.run(command, self.stretch_file(number, height), STRETCH)

    def _coding(self, plan: Plan, height: int) -> list[str]:
        most, buffer = RATES.get(height, RATES[360])
        between = str(PIECE * plan.rate)  # each piece begins with a whole picture
        return [
            "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-crf", "23",
            "-maxrate", most, "-bufsize", buffer, "-g", between, "-keyint_min", between,
            "-sc_threshold", "0", "-bf", "2", "-threads", "2", "-video_track_timescale", str(plan.rate * 512),
            "-map_metadata", "-1",
        ]  # fmt: skip

    def pack(self, plan: Plan, place: Path) -> None:
        """Put all together; `place` appears whole or not at all, and what was needed on the way goes."""
        if not (place / MASTER).exists():
            fresh = self.work / f"hls-{os.getpid()}"
            shutil.rmtree(fresh, ignore_errors=True)
            folder(fresh)
            for height in plan.heights:
                self._pack_size(plan, height, folder(fresh / f"{height}p"))
            self._poster(plan, fresh / POSTER)
            (fresh / MASTER).write_text(self._master(plan, fresh))
            shutil.rmtree(place, ignore_errors=True)
            os.replace(fresh, place)
        shutil.rmtree(self.work, ignore_errors=True)

    def _pack_size(self, plan: Plan, height: int, into: Path) -> None:
        listed = self.work / f"list-{height}.txt"
        numbers = range(plan.stretches)
        listed.write_text(
            "ffconcat version 1.0\n"
            + "".join(f"file {self.stretch_file(n, height).name}\nduration {plan.frames(n) / plan.rate:.6f}\n"
                      for n in numbers)
        )  # fmt: skip
        sound = self.work / "sound.m4a"
        both = ["-i", f"file:{sound}", "-map", "0:v", "-map", "1:a"] if plan.sound else ["-map", "0:v"]
        self.wait(
            programs.start(
                [
                    self.ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-y",
                    "-protocol_whitelist", "file", "-f", "concat", "-safe", "1", "-i", f"file:{listed}",
                    *both, "-c", "copy",
                    "-f", "hls", "-hls_time", str(PIECE), "-hls_playlist_type", "vod",
                    "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4",
                    "-hls_flags", "independent_segments",
                    "-hls_segment_filename", f"{into}/%05d.m4s", f"{into}/index.m3u8",
                ]
            )
        )  # fmt: skip

    def _poster(self, plan: Plan, path: Path) -> None:
        middle = min(3.0, plan.seconds / 2)
        first = self.stretch_file(0, plan.heights[0])
        command = [
            self.ffmpeg,
            "-nostdin",
            "-v",
            "error",
            "-y",
            "-ss",
            f"{middle:.2f}",
            "-i",
            f"file:{first}",
        ]
        self.wait(programs.start([*command, "-frames:v", "1", "-q:v", "4", f"file:{path}"]))

    def _master(self, plan: Plan, fresh: Path) -> str:
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
        for height in plan.heights:
            sizes = [path.stat().st_size for path in (fresh / f"{height}p").glob("*.m4s")]
            peak = max(sizes) * 8 // min(PIECE, max(1, int(plan.seconds)))
            mean = int(sum(sizes) * 8 / max(1.0, plan.seconds))
            stream = told(self.stretch_file(0, height), self.ffmpeg)["streams"][0]
            lines += [
                f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={mean},"
                f"RESOLUTION={stream['width']}x{stream['height']},FRAME-RATE={plan.rate}",
                f"{height}p/index.m3u8",
            ]
        return "\n".join(lines) + "\n"


def _seconds(said: dict[str, Any]) -> float:
    try:
        return float(said["format"]["duration"])
    except (KeyError, ValueError):
        return 0.0


def transcode(
    source: Path,
    work: Path,
    place: Path,
    ffmpeg: str,
    longest: float,
    *,
    pulse: Pulse = lambda: None,
    step: Callable[[int, int], None] = lambda done, all_: None,
) -> Found:
    """Everything, from where an earlier run stopped. `step` hears seconds done, and of how many.

    Returns what the source is, with the fault that refuses it. Raises Unreadable, Interrupted.
    """  # fmt: skip
    found = probe(source, ffmpeg, longest)
    if found.fault:
        return found
    way = Transcoding(source, work, ffmpeg, pulse)
    found = way.seekable(found, longest)
    if not found.fault and found.seconds < 1:
        found = Found("short")
    if found.fault:
        return found
    plan = plan_for(found)
    if not (place / MASTER).exists():
        way.sound(plan)
        for number in range(plan.stretches):
            way.stretch(plan, number)
            step(min(int(plan.seconds), (number + 1) * STRETCH), int(plan.seconds))
    way.pack(plan, place)
    return found
