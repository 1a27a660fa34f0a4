"""Two hospitals in a room, a third outside, and short forms of what their browsers ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.rooms import actions, consents
from duikou.wings.rooms.actions import Invited, Shown
from duikou.wings.rooms.models import Room
from tests.wings.posted import SINCE


class Window:
    """One browser window in a room: its seat, and what it has heard."""

    def __init__(self, actor: Actor, room: Room) -> None:
        self.actor, self.room, self.client = actor, room, Client()
        self.client.force_login(User.objects.get(pk=actor.user_id))
        self.me: dict[str, Any] = {}
        self.last = 0

    @property
    def seat(self) -> str:
        return f"seat={self.me.get('id', 1)}&epoch={self.me.get('epoch', 1)}"

    def address(self, name: str, query: str = "") -> str:
        return f"/app/rooms/{self.room.pk}/{name}/?{self.seat}{query}"

    def post(self, name: str, body: dict[str, Any] | None = None) -> Any:
        return self.client.post(self.address(name), json.dumps(body or {}), content_type="application/json")

    def join(self) -> dict[str, Any]:
        answer = self.post("join")
        assert answer.status_code == 200, answer.content.decode()
        found: dict[str, Any] = answer.json()
        self.me, self.last = found["me"], found["since"]
        return found

    def send(self, kind: str, body: dict[str, Any], to: int | None = None, key: str = "") -> Any:
        return self.post("send", {"kind": kind, "body": body, "to": to, "key": key})

    def hear(self) -> list[dict[str, Any]]:
        answer = self.client.get(self.address("messages", f"&after={self.last}"))
        assert answer.status_code == 200, answer.content.decode()
        found: list[dict[str, Any]] = answer.json()["messages"]
        self.last = max([self.last, *(one["number"] for one in found)])
        return found

    def record_part(self, recording: int, offset: int, content: bytes) -> Any:
        address = f"/app/rooms/recordings/{recording}/part/?{self.seat}&offset={offset}"
        return self.client.post(address, content, content_type="application/octet-stream")


class Talk:
    """安吉县人民医院 opens a room for 浙江医院; 宁波市第一医院 has nothing to do with it."""

    def __init__(self) -> None:
        self.home, self.other, self.stranger = (
            Hospital.objects.select_related("org").get(name=name)
            for name in ("安吉县人民医院", "浙江医院", "宁波市第一医院")
        )
        self.host = self.at(self.home.org, "clinician")
        self.colleague = self.at(self.home.org, "medical_office")
        self.expert = self.at(self.other.org, "clinician")
        self.second_expert = self.at(self.other.org, "clinician", "second")
        self.outsider = self.at(self.stranger.org, "clinician")
        self.officer = self.at(self.home.org.parent, "county_officer")

    def at(self, org: Any, role: str, who: str = "") -> Actor:
        assert isinstance(org, OrgUnit)
        user = User.objects.create(username=f"{role}{who}-{org.pk}", display_name=f"{org.name}{role}{who}")
        RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
        return actor_for(user)

    def room(self, reference: str = "", **more: Any) -> Room:
        members = more.pop(
            "members",
            [
                Invited("speaker", path=self.other.scope_path, label=self.other.name),
                Invited("watcher", path=self.home.scope_path, label=self.home.name),
            ],
        )
        return actions.open_room(
            actor=self.host,
            title="心内科病例讨论",
            reference=reference,
            members=members,
            exhibits=[Shown("image", "胸片", "/static/web/mark.svg")],
            **more,
        )

    def window(self, actor: Actor, room: Room) -> Window:
        return Window(actor, room)


@pytest.fixture
def talk(db: None) -> Talk:
    return Talk()


@pytest.fixture
def asked() -> Iterator[dict[str, list[str]]]:
    """What the wing that opened a room for `trial:…` answers about recording; change the list at will."""
    said: dict[str, list[str]] = {"trial": []}
    consents.register("trial", lambda room: said["trial"])
    yield said
    consents._asked.pop("trial")
