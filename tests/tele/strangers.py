"""Every address that the browsers of a consultation asked, asked again by somebody of a third hospital."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Page, Request

from scripts.tele import nginx, tiles
from tests.browser.conftest import Site
from tests.tele.conftest import signed_in

REFUSED = (403, 404)
# What everybody who is signed in may open, with nothing of the case on it: pages' files, the own home, times
# and lists, the forms for one's own beginnings.
COMMON = re.compile(
    r"/(static/.*|accounts/.*|favicon\.ico|jsi18n/.*|app/|app/tasks/|app/rooms/|app/rooms/devices/|app/telehealth/"
    r"|app/telehealth/received/|app/telehealth/new/|app/telehealth/times/|app/obligations/|app/imaging/|app/slides/"
    r"|app/media/new/|api/v1/uploads)"
)


@dataclass
class Trail:
    """What was asked, by method and address, in order."""

    asked: dict[tuple[str, str], None] = field(default_factory=dict)

    def follow(self, page: Page) -> None:
        """Note whatever a window asks from now on."""
        page.context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.startswith("http"):
            self.asked.setdefault((request.method, request.url))

    def add(self, method: str, url: str) -> None:
        """Note an address that was asked in another way."""
        self.asked.setdefault((method, url))


@dataclass
class Refusal:
    """How many addresses were refused, which were let through, and what was not as it has to be."""

    refused: int = 0
    common: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def asked_again(site: Site, trail: Trail, name: str, secrets: tuple[str, ...]) -> Refusal:
    """Ask everything as another account: refused, or a page for all that holds none of the `secrets`."""
    session = signed_in(site, name).session
    session.headers["X-CSRFToken"] = session.cookies["duikou-csrf"]
    session.headers["Referer"] = site.address
    found = Refusal()
    for method, url in trail.asked:
        path = urlsplit(url).path
        outside = url.startswith((nginx.address(site.home), tiles.address(site.home)))
        if "accounts/logout" in path or (
            outside and not path.startswith("/dicom-web") and ".jpeg" not in path
        ):
            continue  # the viewer's own files are for all
        answer = session.request(
            method, url, timeout=30, allow_redirects=False, json={} if method == "POST" else None
        )
        if answer.status_code in REFUSED:
            found.refused += 1
        elif not outside and COMMON.fullmatch(path):
            found.common.append(path)
            if any(one in answer.text for one in secrets):
                found.wrong.append(f"{method} {path} shows something of the case")
        else:
            found.wrong.append(f"{method} {url}: {answer.status_code}")
    return found


def without_session(trail: Trail) -> list[str]:
    """The same without signing in; what was answered otherwise than by a refusal or the way to sign in."""
    wrong = []
    for method, url in trail.asked:
        path = urlsplit(url).path
        if COMMON.fullmatch(path) or not re.match(r"/(app/|api/|dicom-web/|[0-9a-f]{16}/)", path):
            continue
        answer = requests.request(method, url, timeout=30, allow_redirects=False)
        signs_in = answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"]
        if answer.status_code not in (*REFUSED, 401) and not signs_in:
            wrong.append(f"{method} {url}: {answer.status_code}")
    return wrong
