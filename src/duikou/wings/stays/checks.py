"""What the acts on stays share: objections, days, the claim on a row, steps of a life cycle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import overlaps
from duikou.core.actions import require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor, Scoped
from duikou.core.workflow import Workflow, move
from duikou.wings.pairings.models import Pairing
from duikou.wings.stays.models import Stay


def in_order(first: dt.date, last: dt.date, field: str) -> None:
    """Raise Invalid for days in the wrong order."""
    if last < first:
        raise refused(
            field,
            _("最后一天 %(last)s 早于第一天 %(first)s。请改正日期。") % {"first": first, "last": last},
        )


def not_future(on: dt.date, field: str) -> None:
    """Raise Invalid for a day that has not come."""
    today = timezone.localdate()
    if on > today:
        raise refused(
            field,
            _("日期 %(found)s 在今天（%(today)s）之后。请填写已经发生的日期。")
            % {"found": on, "today": today},
        )


def within_pairing(pairing: Pairing, first: dt.date, last: dt.date, field: str) -> None:
    """Raise Invalid for days on which the two hospitals are not paired."""
    if first < pairing.start or last > pairing.end:
        raise refused(
            field,
            _("%(first)s 至 %(last)s 超出结对期限：两院在 %(start)s 至 %(end)s 结对。请改正日期。")
            % {"first": first, "last": last, "start": pairing.start, "end": pairing.end},
        )


@contextmanager
def no_overlap(model: type[Scoped]) -> Iterator[None]:
    """Tell as Conflict what the database refuses: a day that another stay of the person has, too."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not issubclass(model, Stay) or overlaps.MESSAGE not in str(error):
            raise
        raise Conflict(str(model.OVERLAPS)) from error


def save_new(stay: Stay) -> None:
    """Write a stay for the first time. Raises Conflict where it overlaps another of the person."""
    stay.settle_days()
    with no_overlap(type(stay)):
        stay.save()


def take(
    cycle: Workflow,
    row: Any,
    step: str,
    *,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Take a step of the life cycle; the row keeps the reason.

    `version`: what the caller saw, where a program tells it. Of several who act at once exactly one
    wins; days that overlap another stay of the person are told as Conflict.
    """
    reason = require_reason(reason) if cycle.transitions[step].reason else reason.strip()
    kept = {**(changes or {}), **({"reason": reason} if reason else {})}
    row.version = row.version if version is None else version
    with no_overlap(type(row)):
        move(cycle, row, step, actor=actor, reason=reason, changes=kept)


def locked(row: Any) -> None:
    """Read the row again and hold it until the act ends: two who act on it follow each other."""
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(no_key=True))
