"""A gateway stores pictures through the API as DICOMweb says: all of a request, or nothing of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.errors import Invalid
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging import actions
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


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=4), st.binary(max_size=30))
def test_parts_come_out_as_they_went_in_and_noise_is_refused_with_words(
    files: list[bytes], noise: bytes
) -> None:
    if not any(b"--edge" in one for one in files):
        assert stow.parts_of(body(*files), b"edge") == files
    with suppress(Invalid):
        stow.parts_of(noise, b"edge")
