"""A CT from the upload to the picture on the screen, through the real store, proxy and viewer.

What is on the screen is judged by its pixels: a viewer that shows black raises no error.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal

import pytest
import requests
from playwright.sync_api import Browser

from scripts.tele import ground, nginx, orthanc
from tests.browser.calls import until
from tests.browser.conftest import Site
from tests.browser.conftest import browser as browser
from tests.tele import chest
from tests.tele.conftest import HERE, THERE, signed_in
from tests.tele.samples import ROOT

SHOWN, HIDDEN, FLAT, FOURTH = (f"{ROOT}.{number}" for number in (1, 2, 3, 4))
PREPARE = f"""
import datetime as dt, io
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.patients import actions as patients
from duikou.wings.patients.actions import Details
from tests.tele.samples import series_files
here = Hospital.objects.get(name={HERE!r})
there = Hospital.objects.get(name={THERE!r})
def person():
    return patients.register(actor=SYSTEM, hospital=here, details=Details(name='王建国', sex='male',
        birth_date=dt.date(1956, 3, 8), payment='own', identity_kind='none'))
one = person()
flat = {{'PixelSpacing': [0, 0]}}
for number, patient, more in ((1, one, {{}}), (2, person(), {{}}), (3, one, flat), (4, one, {{}})):
    files = series_files(20, study=number, **more)
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    (study,) = imaging.take(actor=SYSTEM, patient=patient, handed=handed)
    if number != 2:
        imaging.grant(actor=SYSTEM, study=study, hospital=there, reference=f'consultation:{{number}}')
