"""Pictures in the body of a request, as DICOMweb stores them (STOW-RS, PS3.18 §10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.errors import Invalid
from duikou.wings.imaging.dicom.reading import Header

MOST = 256 * 1024 * 1024  # bytes of one request; senders store a series in several
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


def parts_of(body: bytes, boundary: bytes) -> list[bytes]:
    """The files of a body, in order. Raises Invalid where it ends early, or has a part that is no picture."""
    _before, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise Invalid(_("请求内容不完整：没有结尾的分隔符。请重新发送。"))
    found = []
    for number, piece in enumerate(pieces[:-1], start=1):
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank or not _is_picture(head):
            raise Invalid(_("第 %(number)d 部分不是 application/dicom。整批没有保存。") % {"number": number})
        found.append(content)
    if not found:
        raise Invalid(_("请求里没有任何文件。"))
    return found


def _is_picture(head: bytes) -> bool:
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
