"""Rooms opened once for what they are for, entered by members alone, closed for everybody."""

from __future__ import annotations

import pytest

from duikou.core.errors import Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.rooms import actions
from duikou.wings.rooms.actions import Invited, Shown
from duikou.wings.rooms.models import Presence, Room
from duikou.wings.rooms.queries import rooms
from tests.wings.rooms.conftest import Talk


def test_a_room_is_opened_once_for_a_reference(talk: Talk) -> None:
    room = talk.room("trial:12")
    assert talk.room("trial:12") == room
    assert [one.title for one in room.exhibits.all()] == ["胸片", "白板"]
    assert room.members.get(part="host").user_id == talk.host.user_id
    actions.close_room(actor=talk.host, room=room)
    assert talk.room("trial:12") != room  # the next session about the same thing
    assert AuditEvent.objects.filter(action="room.open").count() == 2 + 1  # asked twice while it was open


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"reference": "consultation"}, "reference"),
        ({"reference": "consultation:1;"}, "reference"),
        ({"members": [Invited("speaker")]}, "members"),
        ({"members": [Invited("king", path="0000001")]}, "members"),
        ({"exhibits": [Shown("image", "外站", "https://elsewhere.example/x.png")]}, "exhibits"),
        ({"exhibits": [Shown("image", "外站", "//elsewhere.example/x.png")]}, "exhibits"),
        ({"exhibits": [Shown("image", "无地址")]}, "exhibits"),
        ({"exhibits": [Shown("board", "白板", "/x")]}, "exhibits"),
        ({"exhibits": [Shown("film", "胶片", "/x")]}, "exhibits"),
        ({"exhibits": [Shown("series", "胸部", "/app/patients/P1/")]}, "exhibits"),
        ({"exhibits": [Shown("slide", "胃窦", "/app/slides/../patients/")]}, "exhibits"),
    ],
)
def test_what_no_room_takes(talk: Talk, what: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.open_room(**{"actor": talk.host, "title": "讨论", **what})  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert not Room.objects.exists()


def test_members_see_a_room_and_nobody_else(talk: Talk) -> None:
    room = talk.room()
    for actor in (talk.host, talk.colleague, talk.expert):
        assert rooms.rooms(actor).get() == room
    for actor in (talk.outsider, talk.officer):
        assert not rooms.rooms(actor).exists()


def test_a_department_and_a_single_account_may_be_members(talk: Talk) -> None:
    from duikou.core.models import User

    only = talk.room(
        members=[Invited("speaker", user=User.objects.get(pk=talk.expert.user_id))],
    )
    assert rooms.rooms(talk.expert).get() == only
    assert not rooms.rooms(talk.second_expert).exists()
    actions.invite(
        actor=talk.host, room=only, members=[Invited("speaker", path=talk.other.scope_path, label="浙江医院")]
    )
    assert rooms.rooms(talk.second_expert).get() == only


def test_only_the_host_leads(talk: Talk) -> None:
    room = talk.room()
    for act in (
        lambda: actions.close_room(actor=talk.expert, room=room),
        lambda: actions.invite(actor=talk.expert, room=room, members=[]),
        lambda: actions.show(actor=talk.expert, room=room, exhibits=[]),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Denied):
        actions.open_room(actor=talk.officer, title="讨论")


def test_closing_ends_it_for_everybody(talk: Talk) -> None:
    room = talk.room()
    host, expert = talk.window(talk.host, room), talk.window(talk.expert, room)
    host.join()
    expert.join()
    actions.close_room(actor=talk.host, room=room)
    assert not Presence.objects.live().exists()
    assert expert.client.get(expert.address("messages")).status_code == 409
    assert expert.post("join").status_code == 409
    room.refresh_from_db()
    assert (room.state, room.closed_by_id) == ("closed", talk.host.user_id)


def test_every_address_is_like_a_missing_one_for_a_stranger(talk: Talk) -> None:
    room = talk.room()
    inside = talk.window(talk.expert, room)
    inside.join()
    outside = talk.window(talk.outsider, room)
    outside.me = inside.me  # even with another's seat in hand
    for name in ("servers", "stream", "messages", "exhibits/1"):
        assert outside.client.get(outside.address(name)).status_code == 404, name
    for name in ("join", "leave", "send", "quality", "agree", "record"):
        body = {"kind": "media", "body": {}, "seconds": 1}
        assert outside.post(name, body).status_code == 404, name
    assert outside.client.get(f"/app/rooms/{room.pk}/").status_code == 404
    assert outside.client.post(f"/app/rooms/{room.pk}/close/").status_code == 404
    officer = talk.window(talk.officer, room)
    assert officer.client.get(f"/app/rooms/{room.pk}/").status_code == 403
    assert Presence.objects.count() == 1


def test_another_of_the_same_room_may_not_use_a_seat(talk: Talk) -> None:
    room = talk.room()
    host, expert = talk.window(talk.host, room), talk.window(talk.expert, room)
    host.join()
    expert.join()
    expert.me = host.me
    assert expert.send("media", {"mic": True}).status_code == 404
    assert expert.client.get(expert.address("messages")).status_code == 404
