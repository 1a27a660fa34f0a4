"""The service of tiles: right pictures for the right ticket, nothing for any other."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openslide import OpenSlide
from PIL import Image

from duikou.wings.pathology import sample
from duikou.wings.pathology.tiling import tickets
from duikou.wings.pathology.tiling.pyramids import Pyramids, file_of
from duikou.wings.pathology.tiling.service import Service

NUMBER, OTHER = "0123456789abcdef", "fedcba9876543210"
KEY = tickets.key_from("s" * 40)
SESSION = "session-of-wang"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("slides")
    for number, seed in ((NUMBER, 7), (OTHER, 8)):
        path = file_of(made, number)
        path.parent.mkdir(parents=True)
        sample.write(path, sample.picture(1500, 1100, seed=seed))
    return made


def ask(
    service: Service, path: str, *, cookie: str = "", authorization: str = "", method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.update(status=int(status[:3]), headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_COOKIE": cookie,
        "HTTP_AUTHORIZATION": authorization,
    }  # fmt: skip
    body = b"".join(service(environ, start))
    return told["status"], told["headers"], body


@pytest.fixture
def service(root: Path) -> Service:
    return Service(root, KEY, "duikou")


def cookies(ticket: str, session: str = SESSION) -> str:
    return f"duikou={session}; {tickets.COOKIE}={ticket}"


def test_every_tile_shows_its_part_of_the_slide(root: Path, service: Service) -> None:
    ticket = tickets.issue(KEY, NUMBER, SESSION)
    with OpenSlide(file_of(root, NUMBER)) as slide:
        top = (max(slide.dimensions) - 1).bit_length()
        for column in range(6):
            for row in range(5):
                status, headers, body = ask(
                    service, f"/{NUMBER}/{top}/{column}_{row}.jpeg", cookie=cookies(ticket)
                )
                assert status == 200
                assert headers["Cache-Control"].startswith("private")
                tile = Image.open(io.BytesIO(body))
                at = (256 * column, 256 * row)
                size = (min(256, 1500 - at[0]), min(256, 1100 - at[1]))
                assert tile.size == size
                wanted = np.asarray(slide.read_region(at, 0, size).convert("RGB"), dtype=int)
                assert np.abs(np.asarray(tile, dtype=int) - wanted).mean() < 4  # JPEG alone lies between
    status, _headers, body = ask(service, f"/{NUMBER}/0/0_0.jpeg", cookie=cookies(ticket))
    assert (status, Image.open(io.BytesIO(body)).size) == (200, (1, 1))


@pytest.mark.parametrize(
    "path",
    [
        f"/{NUMBER}/11/6_0.jpeg", f"/{NUMBER}/11/0_5.jpeg", f"/{NUMBER}/12/0_0.jpeg",
        f"/{NUMBER}/99/0_0.jpeg", f"/{NUMBER}/11/-1_0.jpeg", f"/{NUMBER}/11/0_0.png",
        "/", "/../../etc/passwd",
        f"/{NUMBER}/../{OTHER}/0/0_0.jpeg", f"/{NUMBER}/１/0_0.jpeg",
    ],
)  # fmt: skip
def test_where_there_is_no_tile(service: Service, path: str) -> None:
    assert ask(service, path, cookie=cookies(tickets.issue(KEY, NUMBER, SESSION)))[0] == 404


def test_only_the_right_ticket_opens(service: Service) -> None:
    path = f"/{NUMBER}/11/0_0.jpeg"
    good = tickets.issue(KEY, NUMBER, SESSION)
    by_token = tickets.issue(KEY, NUMBER, "")
    assert ask(service, path, cookie=cookies(good))[0] == 200
    assert ask(service, path, authorization=f"Tile {by_token}")[0] == 200
    refused = {
        "none": "",
        "another session": cookies(good, "session-of-li"),
        "no session": f"{tickets.COOKIE}={good}",
        "another slide": cookies(tickets.issue(KEY, OTHER, SESSION)),
        "run out": cookies(tickets.issue(KEY, NUMBER, SESSION, now=0)),
        "another key": cookies(tickets.issue(tickets.key_from("t" * 40), NUMBER, SESSION)),
        "longer": cookies(good.replace(".", ".9", 1)),
        "unbound": cookies(".".join([*good.split(".")[:2], "-", good.split(".")[3]])),
        "cut": cookies(good[:-1]),
        "nonsense": cookies("...."),
        "broken cookie": 'duikou="',
    }
    for what, cookie in refused.items():
        status, headers, body = ask(service, path, cookie=cookie)
        assert (status, headers["Cache-Control"]) == (403, "no-store"), what
        assert b"JFIF" not in body
    assert ask(service, path, cookie=cookies(good), method="POST")[0] == 405
    assert ask(service, "/healthz")[0] == 200


def test_the_prefix_of_a_proxy_is_taken_off(root: Path) -> None:
    service = Service(root, KEY, "duikou", "/tiles")
    ticket = tickets.issue(KEY, NUMBER, SESSION)
    assert ask(service, f"/tiles/{NUMBER}/11/0_0.jpeg", cookie=cookies(ticket))[0] == 200


def test_few_slides_stay_open(root: Path) -> None:
    pyramids = Pyramids(root, most=1)
    first = pyramids.tile(NUMBER, 11, 1, 1)
    assert pyramids.tile(OTHER, 11, 1, 1) != first
    assert pyramids.tile(NUMBER, 11, 1, 1) == first
    assert len(pyramids._open) == 1
    assert pyramids.tile("0" * 16, 0, 0, 0) is None
