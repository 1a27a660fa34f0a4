"""The real components beside a real site, in a home of their own, on free ports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Playwright, expect

from scripts.tele import ground, nginx, orthanc
from tests.browser.calls import browser_with_devices, until
from tests.browser.conftest import PASSWORD, Site, served
from tests.browser.conftest import playwright as playwright
from tests.browser.conftest import pytest_runtest_makereport as pytest_runtest_makereport
from tests.browser.tools import free_port
from tests.tele import absences
from tests.tele.case import PICTURES_READY, Case, prepared
from tests.tele.sites import begin_with, set_up
from tests.tele.whole import Whole, absent, everything

HERE = "安吉县人民医院"
THERE = "浙江医院"


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Several browsers, calls and servers on one machine: what is expected of a page may take its time."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every site of these tests begins with: set up once, with the accounts of the journeys."""
    return set_up(tmp_path_factory.mktemp("ready"))


@pytest.fixture(scope="session")
def tele_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the store and the proxy running; skipped with the reason where they are absent."""
    if obstacle := absences.pictures():
        pytest.skip(obstacle)
    home = tmp_path_factory.mktemp("tele")
    ports = {name: free_port() for name in ("site", "orthanc", "dicom", "viewer", "front")}
    ground.folder(home).joinpath("ports.json").write_text(json.dumps(ports))
    try:
        orthanc.start(home)
        nginx.start(home)
        yield home
    finally:
        nginx.stop(home)
        orthanc.stop(home)


@pytest.fixture(scope="session")
def tele_site(tele_home: Path, ready_home: Path) -> Iterator[Site]:
    """`duikou serve` that knows of the components, with the accounts of the journeys."""
    begin_with(ready_home, tele_home)
    told = dict([*orthanc.settings(tele_home), *nginx.settings(tele_home)])
    with served(tele_home, ground.port(tele_home, "site"), **told, DUIKOU_API_RATE="0") as running:
        yield running


@dataclass
class Signed:
    """Somebody signed in at the site, asking the viewer's server, too."""

    session: requests.Session
    site: Site

    def viewer(self, path: str, method: str = "GET") -> requests.Response:
        """An answer of the viewer's server."""
        return self.session.request(method, f"{nginx.address(self.site.home)}{path}", timeout=30)


def signed_in(site: Site, name: str) -> Signed:
    """One of the accounts, with a session as a browser has it."""
    session = requests.Session()
    page = session.get(f"{site.address}/accounts/login/", timeout=30)
    assert page.status_code == 200
    form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["duikou-csrf"]}
    answer = session.post(f"{site.address}/accounts/login/", data=form, timeout=30)
    assert answer.url.endswith("/app/"), answer.url
    return Signed(session, site)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The site with every component; skipped with the reason where one is absent."""
    if obstacle := absent():
        pytest.skip(obstacle)
    home = begin_with(request.getfixturevalue("ready_home"), tmp_path_factory.mktemp("whole"))
    with everything(home) as running:
        yield running


@pytest.fixture(scope="session")
def case(whole: Whole) -> Case:
    """A patient with pictures that can be shown, and whom two hospitals talk about."""
    made = prepared(whole.site)
    until(lambda: "left 0 0" in whole.site.python(PICTURES_READY), 120, "the pictures in the store")
    return made


@pytest.fixture(scope="session")
def with_devices(playwright: Playwright) -> Iterator[Browser]:
    """A browser with camera and microphone."""
    with browser_with_devices(playwright) as started:
        yield started
