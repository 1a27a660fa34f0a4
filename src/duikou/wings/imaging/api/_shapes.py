"""What programs get and send of the imaging wing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Path
from pydantic import Field

from duikou.core.rest import Answer, Body, Reason
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.imaging.models import Delivery, Gateway, KeyImage, Study, StudyGrant
from duikou.wings.imaging.queries.deliveries import ADVICE, Told
from duikou.wings.imaging.queries.pictures import Series

StudyUid = Annotated[str, Path(max_length=64, pattern=r"^[0-9.]+$", description="a Study Instance UID")]
DeliveryNumber = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="a delivery's number")]
Reference = Annotated[str, Field(max_length=40, pattern=r"^[a-z]+:[1-9][0-9]*$")]
StudyKind = Literal["dicom", "slide", "ecg", "document"]
StudyState = Literal["unmatched", "ready", "withdrawn", "erased"]
DeliveryState = Literal["checking", "kept", "refused", "settled"]
Cause = Literal["", "identity", "damaged", "taken", "off", "unknown", "other"]
WindowName = Literal["", "lung", "soft", "bone", "brain"]


class StudyItem(Answer):
    """A study. `measurable` is false where the size of a pixel is not known in all its pictures."""

    study_uid: str
    patient: str
    hospital_id: int
    hospital: str
    kind: StudyKind
    modality: str
    description: str
    taken_at: dt.datetime | None
    received_at: dt.datetime
    state: StudyState
    measurable: bool
    remarks: list[str]
    demonstration: bool


class StudyFileItem(Answer):
    """One file of a series; `frames` is 0 for one that is no picture."""

    id: int
    sop_uid: str
    number: int
    frames: int
    size: int
    sha256: str


class StudySeriesItem(Answer):
    """A series with its files in order."""

    series_uid: str
    number: int
    description: str
    modality: str
    pictures: int
    files: list[StudyFileItem]


class StudyDetail(StudyItem):
    """A study with its series."""

    series: list[StudySeriesItem]


class StudyGrantItem(Answer):
    """Another hospital that sees a study, or saw it."""

    id: int
    hospital_id: int
    hospital: str
    reference: str
    granted_at: dt.datetime
    ended_at: dt.datetime | None


class StudyKeyImageItem(Answer):
    """A picture that a reader pointed out; `frame` counts from 1."""

    id: int
    file_id: int
    series_number: int
    number: int
    frame: int
    window: WindowName
    note: str
    reference: str
    marked_by: str
    marked_at: dt.datetime


class UnmatchedItem(Answer):
    """Pictures of a gateway whose patient is not known yet. Whom they name stands on the page alone."""

    study_uid: str
    hospital_id: int
    gateway: str
    modality: str
    description: str
    taken_at: dt.datetime | None
    received_at: dt.datetime
    files: int


class ImageFaultItem(Answer):
    """What is wrong with a file."""

    name: str
    words: str


class DeliveryItem(Answer):
    """Pictures that came in one go; `size` in bytes."""

    number: str
    origin: Literal["upload", "gateway"]
    state: DeliveryState
    hospital_id: int
    patient: str
    sender: str
    count: int
    size: int
    cause: Cause
    advice: str
    study_uids: list[str]
    received_at: dt.datetime
    settled_at: dt.datetime | None
    remark: str
    demonstration: bool


class DeliveryDetail(DeliveryItem):
    """A delivery with what was wrong, file by file."""

    faults: list[ImageFaultItem]


class GatewayItem(Answer):
    """A sender of pictures."""

    id: int
    hospital_id: int
    ae_title: str
    address: str
    port: int
    active: bool
    demonstration: bool


class NewDelivery(Body):
    """Uploads that have arrived (purpose `dicom`), and whose pictures they are."""

    uploads: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(min_length=1, max_length=20)
    ]
    patient: Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[0-9A-Za-z]+$")]


class NewStudyGrant(Body):
    """Which other hospital may see a study, and within what: such as `consultation:12`."""

    other_hospital_id: int
    reference: Reference


class NewStudyKeyImage(Body):
    """A picture of a file; `frame` counts from 1."""

    file_id: int
    frame: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    window: WindowName = ""
    note: Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)] = ""


class StudyMatch(Body):
    """Whose pictures these are."""

    patient: Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[0-9A-Za-z]+$")]


class StudyReason(Body):
    """Why a study is taken out of use."""

    reason: Reason


class DeliverySettled(Body):
    """What was done about a refusal."""

    remark: Reason


class NewGateway(Body):
    """A sender of pictures."""

    hospital_id: int
    ae_title: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9_-]{1,16}$")]
    address: Annotated[str, Field(max_length=45, pattern=r"^[0-9A-Fa-f.:]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 104


class GatewaySwitch(Body):
    """Whether pictures of a sender are taken."""

    active: bool


def study_item(row: Study) -> dict[str, Any]:
    """A study as programs get it."""
    names = (
        "study_uid", "hospital_id", "kind", "modality", "description", "taken_at", "received_at", "state",
        "measurable", "remarks", "demonstration",
    )  # fmt: skip
    patient = row.patient
    return {
        "patient": patient.number if patient else "",
        "hospital": row.hospital.name,
        **{name: getattr(row, name) for name in names},
    }


def series_item(one: Series) -> dict[str, Any]:
    """A series as programs get it."""
    return {
        "series_uid": one.first.series_uid,
        "number": one.first.series_number,
        "description": one.first.series_description,
        "modality": one.first.modality,
        "pictures": one.pictures,
        "files": [
            {
                "id": row.pk,
                **{name: getattr(row, name) for name in StudyFileItem.model_fields if name != "id"},
            }
            for row in one.files
        ],
    }


def grant_item(row: StudyGrant) -> dict[str, Any]:
    """A grant as programs get it."""
    names = ("hospital_id", "reference", "granted_at", "ended_at")
    return {"id": row.pk, "hospital": row.hospital.name, **{name: getattr(row, name) for name in names}}


def key_image_item(row: KeyImage) -> dict[str, Any]:
    """A key image as programs get it."""
    names = ("file_id", "frame", "window", "note", "reference", "marked_at")
    return {
        "id": row.pk,
        "series_number": row.file.series_number,
        "number": row.file.number,
        "marked_by": str(row.marked_by or ""),
        **{name: getattr(row, name) for name in names},
    }


def unmatched_item(row: Study) -> dict[str, Any]:
    """A study that waits as programs get it."""
    names = ("study_uid", "hospital_id", "modality", "description", "taken_at", "received_at")
    return {
        "gateway": str(row.gateway or ""),
        "files": getattr(row, "count", 0),
        **{name: getattr(row, name) for name in names},
    }


def delivery_item(row: Delivery) -> dict[str, Any]:
    """A delivery as programs get it."""
    names = (
        "number", "origin", "state", "hospital_id", "sender", "count", "size", "cause", "received_at",
        "settled_at", "remark", "demonstration",
    )  # fmt: skip
    return {
        "patient": row.patient.number if row.patient else "",
        "advice": str(ADVICE.get(row.cause, "")) if row.state == Delivery.State.REFUSED else "",
        "study_uids": row.studies,
        **{name: getattr(row, name) for name in names},
    }


def delivery_detail(row: Delivery, faults: list[Told]) -> dict[str, Any]:
    """A delivery with its faults."""
    return {**delivery_item(row), "faults": [{"name": one.name, "words": one.words} for one in faults]}


def gateway_item(row: Gateway) -> dict[str, Any]:
    """A sender as programs get it."""
    names = ("hospital_id", "ae_title", "address", "port", "active", "demonstration")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}
