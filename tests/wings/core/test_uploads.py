"""Uploads in pieces: the protocol, who may, what is refused, and that only whole files are handed over."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Missing
from duikou.core.models import AuditEvent, User
from duikou.core.scope import actor_for
from duikou.core.tokens import create as make_token
from duikou.core.uploads import actions, files, purposes
from duikou.core.uploads.models import Upload

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/uploads"
CONTENT = bytes(range(256)) * 40
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}


@pytest.fixture(autouse=True)
def _purpose(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A purpose of the tests' own; files in a folder of their own."""
    settings.UPLOADS = tmp_path / "uploads"
    purposes.register(
        purposes.Purpose(
            "trial", "试验", "patient.edit", lambda name: "请先转换为 SVS。" if name.endswith(".kfb") else ""
        )
    )
    yield
    purposes._known.pop("trial")


@pytest.fixture
def doctor(account: Callable[..., User]) -> User:
    return account("clinician", "安吉县人民医院")


@pytest.fixture
def client(doctor: User) -> Client:
    made = Client()
    made.force_login(doctor)
    return made


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def begin(client: Client, content: bytes = CONTENT, /, size: int | None = None, **changes: str) -> Any:
    told = {"filename": "a.svs", "purpose": "trial", "sha256": hashlib.sha256(content).hexdigest()} | changes
    return client.post(
        ADDRESS,
        **TUS,
        HTTP_UPLOAD_LENGTH=str(len(content) if size is None else size),
        HTTP_UPLOAD_METADATA=metadata(**told),
    )


def send(client: Client, address: str, offset: int, piece: bytes, **more: str) -> Any:
    return client.patch(
        address,
        piece,
        content_type="application/offset+octet-stream",
        **({"HTTP_UPLOAD_OFFSET": str(offset)} | TUS | more),
    )


def test_a_file_in_pieces_is_whole_and_handed_over_once(client: Client, doctor: User) -> None:
    begun = begin(client)
    address = begun["Location"]
    assert (begun.status_code, begun["Upload-Offset"], begun["Tus-Resumable"]) == (201, "0", "1.0.0")
    first = send(client, address, 0, CONTENT[:4000])
    assert (first.status_code, first["Upload-Offset"]) == (204, "4000")
    state = client.head(address, **TUS)
    assert (state["Upload-Offset"], state["Upload-Length"], state["Cache-Control"]) == (
        "4000", str(len(CONTENT)), "no-store",
    )  # fmt: skip
    assert begin(client)["Location"] == address  # the same content goes on where it broke off
    assert begin(client)["Upload-Offset"] == "4000"
    key = address.rpartition("/")[2]
    actor = actor_for(doctor)
    with pytest.raises(Conflict):
        actions.take(actor=actor, key=key, kind="trial")
    assert send(client, address, 4000, CONTENT[4000:]).status_code == 204
    assert client.get(address).json()["state"] == "whole"
    upload, path = actions.take(actor=actor, key=key, kind="trial")
    assert path.read_bytes() == CONTENT
    assert (upload.state, oct(path.stat().st_mode)[-3:]) == ("taken", "600")
    with pytest.raises(Conflict):
        actions.take(actor=actor, key=key, kind="trial")
    assert client.delete(address, **TUS).status_code == 409
    assert [e.action for e in AuditEvent.objects.filter(action__startswith="upload.").order_by("number")] == [
        "upload.create", "upload.finish",
    ]  # fmt: skip


def test_a_piece_at_another_place_is_refused_with_the_place(client: Client) -> None:
    address = begin(client)["Location"]
    send(client, address, 0, CONTENT[:10])
    for offset in (0, 9, 11, len(CONTENT)):
        refused = send(client, address, offset, b"x")
        assert refused.status_code == 409, offset
        assert "10" in refused.json()["message"]
    assert client.head(address, **TUS)["Upload-Offset"] == "10"


def test_another_content_than_announced_is_thrown_away(client: Client) -> None:
    address = begin(client)["Location"]
    refused = send(client, address, 0, CONTENT[:-1] + b"!")
    assert (refused.status_code, refused.json()["code"]) == (460, "altered")
    assert client.get(address).json()["state"] == "damaged"
    assert not files.path_of(address.rpartition("/")[2]).exists()
    assert send(client, address, 0, b"x").status_code == 409
    assert begin(client)["Location"] != address  # again from the start


