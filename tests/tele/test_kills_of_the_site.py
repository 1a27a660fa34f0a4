"""Each process killed (kill -9) in the middle of use: what goes on, what comes back; nothing is lost.

The relay and the conference server are killed in tests/tele/test_calls.py, the loss of the picture store's
folder in tests/tele/test_imaging.py.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.calls import come_in, frames_rise, links, until
from tests.browser.conftest import PASSWORD, windows_of
from tests.browser.tools import Opener, Windows
from tests.tele import stage
from tests.tele.case import Case
from tests.tele.uploading import TUS, begun, writing
from tests.tele.whole import Whole

PIECE = 128 * 1024
GONE = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED")


@pytest.fixture
def call(request: pytest.FixtureRequest, whole: Whole, with_devices: Browser) -> Iterator[Opener]:
    """Windows in which only the losses that the tests cause themselves may be noted."""
    doors: dict[str, list[Any]] = {}
    windows = Windows(with_devices, whole.site.address, PASSWORD, doors, whole.beside)
    for opener in windows_of(request, windows):
        yield opener
        windows.trouble[:] = [one for one in windows.trouble if not any(word in one for word in GONE)]


def in_a_room(call: Opener, whole: Whole, case: Case) -> tuple[Page, Page]:
    """Two of the hospital in a room with the pictures of the case, linked directly."""
    printed = whole.site.python(
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.imaging.models import Study\n"
        "from duikou.wings.rooms import actions, exhibits\n"
        "from duikou.wings.rooms.actions import Invited\n"
        "studies = Study.objects.filter(patient__number=" + repr(case.number) + ").order_by('pk')\n"
        "room = actions.open_room(actor=actor_for(User.objects.get(username='clinic')), title='演练',\n"
        "    exhibits=[each for study in studies for each in exhibits.of_study(study)],\n"
        "    members=[Invited('speaker', user=User.objects.get(username='records'))])\n"
        "print('room', room.pk)\n"
    )
    room = printed.split("room ")[-1].split()[0]
    pages = call("clinic"), call("records")
    for page in pages:
        come_in(page, f"/app/rooms/{room}/")
    for page in pages:
        expect(page.locator("[data-told]")).to_have_text("已接通。", timeout=30_000)
        frames_rise(page)
    return pages


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


def told(page: Page) -> int:
    """How many strokes the stage of a window has."""
    return int(page.locator("[data-stage]").get_attribute("data-strokes") or 0)


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
