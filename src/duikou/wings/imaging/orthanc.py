"""The live store of pictures (Orthanc), spoken to over HTTP; a process of its own, unmodified."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from django.conf import settings

from duikou.core.documents import MEGABYTE

USER = "duikou"
PATIENCE = 60.0


class StoreError(Exception):
    """The store refused, or is out of reach; a job tries again."""


def call(method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """One request. Raises StoreError for anything but success."""
    with _answer(method, path, body, headers) as answer:
        return bytes(answer.read())


def fetch(path: str, place: Path) -> None:
    """An answer as a file, in blocks. Raises StoreError for anything but success."""
    with _answer("GET", path) as answer, place.open("xb") as file:
        shutil.copyfileobj(answer, file, MEGABYTE)
        if answer.length:  # a line that broke, which reading in blocks does not tell
            raise StoreError("GET: IncompleteRead")


@contextmanager
def _answer(
    method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Iterator[HTTPResponse]:
    token = base64.b64encode(f"{USER}:{settings.ORTHANC_SECRET}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310  (the operator's own setting)
        f"{settings.ORTHANC_URL}{path}",
        data=body,
        method=method,
        headers={"Authorization": f"Basic {token}", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            yield answer
    except urllib.error.HTTPError as error:
        raise StoreError(f"{method} {path.partition('?')[0].split('/')[1]}: {error.code}") from error
    except OSError as error:
        raise StoreError(f"{method}: {type(error).__name__}") from error


def ask(path: str) -> Any:
    """An answer as JSON."""
    return json.loads(call("GET", path))


def store(files: Sequence[bytes]) -> None:
    """Store DICOM files in one request (STOW-RS). Raises StoreError unless each is there afterwards."""
    boundary = secrets.token_hex(16)
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    body = b"".join(head + content + b"\r\n" for content in files) + f"--{boundary}--\r\n".encode()
    answer = call(
        "POST",
        "/dicom-web/studies",
        body,
        {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Accept": "application/dicom+json",
        },
    )
    said = json.loads(answer)
    if "00081198" in said and said["00081198"].get("Value"):
        raise StoreError(f"refused {len(said['00081198']['Value'])} of {len(files)} files")


def put(path: str, value: object) -> None:
    """Set something, told as JSON."""
    call("PUT", path, json.dumps(value).encode(), {"Content-Type": "application/json"})
