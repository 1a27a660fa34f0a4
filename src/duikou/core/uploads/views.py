"""The faces of uploads: the tus protocol for browsers and programs, and a list of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError

from duikou.core.documents import MEGABYTE
from duikou.core.errors import Denied, DuikouError
from duikou.core.rest.auth import sign_in
from duikou.core.scope import Actor
from duikou.core.uploads import actions, files, protocol
from duikou.core.uploads.models import Upload

LISTED = 100  # of one person: the latest


class NotSignedIn(DuikouError):
    """Neither a token nor a session."""

    status = 401
    code = "unauthenticated"


class NotAllowed(DuikouError):
    """A method that this address has not."""

    status = 405
    code = "method"


def _actor(request: HttpRequest) -> Actor:
    """Who calls: by token, or by session with the CSRF token, as everywhere in the API."""
    for way in sign_in(None):
        try:
            found = way(request)
        except HttpError:
            raise Denied(
                _("浏览器会话的写操作须带 CSRF 令牌（X-CSRFToken 头）；程序请使用接口令牌。")
            ) from None
        if found:
            return found
    raise NotSignedIn(_("未登录或令牌无效。请在 Authorization 头中给出 Bearer 令牌。"))


def _face(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Asks who calls, and turns refusals into answers of the protocol."""

    @csrf_exempt
    @wraps(view)
    def faced(request: HttpRequest, *args: Any) -> HttpResponse:
        try:
            if request.method == "OPTIONS":
                return _abilities()
            return view(request, _actor(request), *args)
        except DuikouError as error:
            return protocol.refusal(error)

    return faced


def _abilities() -> HttpResponse:
    return protocol.answer(
        204,
        tus_version=protocol.VERSION,
        tus_extension=protocol.EXTENSIONS,
        tus_max_size=settings.UPLOAD_MAX_BYTES,
        tus_checksum_algorithm="sha256",
    )


def _address(request: HttpRequest, upload: Upload) -> str:
    return f"{request.path}/{upload.key}"


def _row(upload: Upload) -> dict[str, Any]:
    open_ = upload.state == Upload.State.OPEN
    return {
        "id": upload.key,
        "purpose": upload.purpose,
        "filename": upload.filename,
        "size": upload.size,
        "received": files.arrived(upload.key) if open_ else upload.size,
        "state": upload.state,
        "expires_at": actions.expires(upload).isoformat(),
    }


@_face
def uploads(request: HttpRequest, actor: Actor) -> HttpResponse:
    """POST: begin one (or find the one that broke off). GET: one's own."""
    if request.method == "GET":
        own = actions.of(actor)[:LISTED]
        return protocol.mark(JsonResponse({"items": [_row(upload) for upload in own]}))
    if request.method != "POST":
        raise NotAllowed(_("这个地址只接受 GET、POST 和 OPTIONS。"))
    protocol.demand_version(request)
    told = protocol.metadata(request)
    made = actions.create(
        actor=actor,
        name=told.get("filename", ""),
        size=protocol.number(request, "Upload-Length"),
        sha256=told.get("sha256", ""),
        kind=told.get("purpose", ""),
    )
    return protocol.answer(
        201,
        expires=actions.expires(made),
        location=_address(request, made),
        upload_offset=files.arrived(made.key),
    )


@_face
def upload(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """HEAD: how much has arrived. PATCH: the next piece. DELETE: throw it away. GET: the same in JSON."""
    found = actions.find(actor, key)
    if request.method == "GET":
        return protocol.mark(JsonResponse(_row(actions.settle(actor=actor, upload=found))))
    protocol.demand_version(request)
    if request.method == "HEAD":
        actions.settle(actor=actor, upload=found)  # a kill may have come between last byte and check
        row = _row(found)
        return protocol.answer(
            200,
            expires=actions.expires(found),
            upload_offset=row["received"],
            upload_length=found.size,
        )
    if request.method == "DELETE":
        actions.discard(actor=actor, upload=found)
        return protocol.answer(204)
    if request.method != "PATCH":
        raise NotAllowed(_("这个地址只接受 HEAD、PATCH、DELETE、GET 和 OPTIONS。"))
    return _append(request, actor, found)


def _append(request: HttpRequest, actor: Actor, found: Upload) -> HttpResponse:
    length = protocol.length_of_piece(request)
    if length > protocol.PIECE_BYTES:
        raise actions.TooLarge(
            _("一段最多 %(most)s MB。请分成更小的段。") % {"most": protocol.PIECE_BYTES // MEGABYTE}
        )
    offset = actions.append(
        actor=actor,
        upload=found,
        offset=protocol.number(request, "Upload-Offset"),
        source=request,
        length=length,
        digest=protocol.checksum(request),
    )
    return protocol.answer(204, expires=actions.expires(found), upload_offset=offset)
