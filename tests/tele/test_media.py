"""Videos with the real ffmpeg and the real browser: uploaded, cut off, killed, played, broadcast."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.calls import until
from tests.browser.conftest import PASSWORD, Site, served, windows_of
from tests.browser.tools import Opener, Windows, field, free_port, press
from tests.tele import absences
from tests.tele.sites import begin_with
from tests.tele.videos import kill, moving, pattern, play, processes, seen

RECORDING = re.compile(r"/app/media/([0-9a-f]{16})/$")
SECONDS = 100  # three stretches
READY_WITHIN = 400


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if words := absences.videos():
        pytest.skip(words)
    home = begin_with(request.getfixturevalue("ready_home"), tmp_path_factory.mktemp("media"))
    with served(home, free_port(), DUIKOU_JOB_LEASE="2") as running:
        yield running


@pytest.fixture
def window(request: pytest.FixtureRequest, site: Site, with_devices: Browser) -> Iterator[Opener]:
    doors: dict[str, list[Any]] = {}
    yield from windows_of(request, Windows(with_devices, site.address, PASSWORD, doors))


def upload(page: Page, path: Path, title: str, *, cut: bool = False) -> str:
    """Upload a file; the line is cut on the way and comes back. Returns the recording's number."""
    page.goto("/app/media/new/")
    field(page, "title").fill(title)
    page.locator("[name=file]").set_input_files(path)
    page.get_by_role("button", name="上传").click()
    if cut:
        expect(page.locator("[data-upload-words]")).to_contain_text("已上传", timeout=120_000)
        page.context.set_offline(True)
        page.wait_for_timeout(2500)
        page.context.set_offline(False)
    page.wait_for_url(RECORDING, timeout=180_000)
    found = RECORDING.search(page.url)
    assert found
    return found[1]


def state(site: Site, number: str) -> dict[str, Any]:
    told = site.python(
        "import json\nfrom duikou.wings.media.models import Recording\n"
        f"one = Recording.objects.get(number='{number}')\n"
        "print('told', json.dumps({name: getattr(one, name) for name in"
        " ('state', 'fault', 'duration_seconds', 'sha256', 'size', 'width', 'height')}))"
    )
    found: dict[str, Any] = json.loads(re.search(r"told (.*)", told)[1])  # type: ignore[index]
    return found


def folder_of(site: Site, number: str) -> Path:
    return site.home / "files/video/recordings" / number[:2] / number


def is_settled(site: Site, number: str) -> bool:
    return not (folder_of(site, number) / "work").exists() and (folder_of(site, number) / "hls").exists()


def stretches(site: Site, number: str) -> int:
    """How many stretches of the largest size are finished."""
    return len(list((folder_of(site, number) / "work").glob("720-*.mp4")))


def gets_on(site: Site, number: str, before: int) -> bool:
    """Whether more stretches are finished than before, or all of it is."""
    return stretches(site, number) > before or is_settled(site, number)


def frames(playlist: Path) -> int:
    """Pictures that a rendition really holds, decoded packet by packet."""
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-of", "csv=p=0",
         "-show_entries", "stream=nb_read_packets", str(playlist)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(told.stdout.strip().split()[0].rstrip(","))


