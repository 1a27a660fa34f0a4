"""Pictures from the doctor's desk to the screen: sent, refused, matched by hand, looked at, compared."""

from __future__ import annotations

import io
import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe, follow, press
from tests.tele.samples import dataset, series_files, slice_file

COUNTY = "安吉县人民医院"
PREPARE = f"""
import datetime as dt
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.actions.delivering import Sent, deliver
from duikou.wings.patients import actions as patients
from tests.tele.samples import series_files, slice_file
here = Hospital.objects.select_related('org').get(name={COUNTY!r})
for name in ('王建国', '李平'):
    one = patients.register(actor=SYSTEM, hospital=here, details=patients.Details(
        name, 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))
    print('patient', one.number)
gateway = actions.enter_gateway(
    actor=SYSTEM, hospital=here, ae_title='JOURNEY', address='10.1.2.3', port=104)
heads = series_files(3, study=71, StudyDescription='头颅平扫')
for series, title, address, files in (
    ('one', 'JOURNEY', '10.1.2.3', heads.values()),
    ('two', 'JOURNEY', '10.1.2.3', [slice_file(1, study=72)[:-900]]),
    ('three', 'NOBODYS', '10.9.9.9', [slice_file(1, study=73)]),
):
    with storage.batch() as folder:
        deliver(Sent(series, title, address, storage.written(folder, files)))
"""
TRACINGS = """
import datetime as dt, io
from pydicom.dataset import Dataset
from duikou.core.scope import SYSTEM
from duikou.engines.tracings.invented import tracing_file
from duikou.wings.imaging import actions
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.patients.models import Patient
patient = Patient.objects.select_related('hospital__org', 'merged_into').get(number=%r)
header = Dataset()
header.PatientName, header.PatientBirthDate, header.PatientSex = patient.name, '19560308', 'M'
for seed, year in ((41, 2014), (42, 2015)):
    file = tracing_file(seed, taken=dt.datetime(year, 3, 3, 9), patient=header)
    (study,) = actions.take(actor=SYSTEM, patient=patient, handed=[Handed('ecg.dcm', io.BytesIO(file))])
print('tracing', study.study_uid)
"""


TOKEN = """
from duikou.core.models import User
from duikou.core.scope import actor_for
from duikou.core.tokens import create
from duikou.wings.imaging.models import Gateway
actor = actor_for(User.objects.get(username='records'))
print('sender', Gateway.objects.get(ae_title='JOURNEY').pk,
    create(actor=actor, name='sender', scopes=['study.match', 'study.view'], days=1)[1])
"""


@pytest.fixture(scope="module")
def numbers(site: Site, accounts: tuple[str, ...]) -> list[str]:
    """王建国 and 李平 of the county, and what a gateway has sent."""
    printed = site.python(PREPARE)
    return [line.split()[1] for line in printed.splitlines() if line.startswith("patient ")]


def folder_of(place: Path, files: dict[str, bytes]) -> list[str]:
    """Files on the doctor's desk."""
    place.mkdir(exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return [str(place / name) for name in files]


def send(page: Page, number: str, files: list[str]) -> None:
    """Fill in the form and send it; the page of the delivery, checked, stands then."""
    page.goto(f"/app/imaging/upload/?patient={number}")
    page.set_input_files("main [name=file]", files)
    expect(page.locator("[data-chosen]")).to_contain_text(str(len(files)))
    page.get_by_role("button", name="上传", exact=True).click()
    page.wait_for_url("**/app/imaging/deliveries/*/", timeout=60_000)
    expect(page.locator("#delivery-progress")).to_have_count(0, timeout=60_000)


def shades(picture: Locator) -> np.ndarray:  # type: ignore[type-arg]
    """What is on the screen."""
    expect(picture).to_be_visible()
    picture.evaluate("one => one.decode()")
    return np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("L"), dtype=float)


