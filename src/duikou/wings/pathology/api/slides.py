"""Slides, their marks and key images; tickets for their tiles. Files come through `/uploads`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from duikou.core.rest import Answer, Body, Call, Id, Limit, Offset, Page, Reason, operation, page_of
from duikou.core.rest.base import JSON
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pathology import actions, admission, queries
from duikou.wings.pathology.models import KeyImage, Mark, Slide
from duikou.wings.pathology.tiling import tickets

router = Router(tags=["slides"])
Number = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="a slide's number")]
Short = Annotated[str, Field(max_length=60, pattern=TEXT_PATTERN)]
Said = Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]
Pixel = Annotated[float, Field(ge=0, le=1_000_000)]
Whole = Annotated[int, Field(ge=0, le=1_000_000)]
StainName = Literal["he", "ihc", "special", "cytology", "frozen", "other"]
StateName = Literal["checking", "ready", "doubtful", "refused"]
KindName = Literal["point", "box", "polygon", "text", "length"]
ONE = "/slides/{slide_number}"


class SlideItem(Answer):
    """A slide. Lengths can be measured only where `mpp_x` and `mpp_y` (micrometres a pixel) are known."""

    number: str
    study_uid: str
    patient: str
    hospital_id: int
    title: str
    stain: StainName
    state: StateName
    fault: str
    doubts: list[str]
    size: int
    sha256: str
    vendor: str
    width: int
    height: int
    levels: int
    mpp_x: float | None
    mpp_y: float | None
    objective: float | None
    focus: float | None
    added_at: dt.datetime
    demonstration: bool


class SlideMarkItem(Answer):
    """A mark, in pixels of the full picture."""

    id: int
    kind: KindName
    points: list[list[float]]
    text: str
    micrometres: float | None
    author: str
    hospital: str
    made_at: dt.datetime


class SlideKeyImageItem(Answer):
    """A picture chosen for the report; `document` is the SHA-256 of the JPEG."""

    id: int
    x: int
    y: int
    width: int
    height: int
    caption: str
    document: str
    made_at: dt.datetime


class SlideTicket(Answer):
    """`Authorization: Tile TICKET` at `address`/LEVEL/COLUMN_ROW.jpeg; 256 pixels, overlap 0 (Deep Zoom)."""

    address: str
    ticket: str
    seconds: int


class NewSlide(Body):
    """An upload that has arrived, and where it belongs: a study that is there, or a patient (a new study)."""

    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    study_uid: Annotated[str, Field(max_length=64, pattern=r"^[0-9.]*$")] = ""
    patient: Annotated[str, Field(max_length=10, pattern=r"^[0-9A-Za-z]*$")] = ""
    title: Short
    stain: StainName


class NewSlideMark(Body):
    """Point and text have one point, box and length two, a polygon three or more."""

    kind: KindName
    points: Annotated[
        list[Annotated[list[Pixel], Field(min_length=2, max_length=2)]], Field(min_length=1, max_length=500)
    ]
    text: Said = ""


class NewSlideKeyImage(Body):
    """A rectangle of the full picture."""

    x: Whole
    y: Whole
    width: Annotated[int, Field(ge=1, le=1_000_000)]
    height: Annotated[int, Field(ge=1, le=1_000_000)]
    caption: Said


class SlideDecision(Body):
    """Whether a doubtful slide can be read, and why."""

    good: bool
    reason: Reason


def _slide(row: Slide) -> dict[str, Any]:
    patient = row.study.patient
    return {
        "number": row.number,
        "study_uid": row.study.study_uid,
        "patient": patient.number if patient else "",
        "hospital_id": row.study.hospital_id,
        **{
            name: getattr(row, name)
            for name in (
                "title", "stain", "state", "fault", "doubts", "size", "sha256", "vendor", "width", "height",
                "levels", "mpp_x", "mpp_y", "objective", "focus", "added_at", "demonstration",
            )
        },
    }  # fmt: skip


def _mark(row: Mark) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "points": row.points,
        "text": row.text,
        "micrometres": row.micrometres,
        "author": str(row.author or ""),
        "hospital": row.hospital.name if row.hospital else "",
        "made_at": row.made_at,
    }


def _key_image(row: KeyImage) -> dict[str, Any]:
    names = ("x", "y", "width", "height", "caption", "made_at")
    return {"id": row.pk, "document": row.document.sha256, **{name: getattr(row, name) for name in names}}


@operation(
    router, "GET", "/slides", response=Page[SlideItem], permission="study.view", zh="病理切片列表",
    en="List of slides",
)  # fmt: skip
def list_slides(request: Call, state: StateName | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's hospital, and of studies granted to it; no look at a record."""
    rows = queries.slides(request.actor)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-added_at", "pk"), limit, offset, _slide)


