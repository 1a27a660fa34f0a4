"""An upload in pieces, as programs and browsers make it (tus 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urljoin

import requests

from tests.browser.conftest import Site
from tests.tele.conftest import signed_in

TUS = {"Tus-Resumable": "1.0.0"}


def writing(site: Site, name: str) -> requests.Session:
    """Somebody's session, with what writing needs."""
    session = signed_in(site, name).session
    session.headers["X-CSRFToken"] = session.cookies["duikou-csrf"]
    session.headers["Referer"] = site.address
    return session


def begun(session: requests.Session, site: Site, content: bytes) -> str:
    """The address of an upload of a slide that has just begun."""
    named = {"filename": "slide.svs", "purpose": "slide", "sha256": hashlib.sha256(content).hexdigest()}
    told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
    headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": told}
    answer = session.post(f"{site.address}/api/v1/uploads", headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return urljoin(site.address, answer.headers["Location"])
