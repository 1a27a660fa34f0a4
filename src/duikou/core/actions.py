"""How every write happens: permission, validation, write, audit event, one transaction.

    with act("pairing.end", actor=actor, permission="pairing.edit", on=pairing) as event:
        pairing.end = day
        pairing.save(update_fields=["end"])
        event.note(before={"end": None}, after={"end": day}, reason=reason)

Leaving the block writes the audit event; an exception undoes everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from duikou.core import audit, guard
from duikou.core.errors import Denied, Invalid
from duikou.core.roles import permissions
from duikou.core.scope import Actor, Scoped


@dataclass
class EventNote:
    """What an act tells the audit log; fill it in with `note`."""

    target: models.Model | None = None
    label: str = ""
    scope_path: str = ""
    before: Any = None
    after: Any = None
    reason: str = ""

    def note(
        self,
        target: models.Model | None = None,
        *,
        before: Any = None,
        after: Any = None,
        reason: str = "",
        label: str = "",
        scope_path: str | None = None,
    ) -> None:
        """Record what changed (JSON-able values only, never identity numbers or passwords)."""
        self.target = target or self.target
        self.before, self.after = before, after
        self.reason = reason or self.reason
        self.label = label or self.label
        if scope_path is not None:
            self.scope_path = scope_path


def require(actor: Actor, permission: str, paths: tuple[str, ...] | None) -> None:
    """Raise Denied unless `actor` has `permission` at one of `paths` (anywhere, when None)."""
    allowed = actor.may(permission) if paths is None else actor.may_any(permission, paths)
    if not (allowed or actor.is_system):
        label = permissions()[permission].label
        raise Denied(
            _("您在此范围内没有“%(permission)s”的权限。如工作需要，请联系系统管理员授权。")
            % {"permission": label}
        )


def require_reason(reason: str, most: int = 500) -> str:
    """The reason without surrounding space; raises Invalid when there is none, or it cannot be kept."""
    if not (reason := reason.strip()):
        raise Invalid(_("请填写理由。"), fields={"reason": [_("必须填写理由，留作日后核查。")]})
    if fault := guard.fault_of_text(reason, most):
        raise Invalid(_("理由无法保存，请修改。"), fields={"reason": [fault]})
    return reason


@contextmanager
def act(
    name: str,
    *,
    actor: Actor,
    permission: str,
    on: Scoped | str | None = None,
    target: models.Model | None = None,
) -> Iterator[EventNote]:
    """One business act. `on` is the scoped row, or the path, where the permission is needed.

    Raises Denied when the actor has no such permission there.
    """
    paths: tuple[str, ...] | None
    if on is None:
        paths = None
    elif isinstance(on, str):
        paths = (on,)
    else:
        paths, target = on.scope_paths(), target or on
    require(actor, permission, paths)
    # An act without a place belongs to the actor's own area: its auditor sees it.
    own = actor.home.path if actor.home else ""
    event = EventNote(target=target, scope_path=paths[0] if paths else own)
    with together() as waiting:
        yield event
        subject = event.target
        waiting.append(
            {
                "actor": actor,
                "action": name,
                "target_type": subject._meta.label_lower if subject is not None else "",
                "target_id": str(subject.pk) if subject is not None else "",
                "target_label": event.label or (str(subject) if subject is not None else ""),
                "scope_path": event.scope_path,
                "before": event.before,
                "after": event.after,
                "reason": event.reason,
                "request_id": str(get_contextvars().get("request_id", "")),
            }
        )


_waiting: ContextVar[list[dict[str, Any]] | None] = ContextVar("waiting events", default=None)


@contextmanager
def together() -> Iterator[list[dict[str, Any]]]:
    """Several acts as one: all or nothing, their events written when the outermost block ends.

    Writing them last keeps the lock of the audit chain short, and always the last lock
    taken: two transactions can never wait for each other because of it.
    """
    waiting = _waiting.get()
    if waiting is not None:  # inside another block: a savepoint, whose events go when it is undone
        before = len(waiting)
        try:
            with transaction.atomic():
                yield waiting
        except BaseException:
            del waiting[before:]
            raise
        return
    collected: list[dict[str, Any]] = []
    token = _waiting.set(collected)
    try:
        with transaction.atomic():
            yield collected
            for event in collected:
                audit.append(**event)
    finally:
        _waiting.reset(token)
