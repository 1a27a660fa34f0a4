"""Pages: the videos of a hospital, one of them, bringing one in, broadcasts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_permissions_policy.decorators import permissions_policy_override

from duikou.core import components
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.media import actions, forms, queries
from duikou.wings.media.catalogue import fault_words
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.media.views.lists import BROADCASTS, RECORDINGS

DEVICES: dict[str, str | list[str] | tuple[str]] = {
    **settings.PERMISSIONS_POLICY,
    "camera": ["self"],
    "microphone": ["self"],
    "display-capture": ["self"],
}


@page("media.edit")
def recordings(request: PageRequest) -> HttpResponseBase:
    """Recordings of the own hospital."""
    rows = queries.recordings(request.actor)
    return RECORDINGS.respond(request, rows, "media/list.html", {"off": _off()})


def _off() -> str:
    """What does not work without ffmpeg, in words; empty when it is there."""
    state = components.state("video")
    return "" if state.on else state.words


@both
@page("media.edit")
def new(request: PageRequest) -> HttpResponse:
    """Bring a video in. Its file has gone up in pieces before this form comes."""
    form = forms.RecordingForm(request.POST or None)
    return answer_form(
        request,
        form,
        lambda data: actions.add(actor=request.actor, upload=data["upload"], title=data["title"]),
        "media/new.html",
        {"form": form, "off": _off(), "back": reverse("media:list")},
        said=_("视频已收下，处理完成后即可播放。"),
        then=lambda made: reverse("media:recording", args=[made.number]),
    )


@page(None)
def recording(request: PageRequest, number: str) -> HttpResponse:
    """A recording: the player for whoever may watch; what can be done with it for those who keep it."""
    found = queries.watchable(request.actor, Recording, number)
    keeps = request.actor.may_any("media.edit", found.scope_paths())
    template = "media/_state.html" if request.htmx else "media/recording.html"
    return render(request, template, {**_facts(found), "keeps": keeps, "off": _off()})


def _facts(found: Recording) -> dict[str, Any]:
    job = None if found.ready or found.fault else queries.progress_of(found)
    return {
        "recording": found,
        "fault": fault_words(found.fault),
        "job": job,
        "minutes": f"{found.duration_seconds // 60}:{found.duration_seconds % 60:02d}",
        "megabytes": f"{found.size / 1048576:.1f}",
        "subtitles": list(found.subtitles.all()),
        "demo_data": found.demonstration,
    }


@both
@page("media.edit")
def subtitles(request: PageRequest, number: str) -> HttpResponse:
    """Give a recording subtitles."""
    found = queries.recording(request.actor, number)
    form = forms.SubtitleForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> Any:
        return actions.add_subtitle(
            actor=request.actor, recording=found, language=data["language"], content=data["file"].read()
        )

    return answer_form(
        request,
        form,
        do,
        "media/subtitles.html",
        {"form": form, "recording": found, "back": reverse("media:recording", args=[number])},
        said=_("字幕已保存。"),
        then=reverse("media:recording", args=[number]),
    )


@both
@page("media.edit")
def withdraw(request: PageRequest, number: str) -> HttpResponse:
    """Take a recording down for good."""
    found = queries.recording(request.actor, number)
    form = forms.WithdrawForm(request.POST or None)
    return answer_form(
        request,
        form,
        lambda data: actions.withdraw(actor=request.actor, recording=found, reason=data["reason"]),
        "media/withdraw.html",
        {"form": form, "recording": found, "back": reverse("media:recording", args=[number])},
        said=_("录像已撤下，内容已删除。"),
        then=reverse("media:list"),
    )


@page("media.edit")
def broadcasts(request: PageRequest) -> HttpResponseBase:
    """Broadcasts of the own hospital."""
    rows = queries.broadcasts(request.actor)
    return BROADCASTS.respond(request, rows, "media/broadcasts.html", {"off": _off()})


@both
@page("media.edit")
def start(request: PageRequest) -> HttpResponse:
    """Begin a broadcast."""
    form = forms.BroadcastForm(request.POST or None)

    def do(data: dict[str, Any]) -> Broadcast:
        return actions.start_broadcast(
            actor=request.actor, title=data["title"], keeps=data["keeps"], notice=data["notice"]
        )

    return answer_form(
        request,
        form,
        do,
        "media/start.html",
        {"form": form, "off": _off(), "back": reverse("media:broadcasts")},
        said=_("直播已建立。请允许使用摄像头和话筒，然后点“开始推流”。"),
        then=lambda made: reverse("media:broadcast", args=[made.number]),
    )


@permissions_policy_override(DEVICES)
@page(None)
def broadcast(request: PageRequest, number: str) -> HttpResponse:
    """A broadcast: the camera of whoever began it, the picture for everybody else who may watch."""
    found = queries.watchable(request.actor, Broadcast, number)
    sends = found.live and found.started_by_id == request.actor.user_id
    may_end = found.live and request.actor.may_any("media.edit", found.scope_paths())
    context = {"broadcast": found, "sends": sends, "may_end": may_end, "recording": found.recording}
    return render(request, "media/broadcast.html", context)


@require_POST
@page("media.edit")
def end(request: PageRequest, number: str) -> HttpResponse:
    """End a broadcast."""
    found = actions.end_broadcast(actor=request.actor, broadcast=queries.broadcast(request.actor, number))
    if found.recording:
        done(request, _("直播已结束，正在保存为录像。"))
        return redirect("media:recording", found.recording.number)
    done(request, _("直播已结束，没有保存录像。"))
    return redirect("media:broadcast", number)