def test_refused_file_by_file_then_kept_and_looked_at_without_any_viewer(
    visit: Opener, numbers: list[str], tmp_path: Path
) -> None:
    page = visit("clinic")
    wrong = series_files(3, study=60)
    wrong |= {"第四张.dcm": slice_file(4, study=60, PatientName="赵^四"), "说明.txt": b"x"}
    send(page, numbers[0], folder_of(tmp_path / "wrong", wrong))
    expect(page.get_by_text("没有保存")).to_be_visible()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("姓名应为“王建国”，文件中为“赵 四”")
    expect(rows.nth(1)).to_contain_text("说明.txt")
    assert not axe(page)
    follow(page.get_by_role("link", name="处置拒收"))
    page.fill("main [name=reason]", "已请放射科更正")
    press(page, "处置完毕")

    send(page, numbers[0], folder_of(tmp_path / "right", series_files(5, study=60, size=256)))
    follow(page.get_by_role("link", name="胸部平扫"))
    assert not axe(page)
    follow(page.get_by_role("link", name="逐幅查看"))
    picture = page.locator("main img.dk-picture")
    first = shades(picture)
    assert first.std() > 20, "the picture is uniform"
    middle, lung = (first.shape[0] // 2, first.shape[1] // 2), (first.shape[0] // 2, first.shape[1] * 5 // 16)
    assert first[middle] > first[lung]  # the mediastinum is lighter than the lung
    follow(page.get_by_role("link", name="肺窗"))
    windowed = shades(picture)
    assert windowed[lung] > first[lung]
    follow(page.get_by_role("link", name="下一幅"))
    assert np.abs(shades(picture) - windowed).max() > 20, "the next picture is the same"
    assert not axe(page)
    page.fill("main [name=note]", "右肺结节")
    press(page, "标为关键图像")
    follow(page.locator("nav").get_by_role("link", name="胸部平扫").first)
    expect(page.get_by_text("右肺结节")).to_be_visible()
    press(page, "取消 1–2")
    expect(page.get_by_text("右肺结节")).to_have_count(0)


def test_an_upload_that_breaks_off_goes_on_with_the_same_files(
    visit: Opener, numbers: list[str], tmp_path: Path
) -> None:
    """Cut off near the end, and the window closed: of the archive only the rest goes up the second time."""
    files = folder_of(tmp_path / "long", series_files(40, study=61, size=512))
    page = visit("clinic")
    sent: list[int] = []  # where each piece begins that gets through

    def cut(route: Route, request: Request) -> None:
        if request.method == "PATCH" and len(sent) == 5:
            route.abort("internetdisconnected")
            return
        if request.method == "PATCH":
            sent.append(int(request.headers["upload-offset"]))
        route.continue_()

    page.route("**/api/v1/uploads/*", cut)
    page.goto(f"/app/imaging/upload/?patient={numbers[0]}")
    page.set_input_files("main [name=file]", files)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator("[data-upload-words]")).to_contain_text("连接中断", timeout=60_000)
    expect(page.locator("main progress")).to_be_visible()
    page.close()

    again = visit("clinic")
    offsets: list[int] = []
    again.on(
        "request",
        lambda one: offsets.append(int(one.headers["upload-offset"])) if one.method == "PATCH" else None,
    )
    send(again, numbers[0], files)
    expect(again.get_by_text("已保存").first).to_be_visible()
    assert offsets
    assert min(offsets) >= sent[-1] > 0  # it does not begin anew
    follow(again.get_by_role("link", name="胸部平扫"))
    expect(again.locator("main").get_by_text("40").first).to_be_visible()


