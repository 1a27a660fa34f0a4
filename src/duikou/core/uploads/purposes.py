"""What may be uploaded in pieces, and by whom: wings declare it when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Purpose:
    """A kind of file that a wing takes. `fault_of_name` says why a name is refused before a byte is sent."""

    id: str
    label: str | Promise
    permission: str
    fault_of_name: Callable[[str], str] = lambda name: ""
    most: int = 0  # bytes; 0: what the installation allows

    @property
    def most_bytes(self) -> int:
        """The largest file of this kind."""
        return min(self.most or settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_BYTES)


_known: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Declare a purpose, in `ready` of a wing's app."""
    _known[purpose.id] = purpose


def purpose(key: str) -> Purpose:
    """A declared purpose. Raises Invalid for any other."""
    found = _known.get(key)
    if found is None:
        raise Invalid(
            _("没有“%(key)s”这种上传用途。可用：%(known)s")
            % {"key": key[:20], "known": "、".join(sorted(_known)) or "—"},
            fields={"purpose": [_("请选择列出的用途。")]},
        )
    return found
