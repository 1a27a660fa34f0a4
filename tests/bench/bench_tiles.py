"""Measure the tiles of slides: CPU a tile beside cutting it with OpenSlide alone, and 1 against 24 clients.

    python tests/bench/bench_tiles.py

Starts `duikou tiles` on a home of its own. CPU is that of the service's processes, from /proc. On a busy
machine throughput moves by itself within seconds, so one client and many take turns, and the median of the
rounds' ratios counts: what the service loses by many clients stays, what the machine does drops out. CPU a
tile shows the same from the other side: it would rise if threads waited for each other.
"""

from __future__ import annotations

import http.client
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from openslide import OpenSlide  # noqa: E402
from openslide.deepzoom import DeepZoomGenerator  # noqa: E402

from duikou.wings.pathology import sample  # noqa: E402
from duikou.wings.pathology.tiling import tickets  # noqa: E402
from duikou.wings.pathology.tiling.pyramids import QUALITY, file_of  # noqa: E402
from tests.browser.tools import free_port, wait_until_it_answers  # noqa: E402

NUMBER, SECRET = "0123456789abcdef", "x" * 40
WIDTH, HEIGHT, TILES, ROUNDS = 12_288, 9_216, 400, 5  # tiles in each turn
CLIENTS = (1, 4, 24)
MOST_CPU_MS = 4.0
LEAST_KEPT = 0.9  # of the throughput of one client: it must not fall; the rest is the machine's noise


def cpu_of(processes: list[int]) -> float:
    """CPU seconds that processes have used."""
    ticks = 0
    for pid in processes:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """Worker processes of a gunicorn master."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alone(path: Path, wanted: list[tuple[int, int]], level: int) -> float:
    """CPU milliseconds a tile without any server: the best that this library gives."""
    pyramid = DeepZoomGenerator(OpenSlide(path), tile_size=256, overlap=0, limit_bounds=False)
    began = time.process_time()
    for tile in wanted:
        pyramid.get_tile(level, tile).save(io.BytesIO(), "JPEG", quality=QUALITY)
    return 1000 * (time.process_time() - began) / len(wanted)


def fetch(port: int, level: int, wanted: list[tuple[int, int]], clients: int) -> float:
    """Tiles a second with so many clients, each on a connection of its own, as browsers do."""
    signed = {"Authorization": f"Tile {tickets.issue(tickets.key_from(SECRET), NUMBER, '')}"}
    came: list[int] = []

    def work(part: list[tuple[int, int]]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for column, row in part:
            line.request("GET", f"/{NUMBER}/{level}/{column}_{row}.jpeg", headers=signed)
            answer = line.getresponse()
            if answer.status == 200 and answer.read().startswith(b"\xff\xd8"):
                came.append(1)
        line.close()

    threads = [threading.Thread(target=work, args=(wanted[one::clients],)) for one in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.monotonic() - began
    if len(came) != len(wanted):
        raise SystemExit(f"{len(wanted) - len(came)} of {len(wanted)} tiles did not come")
    return len(wanted) / passed


def main() -> int:
    """Print the figures; 1 when one of them breaks its limit."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = file_of(home / "files" / "slides", NUMBER)
        path.parent.mkdir(parents=True)
        patch = sample.picture(2048, 1536)
        base = patch.resize((WIDTH, HEIGHT))
        sample.write(path, base, levels=4)
        level = (max(base.size) - 1).bit_length()
        chance = random.Random(5)
        wanted = [(chance.randrange(WIDTH // 256), chance.randrange(HEIGHT // 256)) for _ in range(TILES)]
        best = alone(path, wanted, level)
        print(
            f"slide {WIDTH}×{HEIGHT}, {path.stat().st_size / 1048576:.0f} MB; "
            f"OpenSlide alone {best:.2f} CPU-ms"
        )
        port = free_port()
        environment = {
            **os.environ, "DUIKOU_HOME": str(home), "DUIKOU_SECRET_KEY": SECRET, "DUIKOU_TESTING": "1",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }  # fmt: skip
        command = [sys.executable, "-m", "duikou.cli", "tiles", "--port", str(port)]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/healthz", server, home / "log")
            workers = children_of(server.pid)
            fetch(port, level, wanted, CLIENTS[-1])  # every process has the slide open
            speeds: dict[int, list[float]] = {clients: [] for clients in CLIENTS}
            costs: dict[int, list[float]] = {clients: [] for clients in CLIENTS}
            for _round in range(ROUNDS):
                for clients in CLIENTS:
                    before = cpu_of(workers)
                    speeds[clients].append(fetch(port, level, wanted, clients))
                    costs[clients].append(1000 * (cpu_of(workers) - before) / len(wanted))
        finally:
            server.terminate()
            server.wait(20)
    for clients in CLIENTS:
        cost = statistics.median(costs[clients])
        print(
            f"{clients:3} clients: {statistics.median(speeds[clients]):6.0f} tiles/s, "
            f"{cost:.2f} CPU-ms a tile, {cost / best:.2f} × OpenSlide alone"
        )
    ratios = [many / one for one, many in zip(speeds[1], speeds[CLIENTS[-1]], strict=True)]
    kept, worst = statistics.median(ratios), max(statistics.median(found) for found in costs.values())
    sound = worst <= MOST_CPU_MS and kept >= LEAST_KEPT
    print(
        f"{'ok' if sound else 'TOO SLOW'}: ≤ {MOST_CPU_MS} CPU-ms; throughput with {CLIENTS[-1]} clients "
        f"{kept:.2f} × one (rounds: {', '.join(f'{one:.2f}' for one in ratios)})"
    )
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
