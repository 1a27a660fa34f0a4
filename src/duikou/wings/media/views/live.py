"""What a teacher's browser sends: takes and their parts, as JSON answers. Refusals are JSON, too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duikou.core.errors import DuikouError, refused
from duikou.core.pages import PageRequest, page
from duikou.wings.media import actions, queries
from duikou.wings.media.actions.broadcasts import MOST_PART, MOST_TAKES

MOST_NUMBER = 10**7
Ask = Callable[Concatenate[PageRequest, ...], dict[str, Any]]


def _asked(view: Ask) -> Callable[..., HttpResponseBase]:
    @never_cache
    @wraps(view)
    def answered(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except DuikouError as error:
            told: dict[str, Any] = {"message": str(error.message), "code": error.code}
            if isinstance(error, actions.Gap):
                told["next"] = error.expected
            return JsonResponse(told, status=error.status)

    return answered


def _whole(request: PageRequest, name: str, most: int, least: int = 0) -> int:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise refused(name, _("“%(name)s”应为整数。") % {"name": name})
    return int(text)


@require_POST
@page("media.edit")
@_asked
def take(request: PageRequest, number: str) -> dict[str, Any]:
    """The browser begins to record."""
    broadcast = queries.broadcast(request.actor, number)
    return {"take": actions.begin_take(actor=request.actor, broadcast=broadcast), "next": 0}


@require_POST
@page("media.edit")
@_asked
def part(request: PageRequest, number: str) -> dict[str, Any]:
    """The next part of a take (`?take=1&number=5`, the body as it was recorded). Answered once it is safe."""
    broadcast = queries.broadcast(request.actor, number)
    take_number = _whole(request, "take", MOST_TAKES, least=1)
    piece_number = _whole(request, "number", MOST_NUMBER)
    if int(request.headers.get("Content-Length") or 0) > MOST_PART:
        raise refused("content", _("一段应为 1 字节至 8 MB。"))
    following = actions.add_part(
        actor=request.actor, broadcast=broadcast, take=take_number, number=piece_number, content=request.body
    )
    return {"next": following}
