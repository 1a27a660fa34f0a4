"""What the shared stage can show of a study, and what a browser needs to draw it.

An exhibit names its thing by the address of its page on this site. Nobody sees more through a room than
without it: each member's browser asks anew, and the rules of pictures and slides decide.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core import components
from duikou.core.scope import Actor
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import pictures
from duikou.wings.imaging.windows import WINDOWS
from duikou.wings.pathology import admission, queries
from duikou.wings.pathology.models import Slide
from duikou.wings.patients.models import Access
from duikou.wings.rooms.actions.opening import Shown
from duikou.wings.rooms.models import Exhibit

Kind = Exhibit.Kind


def of_study(study: Study) -> list[Shown]:
    """What of a study can lie on a stage: its series together, each of its slides, its tracing."""
    if study.kind == Study.Kind.SLIDE:
        ready = Slide.objects.filter(study=study, state=Slide.State.READY).order_by("pk")
        return [Shown(Kind.SLIDE, one.title, reverse("pathology:slide", args=[one.number])) for one in ready]
    if study.kind == Study.Kind.ECG:
        drawing = reverse("imaging:tracing_drawn", args=[study.study_uid])
        return [Shown(Kind.IMAGE, _title(study), drawing)]
    return series_of(study)


def series_of(study: Study) -> list[Shown]:
    """The series of a study as one exhibit; none where there is no picture."""
    if not study.files.filter(frames__gt=0).exists():
        return []
    return [Shown(Kind.SERIES, _title(study), reverse("imaging:study", args=[study.study_uid]))]


def _title(study: Study) -> str:
    return f"{study.modality} {study.description or study.get_kind_display()}".strip()


def drawn(actor: Actor, exhibit: Exhibit) -> tuple[dict[str, Any], Slide | None]:
    """What a browser needs to draw an exhibit, and the slide whose tiles it has to be let to.

    Raises Missing where the actor may not see the study or slide itself.
    """
    if exhibit.kind == Kind.SERIES:
        return _series(actor, exhibit), None
    if exhibit.kind == Kind.SLIDE:
        return _slide(actor, exhibit)
    return {"kind": exhibit.kind, "source": exhibit.source}, None


def _series(actor: Actor, exhibit: Exhibit) -> dict[str, Any]:
    study = imaging.look(actor=actor, study_uid=exhibit.named, where=Access.Where.PAGE)
    listed = [
        {
            "title": one.first.series_description or one.first.modality or str(number),
            "modality": one.first.modality,
            "frames": [[file.pk, frame] for file in one.files for frame in range(1, file.frames + 1)],
        }
        for number, one in enumerate(pictures.series_of(study), start=1)
        if one.pictures
    ]
    windows = [{"key": key, "words": str(words)} for key, (words, _range) in WINDOWS.items()]
    return {
        "kind": Kind.SERIES,
        "base": f"{exhibit.source}pictures/",
        "series": listed,
        "windows": [{"key": "", "words": _("原始窗")}, *windows],
    }


def _slide(actor: Actor, exhibit: Exhibit) -> tuple[dict[str, Any], Slide | None]:
    slide = queries.slide(actor, exhibit.named)
    admission.ensure_look(actor, slide)
    tiles = components.state("tiles")
    if slide.state != Slide.State.READY or not tiles.on:
        overview = reverse("pathology:overview", args=[slide.number])
        words = _("切片只能显示缩略图。%(why)s") % {"why": tiles.words if not tiles.on else ""}
        return {"kind": Kind.IMAGE, "source": overview, "words": words}, None
    return {
        "kind": Kind.SLIDE,
        "tiles": admission.address(slide),
        "width": slide.width,
        "height": slide.height,
        "mpp": slide.mpp_x,
    }, slide
