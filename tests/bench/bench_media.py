"""How much our transcoding costs beside one bare ffmpeg that makes the same two sizes in the same run.

    python tests/bench/bench_media.py [seconds of video, default 60]

Prints the ratios of elapsed time and of computing: below 1.2 the steps that survive a kill cost little.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")
sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[2] / "src")]

from duikou.wings.media import transcoding  # noqa: E402
from scripts.tele import ground  # noqa: E402
from tests.tele.videos import pattern  # noqa: E402


def spent() -> tuple[float, float]:
    """Seconds of the clock, and of computing in children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic(), used.ru_utime + used.ru_stime


def bare(source: Path, into: Path) -> None:
    """One ffmpeg with the same coders, both sizes, pieces of four seconds."""
    into.mkdir()
    filters = "[0:v]fps=25,split=2[a][b];[a]scale=-2:720[v720];[b]scale=-2:360[v360]"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(source), "-filter_complex", filters]
    for height, (most, buffer) in transcoding.RATES.items():
        command += [
            "-map", f"[v{height}]", "-map", "0:a", "-c:v", "libx264", "-preset", "veryfast",
            "-profile:v", "main", "-crf", "23", "-maxrate", most, "-bufsize", buffer, "-g", "100",
            "-keyint_min", "100", "-sc_threshold", "0", "-threads", "2", "-c:a", "aac", "-b:a", "96k",
            "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_fmp4_init_filename", f"{height}.mp4",
            "-hls_segment_filename", f"{into}/{height}-%05d.m4s", f"{into}/{height}.m3u8",
        ]  # fmt: skip
    subprocess.run(command, check=True)


def main() -> int:
    """Measure both, print the ratios."""
    if words := ground.absent(("ffmpeg", "ffprobe")):
        print(f"bench_media: {words}")
        return 0
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        source = pattern(place / "pattern.mp4", seconds)
        start = spent()
        bare(source, place / "bare")
        middle = spent()
        transcoding.transcode(source, place / "work", place / "ours", "ffmpeg", 3600)
        end = spent()
    clock, computing = ((b - a) / (m - s) for s, m, a, b in zip(start, middle, middle, end, strict=True))
    print(
        f"media: {seconds} s of 720p into two sizes: bare ffmpeg {middle[0] - start[0]:.1f} s, "
        f"ours {end[0] - middle[0]:.1f} s; ratio {clock:.2f} elapsed, {computing:.2f} computing"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