def test_a_video_is_cut_off_killed_and_plays(window: Opener, site: Site, tmp_path: Path) -> None:
    path = pattern(tmp_path / "pattern.mp4", SECONDS)
    teacher = window("clinic")
    number = upload(teacher, path, "测试图样", cut=True)
    folder = folder_of(site, number)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert hashlib.sha256((folder / "original").read_bytes()).hexdigest() == digest
    chance = random.Random(20260101)
    for turn in range(6):  # the worker, or ffmpeg alone, at any moment
        if turn % 2 == 0:  # who dies a third time without getting anywhere is given up: then a stretch first
            before = stretches(site, number) if turn else -1
            until(partial(gets_on, site, number, before), READY_WITHIN, "a further stretch")
        time.sleep(chance.uniform(0.5, 5))
        if is_settled(site, number):
            break
        kill(site.home, *(("worker", "--queue media") if turn % 2 else ("ffmpeg", number)))
    until(lambda: is_settled(site, number), READY_WITHIN, "a whole set")
    until(lambda: state(site, number)["state"] == "ready", 60, "the row")
    told = state(site, number)
    assert (told["duration_seconds"], told["sha256"], told["width"]) == (SECONDS, digest, 1280)
    made = sorted(one.name for one in (folder / "hls").iterdir())
    assert made == ["360p", "720p", "master.m3u8", "poster.jpg"]
    for size in ("720p", "360p"):
        assert frames(folder / "hls" / size / "index.m3u8") == SECONDS * 25
        assert len(list((folder / "hls" / size).glob("*.m4s"))) == SECONDS // 4
    teacher.goto(f"/app/media/{number}/")
    play(teacher)
    moving(teacher)
    teacher.evaluate("document.querySelector('[data-video] video').currentTime = 60")
    moving(teacher)
    assert seen(teacher)["at"] > 60
    teacher.locator("[data-video] video").focus()
    teacher.keyboard.press("k")
    expect(teacher.locator("[data-video] video")).to_have_js_property("paused", True)
    at = seen(teacher)["at"]
    teacher.keyboard.press("ArrowLeft")
    until(lambda: seen(teacher)["at"] < at, 10, "going back")
    teacher.locator("[data-rate]").select_option("1.5")
    expect(teacher.locator("[data-video] video")).to_have_js_property("playbackRate", 1.5)
    teacher.reload()  # where one stopped, at the same speed
    until(lambda: abs(seen(teacher)["at"] - at + 5) < 3, 30, "the place where one stopped")
    stranger = window("expert")
    with stranger.expect_response(lambda answer: "/app/media/" in answer.url) as answer:
        stranger.goto(f"/app/media/{number}/")
    assert answer.value.status == 404


def test_hostile_files_are_refused_in_words(window: Opener, site: Site, tmp_path: Path) -> None:
    teacher = window("clinic")
    film = pattern(tmp_path / "film.mp4", 2, "320x180").read_bytes()
    samples = {
        "playlist": (b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "播放列表"),
        "markup": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        "archive": (film + b"PK\x05\x06" + b"\0" * 18, "压缩包"),
        "mixed": (film + b"<html><script>1</script></html>", "混有"),
        "damaged": (film[:-400], "损坏"),
    }
    for name, (content, words) in samples.items():
        path = tmp_path / f"{name}.mp4"
        path.write_bytes(content)
        number = upload(teacher, path, name)
        until(lambda one=number: state(site, one)["state"] == "refused", 60, name)
        assert state(site, number)["fault"] == name
        teacher.reload()
        expect(teacher.get_by_role("main")).to_contain_text(words)
        assert not (folder_of(site, number) / "hls").exists()


def test_a_broadcast_is_seen_goes_on_after_kills_and_is_kept(window: Opener, site: Site) -> None:
    teacher, viewer = window("clinic"), window("records")
    teacher.goto("/app/media/live/new/")
    field(teacher, "title").fill("周三病例讨论")
    field(teacher, "keeps").check()
    press(teacher, "新开直播")
    address = teacher.url
    teacher.get_by_role("button", name="开始推流").click()
    expect(teacher.locator("[data-told]")).to_contain_text("正在直播", timeout=30_000)
    viewer.goto(address)
    expect(viewer.get_by_role("main")).to_contain_text("本次直播将录制")
    begun = time.monotonic()
    play(viewer)
    moving(viewer, 60)
    print(f"live picture after {time.monotonic() - begun:.1f} s")
    assert kill(site.home, "ffmpeg", "pipe:0") == 1
    until(lambda: len(processes(site.home, "ffmpeg", "pipe:0")) == 1, 30, "a new ffmpeg")
    teacher.context.set_offline(True)
    expect(teacher.locator("[data-told]")).to_contain_text("连接中断", timeout=20_000)
    teacher.wait_for_timeout(5000)
    teacher.context.set_offline(False)
    expect(teacher.locator("[data-told]")).to_have_text("正在直播", timeout=30_000)
    assert kill(site.home, "duikou.cli live") == 1
    until(lambda: len(processes(site.home, "ffmpeg", "pipe:0")) == 1, 60, "the live process")
    viewer.reload()
    play(viewer)
    moving(viewer, 90)
    began_at = teacher.evaluate("performance.now()") / 1000  # the page was opened when the broadcast began
    teacher.get_by_role("button", name="结束直播").click()
    teacher.wait_for_url(RECORDING, timeout=60_000)
    number = RECORDING.search(teacher.url)[1]  # type: ignore[index]
    until(lambda: state(site, number)["state"] in ("ready", "refused"), READY_WITHIN, "the recording")
    told = state(site, number)
    assert told["state"] == "ready"
    assert told["duration_seconds"] > began_at - 25  # nothing that was acknowledged is missing
    teacher.reload()
    play(teacher)
    moving(teacher)
