"""A slide's page and its files. Opening the page is a look at the patient's record."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from openslide import OpenSlide, OpenSlideError

from duikou.core import components, documents
from duikou.core.errors import Denied, Missing
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.imaging.queries import reach
from duikou.wings.pathology import admission, queries, storing
from duikou.wings.pathology.catalogue import doubt_words, fault_words
from duikou.wings.pathology.models import Mark, Slide
from duikou.wings.pathology.queries.slides import own
from duikou.wings.pathology.views.lists import megabytes, state_badge
from duikou.wings.patients.actions import look
from duikou.wings.patients.models import Access

Where = Access.Where


def _look(actor: Actor, found: Slide) -> None:
    assert found.study.patient is not None  # `queries.slides` holds ready studies alone
    look(actor=actor, number=found.study.patient.number, where=Where.PAGE)


def _mark_rows(actor: Actor, found: Slide) -> list[tuple[Mark, bool]]:
    """Marks, and whether the actor may take them back."""
    return [(one, one.author_id == actor.user_id) for one in queries.marks(found)]


@page("study.view")
def slide(request: PageRequest, number: str) -> HttpResponse:
    """The viewer, what the gate found, marks and key images."""
    actor = request.actor
    found = queries.slide(actor, number)
    _look(actor, found)
    mine = own(actor, found)
    tiles = components.state("tiles")
    ready = found.state == Slide.State.READY
    viewer = ready and tiles.on
    may_mark = viewer and actor.may("slide.mark", reach(actor, found.study, "slide.mark"))
    context: dict[str, Any] = {
        "slide": found,
        "own": mine,
        "state": state_badge(found),
        "size": megabytes(found),
        "fault": fault_words(found.fault) if found.fault else "",
        "doubts": [doubt_words(code) for code in found.doubts],
        "tiles": tiles,
        "ready": ready,
        "viewer": viewer,
        "tools": _tools(found) if may_mark else [],
        "may_decide": found.state == Slide.State.DOUBTFUL
        and actor.may_any("study.edit", found.study.scope_paths()),
        "may_download": _may_download(mine, found),
        "pictured": storing.overview_path(found.number).is_file(),
        "marks": _mark_rows(actor, found),
        "key_images": queries.key_images(found),
        "tiles_address": admission.address(found),
    }
    response = render(request, "pathology/slide.html", context)
    if viewer:
        admission.admit(request, response, found)
    return response


def _tools(found: Slide) -> list[tuple[str, str, str]]:
    """Tools of the viewer: what they draw, words, icon."""
    listed = [
        ("point", _("点"), "map-pin"),
        ("box", _("方框"), "table"),
        ("polygon", _("多边形"), "route"),
        ("text", _("文字"), "message"),
        ("length", _("测量长度"), "arrow-right"),
    ]
    return [one for one in listed if one[0] != "length" or found.measurable]


@page("study.view")
def marks(request: PageRequest, number: str) -> HttpResponse:
    """The list of marks alone, for the viewer after it has drawn one."""
    found = queries.slide(request.actor, number)
    context = {
        "slide": found,
        "marks": _mark_rows(request.actor, found),
        "key_images": queries.key_images(found),
    }
    return render(request, "pathology/_marks.html", context)


@page("study.view")
def overview(request: PageRequest, number: str) -> HttpResponseBase:
    """The whole slide as a small picture, without its label."""
    found = queries.slide(request.actor, number)
    with _opened(storing.overview_path(found.number)) as file:
        return _picture(file.read())


@page("study.view")
def label(request: PageRequest, number: str) -> HttpResponseBase:
    """The photograph of the label: for the hospital that made it alone, as a name may stand on it."""
    found = queries.slide(request.actor, number)
    if not own(request.actor, found):
        raise Denied(_("标签照片可能写有患者姓名，只有送检医院可以查看。"))
    _look(request.actor, found)
    try:
        with OpenSlide(storing.slide_path(found.number)) as file:
            pictures = file.associated_images
            name = next((one for one in ("label", "macro") if one in pictures), None)
            if name is None:
                raise Missing(_("这个文件没有标签照片。"))
            picture = pictures[name].convert("RGB")
    except (OpenSlideError, OSError) as error:
        raise Missing(_("这个文件的标签照片读不出来。")) from error
    picture.thumbnail((800, 800))
    memory = io.BytesIO()
    picture.save(memory, "JPEG", quality=85)
    return _picture(memory.getvalue())


@page("study.view")
def file(request: PageRequest, number: str) -> HttpResponseBase:
    """The file as it came, for the maker's own viewer."""
    found = queries.slide(request.actor, number)
    if not _may_download(own(request.actor, found), found):
        raise Denied(_("原文件含有标签照片，上面可能写有患者姓名，不能下载到外院。请在线阅片。"))
    _look(request.actor, found)
    ending = found.filename.rpartition(".")[2][:5]
    answer = FileResponse(_opened(storing.slide_path(found.number)), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{found.number}.{ending}')}"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page("study.view")
def key_image(request: PageRequest, pk: int) -> HttpResponseBase:
    """A picture chosen for the report."""
    found = queries.key_image(request.actor, pk)
    return _picture(documents.content(found.document))


def _may_download(mine: bool, found: Slide) -> bool:
    return mine or (found.state == Slide.State.READY and not found.has_label)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Missing(_("切片文件在存储中缺失或已损坏。请联系系统管理员从备份恢复。")) from error


def _picture(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