def test_a_damaged_piece_is_not_kept(client: Client) -> None:
    address = begin(client)["Location"]
    right = base64.b64encode(hashlib.sha256(CONTENT[:100]).digest()).decode()
    damaged = send(client, address, 0, CONTENT[1:101], HTTP_UPLOAD_CHECKSUM=f"sha256 {right}")
    assert damaged.status_code == 460
    assert client.head(address, **TUS)["Upload-Offset"] == "0"
    assert send(client, address, 0, CONTENT[:100], HTTP_UPLOAD_CHECKSUM=f"sha256 {right}").status_code == 204
    for unreadable in ("md5 xx", "sha256 ***", "sha256 " + base64.b64encode(b"short").decode()):
        assert send(client, address, 100, b"x", HTTP_UPLOAD_CHECKSUM=unreadable).status_code == 400


def test_a_kill_between_the_last_byte_and_the_check_is_made_good(client: Client) -> None:
    for ask in ("head", "get"):
        content = CONTENT + ask.encode()
        address = begin(client, content)["Location"]
        key = address.rpartition("/")[2]
        with files.writing(key) as file:
            file.write(content)
        answer = getattr(client, ask)(address, **TUS)
        assert answer.status_code == 200
        assert Upload.objects.get(key=key).state == "whole"


def test_only_the_owner_reaches_an_upload(client: Client, account: Callable[..., User], doctor: User) -> None:
    address = begin(client)["Location"]
    key = address.rpartition("/")[2]
    other = Client()
    other.force_login(account("clinician", "安吉县人民医院"))
    answers = [
        other.get(address), other.head(address, **TUS), send(other, address, 0, b"x"),
        other.delete(address, **TUS), other.get(f"{ADDRESS}/{'0' * 32}"),
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [404] * 5
    assert other.get(ADDRESS).json()["items"] == []
    with pytest.raises(Missing):
        actions.take(actor=actor_for(account("clinician", "安吉县人民医院")), key=key, kind="trial")
    with pytest.raises(Missing):  # meant for something else
        actions.take(actor=actor_for(doctor), key=key, kind="lesson")
    nobody = Client()
    assert nobody.get(address).status_code == nobody.post(ADDRESS, **TUS).status_code == 401
    officer = Client()
    officer.force_login(account("provincial_officer", "浙江省"))
    assert begin(officer).status_code == 403


def test_a_session_needs_the_csrf_token_and_a_token_its_permission(doctor: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(doctor)
    refused = begin(strict)
    assert (refused.status_code, refused.json()["code"]) == (403, "denied")
    _row, token = make_token(actor=actor_for(doctor), name="t", scopes=["patient.edit"], days=1)
    program = Client(enforce_csrf_checks=True, HTTP_AUTHORIZATION=f"Bearer {token}")
    address = begin(program)["Location"]
    assert send(program, address, 0, CONTENT).status_code == 204
    _row, weak = make_token(actor=actor_for(doctor), name="t", scopes=["patient.view"], days=1)
    feeble = Client(HTTP_AUTHORIZATION=f"Bearer {weak}")
    assert begin(feeble).status_code == feeble.get(address).status_code == 403
    with pytest.raises(Denied):
        actions.find(actor_for(doctor).limited_to(["patient.view"]), address.rpartition("/")[2])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "nothing"}, "purpose"), ({"purpose": ""}, "purpose"), ({"filename": " "}, "name"),
        ({"filename": "a.kfb"}, "name"), ({"sha256": "abc"}, "sha256"), ({"sha256": "G" * 64}, "sha256"),
        ({"size": 0}, "size"), ({"size": 10**14}, "size"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_a_byte_is_sent(
    client: Client, changes: dict[str, Any], field: str
) -> None:
    refused = begin(client, **changes)
    assert refused.status_code == 422
    assert refused.json()["fields"][field]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "..\\..\\x.svs", "a\x00b.svs", "a\nb.svs", "x" * 5000 + ".svs",
        "<script>.svs", "王小明\u202e.svs", "/", ".",
    ],
)  # fmt: skip
def test_a_hostile_name_reaches_no_path(client: Client, settings: Any, name: str) -> None:
    begun = begin(client, filename=name)
    assert begun.status_code in (201, 400)
    if begun.status_code == 201:
        send(client, begun["Location"], 0, CONTENT)
        kept = Upload.objects.get()
        assert not set("/\\<>\n\x00") & set(kept.filename)
        assert 0 < len(kept.filename) <= 120
        found = [path for path in Path(settings.UPLOADS).rglob("*") if path.is_file()]
        assert [path.name for path in found] == [kept.key]


