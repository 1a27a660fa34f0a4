"""Whether a session may be recorded, as the wing that opened its room knows. The seam between the two.

A wing registers for its kind of reference who answers: a list of objections in words, empty when the
patient's consent to recording stands. A room of a kind that nobody answers for is never recorded, unless
it was opened by hand for a talk about no patient.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from duikou.wings.rooms.models import Room

Ask = Callable[[Room], list[str]]
_asked: dict[str, Ask] = {}


def register(kind: str, ask: Ask) -> None:
    """Have rooms of a kind of reference ("consultation") ask this before and while they are recorded."""
    _asked[kind] = ask


def objections(room: Room) -> list[str]:
    """Why a room may not be recorded now; empty when it may."""
    if not room.kind:
        return []
    ask = _asked.get(room.kind)
    if ask is None:
        return [_("这类会诊室不能录音录像")]
    return ask(room)
