"""The headers of tus 1.0: what a request says, what an answer says, and refusals as the API writes them."""

from __future__ import annotations

import base64
import binascii
import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from duikou.core.documents import MEGABYTE
from duikou.core.errors import DuikouError
from duikou.core.rest.base import JSON, Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PIECE = "application/offset+octet-stream"
PIECE_BYTES = 64 * MEGABYTE  # of one request: a longer one would hold a thread of the site too long
LONGEST_METADATA = 4096


class Malformed(DuikouError):
    """A header that cannot be read."""

    code = "malformed"


class OtherVersion(DuikouError):
    """The client speaks another version of the protocol."""

    status = 412
    code = "version"


class OtherType(DuikouError):
    """The body is not announced as a piece."""

    status = 415
    code = "type"


class NoLength(DuikouError):
    """The request does not say how long its body is."""

    status = 411
    code = "length"


def demand_version(request: HttpRequest) -> None:
    """Raise OtherVersion unless the client speaks tus 1.0."""
    if (found := request.headers.get("Tus-Resumable", "")) != VERSION:
        raise OtherVersion(
            _("请求头 Tus-Resumable 应为 %(wanted)s，实际为“%(found)s”。")
            % {"wanted": VERSION, "found": found[:20]}
        )


def number(request: HttpRequest, name: str) -> int:
    """A header that holds a whole number. Raises Malformed."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Malformed(
            _("请求头 %(name)s 应为非负整数，实际为“%(found)s”。") % {"name": name, "found": text[:20]}
        )
    return int(text)


def metadata(request: HttpRequest) -> dict[str, str]:
    """`Upload-Metadata`: names with values in base64. Raises Malformed."""
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > LONGEST_METADATA:
        raise Malformed(_("请求头 Upload-Metadata 过长：最多 %(most)s 个字符。") % {"most": LONGEST_METADATA})
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.split(","))):
        name, _space, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed(
                _("请求头 Upload-Metadata 中“%(name)s”的值应为 UTF-8 文字的 base64 编码。")
                % {"name": name[:20]}
            ) from None
    return found


def checksum(request: HttpRequest) -> str:
    """The digest of a piece in hexadecimal, from `Upload-Checksum: sha256 BASE64`; empty without one."""
    text = request.headers.get("Upload-Checksum", "")
    if not text:
        return ""
    kind, _space, value = text.partition(" ")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        digest = b""
    if kind != "sha256" or len(digest) != 32:
        raise Malformed(_("请求头 Upload-Checksum 应为“sha256 ”加 32 字节摘要的 base64 编码。"))
    return digest.hex()


def length_of_piece(request: HttpRequest) -> int:
    """How long the body is. Raises OtherType, NoLength."""
    if request.content_type != PIECE:
        raise OtherType(
            _("请求头 Content-Type 应为 %(wanted)s，实际为“%(found)s”。")
            % {"wanted": PIECE, "found": (request.content_type or "")[:60]}
        )
    if "Content-Length" not in request.headers:
        raise NoLength(_("请求须带 Content-Length，说明这一段的长度。"))
    return number(request, "Content-Length")


def answer(status: int, *, expires: dt.datetime | None = None, **headers: object) -> HttpResponse:
    """An answer without a body; `upload_offset=3` becomes `Upload-Offset: 3`."""
    response = HttpResponse(status=status)
    del response["Content-Type"]
    for name, value in headers.items():
        response[name.replace("_", "-").title()] = str(value)
    if expires is not None:
        response["Upload-Expires"] = http_date(expires.timestamp())
    return mark(response)


def mark(response: HttpResponse) -> HttpResponse:
    """What every answer carries."""
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def refusal(error: DuikouError) -> HttpResponse:
    """A refusal in the words of the API."""
    told = Problem(code=error.code, message=str(error.message), fields=error.fields)
    response = HttpResponse(told.model_dump_json(), status=error.status, content_type=JSON)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if error.status == 412:
        response["Tus-Version"] = VERSION
    return mark(response)
