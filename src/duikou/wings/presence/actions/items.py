"""One item of a phone's queue, read strictly: what cannot be read is refused alone, never its neighbours."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict, ValidationError

from duikou.core.errors import Invalid
from duikou.core.rest.types import Day

MOST_COUNTERS = 60
Count = Annotated[int, Strict(), Field(ge=0, le=9999)]
Counter = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]


class _Item(BaseModel):
    """What every item has: the number that the phone made for it, and the phone's time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uuid: uuid.UUID
    at: AwareDatetime


class Check(_Item):
    """A tap on "in" or "out". `place` is how the phone's place matched; only a check-in has one."""

    kind: Literal["in", "out"]
    place: Literal["near", "far", "unknown"] = "unknown"


class Sheet(_Item):
    """Counters of one day that were touched; those left alone stay as they are."""

    kind: Literal["work"]
    day: Day
    counts: Annotated[dict[Counter, Count], Field(min_length=1, max_length=MOST_COUNTERS)]


Item = Check | Sheet


class _Envelope(BaseModel):
    """The kind decides how the rest is read."""

    item: Annotated[Check | Sheet, Field(discriminator="kind")]


EARLIEST, LATEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def read(raw: object) -> Item:
    """The item. Raises Invalid in words for what is none."""
    try:
        found = _Envelope.model_validate({"item": raw}).item
    except ValidationError as error:
        where = sorted({".".join(str(part) for part in one["loc"][2:]) for one in error.errors()} - {""})
        raise Invalid(
            _("这一条无法识别（%(where)s），应有 uuid、kind、at 以及相应内容。")
            % {"where": ", ".join(where)[:120] or "kind"}
        ) from None
    if not EARLIEST < found.at < LATEST:
        raise Invalid(_("手机时间 %(found)s 不合理。请校准手机时钟。") % {"found": found.at.isoformat()[:25]})
    if isinstance(found, Check) and found.kind == "out" and found.place != "unknown":
        raise Invalid(_("签退不核对地点。"))
    return found


def payload(item: Item) -> dict[str, Any]:
    """What is kept of the item as it came, beside its clocks."""
    if isinstance(item, Check):
        return {"place": item.place}
    return {"counts": dict(item.counts)}
