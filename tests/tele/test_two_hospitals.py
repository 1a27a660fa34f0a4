"""Two hospitals, from the request to the ledger, with every component really running.

A consultation is asked for, accepted and given one of the expert's free times; the doctor and the expert talk
(directly, and through the relay alone), look at a CT and a slide together with one pointer and one view and
record it; the opinion is signed, lies in the studies without anybody's doing, is acknowledged and counted. A
third hospital is refused at every address that was used.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from scripts.tele import nginx, orthanc, tiles
from tests.browser.calls import come_in, frames_rise, links, until
from tests.browser.conftest import PASSWORD, windows_of
from tests.browser.tools import Opener, Windows, follow, press
from tests.tele import chest, recorded, stage
from tests.tele.case import PATIENT, SLICES, Case
from tests.tele.conftest import signed_in
from tests.tele.strangers import Trail, asked_again, without_session
from tests.tele.uploading import begun, writing
from tests.tele.whole import Whole

KINDS = (
    "/app/rooms/", "/app/telehealth/", "/app/patients/", "/app/imaging/", "/app/slides/", "/dicom-web/",
    "/api/v1/uploads/", "/stream/", "/send/", "/exhibits/", ".jpeg", "/schedule/",
    "/app/rooms/recordings/", "/part/", "/app/media/", "/original/", ".m3u8", ".m4s", "/api/v1/recordings/",
)  # fmt: skip

ONE = "/series/{study}.1/instances/{study}.1.1"
PARTS = ("", "/metadata", "/series", "/instances", ONE, f"{ONE}/frames/1", f"{ONE}/rendered")


@pytest.fixture
def call(request: pytest.FixtureRequest, whole: Whole, with_devices: Browser) -> Iterator[Opener]:
    doors: dict[str, list[Any]] = {}
    windows = Windows(with_devices, whole.site.address, PASSWORD, doors, whole.beside)
    yield from windows_of(request, windows)


def test_from_the_request_to_the_ledger(call: Opener, whole: Whole, case: Case, tmp_path: Path) -> None:
    trail = Trail()
    doctor, expert, office, triage = (call(name) for name in ("clinic", "zhou", "records", "triage"))
    for page in (doctor, expert, office, triage):
        trail.follow(page)
    address = ask(doctor, case)
    accept(office, triage, address, case)
    schedule(expert, triage, doctor, address)

    room = open_the_room(doctor, address)
    talk(doctor, expert, room)
    view_the_series(doctor, expert)
    view_the_slide(doctor, expert)
    board_and_screen(doctor, expert)
    recorded.record(doctor, expert)
    only_through_the_relay(doctor, expert, room)
    for page in (doctor, expert):
        page.get_by_role("button", name="离开").click()
    in_the_viewer(expert, case)
    video = recorded.kept_as_video(doctor, recorded.fetched(doctor, room, tmp_path))

    signed = sign(expert, doctor, address)
    reports_in_the_studies(doctor, whole, case, signed)
    beside_the_pages(trail, whole, case, room, video)
    a_third_hospital(trail, whole, case)

    acknowledge(doctor, address)
    counted(call, case)


def ask(doctor: Page, case: Case) -> str:
    """Consents entered, the case written with its pictures, submitted; the case's address."""
    for purpose in ("consultation", "recording"):
        doctor.goto(f"/app/patients/{case.number}/consent/")
        doctor.check(f"[name=purpose][value={purpose}]")
        doctor.fill("[name=kept_at]", "病历室")
        press(doctor, "保存")
        expect(doctor.get_by_text("同意已登记")).to_be_visible()
    doctor.goto(f"/app/telehealth/new/{case.number}/")
    doctor.select_option("[name=invited]", label="浙江医院")
    doctor.select_option("[name=specialty]", "respiratory")
    for name, value in (
        ("reason_wanted", "结节性质不明"), ("aim", "明确诊断"), ("diagnosis", "右上肺结节"),
        ("summary", "体检发现右上肺结节，已穿刺。"),
    ):  # fmt: skip
        doctor.fill(f"[name={name}]", value)
    doctor.check("[name=live]")
    doctor.fill("[name=wanted_at]", f"{soon()}T09:00")
    press(doctor, "保存")
    address = doctor.url
    doctor.goto(f"{address}studies/")
    for key in case.studies:  # further pictures of the patient may have come meanwhile
        doctor.check(f"[name=studies][value='{key}']")
    press(doctor, "保存")
    follow(doctor.get_by_role("button", name="提交医务科"))
    return address