patients.share(actor=SYSTEM, patient=one, hospital=there, kind='consultation', reference='consultation:1')
"""
WAITING = (
    "from duikou.wings.imaging.models import StudyFile\n"
    "print('left', StudyFile.objects.filter(forwarded_at=None).count())"
)
LOOKS = "from duikou.wings.patients.models import Access; print('looks', Access.objects.count())"


def forwarded(site: Site) -> None:
    """Wait until the worker has sent everything to the store."""
    until(lambda: "left 0" in site.python(WAITING), 180, "the way of the pictures into the store")


@pytest.fixture(scope="session")
def studies(tele_site: Site) -> Site:
    tele_site.python(PREPARE)
    forwarded(tele_site)
    return tele_site


def addresses(study: str) -> list[str]:
    """Each kind of address of a study that the proxy knows."""
    series, picture = f"/series/{study}.1", f"/instances/{study}.1.1"
    parts = ["", "/metadata", "/series", "/instances", series, f"{series}/metadata", f"{series}/instances"]
    parts += [f"{series}{picture}{rest}" for rest in ("", "/metadata", "/frames/1", "/rendered")]
    return [
        f"/dicom-web/studies?StudyInstanceUID={study}",
        *(f"/dicom-web/studies/{study}{part}" for part in parts),
    ]


def test_who_may_see_gets_every_address(studies: Site) -> None:
    for name in ("clinic", "expert"):
        who = signed_in(studies, name)
        for address in addresses(SHOWN):
            answer = who.viewer(address)
            assert answer.status_code == 200, f"{name} {address}: {answer.status_code}"
            assert answer.headers["Cache-Control"] == "private, no-store"
    frame = signed_in(studies, "expert").viewer(addresses(SHOWN)[-2])
    assert len(frame.content) > 128 * 128 * 2


def test_who_may_not_gets_none(studies: Site) -> None:
    asked = [
        ("expert", HIDDEN),
        ("hospital", SHOWN),
        ("province", SHOWN),
        ("clinic", FLAT),
        ("clinic", f"{ROOT}.9"),
    ]
    for name, study in asked:
        who = signed_in(studies, name)
        for address in addresses(study):
            assert who.viewer(address).status_code == 403, f"{name} {address}"
    for address in addresses(SHOWN):
        assert requests.get(f"{nginx.address(studies.home)}{address}", timeout=10).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/dicom-web/studies",
        "/dicom-web/studies?PatientID=INVENTED-1",
        f"/dicom-web/studies?StudyInstanceUID={SHOWN}*",
        f"/dicom-web/studies?StudyInstanceUID={SHOWN}%5C{HIDDEN}",
        "/dicom-web/series",
        f"/dicom-web/series?StudyInstanceUID={SHOWN}",
        "/dicom-web/instances",
        f"/dicom-web/studies/{SHOWN}/../{HIDDEN}/metadata",
        f"/dicom-web/studies/{SHOWN}/%2e%2e/{HIDDEN}/metadata",
        f"/dicom-web//studies/{HIDDEN}",
        "/instances",
        "/studies",
        "/patients",
        "/tools/find",
        "/system",
        "/changes",
        "/wado?requestType=WADO",
        "/app/explorer.html",
    ],
)
def test_what_is_not_one_study_is_refused(studies: Site, path: str) -> None:
    session = signed_in(studies, "expert").session
    connection = http.client.HTTPConnection("127.0.0.1", ground.port(studies.home, "viewer"), timeout=10)
    cookie = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    connection.request("GET", path, headers={"Cookie": cookie})  # as written: nothing tidies it
    answer = connection.getresponse()
    said = answer.read().decode("utf-8", "replace")
    assert answer.status in (400, 403), said[:300]
    assert HIDDEN not in said


def test_nothing_is_stored_or_removed_through_the_viewer(studies: Site) -> None:
    who = signed_in(studies, "clinic")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in (f"/dicom-web/studies/{SHOWN}", "/dicom-web/studies", "/instances"):
            assert who.viewer(path, method).status_code in (403, 405)


def test_one_study_is_no_way_into_another(studies: Site) -> None:
    who = signed_in(studies, "expert")
    for part in (f"/series/{HIDDEN}.1/metadata", f"/series/{HIDDEN}.1/instances/{HIDDEN}.1.1/frames/1"):
        answer = who.viewer(f"/dicom-web/studies/{SHOWN}{part}")
        assert answer.status_code == 404, part
        assert "INVENTED-1" not in answer.text
    for query in (
        f"?StudyInstanceUID={SHOWN}&StudyInstanceUID={HIDDEN}",
        f"?StudyInstanceUID={SHOWN}&0020000D={HIDDEN}",
    ):
        answer = who.viewer(f"/dicom-web/studies{query}")
        assert HIDDEN not in answer.text
    for query in (f"?StudyInstanceUID={HIDDEN}", f"?0020000D={HIDDEN}"):
        assert HIDDEN not in who.viewer(f"/dicom-web/studies/{SHOWN}/series{query}").text


def test_leafing_through_is_one_look(studies: Site) -> None:
    before = int(re.search(r"looks (\d+)", studies.python(LOOKS)).group(1))  # type: ignore[union-attr]
    who = signed_in(studies, "records")
    for number in range(1, 21):
        path = f"/dicom-web/studies/{SHOWN}/series/{SHOWN}.1/instances/{SHOWN}.1.{number}/frames/1"
        assert who.viewer(path).status_code == 200
    after = int(re.search(r"looks (\d+)", studies.python(LOOKS)).group(1))  # type: ignore[union-attr]
    assert 1 <= after - before <= 2  # of each web process at most one


def test_the_end_of_a_grant_ends_the_sight(studies: Site) -> None:
    who = signed_in(studies, "expert")
    path = f"/dicom-web/studies/{FOURTH}/metadata"
    assert who.viewer(path).status_code == 200
    studies.python(
        "from duikou.core.scope import SYSTEM\nfrom duikou.wings.imaging import actions\n"
        "actions.end_grants(actor=SYSTEM, reference='consultation:4')"
    )
    assert ground.wait(lambda: who.viewer(path).status_code == 403, seconds=3 * nginx.DECISION_SECONDS)
    assert signed_in(studies, "clinic").viewer(path).status_code == 200


def test_the_viewer_shows_a_picture(studies: Site, browser: Browser) -> None:
    """The section as its file has it; and no window of the viewer asks anybody but its own server."""
    who, address = signed_in(studies, "expert"), nginx.address(studies.home)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.add_cookies([{"name": "duikou", "value": who.session.cookies["duikou"], "url": address}])
    page = context.new_page()
    others: list[str] = []
    page.on(
        "request",
        lambda one: others.append(one.url) if not one.url.startswith((address, "blob:", "data:")) else None,
    )
    page.goto(f"{address}/viewer?StudyInstanceUIDs={SHOWN}", timeout=60_000)
    chest.shown(page.locator("canvas.cornerstone-canvas").first)
    assert others == []
    context.close()


def test_the_store_made_anew_is_filled_from_ours(studies: Site) -> None:
    """Killed, and its folder lost: what the site keeps goes back into it."""
    home = studies.home
    pid = ground.running(home, "orthanc")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert ground.wait(lambda: ground.running(home, "orthanc") is None)
    assert signed_in(studies, "clinic").viewer(addresses(SHOWN)[-2]).status_code in (502, 504)
    for name in ("storage", "index"):
        shutil.rmtree(home / "tele" / "orthanc" / name)
    orthanc.start(home)
    assert signed_in(studies, "clinic").viewer(addresses(SHOWN)[-2]).status_code == 404
    studies.command("imaging", "refill")
    forwarded(studies)
    assert signed_in(studies, "clinic").viewer(addresses(SHOWN)[-2]).status_code == 200
    assert json.loads(signed_in(studies, "clinic").viewer(addresses(SHOWN)[3]).content)
