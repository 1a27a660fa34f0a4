"""A slide goes up in pieces over a broken line, is judged, marked, measured, seen by the other hospital.

The service of tiles runs beside the site, in a process of its own, as a hospital would run it.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from duikou.wings.pathology import sample
from tests.browser.conftest import PASSWORD, Site, windows_of
from tests.browser.tools import Opener, Windows, axe, field, follow, press, stop

WIDTH, HEIGHT, MPP = 2048, 1536, 0.25
PREPARE = """
import datetime as dt
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients import actions as patients
county = Hospital.objects.select_related('org').get(name='安吉县人民医院')
one = patients.register(actor=SYSTEM, hospital=county, details=patients.Details(
    '陈碶', 'female', dt.date(1961, 5, 4), 'own', identity_kind='none'))
print('patient', one.number)
"""
GRANT = """
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions as imaging
from duikou.wings.pathology.models import Slide
from duikou.wings.patients import actions as patients
study = Slide.objects.get(number='{number}').study
other = Hospital.objects.select_related('org').get(name='浙江医院')
imaging.grant(actor=SYSTEM, study=study, hospital=other, reference='consultation:1')
patients.share(actor=SYSTEM, patient=study.patient, hospital=other, kind='consultation',
    reference='consultation:1')
"""


@pytest.fixture(scope="module")
def tiles(site: Site) -> Iterator[str]:
    """The service of tiles of the shared site; its address."""
    wanted = urlsplit(site.environment["DUIKOU_TILES_URL"])
    with (site.home / "tiles.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "duikou.cli", "tiles", "--port", str(wanted.port)],
            env=site.environment,
            stdout=log,
            stderr=log,
        )
    yield f"{wanted.scheme}://{wanted.netloc}"
    stop(process)


@pytest.fixture
def look(
    request: pytest.FixtureRequest, site: Site, browser: Browser, accounts: tuple[str, ...],
    doors: dict[str, list[Any]], tiles: str,
) -> Iterator[Opener]:  # fmt: skip
    """Open a window on the site with its tiles."""
    yield from windows_of(request, Windows(browser, site.address, PASSWORD, doors, beside=(tiles,)))


@pytest.fixture(scope="module")
def patient(site: Site, accounts: tuple[str, ...]) -> str:
    """The number of a patient of the county's hospital."""
    return re.findall(r"^patient (\w+)", site.python(PREPARE), re.MULTILINE)[0]


def fill(page: Page, number: str, title: str, path: Path) -> None:
    """The form of a new slide, filled in."""
    page.goto("/app/slides/new/")
    field(page, "patient").fill(number)
    field(page, "title").fill(title)
    field(page, "stain").select_option("he")
    page.set_input_files("main [name=file]", path)


def judged(page: Page, words: str) -> None:
    """Look again until the gate has answered."""
    for _ in range(90):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail(f"{words} did not come: {page.locator('main').inner_text()[:500]}")


def shown(page: Page) -> np.ndarray:
    """The pixels of the viewer, once it stands still."""
    view = page.locator("[data-view]")
    view.scroll_into_view_if_needed()
    before = b""
    for _ in range(60):
        now = view.screenshot()
        if now == before and np.asarray(Image.open(io.BytesIO(now)).convert("RGB")).std() > 8:
            break
        before = now
        page.wait_for_timeout(250)
    return np.asarray(Image.open(io.BytesIO(before)).convert("RGB"), dtype=int)


def share_of(picture: np.ndarray, colour: tuple[int, int, int], near: int = 30) -> float:
    """How much of a picture is about this colour."""
    return float((np.abs(picture - np.array(colour)).max(axis=2) < near).mean())


