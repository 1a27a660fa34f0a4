"""A study and its pictures, without any viewer: opening it is a look at its patient's record."""

from __future__ import annotations

import tempfile
import zipfile
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import components
from duikou.core.errors import Invalid
from duikou.core.faces import done
from duikou.core.pages import PageRequest, page
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.dicom.rendering import png
from duikou.wings.imaging.forms import MarkForm
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import pictures
from duikou.wings.imaging.windows import WINDOWS, window_of
from duikou.wings.patients.models import Access

PAGE, FILE = Access.Where.PAGE, Access.Where.EXPORT
REMARKS = {
    "no_spacing": gettext_lazy("部分图像没有像素间距或为零：禁止测量，只能逐幅查看。请由设备重新导出。"),
    "no_charset": gettext_lazy("部分文件没有写明字符集，已按内容识别中文。"),
    "no_birth": gettext_lazy("部分文件没有出生日期，只核对了姓名和性别。"),
}


def viewer_of(study: Study) -> tuple[str, str]:
    """Address of the study in the viewer; else why there is none."""
    store = components.state("imaging")
    if not store.on:
        return "", store.words
    if not study.measurable:
        return "", str(REMARKS["no_spacing"])
    if study.files.filter(forwarded_at=None).exists():
        return "", _("影像正在转入影像存储，稍后可用阅片器打开；现在可以逐幅查看。")
    return f"{settings.VIEWER_URL}/viewer?{urlencode({'StudyInstanceUIDs': study.study_uid})}", ""


@page("study.view")
def study(request: PageRequest, uid: str) -> HttpResponse:
    """What a study consists of, and where to look at it."""
    found = actions.look(actor=request.actor, study_uid=uid, where=PAGE)
    address, why_not = viewer_of(found)
    return render(
        request,
        "imaging/study.html",
        {
            "study": found,
            "series": pictures.series_of(found),
            "viewer": address,
            "why_not": why_not,
            "remarks": [REMARKS[one] for one in found.remarks if one in REMARKS],
            "marks": pictures.marks_of(found),
            "me": request.actor.user_id,
            "grants": pictures.grants_of(found),
            "edits": request.actor.may_any("study.edit", found.scope_paths()),
        },
    )


@page("study.view")
def picture(request: PageRequest, uid: str, pk: int) -> HttpResponse:
    """One picture with the way to the next."""
    found = actions.look(actor=request.actor, study_uid=uid, where=PAGE)
    file = pictures.file_of(found, pk)
    text = request.GET.get("frame", "1")
    frame = int(text) if text.isdecimal() and len(text) < 7 else 1
    window = request.GET.get("window", "")
    window = window if window in WINDOWS else ""
    before, after, at, count = pictures.neighbours(file, frame)

    def address(place: tuple[int, int] | None, chosen: str = window) -> str:
        if place is None:
            return ""
        query = {"frame": place[1], **({"window": chosen} if chosen else {})}
        return f"{reverse('imaging:picture', args=[uid, place[0]])}?{urlencode(query)}"

    drawn = reverse("imaging:png", args=[uid, pk, frame]) + (f"?window={window}" if window else "")
    presets = [("", _("原始窗"), address((pk, frame), ""))]
    presets += [(key, str(label), address((pk, frame), key)) for key, (label, _window) in WINDOWS.items()]
    return render(
        request,
        "imaging/picture.html",
        {
            "study": found,
            "file": file,
            "frame": frame,
            "at": at,
            "count": count,
            "before": address(before),
            "after": address(after),
            "drawn": drawn,
            "window": window,
            "presets": presets if file.modality == "CT" else [],
            "form": MarkForm(initial={"frame": frame, "window": window}),
        },
    )


@page("study.view")
def drawn(request: PageRequest, uid: str, pk: int, frame: int) -> HttpResponse:
    """One picture as PNG."""
    found = actions.look(actor=request.actor, study_uid=uid, where=PAGE)
    file = pictures.file_of(found, pk)
    window = window_of(request.GET.get("window", ""))
    answer = HttpResponse(png(storage.opened(file), frame, window), "image/png")
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("study.view")
def download(request: PageRequest, uid: str) -> HttpResponseBase:
    """All files as they came, in an archive without anybody's name."""
    found = actions.look(actor=request.actor, study_uid=uid, where=FILE)
    target: Any = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the answer)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for index, file in enumerate(found.files.all(), start=1):
            archive.write(storage.opened(file), f"{file.series_number:04d}/{index:05d}.dcm")
    target.seek(0)
    answer = FileResponse(target, as_attachment=True, filename=f"{found.study_uid}.zip")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@page("study.view")
def mark(request: PageRequest, uid: str, pk: int) -> HttpResponse:
    """Point a picture out."""
    found = actions.look(actor=request.actor, study_uid=uid, where=PAGE)
    file = pictures.file_of(found, pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("请填写帧号；说明最多 300 字。"))
    actions.mark(actor=request.actor, file=file, **form.cleaned_data)
    done(request, _("已标为关键图像。"))
    query = urlencode({name: form.cleaned_data[name] for name in ("frame", "window")})
    return redirect(f"{reverse('imaging:picture', args=[uid, pk])}?{query}")


@require_POST
@page("study.view")
def unmark(request: PageRequest, uid: str, pk: int) -> HttpResponse:
    """Take one's own choice back."""
    found = actions.look(actor=request.actor, study_uid=uid, where=PAGE)
    actions.unmark(actor=request.actor, mark=pictures.own_mark(request.actor, found, pk))
    done(request, _("已取消关键图像。"))
    return redirect("imaging:study", uid)
