"""Life cycles as data: states and transitions in a wing's `workflow.toml`.

A transition names its action, the states it leads from and to, the permission it
needs (at one side alone where it names that side's column in `at`) and whether a
reason must be given. `move` checks all of that and changes the row with one
conditional UPDATE, so that of several people who act at once exactly one wins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require, require_reason
from duikou.core.errors import Conflict
from duikou.core.roles import permissions
from duikou.core.scope import Actor, Scoped


@dataclass(frozen=True, slots=True)
class State:
    """One state; `open` ones still wait for somebody."""

    id: str
    zh: str
    en: str
    open: bool

    @property
    def label(self) -> str:
        """Name in the language of the request."""
        return self.en if (get_language() or "").startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a life cycle."""

    id: str
    zh: str
    en: str
    sources: tuple[str, ...]
    target: str
    permission: str
    reason: bool  # must a reason be given?
    at: str = ""  # the path column of the side that takes it; none: any side of the row

    @property
    def label(self) -> str:
        """Name of the button, in the language of the request."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    def paths(self, row: Scoped) -> tuple[str, ...]:
        """Where the permission is needed, at one of them."""
        return (getattr(row, self.at),) if self.at else row.scope_paths()

    def require(self, row: Scoped, actor: Actor) -> None:
        """Raise Denied for an actor who may never take this step on the row, whatever its state."""
        require(actor, self.permission, self.paths(row))


@dataclass(frozen=True, slots=True)
class Workflow:
    """A life cycle: its states, transitions and first state."""

    id: str
    initial: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]

    @property
    def open_states(self) -> tuple[str, ...]:
        """States in which somebody still has to act."""
        return tuple(s.id for s in self.states.values() if s.open)

    def choices(self) -> list[tuple[str, str]]:
        """States for a form field."""
        return [(state.id, state.label) for state in self.states.values()]

    def available(self, row: Scoped, actor: Actor) -> list[Transition]:
        """The steps that `actor` may take on `row` now: the buttons of its page."""
        return [
            step
            for step in self.transitions.values()
            if row.state in step.sources and actor.may_any(step.permission, step.paths(row))  # type: ignore[attr-defined]
        ]


def load(package: str, name: str = "workflow.toml") -> dict[str, Workflow]:
    """Read the life cycles of a wing.

    Raises ValueError when a transition names an unknown state or permission.
    """
    raw = tomllib.loads(resources.files(package).joinpath(name).read_text("utf-8"))
    found = {}
    for key, entry in raw.items():
        states = {k: State(k, v["zh"], v["en"], v.get("open", False)) for k, v in entry["states"].items()}
        steps = {
            k: Transition(
                k,
                v["zh"],
                v["en"],
                tuple(v["from"]),
                v["to"],
                v["permission"],
                v.get("reason", False),
                v.get("at", ""),
            )
            for k, v in entry["transitions"].items()
        }
        for step in steps.values():
            if unknown := {*step.sources, step.target} - states.keys():
                raise ValueError(f"{package}/{name}: {key}.{step.id} names unknown states {sorted(unknown)}")
            if step.permission not in permissions():
                raise ValueError(
                    f"{package}/{name}: {key}.{step.id} names unknown permission {step.permission}"
                )
        if entry["initial"] not in states:
            raise ValueError(f"{package}/{name}: {key} starts in unknown state {entry['initial']}")
        found[key] = Workflow(key, entry["initial"], states, steps)
    return found


def move(
    workflow: Workflow,
    row: Scoped,
    step_id: str,
    *,
    actor: Actor,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Take one step on `row` (a model with `state` and integer `version`), and audit it.

    `changes` are further columns set in the same UPDATE. Raises Denied without the
    permission, Invalid without a demanded reason, Conflict when the row is in
    another state or somebody else has changed it since it was read.
    """
    step = workflow.transitions[step_id]
    if step.reason:
        reason = require_reason(reason)
    model: type[models.Model] = type(row)
    guard.check(model, changes or {})
    side = getattr(row, step.at) if step.at else row
    before = {"state": row.state}  # type: ignore[attr-defined]
    with act(
        f"{workflow.id}.{step.id}", actor=actor, permission=step.permission, on=side, target=row
    ) as event:
        won = model._default_manager.filter(
            pk=row.pk,
            state__in=step.sources,
            version=row.version,  # type: ignore[attr-defined]
        ).update(state=step.target, version=models.F("version") + 1, **(changes or {}))
        if not won:
            current = model._default_manager.filter(pk=row.pk).values_list("state", flat=True).first()
            label = workflow.states[current].label if current else _("已删除")
            raise Conflict(
                _("“%(step)s”没有执行：该记录目前为“%(state)s”，或刚被他人改动。请刷新后再试。")
                % {"step": step.label, "state": label}
            )
        row.refresh_from_db()
        event.note(before=before, after={"state": step.target, **dict(changes or {})}, reason=reason)