def test_requests_that_do_not_follow_the_protocol(client: Client) -> None:
    address = begin(client)["Location"]
    wrong = client.patch(address, b"x", content_type="text/plain", HTTP_UPLOAD_OFFSET="0", **TUS)
    bad_version = {"HTTP_TUS_RESUMABLE": "0.2"}
    answers = {
        "type": (wrong, 415),
        "version": (client.head(address, **bad_version), 412),
        "no version": (client.delete(address), 412),
        "offset": (send(client, address, 0, b"x", HTTP_UPLOAD_OFFSET="-1"), 400),
        "offset digits": (send(client, address, 0, b"x", HTTP_UPLOAD_OFFSET="１"), 400),
        "more than announced": (send(client, address, 0, CONTENT + b"x"), 413),
        "metadata": (client.post(ADDRESS, **TUS, HTTP_UPLOAD_LENGTH="1", HTTP_UPLOAD_METADATA="a !"), 400),
        "length": (client.post(ADDRESS, **TUS, HTTP_UPLOAD_METADATA=metadata(filename="a")), 400),
        "method": (client.put(address, b"x", **TUS), 405),
        "method of the list": (client.delete(ADDRESS, **TUS), 405),
    }
    assert {name: one.status_code for name, (one, _) in answers.items()} == {
        name: status for name, (_, status) in answers.items()
    }
    assert answers["version"][0]["Tus-Version"] == "1.0.0"
    assert client.head(address, **TUS)["Upload-Offset"] == "0"
    told = client.options(ADDRESS)
    assert (told.status_code, told["Tus-Checksum-Algorithm"]) == (204, "sha256")
    assert "creation" in told["Tus-Extension"]


def test_two_writers_at_once_are_one_too_many(client: Client) -> None:
    address = begin(client)["Location"]
    with files.writing(address.rpartition("/")[2]):
        assert send(client, address, 0, b"x").status_code == 423
    assert send(client, address, 0, b"x")["Upload-Offset"] == "1"


def test_quota_and_disk(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_QUOTA_BYTES = len(CONTENT) + 5
    address = begin(client)["Location"]
    full = begin(client, b"another file")
    assert (full.status_code, full.json()["code"]) == (507, "no_room")
    assert client.delete(address, **TUS).status_code == 204
    assert client.head(address, **TUS).status_code == 404
    assert begin(client, b"another file").status_code == 201
    settings.UPLOAD_QUOTA_BYTES = 10**15
    monkeypatch.setattr(files, "room", lambda: 3)
    assert begin(client, b"a third file").status_code == 507


def test_a_full_disk_in_the_middle_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = begin(client)["Location"]

    def full(*_args: Any) -> tuple[int, bool]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "pour", full)
    refused = send(client, address, 0, CONTENT)
    assert (refused.status_code, refused.json()["code"]) == (507, "no_room")


def test_what_came_before_a_broken_line_stays(doctor: User) -> None:
    actor = actor_for(doctor)
    made = actions.create(
        actor=actor, name="a", size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest(), kind="trial"
    )

    class Broken:
        pieces = [CONTENT[:100], CONTENT[100:150]]

        def read(self, size: int) -> bytes:
            if self.pieces:
                return self.pieces.pop(0)
            raise OSError("connection reset")

    arrived = actions.append(actor=actor, upload=made, offset=0, source=Broken(), length=len(CONTENT))
    assert arrived == files.arrived(made.key) == 150


def test_sweep_removes_the_stale_the_taken_and_the_nameless(doctor: User, settings: Any) -> None:
    actor = actor_for(doctor)
    now = timezone.now()
    kept: dict[str, Upload] = {}
    for name in ("young", "stale", "taken", "just taken"):
        content = name.encode()
        kept[name] = actions.create(
            actor=actor,
            name=name,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            kind="trial",
        )
        with files.writing(kept[name].key) as file:
            file.write(content)
    for name in ("taken", "just taken"):
        actions.take(actor=actor, key=kept[name].key, kind="trial")
    for name, age in (("stale", dt.timedelta(days=8)), ("taken", dt.timedelta(hours=2))):
        Upload.objects.filter(pk=kept[name].pk).update(touched_at=now - age)
    nameless = files.path_of("f" * 32)
    nameless.parent.mkdir(parents=True, exist_ok=True)
    nameless.write_bytes(b"x")
    os.utime(nameless, (0, 0))
    assert actions.sweep() == 3
    assert not nameless.exists()
    left = {name for name, row in kept.items() if files.path_of(row.key).exists()}
    assert left == {"young", "just taken"}
    assert set(Upload.objects.values_list("key", flat=True)) == {kept[name].key for name in left}
