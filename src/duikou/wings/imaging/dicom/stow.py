"""Pictures in the body of a request, as DICOMweb stores them (STOW-RS, PS3.18 §10.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import Message
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from duikou.core.documents import MEGABYTE
from duikou.core.errors import Invalid
from duikou.core.uploads.files import BLOCK, Source
from duikou.core.uploads.protocol import NoLength
from duikou.wings.imaging.dicom.reading import Header
from duikou.wings.imaging.dicom.unpacking import MOST_FILES

MOST = 256 * MEGABYTE  # bytes of one request; senders store a series in several
LONGEST_HEAD = 16 * 1024  # bytes of what a part says of itself
ANSWER = "application/dicom+json"
_KIND, _PART = "multipart/related", "application/dicom"


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts. Raises Invalid for a body of another kind."""
    said = Message()
    said["Content-Type"] = content_type
    boundary = said.get_param("boundary")
    inner = str(said.get_param("type", _PART)).lower()
    if said.get_content_type() != _KIND or inner != _PART or not isinstance(boundary, str) or not boundary:
        raise Invalid(
            _('应为 multipart/related; type="application/dicom"; boundary=…，收到“%(found)s”。')
            % {"found": content_type[:100]}
        )
    return boundary.encode("latin-1", "replace")


def body_of(request: HttpRequest) -> Source:
    """The body, whether its length is told or it comes in chunks.

    Raises Invalid for a length above the most, NoLength where the server cannot tell where chunks end.
    """
    if "Transfer-Encoding" in request.headers:
        if not request.META.get("wsgi.input_terminated"):
            raise NoLength(
                _("服务器收不了不带长度的请求（Transfer-Encoding: chunked）。请带 Content-Length 重新发送。")
            )
        source: Source = request.META["wsgi.input"]
        return source
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > MOST:
        raise Invalid(
            _("一次最多 %(most)d MB，收到 %(found)d MB。请分几次发送同一检查。")
            % {"most": MOST // MEGABYTE, "found": size // MEGABYTE}
        )
    return request


def parts_to(folder: Path, source: Source, boundary: bytes, most: int = MOST) -> list[Path]:
    """The files of a body, in order, written to `folder` as they come: of the body a few blocks are held.

    Raises Invalid for more than `most` bytes, for a body that ends early, and for a part that is no picture.
    """
    body = _Body(source, b"\r\n--" + boundary, most)
    body.next_part(_nowhere)
    found: list[Path] = []
    while not body.ended():
        if len(found) >= MOST_FILES:
            raise Invalid(_("一次最多 %(most)d 个文件。请分几次发送同一检查。") % {"most": MOST_FILES})
        if not _is_picture(body.head()):
            raise Invalid(
                _("第 %(number)d 部分不是 application/dicom。整批没有保存。") % {"number": len(found) + 1}
            )
        found.append(folder / f"{len(found) + 1:05d}.dcm")
        with found[-1].open("xb") as file:
            body.next_part(file.write)
    if not found:
        raise Invalid(_("请求里没有任何文件。"))
    return found


class _Body:
    """A body as it comes; held is what was read and not yet handed on."""

    def __init__(self, source: Source, delimiter: bytes, most: int) -> None:
        self._source, self._delimiter, self._most = source, delimiter, most
        self._held = bytearray(b"\r\n")  # the first delimiter may stand at the very beginning
        self._read = 0

    def next_part(self, into: Callable[[bytearray], object]) -> None:
        """Hand on what stands before the next delimiter, which may lie over the edge of two blocks."""
        while (at := self._held.find(self._delimiter)) < 0:
            self._give(max(0, len(self._held) - len(self._delimiter) + 1), into)
            self._demand(len(self._held) + 1)
        self._give(at, into)
        del self._held[: len(self._delimiter)]

    def ended(self) -> bool:
        """Whether the delimiter just passed was the last."""
        self._demand(2)
        return self._held.startswith(b"--")

    def head(self) -> bytes | None:
        """What a part says of itself; none where no empty line ends it."""
        most = LONGEST_HEAD + len(self._delimiter)
        self._fill(most)
        before, delimiter, _next = bytes(self._held[:most]).partition(self._delimiter)
        head, blank, _content = before[:LONGEST_HEAD].partition(b"\r\n\r\n")
        if not blank:
            if not delimiter and len(self._held) < most:
                raise _incomplete()
            return None
        del self._held[: len(head) + len(blank)]
        return head

    def _give(self, size: int, into: Callable[[bytearray], object]) -> None:
        into(self._held[:size])
        del self._held[:size]

    def _demand(self, size: int) -> None:
        self._fill(size)
        if len(self._held) < size:
            raise _incomplete()

    def _fill(self, size: int) -> None:
        """Hold that many bytes, or all that there are."""
        while len(self._held) < size and (block := self._block()):
            self._held += block

    def _block(self) -> bytes:
        try:
            block = self._source.read(BLOCK)
        except Exception as error:  # servers raise errors of many kinds for a body that breaks off
            raise _incomplete() from error
        self._read += len(block)
        if self._read > self._most:
            raise Invalid(
                _("一次最多 %(most)d MB，这次发送的更多。请分几次发送同一检查。")
                % {"most": self._most // MEGABYTE}
            )
        return block


def _incomplete() -> Invalid:
    return Invalid(_("请求内容不完整：没有结尾的分隔符。请重新发送。"))


def _nowhere(block: bytearray) -> None:
    """What stands before the first part means nothing."""


def _is_picture(head: bytes | None) -> bool:
    if head is None:
        return False
    kinds = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-type:")]
    return all(kind.split(b":", 1)[1].split(b";")[0].strip() == _PART.encode() for kind in kinds)


def answer_of(headers: Sequence[Header]) -> dict[str, Any]:
    """The dataset that answers: which instances were stored (ReferencedSOPSequence)."""
    stored = [
        {
            "00081150": {"vr": "UI", "Value": [one.sop_class]},
            "00081155": {"vr": "UI", "Value": [one.sop_uid]},
        }
        for one in headers
    ]
    return {"00081199": {"vr": "SQ", "Value": stored}}