def clean(page: Page) -> None:
    """Accessible, and no wider than the window."""
    assert not axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_slide_from_the_broken_line_to_the_other_hospital(
    look: Opener, site: Site, patient: str, tmp_path: Path
) -> None:
    path = tmp_path / "slide.tif"
    label = Image.new("RGB", (1600, 1200), "white")  # kept as it is, so that the file is of two pieces
    sample.write(path, sample.stamped(sample.picture(WIDTH, HEIGHT)), mpp=MPP, levels=3, label=label)
    assert path.stat().st_size > 5 * 1048576

    doctor = look("clinic")
    fill(doctor, patient, "胃窦 A1", path)
    assert not axe(doctor)
    pieces: list[int] = []

    def cut(route: Route) -> None:
        """The first piece arrives, then the line is dead."""
        if route.request.method == "PATCH":
            pieces.append(int(route.request.headers["upload-offset"]))
            if len(pieces) > 1:
                route.abort("internetdisconnected")
                return
        route.continue_()

    doctor.route("**/api/v1/uploads/*", cut)
    doctor.get_by_role("button", name="上传", exact=True).click()
    expect(doctor.locator("[data-upload-words]")).to_contain_text("连接中断", timeout=60_000)
    assert pieces[0] == 0
    doctor.unroute("**/api/v1/uploads/*")
    doctor.close()

    doctor = look("clinic")  # the next day, the same file
    resumed: list[int] = []
    doctor.on(
        "request",
        lambda one: resumed.append(int(one.headers["upload-offset"])) if one.method == "PATCH" else None,
    )
    fill(doctor, patient, "胃窦 A1", path)
    follow(doctor.get_by_role("button", name="上传", exact=True))
    assert resumed[0] > 0  # it did not begin again
    page = doctor.url
    slide = page.rstrip("/").split("/")[-1]
    judged(doctor, "可阅片")

    picture = shown(doctor)
    assert share_of(picture, sample.TISSUE) > 0.2
    assert share_of(picture, sample.STAMP, 40) > 0.002  # 演示数据
    assert not axe(doctor)

    view = doctor.locator("[data-view]")
    told = re.search(r"100 px = ([\d.]+) µm", doctor.locator("[data-scale]").inner_text())
    assert told is not None
    doctor.get_by_role("button", name="测量长度").click()
    box = view.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    doctor.mouse.click(middle[0] - 100, middle[1])
    doctor.mouse.click(middle[0] + 100, middle[1])
    length = doctor.locator("[data-mark][data-kind=length]")
    expect(length).to_contain_text("µm")
    measured = re.search(r"([\d.,]+) µm", length.inner_text())
    assert measured is not None
    assert float(measured[1].replace(",", "")) == pytest.approx(2 * float(told[1]), rel=0.02)
    doctor.get_by_role("button", name="文字").click()
    doctor.fill("[data-words]", "异型腺体")
    doctor.get_by_role("button", name="以视野中心为点").click()
    expect(doctor.locator("[data-mark][data-kind=text]")).to_contain_text("异型腺体")
    doctor.fill("[data-words]", "胃窦全貌")
    doctor.get_by_role("button", name="当前视野存为关键图").click()
    expect(doctor.get_by_role("img", name="胃窦全貌")).to_be_visible()
    assert not axe(doctor)

    expert = look("expert", width=390)
    expert.goto(page)
    expect(expert.get_by_text("不在您的查看范围内")).to_be_visible()
    site.python(GRANT.format(number=slide))
    expert.goto(page)
    assert share_of(shown(expert), sample.TISSUE) > 0.2
    expect(expert.locator("[data-mark]")).to_have_count(2)
    clean(expert)
    english = look("expert", language="en")
    english.goto(page)
    assert share_of(shown(english), sample.TISSUE) > 0.2
    expect(english.get_by_text("Marks and measurements").first).to_be_visible()
    clean(english)


def test_the_gate_says_no_with_its_reasons(look: Opener, patient: str, tmp_path: Path) -> None:
    doctor = look("clinic", width=390)
    blurred, wrong = tmp_path / "blurred.tif", tmp_path / "wrong.tif"
    sample.write(blurred, sample.stamped(sample.picture(1500, 1100, blur=4)))
    fill(doctor, patient, "胃角 B1", blurred)
    clean(doctor)
    follow(doctor.get_by_role("button", name="上传", exact=True))
    judged(doctor, "估计对焦不清")
    expect(doctor.get_by_text("SLD-01")).to_be_visible()
    assert not axe(doctor)
    follow(doctor.get_by_role("link", name="处理质量存疑的切片"))
    doctor.check("[name=good][value=no]")
    field(doctor, "reason").fill("细胞核无法辨认，重新扫描")
    press(doctor, "保存")
    expect(doctor.get_by_text("不合格").first).to_be_visible()

    wrong.write_bytes(b"II*\0" + b"no slide" * 40)
    fill(doctor, patient, "胃角 B2", wrong)
    follow(doctor.get_by_role("button", name="上传", exact=True))
    judged(doctor, "请在扫描仪软件中导出为 SVS")
    clean(doctor)
