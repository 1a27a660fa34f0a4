"""Measure how long a call takes to connect on loopback, and what a silent stream costs the site.

    python tests/bench/bench_call.py [--calls 7] [--idle 20]

Starts a site in a home of its own (embedded database) and two windows of a headless chromium with invented
devices. A call: the second comes into the room where the first waits; measured in its page from the click to
the link's state "connected", and to the first decoded picture. Then both say nothing: CPU of the site's
processes for each stream and second. Exit code 1 when the median call takes longer than a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT = 1.0  # seconds
CONNECT = """async () => {
  const begun = performance.now();
  document.querySelector("[data-join]").click();
  const peer = () => [...window.duikouRoom.others.values()][0]?.peer;
  while (!peer()?.linked) await new Promise((done) => setTimeout(done, 5));
  const linked = performance.now() - begun;
  const video = () => document.querySelector("[data-tiles] li:nth-child(2) video");
  while (!video()?.videoWidth) await new Promise((done) => setTimeout(done, 5));
  return [linked, performance.now() - begun];
}"""


def cpu_of_site(home: Path) -> float:
    """CPU seconds of all processes of the site until now."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if str(home).encode() not in (entry / "environ").read_bytes():
                continue
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=7)
    parser.add_argument("--idle", type=int, default=20, help="seconds")
    arguments = parser.parse_args()

    from playwright.sync_api import sync_playwright

    from tests.browser.calls import browser_with_devices
    from tests.browser.conftest import PASSWORD, open_accounts, running_site
    from tests.browser.tools import Windows, field, press

    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder)) as site,
        sync_playwright() as driver,
        browser_with_devices(driver) as browser,
    ):
        open_accounts(site)
        windows = Windows(browser, site.address, PASSWORD, {})
        first, second = windows.open("clinic"), windows.open("expert")
        linked, seen = [], []
        for number in range(arguments.calls + 1):
            first.goto("/app/rooms/new/")
            field(first, "title").fill(f"第 {number} 次")
            first.locator("main").get_by_label("浙江医院", exact=True).check()
            press(first, "开放")
            first.get_by_role("button", name="进入", exact=True).click()
            first.locator("[data-inside]").wait_for()
            second.goto(first.url)
            times = second.evaluate(CONNECT)
            if number:  # the first warms caches
                linked.append(times[0] / 1000)
                seen.append(times[1] / 1000)
        before = cpu_of_site(Path(folder))
        time.sleep(arguments.idle)
        idle = (cpu_of_site(Path(folder)) - before) / arguments.idle / 2
        windows.close()
    print(f"calls: {arguments.calls}; load average {os.getloadavg()[0]:.1f}")
    print(f"connected: median {statistics.median(linked):.2f} s, worst {max(linked):.2f} s (limit {LIMIT} s)")
    print(f"first picture: median {statistics.median(seen):.2f} s, worst {max(seen):.2f} s")
    print(f"idle: {idle * 1000:.1f} CPU ms of the site for each stream and second (both kinds of process)")
    return 0 if statistics.median(linked) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
