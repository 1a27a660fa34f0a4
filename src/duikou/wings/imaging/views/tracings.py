"""A tracing of the heart on squared paper, the one before it beside; opening it is a look at the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import Invalid, Missing
from duikou.core.faces import words
from duikou.core.pages import PageRequest, page
from duikou.engines.tracings import BadTracing, Measure, Paper, Tracing, draw, read
from duikou.engines.tracings.drawing import GAINS, LAYOUTS, SPEEDS
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import tracings
from duikou.wings.patients.models import Access

ROWS = {
    "3x4": gettext_lazy("3×4 + 节律"),
    "6x2": gettext_lazy("6×2"),
    "12x1": gettext_lazy("12×1"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A study with what its file gave: a tracing, or words that say why there is none."""

    study: Study
    tracing: Tracing | None
    why_not: str
    address: str
    width: str  # mm, as an attribute takes it

    @property
    def notes(self) -> list[str]:
        """What a reader should know."""
        return [words(one) for one in self.tracing.notes] if self.tracing else []


@page("study.view")
def tracing(request: PageRequest, uid: str) -> HttpResponse:
    """The tracing with the measurements of its device, and the patient's one before it."""
    found = actions.look(actor=request.actor, study_uid=uid, where=Access.Where.PAGE)
    paper = paper_of(request)
    before = tracings.tracing_before(request.actor, found)
    sheets = [_sheet(one, paper) for one in (found, before) if one is not None]
    return render(
        request,
        "imaging/tracing.html",
        {
            "study": found,
            "sheets": sheets,
            "paper": paper,
            "measures": _beside([sheet.tracing for sheet in sheets]),
            "choices": [
                (
                    _("排列"),
                    [(ROWS[key], _chosen(paper, layout=key), key == paper.layout) for key in LAYOUTS],
                ),
                (
                    _("走纸速度"),
                    [(f"{one} mm/s", _chosen(paper, speed=one), one == paper.speed) for one in SPEEDS],
                ),
                (
                    _("增益"),
                    [(f"{one} mm/mV", _chosen(paper, gain=one), one == paper.gain) for one in GAINS],
                ),
            ],
        },
    )


@page("study.view")
def tracing_drawn(request: PageRequest, uid: str) -> HttpResponse:
    """The picture alone."""
    found = actions.look(actor=request.actor, study_uid=uid, where=Access.Where.PAGE)
    try:
        drawn = draw(_read(found), paper_of(request), title=_("心电图"))
    except BadTracing as error:
        raise Invalid(words(error.text)) from None
    answer = HttpResponse(drawn.svg, "image/svg+xml")
    answer["Cache-Control"] = "private, no-store"
    return answer


def paper_of(request: PageRequest) -> Paper:
    """The paper that the address asks for; what it does not know is as usual."""

    def number(name: str, allowed: tuple[int, ...], usual: int) -> int:
        return next((one for one in allowed if request.GET.get(name) == str(one)), usual)

    layout = request.GET.get("layout", "")
    return Paper(
        speed=number("speed", SPEEDS, 25),
        gain=number("gain", GAINS, 10),
        layout=layout if layout in LAYOUTS else "3x4",
    )


def _read(study: Study) -> Tracing:
    file = tracings.waveform_of(study)
    if file is None:
        raise Missing(_("这份检查没有心电波形。"))
    return read(storage.opened(file).read_bytes())


def _sheet(study: Study, paper: Paper) -> Sheet:
    try:
        found = _read(study)
    except BadTracing as error:
        return Sheet(study, None, words(error.text), "", "")
    except Missing as error:
        return Sheet(study, None, str(error), "", "")
    address = f"{reverse('imaging:tracing_drawn', args=[study.study_uid])}{_chosen(paper)}"
    return Sheet(study, found, "", address, f"{draw(found, paper).width:g}")


def _chosen(paper: Paper, **changed: Any) -> str:
    """The query of an address with this paper."""
    values = {"layout": paper.layout, "speed": paper.speed, "gain": paper.gain, **changed}
    return f"?{urlencode(values)}"


def _beside(found: list[Tracing | None]) -> list[tuple[str, list[str]]]:
    """What the devices measured, one row a name, one column a tracing."""
    names: dict[str, list[str]] = {}
    for at, one in enumerate(found):
        for measure in one.measures if one else ():
            row = names.setdefault(words(measure.text), ["—"] * len(found))
            row[at] = _number(measure)
    return list(names.items())


def _number(measure: Measure) -> str:
    gap = "" if measure.unit == "°" else " "
    return f"{measure.value:g}{gap}{measure.unit}"