def test_what_a_gateway_sent_is_matched_by_hand_and_refusals_are_seen(
    visit: Opener, numbers: list[str]
) -> None:
    page = visit("records")
    page.goto("/app/imaging/unmatched/")
    assert not axe(page)
    follow(page.get_by_role("link", name="头颅平扫"))
    page.fill("main [name=number]", numbers[1])
    press(page, "匹配")
    expect(page.get_by_text("姓名应为“李平”，文件中为“王 建国”").first).to_be_visible()
    page.fill("main [name=number]", numbers[0])
    press(page, "匹配")
    expect(page.get_by_text("已匹配。")).to_be_visible()
    follow(page.get_by_role("link", name="看原因并处置"))
    expect(page.locator("main tbody")).to_contain_text("文件有误")
    assert not axe(page)
    follow(page.locator("main tbody a").first)
    expect(page.locator("main")).to_contain_text("图像数据不完整")
    press(page, "重新核对")
    expect(page.locator("main")).to_contain_text("没有保存")
    assert not axe(page)
    page.goto("/app/imaging/gateways/")
    expect(page.locator("main")).to_contain_text("NOBODYS")
    assert not axe(page)


def test_a_tracing_with_calipers_beside_the_one_before(visit: Opener, site: Site, numbers: list[str]) -> None:
    uid = site.python(TRACINGS % numbers[0]).split("tracing ")[1].strip()
    page = visit("clinic")
    page.goto(f"/app/imaging/studies/{uid}/tracing/")
    sheets = page.locator("[data-calipers]")
    expect(sheets).to_have_count(2)
    for number in (0, 1):
        assert shades(sheets.nth(number).locator("img")).std() > 5
    sheets.nth(0).locator("[data-toggle]").click()
    paper = sheets.nth(0).locator("[data-paper]")
    box = paper.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(sheets.nth(0).locator("[data-answer]")).to_contain_text("ms")
    assert not axe(page)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1280), ("en", 360)])
def test_pages_in_both_languages_and_on_a_phone(
    visit: Opener, numbers: list[str], language: str, width: int
) -> None:
    page = visit("records", language=language, width=width)
    for address in (
        "/app/imaging/",
        f"/app/imaging/upload/?patient={numbers[0]}",
        "/app/imaging/unmatched/",
        "/app/imaging/deliveries/",
        "/app/imaging/gateways/",
    ):
        page.goto(address)
        assert not axe(page), address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto("/app/imaging/deliveries/?state=refused")
    follow(page.locator("main tbody a").first)
    assert not axe(page)


def test_a_sender_stores_in_chunks_without_telling_a_length(site: Site, numbers: list[str]) -> None:
    """The server that `duikou serve` starts tells where a body in chunks ends, and where it is broken."""
    gateway, token = re.findall(r"^sender (\d+) (\S+)", site.python(TOKEN), re.MULTILINE)[0]
    pictures = [slice_file(number, study=75) for number in (1, 2)]
    head = b"\r\n--edge\r\nContent-Type: application/dicom\r\n\r\n"
    body = b"".join(head + one for one in pictures) + b"\r\n--edge--\r\n"

    def ask(way: str, path: str, sent: bytes, framing: str) -> tuple[int, dict[str, Any]]:
        """What is answered; the bytes go out as they are."""
        line = HTTPConnection(urlsplit(site.address).netloc, timeout=60)
        line.putrequest(way, f"/api/v1{path}")
        line.putheader("Authorization", f"Bearer {token}")
        line.putheader("Content-Type", 'multipart/related; type="application/dicom"; boundary=edge')
        line.putheader("Transfer-Encoding", framing)
        line.endheaders(sent)
        answer = line.getresponse()
        found = answer.status, json.loads(answer.read())
        line.close()
        return found

    def chunked(content: bytes, size: int) -> bytes:
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in [*pieces, b""])

    path = f"/image-gateways/{gateway}/studies"
    status, said = ask("POST", path, chunked(body[:9000], 4099)[:-5] + b"xyz\r\n", "chunked")
    assert (status, "没有结尾的分隔符" in said["message"]) == (409, True)
    status, said = ask("POST", path, chunked(body, 4099), "chunked")
    assert (status, len(said["00081199"]["Value"])) == (200, 2)
    uid = str(dataset(1, study=75).StudyInstanceUID)
    _status, waiting = ask("GET", "/unmatched-studies", b"0\r\n\r\n", "chunked")
    assert [one["files"] for one in waiting["items"] if one["study_uid"] == uid] == [2]
