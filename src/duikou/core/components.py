"""The components beside the site: which are there, and whether they answer.

A component is a server of its own (picture store, relay, conference server, tiles). What has no address in
the settings is off: the site does without it and says so. Whether one that is set answers is asked at most
every few seconds by each process, by opening a connection.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FRESH = 10  # seconds for which an answer is good
PATIENCE = 0.5  # seconds for opening a connection

Condition = Literal["on", "off", "unreachable"]
ON: Condition = "on"
OFF: Condition = "off"
UNREACHABLE: Condition = "unreachable"


@dataclass(frozen=True, slots=True)
class Component:
    """A kind of component: its settings, and what is lacking without it."""

    label: str | Promise
    addresses: tuple[str, ...]  # names of settings; all are needed
    without: str | Promise  # what people do instead
    default_port: int = 80
    programs: tuple[str, ...] = ()  # names of settings: programs on this machine instead of servers


@dataclass(frozen=True, slots=True)
class State:
    """How a component is, for pages and programs."""

    name: str
    label: str
    condition: Condition
    words: str

    @property
    def on(self) -> bool:
        """Whether it can be used now."""
        return self.condition == ON


COMPONENTS: Mapping[str, Component] = {
    "imaging": Component(
        _("影像存储与阅片器"),
        ("ORTHANC_URL", "VIEWER_URL"),
        _("仍可上传、下载影像，并在本站逐幅查看。"),
    ),
    "relay": Component(
        _("音视频中继（TURN）"),
        ("TURN_URL",),
        _("两端网络能直连时仍可通话；不能直连时请用留言方式会诊。"),
        3478,
    ),
    "rooms": Component(
        _("多方会议服务"),
        ("JANUS_URL",),
        _("仍可通话，三人以上改为两两直连，最多 4 人；或用留言方式会诊。"),
        8088,
    ),
    "video": Component(
        _("视频处理（ffmpeg）"),
        (),
        _("仍可上传视频，原件会保留，启用后自动处理；不能直播。"),
        programs=("FFMPEG", "FFPROBE"),
    ),
    "tiles": Component(_("切片浏览服务"), ("TILES_URL",), _("仍可上传、下载切片，查看缩略图。")),
}


def state(name: str) -> State:
    """How a component is now, in words."""
    component = COMPONENTS[name]
    if component.programs:
        return _of_programs(name, component)
    urls = [getattr(settings, address) for address in component.addresses]
    if not all(urls):
        return _off(name, component)
    if all(_answers(url, component.default_port) for url in urls):
        return _on(name, component)
    said = _("%(label)s暂时无法连接，请稍后再试或联系系统管理员。%(without)s") % {
        "label": component.label,
        "without": component.without,
    }
    return State(name, str(component.label), UNREACHABLE, said)


def _on(name: str, component: Component) -> State:
    return State(name, str(component.label), ON, _("%(label)s运行正常。") % {"label": component.label})


def _off(name: str, component: Component) -> State:
    said = _("%(label)s没有启用。%(without)s") % {"label": component.label, "without": component.without}
    return State(name, str(component.label), OFF, said)


def _of_programs(name: str, component: Component) -> State:
    """A component that is no server: on where its programs are installed."""
    there = all(shutil.which(getattr(settings, program) or "") for program in component.programs)
    return _on(name, component) if there else _off(name, component)


def states() -> list[State]:
    """All components."""
    return [state(name) for name in COMPONENTS]


def _answers(url: str, default_port: int) -> bool:
    key = f"component:{url}"
    known = cache.get(key)
    if known is None:
        known = _open(url, default_port)
        cache.set(key, known, FRESH)
    return bool(known)


def _open(url: str, default_port: int) -> bool:
    # turn:host:port has no slashes; to urlsplit it would be a path.
    parts = urlsplit(url if "//" in url else "//" + url.partition(":")[2])
    port = parts.port or (443 if parts.scheme == "https" else default_port)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=PATIENCE):
            return True
    except OSError:
        return False