def soon() -> dt.date:
    """The day of the agreed time."""
    return dt.date.today() + dt.timedelta(days=2)


def accept(office: Page, triage: Page, address: str, case: Case) -> None:
    """Approved by the own office, accepted by the other, an expert named."""
    office.goto(address)
    follow(office.get_by_role("button", name="核准并发出"))
    triage.goto(address)
    follow(triage.get_by_role("button", name="接受邀请"))
    follow(triage.get_by_role("link", name="指派专家"))
    triage.select_option("[name=chair]", str(case.expert))
    press(triage, "指派")


def schedule(expert: Page, triage: Page, doctor: Page, address: str) -> None:
    """The expert offers two times; the office takes the one that was wished for, and all are told."""
    for begins, ends in (("14:00", "14:30"), ("09:00", "09:30")):
        expert.goto("/app/telehealth/times/")
        follow(expert.get_by_role("link", name="登记空闲时段"))
        expert.fill("[name=begins_at]", f"{soon()}T{begins}")
        expert.fill("[name=ends_at]", f"{soon()}T{ends}")
        press(expert, "保存")
        expect(expert.get_by_text("时段已登记")).to_be_visible()
    triage.goto(address)
    follow(triage.get_by_role("link", name="约定连线时间"))
    offered = triage.locator("[name=slot]")
    expect(offered).to_have_count(2)
    offered.first.check()  # nearest to what was wished for
    press(triage, "保存")
    expect(triage.get_by_text("时间已约定")).to_be_visible()
    for page in (doctor, expert):
        page.goto(address)
        expect(page.get_by_text(f"{soon()} 09:00–09:30")).to_be_visible()
    expert.goto("/app/telehealth/times/")
    expect(expert.get_by_text("09:00–09:30")).to_be_visible()


def open_the_room(doctor: Page, address: str) -> str:
    """The room of the consultation, opened on its page; its address."""
    doctor.goto(address)
    follow(doctor.get_by_role("button", name="打开会诊室"))
    expect(doctor).to_have_url(re.compile(r"/app/rooms/\d+/$"))
    return doctor.url


def talk(doctor: Page, expert: Page, room: str) -> None:
    """Both come in; pictures and sound both ways, from one to the other without a relay."""
    come_in(doctor, room)
    come_in(expert, room)
    for page in (doctor, expert):
        expect(page.locator("[data-told]")).to_have_text("已接通。")
        frames_rise(page, seconds=stage.PATIENCE)
        assert not any(one["relayed"] for one in links(page))


def view_the_series(doctor: Page, expert: Page) -> None:
    """The expert leafs, magnifies and points; the doctor sees the same picture and place."""
    pages = (doctor, expert)
    stage.show(expert, "CT")
    stage.in_step(pages, lambda seen: seen["kind"] == "series")
    expert.get_by_label("窗", exact=True).select_option("lung")
    first = stage.drawn(expert, 20)
    stage.hover(expert, 0.5, 0.5)
    for _turn in range(4):
        expert.mouse.wheel(0, 120)
    stage.in_step(pages, lambda seen: seen["frame"] == 4)
    until(lambda: abs(first - stage.pixels(expert)).max() > 50, stage.PATIENCE, "another slice")
    later = stage.drawn(expert, 20)
    until(
        lambda: stage.same_picture(stage.drawn(doctor, 20), later),
        stage.PATIENCE,
        "the same picture on both sides",
    )
    expert.get_by_role("button", name="放大").click()
    stage.in_step(pages, lambda seen: seen["zoom"] > 1)
    stage.points(expert, doctor, 0.3, 0.6)
    stage.points(doctor, expert, 0.7, 0.4)  # the other way, too
    doctor.get_by_label("第几幅").fill(str(SLICES))
    stage.in_step(pages, lambda seen: seen["frame"] == SLICES - 1)


