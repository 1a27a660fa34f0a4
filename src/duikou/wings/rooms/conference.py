"""The conference server (Janus): rooms made by this site, short-lived tokens for browsers.

The API secret stays here. A browser gets a token that ends by itself and the room's PIN: with them it can
join that room and nothing else; rooms are made with a key that only this site knows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core import components
from duikou.core.errors import Conflict

log = structlog.get_logger(__name__)
PLUGIN = "janus.plugin.videoroom"
LIFE = 2 * 3600
ANSWER_WITHIN = 3.0


def is_on() -> bool:
    """Whether a conference server is set up and answers (asked at most every few seconds)."""
    return bool(settings.JANUS_SECRET) and components.state("rooms").on


def derived(purpose: str) -> str:
    """A key of its own for each purpose, from the one secret that site and server share."""
    return hmac.new(settings.JANUS_SECRET.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def token(now: float | None = None) -> str:
    """A signed token: Janus checks end and digest itself and keeps no list."""
    claim = f"{int(now if now is not None else time.time()) + LIFE},janus,{PLUGIN}"
    digest = hmac.new(derived("token").encode(), claim.encode(), hashlib.sha1).digest()
    return f"{claim}:{base64.b64encode(digest).decode()}"


def pin_of(room_id: int) -> str:
    """The room's PIN: known to this site and to those who are in."""
    return derived(f"pin:{room_id}")[:24]


def ticket(room_id: int) -> dict[str, Any]:
    """What a browser needs to join a room; the room is made when it is not there (or no longer)."""
    ensure(room_id)
    return {"address": settings.JANUS_PUBLIC, "token": token(), "room": room_id, "pin": pin_of(room_id)}


def ensure(room_id: int) -> None:
    """Have the server know the room. Raises Conflict when it does not answer."""
    made = {
        "request": "create",
        "room": room_id,
        "admin_key": derived("admin"),
        "secret": derived(f"room:{room_id}")[:32],
        "pin": pin_of(room_id),
        "is_private": True,
        "publishers": 12,
        "bitrate": 512_000,
        "fir_freq": 2,  # without it a newcomer waits long for a whole picture
        "audiocodec": "opus",
        "videocodec": "vp8",
        "notify_joining": False,
    }
    answer = _ask(made)
    if answer.get("videoroom") != "created" and answer.get("error_code") != 427:  # 427: is there already
        log.warning("rooms.conference_refused", code=answer.get("error_code"))
        raise Conflict(_("会议服务器没有接受这间会诊室，请联系系统管理员。"))


def forget(room_id: int) -> None:
    """Have the server drop a room; one that does not answer has none any more."""
    try:
        _ask({"request": "destroy", "room": room_id, "secret": derived(f"room:{room_id}")[:32]})
    except Conflict:
        log.info("rooms.conference_gone")


def _ask(body: dict[str, Any]) -> dict[str, Any]:
    """One request to the plugin, in a session of its own."""
    try:
        session = _post("", {"janus": "create"})["data"]["id"]
        handle = _post(f"/{session}", {"janus": "attach", "plugin": PLUGIN})["data"]["id"]
        answer = _post(f"/{session}/{handle}", {"janus": "message", "body": body})
        _post(f"/{session}", {"janus": "destroy"})
    except (OSError, ValueError, KeyError) as error:
        raise Conflict(_("会议服务器没有应答，请稍后再试。")) from error
    data: dict[str, Any] = answer.get("plugindata", {}).get("data", {})
    return data


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    body = {**body, "transaction": secrets.token_hex(8), "apisecret": derived("api")}
    request = urllib.request.Request(  # noqa: S310  (the address comes from the settings)
        f"{settings.JANUS_URL}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_WITHIN) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    if answer.get("janus") == "error":
        raise ValueError(f"conference server: {answer['error'].get('code')}")
    return answer
