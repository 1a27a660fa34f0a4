"""Components beside the site: off without an address, unreachable when nobody answers, on otherwise."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from duikou.core import components


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_what_is_not_set_is_off_and_says_what_to_do(settings: object) -> None:
    settings.FFMPEG = settings.FFPROBE = ""  # type: ignore[attr-defined]  # else found where it is installed
    for name in components.COMPONENTS:
        found = components.state(name)
        assert (found.condition, found.on) == ("off", False)
        assert "没有启用" in found.words
        assert "仍可" in found.words
    with translation.override("en"):
        assert "switched on" in components.state("imaging").words


def test_on_only_when_all_addresses_answer(settings: object, listening: int) -> None:
    settings.ORTHANC_URL = f"http://127.0.0.1:{listening}"  # type: ignore[attr-defined]
    assert components.state("imaging").condition == "off"
    settings.VIEWER_URL = f"http://localhost:{listening}/"  # type: ignore[attr-defined]
    assert components.state("imaging").on
    settings.VIEWER_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    assert components.state("imaging").condition == "unreachable"


def test_an_address_of_a_relay_is_understood(settings: object, listening: int) -> None:
    settings.TURN_URL = f"turn:127.0.0.1:{listening}"  # type: ignore[attr-defined]
    assert components.state("relay").on


def test_an_answer_is_good_for_some_seconds(settings: object, listening: int) -> None:
    settings.TILES_URL = f"http://127.0.0.1:{listening}"  # type: ignore[attr-defined]
    assert components.state("tiles").on
    key = f"component:{settings.TILES_URL}"  # type: ignore[attr-defined]
    assert cache.get(key) is True
    cache.set(key, False, 60)
    assert not components.state("tiles").on


def test_all_are_told() -> None:
    assert [one.name for one in components.states()] == list(components.COMPONENTS)
