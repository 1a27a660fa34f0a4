"""What a live session about a case can show: its studies, slides and pictures, each under its own address.

An address is guarded by the wing that it leads to, so an exhibit gives nobody a right.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import pictures, tracings
from duikou.wings.pathology import queries as pathology
from duikou.wings.pathology.models import Slide
from duikou.wings.rooms import exhibits as stage
from duikou.wings.rooms.actions import Shown
from duikou.wings.rooms.models import Exhibit
from duikou.wings.telehealth.models import Consultation

MOST = 60
PICTURES = ("png", "jpeg")


def exhibits_of(one: Consultation) -> list[Shown]:
    """All that can be laid on the stage, in the order of the case, at most 60."""
    found = [shown for study in _studies(one) for shown in _of_study(one, study)]
    for file in one.files.filter(removed_at=None, document__kind__in=PICTURES):
        found.append(_image(file.title, reverse("telehealth:file", args=[file.pk])))
    return found[:MOST]


def _studies(one: Consultation) -> list[Study]:
    return list(one.studies.filter(state=Study.State.READY).order_by("taken_at", "pk"))


def _of_study(one: Consultation, study: Study) -> Iterator[Shown]:
    if tracings.waveform_of(study) is not None:
        yield _image(_("心电图"), reverse("imaging:tracing_drawn", args=[study.study_uid]))
    for slide in study.slides.filter(state=Slide.State.READY):
        words = f"{slide.title} · {slide.get_stain_display()}"
        yield Shown(Exhibit.Kind.SLIDE, words, reverse("pathology:overview", args=[slide.number]))
        for key in pathology.key_images(slide):
            yield _image(key.caption, reverse("pathology:key_image", args=[key.pk]))
    for mark in pictures.marks_of(study):
        if mark.reference in ("", one.reference):
            words = mark.note or _("关键图像")
            yield _image(words, _png(study, mark.file_id, mark.frame))
    yield from stage.series_of(study)


def _png(study: Study, file: int, frame: int) -> str:
    return reverse("imaging:png", args=[study.study_uid, file, frame])


def _image(title: str, source: str) -> Shown:
    return Shown(Exhibit.Kind.IMAGE, title, source)
