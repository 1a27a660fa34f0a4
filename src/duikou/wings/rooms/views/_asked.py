"""What the scripts of a room ask: JSON both ways, refusals as JSON in the user's language."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from duikou.core.errors import DuikouError, Invalid
from duikou.core.pages import PageRequest
from duikou.wings.rooms import actions
from duikou.wings.rooms.models import Presence
from duikou.wings.rooms.queries import rooms

Ask = Callable[Concatenate[PageRequest, ...], Any]
MOST_BODY = 128 * 1024
MOST = 2**31 - 1


def asked(view: Ask) -> Callable[..., HttpResponseBase]:
    """Answer what a view returns as JSON; say in JSON why not."""

    @never_cache
    @wraps(view)
    def answered(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            found = view(request, *args, **kwargs)
        except DuikouError as error:
            status = 422 if isinstance(error, Invalid) else error.status
            return JsonResponse({"message": str(error.message), "code": error.code}, status=status)
        return found if isinstance(found, HttpResponseBase) else JsonResponse(found)

    return answered


def body_of(request: PageRequest) -> dict[str, Any]:
    """The JSON object in the body. Raises Invalid for anything else."""
    try:
        if len(request.body) > MOST_BODY:
            raise ValueError("too long")
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid(_("请求正文不是可读取的 JSON，或过大。")) from error
    if not isinstance(body, dict):
        raise Invalid(_("请求正文应是一个 JSON 对象。"))
    return body


def whole(values: Any, name: str, *, least: int = 0, missing: int | None = None) -> int:
    """A whole number by its name. Raises Invalid for anything else."""
    value = values.get(name, missing)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise Invalid(_("“%(name)s”应为整数。") % {"name": name})
    return value


def seat(request: PageRequest, pk: int) -> Presence:
    """The asker's stay, as the address names it (`?seat=12&epoch=3`)."""
    try:
        named = whole(request.GET, "seat", least=1), whole(request.GET, "epoch", least=1)
    except Invalid:
        rooms.room(request.actor, pk)  # to a stranger the room is missing, whatever the address lacks
        raise
    found = actions.seat_of(request.actor, pk, *named)
    actions.see(found)
    return found