@operation(
    router, "POST", "/slides", response=SlideItem, permission="study.edit", status=201, zh="收下病理切片",
    en="Bring a slide in",
)  # fmt: skip
def bring_slide_in(request: Call, body: NewSlide) -> Any:
    """The file went to `/uploads` before (purpose `slide`); a worker then examines it."""
    made = actions.bring_in(
        actor=request.actor,
        study_uid=body.study_uid,
        patient_number=body.patient,
        upload=body.upload,
        title=body.title,
        stain=body.stain,
    )
    return _slide(queries.slide(request.actor, made.number))


@operation(router, "GET", ONE, response=SlideItem, permission="study.view", zh="一张病理切片", en="One slide")
def get_slide(request: Call, slide_number: Number) -> Any:
    """What the gate found of it."""
    return _slide(queries.slide(request.actor, slide_number))


@operation(
    router, "POST", ONE + "/decision", response=SlideItem, permission="study.edit",
    zh="处理质量存疑的切片", en="Decide on a doubtful slide",
)  # fmt: skip
def decide_on_slide(request: Call, slide_number: Number, body: SlideDecision) -> Any:
    """Once; 409 when it is not doubtful any more."""
    found = queries.slide(request.actor, slide_number)
    return _slide(actions.decide(actor=request.actor, slide=found, good=body.good, reason=body.reason))


@operation(
    router, "POST", ONE + "/ticket", response=SlideTicket, permission="study.view",
    zh="切片浏览凭证", en="Ticket for the tiles of a slide",
)  # fmt: skip
def slide_ticket(request: Call, slide_number: Number) -> Any:
    """Good for some minutes. A look at the patient's record; a browser gets the ticket as a cookie, too."""
    found = actions.readable(queries.slide(request.actor, slide_number))
    admission.ensure_look(request.actor, found)
    told = SlideTicket(
        address=admission.address(found),
        ticket=admission.ticket_for(request, found),
        seconds=tickets.SECONDS,
    )
    response = HttpResponse(told.model_dump_json(), content_type=JSON)
    if told.address:
        admission.admit(request, response, found)
    return response


@operation(
    router, "GET", ONE + "/marks", response=list[SlideMarkItem], permission="study.view", zh="切片标记",
    en="Marks on a slide",
)  # fmt: skip
def list_marks(request: Call, slide_number: Number) -> Any:
    """Those that stand, the oldest first."""
    return [_mark(row) for row in queries.marks(queries.slide(request.actor, slide_number))]


@operation(
    router, "POST", ONE + "/marks", response=SlideMarkItem, permission="slide.mark", status=201,
    zh="标记切片", en="Mark a slide",
)  # fmt: skip
def mark_slide(request: Call, slide_number: Number, body: NewSlideMark) -> Any:
    """A length is measured by the scale of the file; 409 where the file tells none."""
    found = queries.slide(request.actor, slide_number)
    points = [(x, y) for x, y in body.points]
    return _mark(
        actions.draw(actor=request.actor, slide=found, kind=body.kind, points=points, text=body.text)
    )


@operation(
    router, "DELETE", "/slide-marks/{mark_id}", response=None, permission="slide.mark", status=204,
    zh="撤去切片标记", en="Take a mark back",
)  # fmt: skip
def remove_slide_mark(request: Call, mark_id: Id) -> Any:
    """One's own alone."""
    actions.remove_mark(actor=request.actor, mark=queries.mark(request.actor, mark_id))


@operation(
    router, "GET", ONE + "/key-images", response=list[SlideKeyImageItem], permission="study.view",
    zh="切片关键图", en="Key images of a slide",
)  # fmt: skip
def list_key_images(request: Call, slide_number: Number) -> Any:
    """The oldest first."""
    return [_key_image(row) for row in queries.key_images(queries.slide(request.actor, slide_number))]


@operation(
    router, "POST", ONE + "/key-images", response=SlideKeyImageItem, permission="slide.mark", status=201,
    zh="选取切片关键图", en="Choose a key image",
)  # fmt: skip
def choose_key_image(request: Call, slide_number: Number, body: NewSlideKeyImage) -> Any:
    """Cut from the file itself, at most 1600 pixels wide or high."""
    found = queries.slide(request.actor, slide_number)
    return _key_image(actions.choose_image(actor=request.actor, slide=found, **body.model_dump()))
