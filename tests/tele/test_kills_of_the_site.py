"""The site killed (kill -9) in the middle of use: all of it, or its worker; what goes on, what comes back.

The picture store, the proxy and the tile server: tests/tele/test_kills_of_components.py. The relay and the
conference server: tests/tele/test_calls.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import expect
from pydicom.uid import EncapsulatedPDFStorage

from scripts.tele import ground, orthanc
from tests.browser.calls import frames_rise, links, until
from tests.browser.tools import Opener
from tests.tele import signing, stage
from tests.tele.case import PICTURES_READY, Case
from tests.tele.conftest import signed_in
from tests.tele.kills import call as call
from tests.tele.kills import in_a_room, told
from tests.tele.uploading import TUS, begun, writing
from tests.tele.whole import Whole, kill

PIECE = 128 * 1024


def test_the_site_killed_amid_a_call_with_a_shared_view(call: Opener, whole: Whole, case: Case) -> None:
    doctor, other = pages = in_a_room(call, whole, case)
    stage.show(doctor, "CT")
    stage.in_step(pages, lambda seen: seen["kind"] == "series")
    stage.drawn(other, 20)
    stroke = "window.duikouRoom.line.send('stroke', {exhibit: '1', points: [[0, 0], [0.5, %s]]})"
    doctor.evaluate(stroke % 0.1)
    expect(other.locator("[data-stage]")).to_have_attribute("data-strokes", "1")

    whole.kill_site()
    for page in pages:
        frames_rise(page)  # sound and pictures go from one to the other
        assert [one["state"] for one in links(page)] == ["connected"]
    stage.points(doctor, other, 0.3, 0.7)  # so does the pointer
    doctor.get_by_role("button", name="放大").click()
    stage.in_step(pages, lambda seen: seen["zoom"] > 1)  # and the view
    doctor.evaluate(stroke % 0.2)
    other.evaluate(stroke % 0.3)
    for page in pages:
        expect(page.locator("[data-told]")).to_have_text("与服务器的联系中断，正在恢复…", timeout=20_000)

    whole.serve()
    for page in pages:
        expect(page.locator("[data-told]")).to_have_text("已接通。", timeout=40_000)
    until(lambda: (told(doctor), told(other)) == (1, 2), 40, "the other's strokes of meanwhile, each once")
    other.reload()  # whoever comes anew is told all of it by the site
    expect(other.locator("[data-stage]")).to_have_attribute("data-strokes", "3", timeout=30_000)
    stage.in_step(pages, lambda seen: seen["zoom"] > 1)
    frames_rise(other, seconds=60)
    assert "fault" not in whole.site.command("audit", "verify")


def test_the_worker_killed_amid_the_push_of_a_signed_opinion(whole: Whole, case: Case) -> None:
    """Twice: as it puts the opinion into our own store, and as it sends that to the live one."""
    waits = signing.due(whole.site)
    until(lambda: "left 0 0" in whole.site.python(PICTURES_READY), 120, "the pictures in the store")
    assert documents(whole, waits.study) == 0
    jobs = sqlite3.connect(f"file:{whole.home / 'duikou.sqlite3'}?mode=ro", uri=True, timeout=20)
    store = ground.running(whole.home, orthanc.NAME)
    assert store is not None
    first = whole.worker()
    os.kill(first, signal.SIGSTOP)  # so that the job cannot be over before we look
    os.kill(store, signal.SIGSTOP)
    try:
        waits.sign(whole.site)
        os.kill(first, signal.SIGCONT)
        caught(jobs, "push_opinion")
        kill(first)
        caught(jobs, "forward_study")  # the store does not answer: the worker is in the middle of it
        second = whole.worker()
        kill(second)
    finally:
        os.kill(store, signal.SIGCONT)
    until(lambda: documents(whole, waits.study) == 1, 120, "the opinion in the store")
    kinds = ("%push_opinion", "%forward_study")
    until(lambda: jobs.execute(LEFT, kinds).fetchone() == (0,), 60, "the end of both jobs")
    assert documents(whole, waits.study) == 1  # whatever was sent twice
    assert waits.pushes(whole.site) == [{"state": "kept", "kept": 1}]
    assert "left 0 0" in whole.site.python(PICTURES_READY)
    assert whole.worker() not in (first, second)  # started again by the site
    assert "fault" not in whole.site.command("audit", "verify")


RUNNING = "SELECT count(*) FROM core_job WHERE state = 'running' AND task LIKE '%' || ?"
LEFT = "SELECT count(*) FROM core_job WHERE state IN ('ready', 'running') AND (task LIKE ? OR task LIKE ?)"


def caught(jobs: sqlite3.Connection, task: str) -> None:
    """Wait until a worker is at a job of this kind; another that asks the store may be before it."""
    begun = time.monotonic()
    while jobs.execute(RUNNING, (task,)).fetchone() != (1,):  # it may be at it for an instant
        assert time.monotonic() - begun < 150, f"no worker at {task}"
        time.sleep(0.002)


def documents(whole: Whole, study: str) -> int:
    """How many reports lie in a study, as the store tells through the rule."""
    viewer = signed_in(whole.site, "clinic").viewer
    listed = viewer(f"/dicom-web/studies/{study}/instances").json()
    return sum(one["00080016"]["Value"] == [EncapsulatedPDFStorage] for one in listed)


def test_a_slide_goes_on_where_the_killed_site_had_it(whole: Whole, case: Case) -> None:
    from duikou.wings.pathology import sample

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        sample.write(path, sample.picture(2600, 2000, seed=11))
        content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    site, session = whole.site.address, writing(whole.site, "clinic")
    address = begun(session, whole.site, content)
    offset, kills = 0, 0
    while offset < len(content):
        if kills < 2 and offset >= (kills + 1) * len(content) // 3:
            kills += 1
            whole.kill_site()
            whole.serve()
            answer = session.head(address, headers=TUS, timeout=30)
            assert int(answer.headers["Upload-Offset"]) >= offset  # what was acknowledged is there
            offset = int(answer.headers["Upload-Offset"])
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        piece = content[offset : offset + PIECE]
        answer = session.patch(address, piece, headers=headers, timeout=30)
        assert answer.status_code == 204, answer.text
        offset = int(answer.headers["Upload-Offset"])
    assert kills == 2
    body = {"upload": address.rpartition("/")[2], "patient": case.number, "title": "肺穿刺 A2", "stain": "he"}
    made = session.post(f"{site}/api/v1/slides", json=body, timeout=60)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    until(lambda: slide(session, site, number)["state"] == "ready", 60, "the check of the slide")
    kept = session.get(f"{site}/app/slides/{number}/file/", timeout=60)
    assert hashlib.sha256(kept.content).hexdigest() == digest == slide(session, site, number)["sha256"]


def slide(session: requests.Session, site: str, number: str) -> dict[str, Any]:
    """A slide as programs see it."""
    found: dict[str, Any] = json.loads(session.get(f"{site}/api/v1/slides/{number}", timeout=30).content)
    return found
