"""What several pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from duikou.core.errors import DuikouError
from duikou.core.faces import done, words
from duikou.core.models import AuditEvent
from duikou.core.pages import PageRequest
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.plans.models import SupportPlan
from duikou.wings.plans.wording import event_words, side_name


def number(request: PageRequest, name: str = "version") -> int:
    """A number that a form carries along; 0, which no record has, for what is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def attempt(request: PageRequest, act: Any, said: str, page: str, key: object) -> HttpResponse:
    """Do something and go to a page: tell that it is done there, or why it was refused."""
    try:
        act()
    except DuikouError as error:
        refused(request, error)
    else:
        done(request, said)
    return redirect(page, key)


def sides_for(actor: Actor, plan: SupportPlan, permission: str) -> list[tuple[str, str]]:
    """The parties that the actor may speak for, with their names."""
    return [(str(side), side_name(side)) for side in plan.sides if actor.may(permission, plan.path_of(side))]


def may_edit(actor: Actor, plan: SupportPlan) -> bool:
    """Whether the actor may work on the draft of a plan."""
    return actor.may_any("plan.edit", plan.scope_paths())


def history(events: list[AuditEvent]) -> list[dict[str, Any]]:
    """Events as lines."""
    return [event_words(event) for event in events]


def plain(text: Text | dict[str, str] | None) -> str:
    """A text of two languages, also one that is not there."""
    return words(text) if text else ""
