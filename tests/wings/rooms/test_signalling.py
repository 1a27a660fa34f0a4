"""Messages: in order, once, to whom they are meant for, whatever is repeated, lost or begun anew."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from duikou.wings.rooms import conference, streaming
from duikou.wings.rooms.jobs import tidy_rooms
from duikou.wings.rooms.models import Message, Presence, QualitySummary, Room
from duikou.wings.rooms.streaming import Stream
from tests.wings.rooms.conftest import Talk, Window


@pytest.fixture
def pair(talk: Talk) -> tuple[Window, Window]:
    room = talk.room()
    host, expert = talk.window(talk.host, room), talk.window(talk.expert, room)
    host.join()
    expert.join()
    return host, expert


def numbers(found: list[dict[str, Any]]) -> list[Any]:
    return [one["body"].get("n") for one in found if one["kind"] == "stroke"]


def test_who_comes_is_told_and_told_who_is_there(talk: Talk) -> None:
    room = talk.room()
    host, expert = talk.window(talk.host, room), talk.window(talk.expert, room)
    assert host.join()["present"] == []
    found = expert.join()
    assert [one["id"] for one in found["present"]] == [host.me["id"]]
    assert (found["way"], found["servers"], found["conference"]) == ("direct", [], None)
    told = host.hear()
    assert [(one["kind"], one["body"]["id"]) for one in told] == [("joined", expert.me["id"])]
    assert expert.hear() == []
    assert expert.post("leave").status_code == 200
    assert expert.client.post(expert.address("leave")).status_code == 409  # it is over
    assert [one["kind"] for one in host.hear()] == ["left"]


def test_messages_keep_their_order_and_a_repeated_one_is_one(pair: tuple[Window, Window]) -> None:
    host, expert = pair
    for n in range(5):
        sent = [host.send("stroke", {"n": n, "exhibit": "1"}, key=f"1-{n}").json() for _again in range(2)]
        assert sent[0] == sent[1]
    assert numbers(expert.hear()) == [0, 1, 2, 3, 4]
    assert expert.hear() == []
    assert host.hear()[-1]["kind"] == "joined"  # not what it sent itself


def test_a_connection_detail_is_for_one_alone(talk: Talk, pair: tuple[Window, Window]) -> None:
    host, expert = pair
    third = talk.window(talk.second_expert, host.room)
    third.join()
    assert host.send("signal", {"n": 1}, to=expert.me["id"]).status_code == 200
    assert [one["kind"] for one in third.hear()] == []
    assert [one["kind"] for one in expert.hear()] == ["joined", "signal"]
    gone = host.send("signal", {"n": 1}, to=10**6)  # to somebody who has just left
    assert gone.status_code == 200
    assert Message.objects.filter(kind="signal").count() == 1


@pytest.mark.parametrize(
    ("kind", "body", "to", "key"),
    [
        ("joined", {}, None, ""),  # only the site tells that
        ("nonsense", {}, None, ""),
        ("signal", {}, None, ""),
        ("stroke", {}, 1, ""),
        ("stroke", [], None, ""),
        ("stroke", {"x": "y" * 70_000}, None, ""),
        ("stroke", {"x": "\x00"}, None, ""),
        ("stroke", {}, None, "k" * 37),
        ("stroke", {}, "one", ""),
        ("stroke", {}, None, ""),  # on no exhibit
        ("stage", {"exhibit": "99"}, None, ""),  # on one that was not laid there
        ("stage", {"exhibit": "-1"}, None, ""),
        ("stage", {"exhibit": "９"}, None, ""),
        ("pointer", {"exhibit": "/app/patients/"}, None, ""),
        ("stage", {"exhibit": "1", "zoom": "2"}, None, ""),
        ("stage", {"exhibit": "1", "frame": [1]}, None, ""),
    ],
)
def test_what_is_no_message(pair: tuple[Window, Window], kind: str, body: Any, to: Any, key: str) -> None:
    answer = pair[0].send(kind, body, to, key)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Message.objects.filter(sender__isnull=False, kind__in=Message.SENT).exists()


def test_a_body_that_is_no_json_is_refused_in_words(pair: tuple[Window, Window]) -> None:
    host, _expert = pair
    for content in ("{", "[]", '"x"', "[" * 5000):
        answer = host.client.post(host.address("send"), content, content_type="application/json")
        assert answer.status_code == 422
    assert host.client.get(host.address("messages", "&after=x")).status_code == 422
    assert host.client.get(f"/app/rooms/{host.room.pk}/messages/").status_code == 422


def test_a_watcher_does_not_touch_the_stage(talk: Talk) -> None:
    watcher = talk.window(talk.colleague, talk.room())
    watcher.join()
    assert watcher.me["part"] == "watcher"
    for kind in ("stage", "stroke", "clear", "pointer"):
        assert watcher.send(kind, {}).status_code == 403
    assert watcher.send("media", {"mic": False}).status_code == 200


def test_coming_back_is_the_same_stay_and_the_old_window_ends(
    talk: Talk, pair: tuple[Window, Window]
) -> None:
    host, expert = pair
    expert.hear()
    again = talk.window(talk.host, host.room)
    found = again.join()
    assert (again.me["id"], again.me["epoch"]) == (host.me["id"], 2)
    assert [one["id"] for one in found["present"]] == [expert.me["id"]]
    refused = host.send("media", {})
    assert refused.status_code == 409
    assert "另一个窗口" in refused.json()["message"]
    told = expert.hear()
    assert [(one["kind"], one["body"]["epoch"]) for one in told] == [("joined", 2)]
    assert Presence.objects.count() == 2


def test_what_lies_on_the_stage_is_told_to_who_comes_back(talk: Talk, pair: tuple[Window, Window]) -> None:
    host, expert = pair
    for n in range(3):
        host.send("stroke", {"n": n, "exhibit": "1"}, key=f"a{n}")
    host.send("stroke", {"n": 9, "exhibit": "2"}, key="b")
    expert.send("stage", {"exhibit": "1"})
    expert.send("stage", {"exhibit": "2"})
    expert.send("pointer", {"exhibit": "1", "place": [0.1, 0.2]})
    kinds = [(one["kind"], one["body"].get("n")) for one in expert.join()["lasting"]]
    assert kinds == [("stroke", 0), ("stroke", 1), ("stroke", 2), ("stroke", 9), ("stage", None)]
    assert host.send("clear", {"exhibit": "1"}).status_code == 200
    kinds = [(one["kind"], one["body"].get("n")) for one in expert.join()["lasting"]]
    assert kinds == [("stroke", 9), ("stage", None)]


def test_the_silent_leave_and_may_come_in_anew(talk: Talk, pair: tuple[Window, Window]) -> None:
    host, expert = pair
    Presence.objects.filter(pk=host.me["id"]).update(seen_at=timezone.now() - dt.timedelta(minutes=2))
    assert tidy_rooms.func()["rooms"] == 1
    assert [one["kind"] for one in expert.hear()] == ["left"]
    answer = host.send("media", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "stay_over")
    before = host.me["id"]
    host.join()
    assert host.me["id"] != before


def read(stream: Any) -> list[str]:
    return b"".join(stream).decode().split("\n\n")


@pytest.mark.usefixtures("one_connection")
def test_a_stream_resumes_where_the_browser_stopped(
    pair: tuple[Window, Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, expert = pair
    monkeypatch.setattr(Stream.lend.__func__, "__defaults__", (0.0,))
    for n in range(4):
        host.send("stroke", {"n": n, "exhibit": "1"}, key=str(n))
    first = expert.client.get(expert.address("stream", f"&after={expert.last}"))
    assert first["Content-Type"] == "text/event-stream"
    events = [block for block in read(first.streaming_content) if block.startswith("id:")]
    first.close()
    assert [json.loads(block.partition("data: ")[2])["body"]["n"] for block in events] == [0, 1, 2, 3]
    second = events[1].partition("\n")[0].removeprefix("id: ")
    again = expert.client.get(
        expert.address("stream", f"&after={expert.last}"), headers={"Last-Event-ID": second}
    )
    assert sum(block.startswith("id:") for block in read(again.streaming_content)) == 2
    again.close()


@pytest.mark.usefixtures("one_connection")
def test_no_more_streams_than_threads_are_lent(
    pair: tuple[Window, Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    _host, expert = pair
    import threading

    monkeypatch.setattr(streaming, "_lent", threading.BoundedSemaphore(1))
    first = expert.client.get(expert.address("stream"))
    assert first.status_code == 200
    assert expert.client.get(expert.address("stream")).status_code == 204
    first.close()  # never read: the place comes back all the same
    first.close()
    third = expert.client.get(expert.address("stream"))
    assert third.status_code == 200
    third.close()
    monkeypatch.setattr(settings, "ROOM_STREAMS", 0)
    assert expert.client.get(expert.address("stream")).status_code == 204


def test_a_stream_ends_when_the_stay_went_on_elsewhere(
    talk: Talk, pair: tuple[Window, Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, _expert = pair
    monkeypatch.setattr(streaming, "BEAT", 0.0)
    stream = Stream(Presence.objects.get(pk=host.me["id"]), 0, lasts=60)
    Presence.objects.filter(pk=host.me["id"]).update(epoch=2)
    assert len(list(zip(range(20), stream, strict=False))) < 20
    stream._open = False  # it was not lent


def test_signalling_is_forgotten_and_the_stage_is_kept_while_the_room_is_open(
    pair: tuple[Window, Window],
) -> None:
    host, expert = pair
    host.send("stroke", {"n": 1, "exhibit": "1"})
    host.send("signal", {}, to=expert.me["id"])
    Message.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    tidy_rooms.func()
    assert set(Message.objects.values_list("kind", flat=True)) == {"stroke"}
    now = timezone.now()
    Room.objects.update(state="closed", closed_at=now - dt.timedelta(days=2))
    tidy_rooms.func()
    assert not Message.objects.exists()


def test_the_link_is_summed_up_in_words(pair: tuple[Window, Window]) -> None:
    host, _expert = pair
    said = {"seconds": 30, "round_trip": 620, "loss": 12, "freezes": 1, "restarts": 2, "relayed": True}
    assert host.post("quality", said).status_code == 200
    assert host.post("quality", {**said, "seconds": 60}).status_code == 200
    assert QualitySummary.objects.get().seconds == 60
    page = host.client.get(f"/app/rooms/{host.room.pk}/").content.decode()
    assert "连接较差 · 时延 620 毫秒 · 丢包 1.2% · 重连 2 次 · 经中继" in page
    for wrong in ({"seconds": -1}, {"seconds": "x"}, {"seconds": 1, "loss": 2**40}, {"seconds": True}):
        assert host.post("quality", wrong).status_code == 422


def test_a_fifth_does_not_fit_without_a_conference_server(talk: Talk) -> None:
    room = talk.room()
    for number in range(4):
        talk.window(talk.at(talk.other.org, "clinician", f"n{number}"), room).join()
    late = talk.window(talk.host, room)
    answer = late.post("join")
    assert answer.status_code == 409
    assert "4 人" in answer.json()["message"]


def test_the_third_sends_the_room_through_the_server_and_its_loss_brings_it_back(
    talk: Talk, pair: tuple[Window, Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, expert = pair
    monkeypatch.setattr(conference, "is_on", lambda: True)
    monkeypatch.setattr(conference, "ensure", lambda _room: None)
    monkeypatch.setattr(settings, "JANUS_SECRET", "s" * 40)
    third = talk.window(talk.second_expert, host.room)
    found = third.join()
    assert found["way"] == "server"
    assert set(found["conference"]) == {"address", "token", "room", "pin"}
    assert "s" * 40 not in json.dumps(found)
    assert [one["kind"] for one in expert.hear()] == ["way", "joined"]

    def gone(_room: int) -> None:
        from duikou.core.errors import Conflict

        raise Conflict("gone")

    monkeypatch.setattr(conference, "ensure", gone)
    linking = host.client.get(host.address("servers")).json()
    assert (linking["way"], linking["conference"]) == ("direct", None)
    assert [one["body"] for one in expert.hear()] == [{"way": "direct"}]


def test_of_the_views_that_the_stage_went_through_the_last_is_kept(pair: tuple[Window, Window]) -> None:
    host, expert = pair
    for n in range(3):
        host.send("stage", {"exhibit": "2", "zoom": 1 + n}, key=f"s{n}")
    assert [one["body"]["zoom"] for one in expert.hear() if one["kind"] == "stage"] == [1, 2, 3]
    Message.objects.update(at=timezone.now() - dt.timedelta(minutes=2))
    again = [host.send("stage", {"exhibit": "2", "zoom": 4}, key="s3").json() for _twice in range(2)]
    assert again[0] == again[1]
    assert Message.objects.filter(kind="stage").count() == 1
    assert [one["body"]["zoom"] for one in expert.hear()] == [4]
    assert [one["body"]["zoom"] for one in expert.join()["lasting"]] == [4]
