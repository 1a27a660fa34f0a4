"""Pages of the acts on stays: the form, the act, and the form again with what the act objects to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from duikou.core.actions import require
from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest
from duikou.core.scope import Actor
from duikou.wings.stays.acts import A, S, StayActs, V

Do = Callable[[dict[str, Any]], object]


def answer(
    request: PageRequest,
    form: Form,
    do: Do,
    *,
    title: str,
    about: str,
    back: str,
    said: str,
    hint: str = "",
    then: Callable[[object], str] | None = None,
) -> HttpResponse:
    """Show the form; carry out what it says; show it again with what the action objects to."""
    context = {"form": form, "title": title, "about": about, "back": back, "hint": hint}
    return answer_form(request, form, do, "web/act.html", context, said=said, then=then or back)


@dataclass(frozen=True, slots=True)
class StayPages(Generic[S, A, V]):
    """The pages of one kind of stay: where a row is found, and the address that they lead back to.

    The words of a page (`title`, `said`, `hint`) are the wing's.
    """

    acts: StayActs[S, A, V]
    find: Callable[[Actor, int], S]
    find_leave: Callable[[Actor, int], A]
    address: str

    def on(
        self,
        request: PageRequest,
        pk: int,
        make: Callable[[S], Form],
        do: Callable[[S, dict[str, Any]], object],
        *,
        side: str = "host",
        permission: str = "",
        **words: Any,
    ) -> HttpResponse:
        """An act on one stay by one of its sides (`host`, `home`, or either)."""
        stay = self.find(request.actor, pk)
        paths = {"host": (stay.host_path,), "home": (stay.home_path,), "either": stay.scope_paths()}
        require(request.actor, permission or self.acts.edit, paths[side])
        back = reverse(self.address, args=[pk])
        return answer(request, make(stay), lambda data: do(stay, data), about=str(stay), back=back, **words)

    def arrive(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """The day on which somebody came."""
        return self.on(
            request,
            pk,
            lambda one: form(request.POST or None, initial=_begin(one)),
            lambda one, data: self.acts.arrive(actor=request.actor, stay=one, version=one.version, **data),
            **words,
        )

    def leave(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """Days away."""
        return self.on(
            request,
            pk,
            lambda _one: form(request.POST or None),
            lambda one, data: self.acts.take_leave(actor=request.actor, stay=one, **data),
            **words,
        )

    def end(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """The last day."""
        return self.on(
            request,
            pk,
            lambda one: form(request.POST or None, initial=_begin(one)),
            lambda one, data: self.acts.end(actor=request.actor, stay=one, version=one.version, **data),
            side="either",
            **words,
        )

    def correct(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """Put real days right."""
        return self.on(
            request,
            pk,
            lambda one: form(
                request.POST or None, initial={"arrived_on": one.arrived_on, "left_on": one.left_on}
            ),
            lambda one, data: self.acts.correct_days(
                actor=request.actor, stay=one, version=one.version, **data
            ),
            **words,
        )

    def appraise(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """The appraisal of a year."""
        return self.on(
            request,
            pk,
            lambda one: form(request.POST or None, initial=_begin(one)),
            lambda one, data: self.acts.appraise(actor=request.actor, stay=one, **data),
            permission=self.acts.appraises(self.find(request.actor, pk), request.actor),
            **words,
        )

    def come_back(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """Back earlier than noted."""
        return self._on_leave(request, pk, form, self.acts.come_back, words)

    def withdraw_leave(self, request: PageRequest, pk: int, form: type[Form], **words: Any) -> HttpResponse:
        """Days away that were not taken."""
        return self._on_leave(request, pk, form, self.acts.withdraw_leave, words)

    def _on_leave(
        self, request: PageRequest, pk: int, form: type[Form], do: Callable[..., A], words: dict[str, Any]
    ) -> HttpResponse:
        found = self.find_leave(request.actor, pk)
        stay: Any = found.stay
        require(request.actor, self.acts.edit, (stay.host_path,))
        return answer(
            request,
            form(request.POST or None),
            lambda data: do(actor=request.actor, leave=found, **data),
            about=f"{stay} · {found}",
            back=reverse(self.address, args=[stay.pk]),
            **words,
        )


def _begin(stay: Any) -> dict[str, Any]:
    """What forms begin with: the planned days, as long as they have come."""
    today = timezone.localdate()
    return {
        "on": min(stay.planned_to if stay.arrived_on else stay.planned_from, today).isoformat(),
        "year": min(stay.last_day, today).year,
    }
