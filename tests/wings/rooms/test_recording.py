"""Recording: while the patient's consent stands and everybody present agrees, and not a moment longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from duikou.core.models import AuditEvent
from duikou.wings.rooms import actions, keeping
from duikou.wings.rooms.models import Recording
from tests.wings.rooms.conftest import Talk, Window

Pair = tuple[Window, Window]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


@pytest.fixture
def pair(talk: Talk, asked: dict[str, list[str]]) -> Pair:
    room = talk.room("trial:1")
    host, expert = talk.window(talk.host, room), talk.window(talk.expert, room)
    host.join()
    expert.join()
    return host, expert


def agree(*windows: Window, agrees: bool = True) -> None:
    for window in windows:
        assert window.post("agree", {"agrees": agrees}).status_code == 200


def start(window: Window) -> int:
    answer = window.post("record")
    assert answer.status_code == 200, answer.content.decode()
    return int(answer.json()["id"])


def test_nobody_is_recorded_who_has_not_agreed(pair: Pair) -> None:
    host, expert = pair
    agree(host)
    refused = host.post("record")
    assert refused.status_code == 409
    assert expert.actor.label in refused.json()["message"]
    agree(expert)
    recording = start(host)
    assert host.post("record").status_code == 409  # it runs
    told = [one for one in expert.hear() if one["kind"] == "recording"]
    assert [one["body"]["on"] for one in told] == [True]
    assert len(Recording.objects.get(pk=recording).agreed_by) == 2


def test_without_the_patients_consent_nothing_is_recorded(pair: Pair, asked: dict[str, list[str]]) -> None:
    host, expert = pair
    agree(host, expert)
    asked["trial"] = ["患者没有同意录音录像（TEL-04）"]
    refused = host.post("record")
    assert refused.status_code == 409
    assert "TEL-04" in refused.json()["message"]


def test_a_room_of_a_kind_that_nobody_answers_for_is_not_recorded(talk: Talk) -> None:
    for reference, status in (("unknown:1", 409), ("", 200)):
        host = talk.window(talk.host, talk.room(reference))
        host.join()
        agree(host)
        assert host.post("record").status_code == status


def test_parts_are_written_once_and_in_order(pair: Pair) -> None:
    host, expert = pair
    agree(*pair)
    recording = start(host)
    assert host.record_part(recording, 0, b"one").json() == {"size": 3}
    assert host.record_part(recording, 0, b"one").json() == {"size": 3}  # sent again: no answer was heard
    assert host.record_part(recording, 3, b"two").json() == {"size": 6}
    assert host.record_part(recording, 9, b"gap").status_code == 409
    assert expert.record_part(recording, 6, b"mine").status_code == 403
    assert host.client.post(f"/app/rooms/recordings/{recording}/stop/").status_code == 200
    assert host.record_part(recording, 6, b"late").status_code == 409
    path = keeping.path_of(Recording.objects.get().file)
    assert path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o077 == 0


def test_what_a_killed_process_left_beyond_the_noted_size_is_overwritten(pair: Pair) -> None:
    host, _expert = pair
    agree(*pair)
    recording = start(host)
    host.record_part(recording, 0, b"one")
    path = keeping.path_of(Recording.objects.get().file)
    path.write_bytes(b"one and half a part that nobody has noted")
    host.record_part(recording, 3, b"two")
    assert path.read_bytes() == b"onetwo"


@pytest.mark.parametrize("who", [0, 1])
def test_a_withdrawal_stops_it_in_the_same_moment(pair: Pair, who: int) -> None:
    host, _expert = pair
    agree(*pair)
    recording = start(host)
    host.record_part(recording, 0, b"before")
    agree(pair[who], agrees=False)
    assert host.record_part(recording, 6, b"after").status_code == 409
    found = Recording.objects.get()
    assert (found.why_ended, found.size) == ("withdrawn", 6)
    told = [one for one in pair[1 - who].hear() if one["kind"] == "recording"]
    assert told[-1]["body"] == {"id": recording, "on": False, "why": "withdrawn"}


def test_the_patients_withdrawal_stops_it_at_the_next_part(pair: Pair, asked: dict[str, list[str]]) -> None:
    host, _expert = pair
    agree(*pair)
    recording = start(host)
    host.record_part(recording, 0, b"before")
    asked["trial"] = ["患者已撤回"]
    assert host.record_part(recording, 6, b"after").status_code == 409
    found = Recording.objects.get()
    assert (found.why_ended, found.size) == ("withdrawn", 6)


def test_the_wing_that_learns_of_it_stops_it_at_once(pair: Pair, asked: dict[str, list[str]]) -> None:
    agree(*pair)
    start(pair[0])
    actions.check_consents("trial:1")
    assert Recording.objects.get().ended_at is None
    asked["trial"] = ["患者已撤回"]
    actions.check_consents("trial:1")
    assert Recording.objects.get().why_ended == "withdrawn"


@pytest.mark.parametrize(("how", "why"), [("join", "joined"), ("leave", "left"), ("close", "closed")])
def test_it_ends_with_what_was_agreed_to(talk: Talk, pair: Pair, how: str, why: str) -> None:
    host, _expert = pair
    agree(*pair)
    start(host)
    if how == "join":
        talk.window(talk.second_expert, host.room).join()
    elif how == "leave":
        host.post("leave")
    else:
        actions.close_room(actor=talk.host, room=host.room)
    assert Recording.objects.get().why_ended == why


def test_coming_back_does_not_end_it(talk: Talk, pair: Pair) -> None:
    agree(*pair)
    start(pair[0])
    assert pair[1].join()["recording"] is not None
    assert Recording.objects.get().ended_at is None


def test_hosts_alone_fetch_a_recording_and_that_is_written_down(talk: Talk, pair: Pair) -> None:
    host, expert = pair
    agree(*pair)
    recording = start(host)
    address = f"/app/rooms/recordings/{recording}/file/"
    assert host.client.get(address).status_code == 404  # nothing yet
    host.record_part(recording, 0, b"one")
    host.client.post(f"/app/rooms/recordings/{recording}/stop/")
    answer: Any = host.client.get(address)
    assert b"".join(answer.streaming_content) == b"one"
    assert AuditEvent.objects.filter(action="room.watch").count() == 1
    assert expert.client.get(address).status_code == 403
    assert talk.window(talk.outsider, host.room).client.get(address).status_code == 404
    outsider = talk.window(talk.outsider, host.room)
    assert outsider.client.post(f"/app/rooms/recordings/{recording}/stop/").status_code == 404
    assert outsider.record_part(recording, 3, b"x").status_code == 404
    assert "下载" in host.client.get(f"/app/rooms/{host.room.pk}/").content.decode()
