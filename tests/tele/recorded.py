"""A session recorded by consent, fetched, and kept by the hospital as a video that browsers play by HLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import requests
from playwright.sync_api import Page, expect

from scripts.tele import nginx
from tests.browser.tools import field, follow
from tests.tele.videos import moving, play
from tests.tele.whole import Whole

VIDEO = re.compile(r"/app/media/([0-9a-f]{16})/$")
PARTS = 4  # of two seconds each, that have reached the site


def record(doctor: Page, expert: Page) -> None:
    """Both agree, the doctor records for some seconds."""
    for page in (expert, doctor):
        with page.expect_response(lambda answer: "/agree/" in answer.url):
            page.check("[data-agree]")
    doctor.get_by_role("button", name="开始录制").click()
    for page in (doctor, expert):
        expect(page.locator("[data-recording]")).to_be_visible()
    for _part in range(PARTS):
        with doctor.expect_response(lambda answer: "/part/" in answer.url) as kept:
            pass
        assert kept.value.ok
    doctor.get_by_role("button", name="停止录制").click()
    for page in (doctor, expert):
        expect(page.locator("[data-recording]")).to_be_hidden()


def fetched(doctor: Page, room: str, folder: Path) -> Path:
    """The recording as the doctor, who led the session, gets it from the room's page."""
    doctor.goto(room)
    with doctor.expect_download() as download:
        doctor.get_by_role("link", name="下载").click()
    path = folder / "session.webm"
    download.value.save_as(path)
    return path


def kept_as_video(doctor: Page, path: Path) -> str:
    """Uploaded, made playable by the worker, played: its pictures move. Its number."""
    doctor.goto("/app/media/new/")
    field(doctor, "title").fill("会诊录像")
    doctor.locator("[name=file]").set_input_files(path)
    doctor.get_by_role("button", name="上传").click()
    doctor.wait_for_url(VIDEO, timeout=120_000)
    ready = doctor.get_by_role("link", name="打开播放")
    expect(ready.or_(doctor.locator("[data-video]"))).to_be_visible(timeout=180_000)
    if ready.is_visible():
        follow(ready)
    play(doctor)
    moving(doctor)
    number = VIDEO.search(doctor.url)
    assert number
    return number[1]


def addresses(whole: Whole, session: requests.Session, number: str) -> Iterator[str]:
    """Everything of a video that browsers and programs ask for, at the site and at the server before it."""
    yield f"{whole.site.address}/api/v1/recordings/{number}"
    for address in (whole.site.address, nginx.front(whole.home)):
        video = f"{address}/app/media/{number}/"
        yield from (video, f"{video}original/", f"{video}play/poster.jpg")
        playlists = [f"{video}play/master.m3u8"]
        while playlists:
            playlist = playlists.pop()
            yield playlist
            named = session.get(playlist, timeout=30).text
            for name in re.findall(r'^[^#\s].*$|(?<=URI=")[^"]+', named, re.MULTILINE):
                found = urljoin(playlist, name)
                if found.endswith(".m3u8"):
                    playlists.append(found)
                else:
                    yield found
