"""Pages: the rooms of the actor, one room, opening and closing it, the test of devices."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_permissions_policy.decorators import permissions_policy_override

from duikou.core import components
from duikou.core.faces import answer_form, badge, done, row_url
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.rooms import actions, forms, quality
from duikou.wings.rooms.actions import Invited
from duikou.wings.rooms.models import Exhibit, Member, Room
from duikou.wings.rooms.queries import rooms as found_rooms

DEVICES: dict[str, str | list[str] | tuple[str]] = {
    **settings.PERMISSIONS_POLICY,
    "camera": ["self"],
    "microphone": ["self"],
    "display-capture": ["self"],
}

ROOMS = Listing(
    key="rooms",
    title=pgettext_lazy("导航", "会诊室"),
    default_sort="-opened_at",
    empty=gettext_lazy("没有您可以进入的会诊室。会诊需要实时讨论时由会诊页面打开，也可以自己新开一间。"),
    columns=(
        Column(
            "title",
            gettext_lazy("名称"),
            head=True,
            href=lambda row: row_url("rooms:room", row.pk),
            sort=True,
            width=40,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge(
                "success" if row.state == Room.State.OPEN else "neutral", row.get_state_display()
            ),
            sort=True,
        ),
        Column("present", gettext_lazy("在室（人）"), numeric=True, sort=True),
        Column("opened_at", gettext_lazy("开放时间"), sort=True, width=20),
        Column("opened_by", gettext_lazy("开放人"), value=lambda row: str(row.opened_by or "")),
        Column("closed_at", gettext_lazy("关闭时间"), sort=True, width=20),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda row: _("演示数据") if row.demonstration else "",
        ),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Room.State.choices),
        TextFilter("q", gettext_lazy("名称"), ("title__icontains",)),
    ),
)


def with_devices(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only these pages may ask for camera, microphone and screen, and reach the conference server."""

    @wraps(view)
    def lent(*args: Any, **kwargs: Any) -> HttpResponseBase:
        own = permissions_policy_override(DEVICES)(view)
        other = [settings.JANUS_PUBLIC] if "://" in settings.JANUS_PUBLIC else []
        answer: HttpResponseBase = csp_update({"connect-src": other})(own)(*args, **kwargs)
        return answer

    return lent


@page("room.join")
def rooms(request: PageRequest) -> HttpResponseBase:
    """The rooms that the actor may come into."""
    return ROOMS.respond(
        request,
        found_rooms.rooms(request.actor),
        "rooms/list.html",
        {"may_open": request.actor.may("room.open"), "off": what_is_off()},
    )


def what_is_off() -> list[str]:
    """In words: which components do not work, and what people do without them."""
    found = (components.state(name) for name in ("relay", "rooms"))
    return [one.words for one in found if not one.on]


@with_devices
@page("room.join")
def room(request: PageRequest, pk: int) -> HttpResponse:
    """A room: the stage, the people, the controls; after it is closed, the record of it."""
    found = found_rooms.room(request.actor, pk)
    facts = found_rooms.facts(request.actor, found)
    return render(
        request,
        "rooms/room.html",
        {
            "room": found,
            "open": found.state == Room.State.OPEN,
            "watches": facts["part"] == Member.Part.WATCHER,
            "off": what_is_off(),
            "demo_data": found.demonstration,
            "links": [(one, quality.words_of(one)) for one in facts["stays"]],
            "board": Exhibit.Kind.BOARD,
            "slides": any(one.kind == Exhibit.Kind.SLIDE for one in facts["exhibits"]),
            **facts,
        },
    )


@with_devices
@page("room.join")
def devices(request: PageRequest) -> HttpResponse:
    """Try microphone, camera and loudspeaker before a session."""
    return render(request, "rooms/devices.html", {"off": what_is_off()})


@require_http_methods(["GET", "POST"])
@page("room.open")
def new(request: PageRequest) -> HttpResponse:
    """Open a room by hand, for a talk between hospitals."""
    form = forms.NewRoomForm(request.POST or None, hospitals=found_rooms.hospitals(request.actor))

    def do(data: dict[str, Any]) -> Room:
        members = [
            Invited(Member.Part.SPEAKER, path=one.scope_path, label=one.name) for one in data["hospitals"]
        ]
        return actions.open_room(actor=request.actor, title=data["title"], members=members)

    return answer_form(
        request,
        form,
        do,
        "rooms/new.html",
        {"form": form, "back": reverse("rooms:list")},
        said=_("会诊室已开放。"),
        then=lambda made: reverse("rooms:room", args=[made.pk]),
    )


@require_POST
@page("room.open")
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Close a room for everybody."""
    actions.close_room(actor=request.actor, room=found_rooms.room(request.actor, pk))
    done(request, _("会诊室已关闭。"))
    return redirect("rooms:room", pk)