def view_the_slide(doctor: Page, expert: Page) -> None:
    """By its tiles: magnified at a place and moved, the same part of the slide on both sides."""
    pages = (doctor, expert)
    stage.show(doctor, "肺穿刺")
    stage.in_step(pages, lambda seen: seen["kind"] == "slide")
    whole_slide = stage.drawn(doctor, 8)
    stage.hover(doctor, 0.4, 0.5)
    for _turn in range(6):
        doctor.mouse.wheel(0, -120)
    near = stage.in_step(pages, lambda seen: seen["width"] < 0.6)
    expert.get_by_role("button", name="移动", exact=True).click()
    stage.drag(expert, (0.6, 0.6), (0.4, 0.5))
    stage.in_step(pages, lambda seen: seen["x"] > near["x"] + 0.02)
    expert.get_by_role("button", name="指示", exact=True).click()
    stage.points(expert, doctor, 0.25, 0.75)
    stage.points(doctor, expert, 0.6, 0.3)
    until(lambda: stained(stage.pixels(doctor)), stage.PATIENCE, "the stain of tissue")
    cells = stage.drawn(doctor, 20)
    assert not stage.same_picture(whole_slide, cells)
    until(
        lambda: stage.same_picture(stage.drawn(expert, 20), cells),
        stage.PATIENCE,
        "the same tissue on both sides",
    )
    assert "µm" in str(doctor.locator("[data-stage-words]").text_content())


def stained(picture: np.ndarray[Any, Any]) -> bool:
    """Whether a picture is as red as tissue, and not grey."""
    return bool(picture[..., 0].mean() > picture[..., 1].mean() + 15)


def board_and_screen(doctor: Page, expert: Page) -> None:
    """The whiteboard is drawn on; a shared screen is the picture that the other side gets."""
    stage.show(doctor, "白板")
    stage.in_step((doctor, expert), lambda seen: seen["kind"] == "flat")
    expert.get_by_role("button", name="书写").click()
    stage.drag(expert, (0.2, 0.2), (0.6, 0.4))
    expect(doctor.locator("[data-stage]")).to_have_attribute("data-strokes", "1")
    expert.get_by_role("button", name="指示", exact=True).click()
    expert.get_by_role("button", name="共享屏幕").click()
    expect(doctor.locator("[data-tiles]")).to_contain_text("正在共享屏幕")
    camera = "[...document.querySelectorAll('[data-tiles] video')].map((one) => one.videoWidth)"
    until(lambda: 640 not in doctor.evaluate(camera)[1:], stage.PATIENCE, "the screen in place of the camera")
    frames_rise(doctor, seconds=stage.PATIENCE)
    expert.get_by_role("button", name="停止共享").click()
    until(lambda: 640 in doctor.evaluate(camera)[1:], stage.PATIENCE, "the camera again")


def only_through_the_relay(doctor: Page, expert: Page, room: str) -> None:
    """The same call when no direct link is allowed; what lay on the stage is still there."""
    for page in (doctor, expert):
        page.goto(f"{room}?relay=only")
        expect(page.locator("[data-inside]")).to_be_visible()  # comes back by itself
    for page in (doctor, expert):
        frames_rise(page, seconds=stage.PATIENCE)
        until(lambda page=page: all(one["relayed"] for one in links(page)), stage.PATIENCE, "the relay")  # type: ignore[misc]
        expect(page.locator("[data-stage]")).to_have_attribute("data-strokes", "1")


def sign(expert: Page, doctor: Page, address: str) -> bytes:
    """The opinion is signed; the PDF that the doctor downloads."""
    expert.goto(address)
    follow(expert.get_by_role("link", name="填写意见"))
    expert.fill("[name=findings]", "右上肺结节 8 毫米，边缘光滑。")
    expert.fill("[name=conclusion]", "考虑良性结节。")
    press(expert, "签发")
    expect(expert.get_by_text("意见已签发，已返回邀请方")).to_be_visible()
    doctor.goto(address)
    with doctor.expect_download() as download:
        doctor.get_by_role("link", name="下载签名意见（PDF）").click()
    return Path(download.value.path()).read_bytes()


def in_the_viewer(expert: Page, case: Case) -> None:
    """The CT in the viewer, from its page: the chest, the finding in its lung, the spine behind."""
    expert.goto(f"/app/imaging/studies/{case.study}/")
    with expert.context.expect_page() as opened:
        expert.get_by_role("link", name="用阅片器打开").click()
    viewer = opened.value
    looked = chest.shown(viewer.locator("canvas.cornerstone-canvas").first)
    print(f"the viewer: {looked}")
    viewer.close()


