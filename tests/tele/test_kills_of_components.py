"""The picture store, the proxy and the tile server killed (kill -9) while people look at pictures together.

What they see meanwhile, and that it all comes again by itself: same view, marks and session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
import requests
from playwright.sync_api import Page, expect

from scripts.tele import nginx, orthanc, tiles
from tests.browser.calls import frames_rise, until
from tests.browser.tools import Opener
from tests.tele import stage
from tests.tele.case import PICTURES_READY, Case
from tests.tele.conftest import signed_in
from tests.tele.kills import call as call
from tests.tele.kills import call_in_front as call_in_front
from tests.tele.kills import in_a_room, told
from tests.tele.samples import ROOT
from tests.tele.whole import Whole

SOON = 6_000  # milliseconds within which people are told that pictures do not come
TROUBLE = "图像暂时取不到，正在重试…"
LATER = f"{ROOT}.73"
TAKE_LATER = """
import io
from duikou.core.scope import SYSTEM
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.dicom.unpacking import Handed
from tests.tele.case import HERE, hospital, somebody
from tests.tele.samples import series_files
handed = [Handed(name, io.BytesIO(content)) for name, content in series_files(3, study=73).items()]
imaging.take(actor=SYSTEM, patient=somebody(SYSTEM, hospital(HERE)), handed=handed)
"""
EVERY_FIVE_MINUTES = "from duikou.wings.imaging.forwarding import ask_for_all; ask_for_all()"


DRAW = """() => {
  const { stage } = window.duikouRoom;
  const made = { exhibit: stage.exhibit, points: [[0.4, 0.4], [0.5, 0.5]] };
  stage.add(stage.me, made);
  stage.stroke(made);
}"""


def marked(pages: Sequence[Page]) -> int:
    """A stroke on the exhibit that is shown, and a note in each window that a reload would lose; strokes."""
    before = told(pages[0])
    pages[0].evaluate(DRAW)
    for page in pages:
        expect(page.locator("[data-stage]")).to_have_attribute("data-strokes", str(before + 1))
        page.evaluate("window.sameSession = true")
    return before + 1


def seen_by_all(pages: Sequence[Page], words: str, kind: str, least: float) -> int:
    """The first shows an exhibit, each has it drawn, and it is marked; how many strokes."""
    stage.show(pages[0], words)
    stage.in_step(pages, lambda seen: seen["kind"] == kind)
    for page in pages:
        stage.drawn(page, least)
    return marked(pages)


def as_before(pages: Sequence[Page], strokes: int) -> None:
    """The same session with the same marks, and the call goes on."""
    for page in pages:
        assert page.evaluate("window.sameSession") is True
        assert told(page) == strokes
        frames_rise(page)


def test_the_tiles_killed_while_a_slide_is_viewed(call: Opener, whole: Whole, case: Case) -> None:
    pages = in_a_room(call, whole, case)
    doctor, strokes = pages[0], seen_by_all(pages, "肺穿刺", "slide", 8)
    alone = call("clinic")  # and one who looks at the slide without the others
    alone.goto(f"/app/slides/{case.slide}/")
    expect(alone.locator("[data-scale]")).to_contain_text("µm")
    whole.kill("tiles")
    stage.hover(doctor, 0.5, 0.5)
    for _turn in range(8):
        doctor.mouse.wheel(0, -120)
    for page in pages:
        expect(page.locator("[data-stage-told]")).to_have_text(TROUBLE, timeout=SOON)
    alone.locator("[data-view]").hover()
    for _turn in range(8):
        alone.mouse.wheel(0, -120)
    expect(alone.locator("[data-slide] [data-told]")).to_have_text(TROUBLE, timeout=SOON)
    stage.in_step(pages, lambda seen: seen["width"] < 0.4)  # the view goes on
    as_before(pages, strokes)
    doctor.wait_for_timeout(3000)
    for page in pages:  # and does not flicker
        expect(page.locator("[data-stage-told]")).to_have_text(TROUBLE)
    near = stage.in_step(pages)
    tiles.start(whole.home)
    for page in pages:
        expect(page.locator("[data-stage-told]")).to_have_text("", timeout=20_000)
        stage.drawn(page, 20)
    expect(alone.locator("[data-slide] [data-told]")).to_be_hidden(timeout=20_000)
    assert stage.alike(stage.in_step(pages), near)
    as_before(pages, strokes)


def test_the_picture_store_killed_while_a_series_is_viewed(call: Opener, whole: Whole, case: Case) -> None:
    doctor, other = pages = in_a_room(call, whole, case)
    strokes = seen_by_all(pages, "CT", "series", 20)
    viewer = signed_in(whole.site, "clinic").viewer
    frame = f"/dicom-web/studies/{case.study}/series/{case.study}.1/instances/{case.study}.1.1/frames/1"
    assert viewer(frame).status_code == 200
    words = doctor.locator("[data-stage-told]").inner_text()
    whole.kill(orthanc.NAME)
    assert viewer(frame).status_code in (502, 504)
    doctor.get_by_label("第几幅").fill("12")  # the stage shows the site's own copy
    stage.in_step(pages, lambda seen: seen["frame"] == 11)
    stage.drawn(other, 20)
    whole.site.python(TAKE_LATER)  # and the site takes pictures in
    assert "left 3 0" in whole.site.python(PICTURES_READY)
    expect(doctor.locator("[data-stage-told]")).to_have_text(words)
    orthanc.start(whole.home)
    assert viewer(frame).status_code == 200
    whole.site.python(EVERY_FIVE_MINUTES)
    until(lambda: "left 0 0" in whole.site.python(PICTURES_READY), 120, "what came meanwhile in the store")
    assert viewer(f"/dicom-web/studies/{LATER}/metadata").status_code == 200
    as_before(pages, strokes)


def test_the_proxy_killed_while_a_series_is_viewed(call_in_front: Opener, whole: Whole, case: Case) -> None:
    pages = in_a_room(call_in_front, whole, case)
    doctor, strokes = pages[0], seen_by_all(pages, "CT", "series", 20)
    words = doctor.locator("[data-stage-told]").inner_text()
    metadata = f"/dicom-web/studies/{case.study}/metadata"
    viewing = signed_in(whole.site, "clinic")
    assert viewing.viewer(metadata).status_code == 200
    whole.kill(nginx.NAME)
    with pytest.raises(requests.ConnectionError):
        viewing.viewer(metadata)
    doctor.get_by_label("第几幅").fill("16")  # far from what the windows have fetched ahead
    for page in pages:
        expect(page.locator("[data-stage-told]")).to_have_text(TROUBLE, timeout=SOON)
    stage.in_step(pages, lambda seen: seen["frame"] == 15)  # from one to the other, without the site
    as_before(pages, strokes)
    nginx.start(whole.home)
    for page in pages:
        expect(page.locator("[data-stage-told]")).to_have_text(words, timeout=20_000)
        expect(page.locator("[data-told]")).to_have_text("已接通。", timeout=40_000)
        expect(page.locator("[data-view] img")).to_have_attribute("alt", re.compile(r" 16 / 20$"))
        stage.drawn(page, 20)
    stage.in_step(pages, lambda seen: seen["frame"] == 15)
    as_before(pages, strokes)
    assert viewing.viewer(metadata).status_code == 200
    assert signed_in(whole.site, "province").viewer(metadata).status_code == 403  # the rule is there again
