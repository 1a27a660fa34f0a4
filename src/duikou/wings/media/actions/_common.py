"""What the acts share: where an actor works, the shelf of files, titles."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.scope import Actor
from duikou.wings.media.storing import Shelf


def place_of(actor: Actor) -> str:
    """Where the actor keeps videos; its own area where it may not, so that the refusal names it."""
    paths = actor.paths("media.edit")
    return paths[0] if paths else (actor.home.path if actor.home else "")


def shelf() -> Shelf:
    """The folders of videos."""
    return Shelf(settings.VIDEO)


def title_of(text: str) -> str:
    """A title without surrounding space. Raises Invalid when it is missing, or cannot be kept."""
    return guard.line(text, "title", _("名称"), 120)
