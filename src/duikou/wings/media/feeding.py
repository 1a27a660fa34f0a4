"""The live picture of a broadcast: one ffmpeg, fed with the parts that lie on the disk.

Whatever ends (ffmpeg, or this process) is started again and goes on near the newest part; the parts stay,
so nothing of the recording is lost by it. Parts of one take are one WebM stream: its header is given anew to
each ffmpeg, and reading goes on at the next cluster. Knows nothing of the database.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from pathlib import Path

from duikou.wings.media import programs
from duikou.wings.media.storing import Shelf, folder, piece, pieces, takes

LOOK = 0.2  # seconds between two looks at the disk
PIECE = 2  # seconds
WINDOW = 15  # pieces that viewers can go back
BEHIND = 3  # parts before the newest from which a new ffmpeg begins
HEIGHT = 720
CLUSTER = b"\x1f\x43\xb6\x75"  # where in WebM the pictures begin
DONE = "done"
ENDED = "ended"
PLAYLIST = "index.m3u8"
REST = 1.0  # seconds before ffmpeg is started again


def header_of(first: bytes) -> bytes:
    """What comes before the first cluster: kinds and sizes of the tracks."""
    at = first.find(CLUSTER)
    return first[:at] if at > 0 else first


class Feeder:
    """One broadcast: follows its takes until `ended` lies beside them."""

    def __init__(self, place: Path, ffmpeg: str, stopping: threading.Event) -> None:
        self.place, self.ffmpeg, self.stopping = place, ffmpeg, stopping
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def ended(self) -> bool:
        """Whether no more parts will come."""
        return (self.place / ENDED).exists()

    def run(self) -> None:
        """Feed until the broadcast has ended, or the process has to."""
        at, resumed = 0, (self.place / "hls" / PLAYLIST).exists()
        if resumed:  # what lies before has been shown
            at = max(0, len(takes(self.place / "parts")) - 1)
        while not self.stopping.is_set():
            ended = self.ended
            found = takes(self.place / "parts")
            if at < len(found):
                if self._feed(found[at], at, newest=resumed):
                    at, resumed = at + 1, False
                else:
                    resumed = True
                    self.stopping.wait(REST)
            elif ended:
                (self.place / DONE).touch()
                return
            else:
                self.stopping.wait(LOOK)

    def _feed(self, take: Path, number: int, *, newest: bool) -> bool:
        """Feed a take to its end; False when ffmpeg ended before. `newest`: begin near the newest part."""
        while not piece(take, 0).exists():
            if self._over(number) or self.stopping.is_set():
                return True
            self.stopping.wait(LOOK)
        at = max(0, len(pieces(take)) - BEHIND) if newest else 0
        self.process = process = programs.start(self._command(), stdin=subprocess.PIPE)
        assert process.stdin is not None
        try:
            if at:
                process.stdin.write(header_of(piece(take, 0).read_bytes()))
            while process.poll() is None and not self.stopping.is_set():
                over = self._over(number)  # asked before looking: a part may come between the two
                path = piece(take, at)
                if path.exists():
                    process.stdin.write(path.read_bytes())
                    process.stdin.flush()
                    at += 1
                elif over:
                    process.stdin.close()
                    return self._end(process)
                else:
                    self.stopping.wait(LOOK)
        except BrokenPipeError:
            pass
        self._end(process)
        return self.stopping.is_set()

    def _over(self, number: int) -> bool:
        return self.ended or len(takes(self.place / "parts")) > number + 1

    def _end(self, process: subprocess.Popen[bytes]) -> bool:
        """Let ffmpeg finish; whether it did so by itself."""
        with contextlib.suppress(BrokenPipeError, OSError, ValueError):
            assert process.stdin is not None
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()
        return process.returncode == 0

    def _command(self) -> list[str]:
        into = folder(self.place / "hls")
        return [
            self.ffmpeg, "-hide_banner", "-v", "error", "-nostats", "-protocol_whitelist", "pipe",
            "-fflags", "+discardcorrupt", "-f", "matroska", "-i", "pipe:0",
            "-map", "0:v:0", "-map", "0:a:0?",
            "-vf", f"fps=25,scale=-2:'min({HEIGHT},trunc(ih/2)*2)',format=yuv420p",
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "main",
            "-crf", "26", "-maxrate", "1800k", "-bufsize", "3600k", "-g", str(25 * PIECE),
            "-keyint_min", str(25 * PIECE), "-sc_threshold", "0", "-threads", "2",
            "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "48000", "-af", "aresample=async=1",
            "-f", "hls", "-hls_time", str(PIECE), "-hls_list_size", str(WINDOW), "-hls_delete_threshold", "5",
            "-hls_flags", "delete_segments+append_list+discont_start+temp_file+omit_endlist",
            "-hls_segment_filename", f"{into}/%06d.ts", f"{into}/{PLAYLIST}",
        ]  # fmt: skip


class Keeper:
    """Looks after all broadcasts below a shelf: one thread and one ffmpeg each."""

    def __init__(self, shelf: Shelf, ffmpeg: str) -> None:
        self.shelf, self.ffmpeg = shelf, ffmpeg
        self.stopping = threading.Event()
        self.threads: dict[str, threading.Thread] = {}

    def run(self) -> None:
        """Until told to stop."""
        while not self.stopping.is_set():
            self.look()
            self.stopping.wait(LOOK * 2)
        for thread in self.threads.values():
            thread.join(15)

    def look(self) -> None:
        """Begin with broadcasts that nobody feeds yet."""
        for place in self.shelf.root.glob("live/*"):
            thread = self.threads.get(place.name)
            if (thread is None or not thread.is_alive()) and not (place / DONE).exists():
                feeder = Feeder(place, self.ffmpeg, self.stopping)
                thread = threading.Thread(target=self._feed, args=(feeder,), name=place.name, daemon=True)
                self.threads[place.name] = thread
                thread.start()

    def _feed(self, feeder: Feeder) -> None:
        try:
            feeder.run()
        except OSError as error:  # the folder went, or the disk is full: looked at again
            print(f"live: {type(error).__name__} {error.errno}", flush=True)
            time.sleep(REST)
