"""The directory of services."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.utils import timezone
from pydantic import BeforeValidator, Field

from duikou.core.rest import Answer, Body, Call, Flag, Id, Limit, Offset, Page, Ref, Yes, operation, page_of
from duikou.core.rest.types import Version
from duikou.wings.referrals import actions, places
from duikou.wings.referrals.actions import Offered
from duikou.wings.referrals.api._shapes import DirectionName, Name, Note, Phone, router
from duikou.wings.referrals.models import Service
from duikou.wings.referrals.queries import services as directory

TakesName = Literal["up", "down", "both"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM")]


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("expected a whole number")
    return int(value)


Few = Annotated[int, Field(ge=1, le=999), BeforeValidator(_whole)]
Weekday = Annotated[int, Field(ge=1, le=7, description="1: Monday"), BeforeValidator(_whole)]


class ServiceItem(Answer):
    """A service that takes referrals; `tiers`: ids of the policy pack, all of the specialty when empty."""

    id: int
    hospital_id: int
    hospital: str
    department_id: int | None
    name: str
    specialty: str
    takes: TakesName
    tiers: list[str]
    emergency: bool
    weekly: int
    phone: str
    note: str
    version: int
    demonstration: bool


class FreeItem(Answer):
    """A day and slot with places left."""

    on: dt.date
    slot_id: int
    starts: dt.time
    left: int


def item(one: Service) -> dict[str, Any]:
    """A service as answers show it."""
    plain = (
        "hospital_id", "department_id", "name", "specialty", "takes", "tiers", "emergency", "weekly", "phone",
        "note", "version", "demonstration",
    )  # fmt: skip
    return {
        "id": one.pk,
        "hospital": one.hospital.name,
        **{name: getattr(one, name) for name in plain},
    }


@operation(
    router, "GET", "/referral-services", response=Page[ServiceItem], permission="referral.view",
    zh="接诊服务目录", en="Directory of services",
)  # fmt: skip
def list_services(
    request: Call,
    direction: DirectionName | None = None,
    specialty: Name | None = None,
    emergency: Flag | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of all hospitals: whoever refers finds where."""
    rows = directory.directory()
    if direction or specialty or emergency:
        rows = directory.offered(direction, specialty=specialty or "", emergency=bool(emergency))
    return page_of(rows.order_by("hospital__name", "pk"), limit, offset, item)


@operation(
    router, "GET", "/referral-services/{service_id}/places", response=list[FreeItem],
    permission="referral.view", zh="四周内的名额", en="Places of the next four weeks",
)  # fmt: skip
def list_places(request: Call, service_id: Id) -> Any:
    """Days and slots with places left."""
    found = places.free(directory.service(service_id), timezone.localdate())
    return [
        {"on": one.day, "slot_id": one.slot.pk, "starts": one.slot.starts, "left": one.left} for one in found
    ]


class SlotBody(Body):
    """A weekday, a time, how many."""

    weekday: Weekday
    starts: Clock
    places: Few


class ServiceBody(Body):
    """What a service offers."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    specialty: Name
    takes: TakesName
    weekly: Few
    slots: Annotated[list[SlotBody], Field(max_length=60)]
    tiers: Annotated[list[Name], Field(max_length=60)] = []
    emergency: Yes = False
    phone: Phone = ""
    note: Note = ""


class NewService(ServiceBody):
    """A new service of a hospital or department."""

    hospital_id: Ref
    department_id: Ref | None = None


def _offered(body: ServiceBody) -> Offered:
    slots = tuple((one.weekday, dt.time.fromisoformat(one.starts), one.places) for one in body.slots)
    plain = ("name", "specialty", "takes", "weekly", "emergency", "phone", "note")
    return Offered(slots=slots, tiers=tuple(body.tiers), **{name: getattr(body, name) for name in plain})


@operation(
    router, "POST", "/referral-services", response=ServiceItem, permission="referral.service", status=201,
    zh="登记接诊服务", en="Enter a service",
)  # fmt: skip
def enter_service(request: Call, body: NewService) -> Any:
    """Of the caller's hospital or department."""
    place = directory.keeping_place(request.actor, body.hospital_id, body.department_id)
    made = actions.keep_service(
        actor=request.actor, hospital=place.hospital, department=place.department, offered=_offered(body)
    )
    return item(made)


class ServiceChange(ServiceBody):
    """A service as it should be."""

    version: Version


@operation(
    router, "PUT", "/referral-services/{own_service_id}", response=ServiceItem, permission="referral.service",
    zh="修改接诊服务", en="Change a service",
)  # fmt: skip
def change_service(request: Call, own_service_id: Id, body: ServiceChange) -> Any:
    """Slots that stay keep their bookings."""
    found = directory.own_service(request.actor, own_service_id)
    made = actions.keep_service(
        actor=request.actor,
        hospital=found.hospital,
        offered=_offered(body),
        service=found,
        version=body.version,
    )
    return item(made)


@operation(
    router, "POST", "/referral-services/{own_service_id}/close", response=ServiceItem,
    permission="referral.service", zh="停止接收", en="Close a service",
)  # fmt: skip
def close_service(request: Call, own_service_id: Id) -> Any:
    """No more referrals; those under way go on."""
    return item(
        actions.close_service(
            actor=request.actor, service=directory.own_service(request.actor, own_service_id)
        )
    )
