"""Who may watch: the wings that show a video know. The seam between them and this one.

A wing registers for its kind of reference who answers, and attaches recordings and broadcasts to what it
shows them in (`actions.attach`):

    rights.register("lesson", lambda actor, reference: may_see_lesson(actor, reference))
    actions.attach(actor=actor, recording=recording, reference="lesson:12")

`reference` is given whole ("lesson:12"). Whoever keeps videos where one was brought in may watch it, too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache

from duikou.core.scope import Actor
from duikou.wings.media.models import Broadcast, Recording, Use

May = Callable[[Actor, str], bool]
_asked: dict[str, May] = {}

DECISION_SECONDS = 10  # for which a decision holds for one session; a video asks for a piece every four


def register(kind: str, may: May) -> None:
    """Have videos that are attached to a kind of reference ("lesson") ask this before they are shown."""
    _asked[kind] = may


def known(reference: str) -> bool:
    """Whether anybody answers for references of this kind."""
    return reference.partition(":")[0] in _asked


def may_watch(actor: Actor, shown: Recording | Broadcast) -> bool:
    """Whether the actor may watch, asked now."""
    kept = type(shown).objects.visible_to(actor).filter(pk=shown.pk).exists()
    if kept or actor.is_system:
        return True
    if actor.user_id is None:
        return False
    if isinstance(shown, Broadcast):
        mine = shown.started_by_id == actor.user_id
        uses = Use.objects.filter(broadcast=shown)
    else:
        mine = False
        uses = Use.objects.filter(recording=shown) | Use.objects.filter(broadcast__recording=shown)
    return mine or any(
        may(actor, reference)
        for reference in uses.values_list("reference", flat=True).distinct()
        if (may := _asked.get(reference.partition(":")[0]))
    )


def may_watch_lately(actor: Actor, session: str, shown: Recording | Broadcast) -> bool:
    """The same for one session, as decided within the last seconds: the end of a right takes so long."""
    key = f"media:{session}:{actor.user_id}:{shown.number}"
    decided: bool | None = cache.get(key) if session else None
    if decided is None:
        decided = may_watch(actor, shown)
        if session:
            cache.set(key, decided, DECISION_SECONDS)
    return decided
