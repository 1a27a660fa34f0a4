"""Pictures that an opinion can show: key images, a picture of a series by its number, a tracing.

    choices(one) -> what there is; drawn(one, source, number) -> the picture, as it looks now

A source is named by what it is made of ("study:12:34:1:lung" is frame 1 of file 34 of study 12, lung window).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import typst
from django.utils.translation import gettext as _

from duikou.core import documents
from duikou.core.errors import Missing, refused
from duikou.engines.tracings import BadTracing, Paper, draw, read
from duikou.wings.imaging import storage
from duikou.wings.imaging.dicom.rendering import png
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import pictures, tracings
from duikou.wings.imaging.queries.keys import caption
from duikou.wings.imaging.windows import window_of
from duikou.wings.pathology import queries as pathology
from duikou.wings.pathology.models import Slide
from duikou.wings.telehealth.models import Consultation

MOST = 12
SHARPNESS = 200.0  # points an inch of a tracing as a picture: a small square is 8 points wide


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: a picture, or (with `count`) a series of which one picture is named by number."""

    source: str
    words: str
    count: int = 0


def choices(one: Consultation) -> list[Choice]:
    """All that the studies of a case offer, in their order."""
    rows = one.studies.filter(state=Study.State.READY).order_by("taken_at", "pk")
    return [choice for study in rows for choice in _of_study(one, study)]


def _of_study(one: Consultation, study: Study) -> Iterator[Choice]:
    if tracings.waveform_of(study) is not None:
        yield Choice(f"tracing:{study.pk}", _("心电图（标准走纸）"))
    for slide in study.slides.filter(state=Slide.State.READY):
        for key in pathology.key_images(slide):
            words = _("切片关键图：%(title)s · %(caption)s") % {"title": slide.title, "caption": key.caption}
            yield Choice(f"slide:{key.pk}", words)
    marked = {
        _frame(study, mark.file_id, mark.frame, mark.window): mark
        for mark in pictures.marks_of(study)
        if mark.reference in ("", one.reference)
    }
    for source, mark in marked.items():
        yield Choice(source, _("关键图像：%(words)s") % {"words": caption([mark])})
    for series in pictures.series_of(study):
        if series.pictures:
            words = _("序列 %(series)s（共 %(count)s 幅，按序号选）") % {
                "series": f"{study.modality} {series.first.series_description}".strip(),
                "count": series.pictures,
            }
            yield Choice(f"series:{study.pk}:{series.first.pk}", words, series.pictures)


def _frame(study: Study, file: int, frame: int, window: str = "") -> str:
    return f"study:{study.pk}:{file}:{frame}" + (f":{window}" if window else "")


def drawn(one: Consultation, source: str, number: int | None) -> tuple[str, bytes]:
    """What was chosen: its source and its bytes (PNG or JPEG).

    Raises Invalid for what the case does not offer, Missing for a picture that cannot be drawn.
    """
    found = next((choice for choice in choices(one) if choice.source == source), None)
    if found is None:
        raise refused("source", _("请从列表中选择图像。"))
    kind, _colon, rest = source.partition(":")
    keys = [int(part) for part in rest.split(":") if part.isdigit()]
    if kind == "slide":
        key = next(
            key
            for study in one.studies.all()
            for slide in study.slides.all()
            for key in pathology.key_images(slide)
            if key.pk == keys[0]
        )
        return source, documents.content(key.document)
    study = one.studies.get(pk=keys[0])
    if kind == "tracing":
        return source, _tracing(study)
    if kind == "series":
        source = _numbered(study, keys[1], number, found.count)
        keys = [int(part) for part in source.split(":")[1:]]
    window = window_of(rest.rpartition(":")[2])
    return source, png(storage.opened(pictures.file_of(study, keys[1])), keys[2], window)


def _numbered(study: Study, first: int, number: int | None, count: int) -> str:
    if number is None or not 1 <= number <= count:
        raise refused("number", _("请填写第几幅：1 到 %(count)s。") % {"count": count})
    series = next(one for one in pictures.series_of(study) if one.first.pk == first)
    listed = [(file.pk, frame) for file in series.files for frame in range(1, file.frames + 1)]
    return _frame(study, *listed[number - 1])


def _tracing(study: Study) -> bytes:
    file = tracings.waveform_of(study)
    assert file is not None
    try:
        picture = draw(read(storage.opened(file).read_bytes()), Paper(), title=_("心电图"))
    except BadTracing as error:
        raise Missing(str(error)) from None
    found: bytes = typst.compile(  # type: ignore[call-overload]
        b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")',
        sys_inputs={"svg": picture.svg},
        format="png",
        ppi=SHARPNESS,
    )
    return found
