"""What tests of live rooms share: a browser with invented devices, and looks into a call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import CHROMIUM, FLAGS

DEVICES = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
DECODED = """() => Promise.all((window.duikouRoom.conference?.links() ||
    [...window.duikouRoom.others.values()].flatMap(({ peer }) => peer?.links() || [])).map(async (link) => {
  let frames = 0, audio = 0, relayed = false;
  const stats = await link.getStats();
  for (const one of stats.values()) {
    if (one.type === "inbound-rtp" && one.kind === "video") frames += one.framesDecoded || 0;
    if (one.type === "inbound-rtp" && one.kind === "audio") audio += one.packetsReceived || 0;
    if (one.type === "transport" && one.selectedCandidatePairId) {
      const pair = stats.get(one.selectedCandidatePairId);
      relayed = stats.get(pair.localCandidateId).candidateType === "relay";
    }
  }
  return { frames, audio, relayed, state: link.connectionState };
}))"""


@contextmanager
def browser_with_devices(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium with a camera that shows a moving picture and a microphone that beeps."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *DEVICES])
    yield started
    started.close()


def come_in(page: Page, room: str) -> None:
    """Open a room's page and come in."""
    page.goto(room)
    page.get_by_role("button", name="进入", exact=True).click()
    expect(page.locator("[data-inside]")).to_be_visible()


def links(page: Page) -> list[dict[str, Any]]:
    """What each link of this browser has decoded and received until now."""
    found: list[dict[str, Any]] = page.evaluate(DECODED)
    return found


def until(true: Callable[[], bool], seconds: float = 30, what: str = "it") -> float:
    """Wait until something comes true; answers how long that took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"{what} did not happen in {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begun


def frames_rise(page: Page, links_wanted: int = 1, seconds: float = 30) -> None:
    """Pictures and sound go on arriving on as many links."""
    before = links(page)

    def risen() -> bool:
        now = links(page)
        old = [*before, *({"frames": 0, "audio": 0} for _more in now)]
        rising = sum(
            one["frames"] > was["frames"] and one["audio"] > was["audio"]
            for one, was in zip(now, old, strict=False)
        )
        return rising >= links_wanted

    until(risen, seconds, f"pictures and sound on {links_wanted} links of {links(page)}")
