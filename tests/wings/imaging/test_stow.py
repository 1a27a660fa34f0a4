"""A gateway stores pictures through the API as DICOMweb says: all of a request, or nothing of it."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.errors import Invalid
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.dicom import stow
from duikou.wings.imaging.models import Gateway, Study, StudyFile
from tests.tele.samples import dataset, slice_file
from tests.wings.imaging.conftest import Lightbox

KIND = 'multipart/related; type="application/dicom"; boundary=edge'


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES, settings.UPLOADS = tmp_path / "images", tmp_path / "uploads"


@pytest.fixture
def gateway(box: Lightbox) -> Gateway:
    return actions.enter_gateway(
        actor=box.office, hospital=box.home, ae_title="ANJI", address="10.1.2.3", port=104
    )


def body(*files: bytes, kind: str = "application/dicom", end: bytes = b"\r\n--edge--\r\n") -> bytes:
    head = f"\r\n--edge\r\nContent-Type: {kind}\r\n\r\n".encode()
    return b"".join(head + one for one in files)[2:] + end


def store(actor: Actor, gateway: Gateway, content: bytes, kind: str = KIND, **more: Any) -> Any:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    # The client leaves the type of an empty body out; a sender does not.
    more = {"CONTENT_TYPE": kind, **more}
    return client.generic("POST", f"/api/v1/image-gateways/{gateway.pk}/studies", content, kind, **more)


def test_what_is_stored_is_told_and_waits_for_its_patient(box: Lightbox, gateway: Gateway) -> None:
    pictures = [slice_file(1), slice_file(2)]
    for _again in range(2):  # a sender that heard no answer sends once more
        answer = store(box.office, gateway, body(*pictures))
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/dicom+json"
        stored = answer.json()["00081199"]["Value"]
        assert [one["00081155"]["Value"] for one in stored] == [
            [str(dataset(number).SOPInstanceUID)] for number in (1, 2)
        ]
        study = Study.objects.get(gateway=gateway)
        assert (study.state, study.hospital, study.files.count()) == ("unmatched", box.home, 2)


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (body(b"x"), "application/json", "应为 multipart/related"),
        (body(b"x"), 'multipart/related; type="application/dicom"', "应为 multipart/related"),
        (body(b"x"), 'multipart/related; type="application/dicom+json"; boundary=edge', "应为 multipart"),
        (b"", KIND, "没有结尾的分隔符"),
        (body(slice_file(1), end=b""), KIND, "没有结尾的分隔符"),
        (b"--edge--", KIND, "没有任何文件"),
        (body(b"<svg/>", kind="image/svg+xml"), KIND, "第 1 部分不是 application/dicom"),
        (body(slice_file(1), b"torn"), KIND, "00002.dcm"),
    ],
)
def test_what_is_no_batch_of_pictures_is_refused(
    box: Lightbox, gateway: Gateway, content: bytes, kind: str, words: str
) -> None:
    answer = store(box.office, gateway, content, kind)
    assert answer.status_code == 409, answer.content
    assert words in answer.json()["message"]
    assert not StudyFile.objects.exists()


def test_who_may_store_and_when(box: Lightbox, gateway: Gateway) -> None:
    whole = body(slice_file(1))
    assert store(box.doctor, gateway, whole).status_code == 403
    assert store(box.other_office, gateway, whole).status_code == 404
    large = store(box.office, gateway, b"", CONTENT_LENGTH=str(stow.MOST + 1))
    assert large.status_code == 409
    assert "一次最多 256 MB" in large.json()["message"]
    actions.switch_gateway(actor=box.office, gateway=gateway, active=False)
    off = store(box.office, gateway, whole)
    assert (off.status_code, "已停用" in off.json()["message"]) == (409, True)
    assert not StudyFile.objects.exists()


class Trickle:
    """A body that comes in blocks of at most so many bytes."""

    def __init__(self, content: bytes, most: int) -> None:
        self.content, self.most = io.BytesIO(content), most

    def read(self, size: int, /) -> bytes:
        return self.content.read(min(size, self.most))


def split_as_a_whole(content: bytes, longest: int) -> list[bytes] | None:
    """The parts of a body that is held whole; none where it is refused."""
    _before, *pieces = (b"\r\n" + content).split(b"\r\n--edge")
    last = next((number for number, piece in enumerate(pieces) if piece.startswith(b"--")), 0)
    found = [piece.partition(b"\r\n\r\n") for piece in pieces[:last]]
    lines = [line for head, _, _ in found for line in head.lower().split(b"\r\n")]
    kinds = {line for line in lines if line.startswith(b"content-type:")}
    bounded = all(blank and len(head + blank) <= longest for head, blank, _ in found)
    good = found and bounded and kinds <= {b"content-type: application/dicom"}
    return [content for _, _, content in found] if good else None


HEAD = b"\r\nContent-Type: application/dicom\r\n\r\n"
PIECES = st.sampled_from(
    [b"\r", b"\r\n", b"\r\n\r\n", b"--", b"edge", b"\r\n--edg", b"\r\n--edge", b"\r\n--edge--", HEAD]
)
BODIES = st.lists(PIECES | st.binary(max_size=9), max_size=12).map(b"".join)


@given(
    st.lists(st.binary(max_size=80) | BODIES, max_size=4).map(lambda files: body(*files)) | BODIES,
    st.integers(1, 40),
    st.sampled_from([40, stow.LONGEST_HEAD]),
)
def test_parts_come_out_of_blocks_as_out_of_the_whole(content: bytes, most: int, longest: int) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(stow, "LONGEST_HEAD", longest):
        try:
            paths = stow.parts_to(Path(folder), Trickle(content, most), b"edge")
            found = [one.read_bytes() for one in paths]
        except Invalid:
            found = None
    assert found == split_as_a_whole(content, longest)


def test_nothing_grows_with_the_body(tmp_path: Path) -> None:
    """200 MB, in parts of all sizes: of them a few blocks are held at a time."""
    head, block = b"\r\n--edge\r\nContent-Type: application/dicom\r\n\r\n", bytes(stow.MEGABYTE)
    sizes = [100, 1, 33, 66]  # MB

    class Made:
        def __init__(self) -> None:
            self.blocks = self.told()

        def told(self) -> Iterator[bytes]:
            for size in sizes:
                yield head
                yield from (block for _ in range(size))
            yield b"\r\n--edge--"

        def read(self, size: int, /) -> bytes:
            return next(self.blocks, b"")

    tracemalloc.start()
    try:
        found = stow.parts_to(tmp_path, Made(), b"edge")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [one.stat().st_size for one in found] == [size * stow.MEGABYTE for size in sizes]
    assert peak < 8 * stow.MEGABYTE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (body(bytes(90)), "这次发送的更多"),  # however it is told, it is counted
        (b"\r\n--edge\r\n" + b"X-More: 1\r\n" * 5, "第 1 部分不是 application/dicom"),
        (b"--edge--" + bytes(100), "没有任何文件"),  # what follows the end is not read
        (body(b"", b"", b""), "一次最多 2 个文件"),
    ],
)
def test_what_is_without_bounds_is_stopped(
    content: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stow, "LONGEST_HEAD", 40)
    monkeypatch.setattr(stow, "MOST_FILES", 2)
    with pytest.raises(Invalid, match=words):
        stow.parts_to(tmp_path, Trickle(content, 7), b"edge", most=120)


def test_a_body_in_chunks_is_read_where_the_server_ends_it(box: Lightbox, gateway: Gateway) -> None:
    def in_chunks(source: object, ended: bool) -> Any:
        server = {"wsgi.input": source, "wsgi.input_terminated": ended}
        return store(box.office, gateway, b"", HTTP_TRANSFER_ENCODING="chunked", **server)

    refused = in_chunks(io.BytesIO(body(slice_file(1))), ended=False)
    assert refused.status_code == 411
    assert "请带 Content-Length" in refused.json()["message"]
    kept = in_chunks(io.BytesIO(body(slice_file(1))), ended=True)
    assert kept.status_code == 200, kept.content

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise RuntimeError("the end of a chunk is missing")

    broken = in_chunks(Broken(), ended=True)
    assert broken.status_code == 409
    assert "没有结尾的分隔符" in broken.json()["message"]


def test_nothing_of_a_batch_stays_beside_the_store(box: Lightbox, gateway: Gateway) -> None:
    assert store(box.office, gateway, body(slice_file(1), b"torn")).status_code == 409
    assert store(box.office, gateway, body(slice_file(1), end=b"")).status_code == 409
    assert store(box.office, gateway, body(slice_file(1))).status_code == 200
    root = storage.path_of("00").parents[1]
    assert not list((root / "incoming").iterdir())
    assert len([one for one in root.glob("??/*") if one.is_file()]) == 1