def reports_in_the_studies(doctor: Page, whole: Whole, case: Case, signed: bytes) -> None:
    """The worker puts the opinion beside CT and slide and sends it on: byte for byte what was signed."""

    def sent() -> bool:
        doctor.reload()
        return doctor.get_by_text("已转入影像存储").count() == 2

    until(sent, 120, "the opinion in both studies")
    viewer = signed_in(whole.site, "clinic").viewer
    for study in (case.study, case.slide_study):
        series = f"/dicom-web/studies/{study}/series"
        listed = viewer(series).json()
        (found,) = [one["0020000E"]["Value"][0] for one in listed if one["00080060"]["Value"] == ["DOC"]]
        answer = viewer(f"{series}/{found}")
        assert answer.status_code == 200
        (part,) = parts_of(answer)
        data = pydicom.dcmread(BytesIO(part))
        assert (data.SOPClassUID.name, data.StudyInstanceUID) == ("Encapsulated PDF Storage", study)
        assert bytes(data.EncapsulatedDocument)[: data.EncapsulatedDocumentLength] == signed
        if study == case.study:
            assert data.PatientID == "INVENTED-1"  # as in the pictures: to the store it is the same study


def parts_of(answer: requests.Response) -> list[bytes]:
    """The files of an answer of several parts."""
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + answer.content).get_payload()
    return [bytes(part.get_payload(decode=True)) for part in parts]  # type: ignore[union-attr]


def beside_the_pages(trail: Trail, whole: Whole, case: Case, room: str, video: str) -> None:
    """What else programs and viewers ask of the case; those who take part get it, so the addresses hold."""
    expert = signed_in(whole.site, "zhou").session
    uid = case.study
    viewer, site = nginx.address(whole.home), whole.site.address
    for url in (
        f"{viewer}/dicom-web/studies?StudyInstanceUID={uid}",
        *(f"{viewer}/dicom-web/studies/{uid}{part.format(study=uid)}" for part in PARTS),
        *(f"{site}/app/imaging/studies/{uid}/{rest}" for rest in ("", "download/")),
        f"{site}/app/slides/{case.slide}/",
        f"{site}/api/v1/slides/{case.slide}",
        f"{room.replace('/app/', '/api/v1/')}stays",
    ):
        assert expert.get(url, timeout=30).status_code == 200, url
        trail.add("GET", url)
    doctor = signed_in(whole.site, "clinic").session
    for url in recorded.addresses(whole, doctor, video):
        assert doctor.get(url, timeout=30).status_code == 200, url
        trail.add("GET", url)
    tile = f"{tiles.address(whole.home)}/{case.slide}/8/0_0.jpeg"
    ticket = next(str(one.value) for one in expert.cookies if one.name == "duikou-tiles")
    stranger = signed_in(whole.site, "stranger").session
    for cookies, status in (
        ({"duikou": expert.cookies["duikou"], "duikou-tiles": ticket}, 200),
        ({"duikou": stranger.cookies["duikou"]}, 403),
        ({"duikou": stranger.cookies["duikou"], "duikou-tiles": ticket}, 403),  # the expert's ticket in hand
    ):
        assert requests.get(tile, cookies=cookies, timeout=10).status_code == status
    trail.add("GET", tile)
    address = begun(writing(whole.site, "clinic"), whole.site, b"a slide that somebody begins to send")
    for method in ("GET", "PATCH", "DELETE"):
        trail.add(method, address)
    assert requests.get(f"{orthanc.address(whole.home)}/studies", timeout=10).status_code == 401


def a_third_hospital(trail: Trail, whole: Whole, case: Case) -> None:
    """Refused at every address, whether signed in at another hospital or not at all."""
    found = asked_again(whole.site, trail, "stranger", (PATIENT, case.number, case.study, case.slide))
    assert not found.wrong, "\n".join(found.wrong)
    asked = " ".join(url for _method, url in trail.asked)
    assert not [kind for kind in KINDS if kind not in asked]
    assert found.refused >= 60, (found.refused, len(trail.asked))
    assert not (wrong := without_session(trail)), "\n".join(wrong)
    print(f"{len(trail.asked)} addresses: {found.refused} refused, {len(found.common)} pages for all")


def acknowledge(doctor: Page, address: str) -> None:
    """The doctor confirms and closes."""
    doctor.goto(address)
    follow(doctor.get_by_role("link", name="确认意见"))
    doctor.check("[name=adoption][value=full]")
    press(doctor, "保存")
    follow(doctor.get_by_role("button", name="办结"))


def counted(call: Opener, case: Case) -> None:
    """The supporter's evidence in the ledger of the pair."""
    giver = call("tele_giver")
    giver.goto(f"/app/obligations/{case.obligation}/")
    giver.locator("main summary", has_text="提交佐证").first.click()
    giver.locator("main [name$=kind]").first.select_option("consultation")
    giver.locator("main [name$=reference]").select_option(index=1)
    press(giver, "提交佐证")
    expect(giver.get_by_text("佐证已提交")).to_be_visible()
