"""The hash-chained audit log: append and verify."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from duikou.core import guard, witness
from duikou.core.models import AuditEvent, AuditHead
from duikou.core.scope import Actor

PART = 500  # events between two signs of progress
_LOCK = 0x6475696B  # any fixed number: writers of the chain queue up on it
_FIELDS = (
    "number", "at", "actor_id", "actor_label", "action", "target_type", "target_id", "target_label",
    "scope_path", "before", "after", "reason", "request_id",
)  # fmt: skip


def _mac(text: str) -> str:
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder
    )


def _digest(previous: str, values: dict[str, Any]) -> str:
    return _mac(previous + _canonical(values))


def plain(values: Any) -> Any:
    """`values` as they will come back from a JSON column of either database.

    Dates become text, whole floats whole numbers (PostgreSQL keeps -0.0 as 0 and 1e16
    as an integer, and the digest must not depend on the writing), impossible numbers
    and characters that no column keeps become words or go.
    """
    return None if values is None else _settled(json.loads(_canonical({"v": values}))["v"])


def _settled(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        return guard.keepable(value)
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    if isinstance(value, dict):
        return {guard.keepable(key): _settled(inner) for key, inner in value.items()}
    return value


def _values(event: AuditEvent) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in _FIELDS}
    values["at"] = event.at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds")
    return values


def append(
    *,
    actor: Actor,
    action: str,
    target_type: str,
    target_id: str,
    target_label: str,
    scope_path: str,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    request_id: str = "",
) -> AuditEvent:
    """Add one event to the chain. Must run in the transaction of the act that it records."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit event belongs into the transaction of its act")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    head, _ = AuditHead.objects.get_or_create(id=1)
    event = AuditEvent(
        number=head.number + 1,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=guard.keepable(actor.label)[:120],
        action=action,
        target_type=target_type,
        target_id=target_id,
        target_label=guard.keepable(target_label)[:200],
        scope_path=scope_path,
        before=plain(before),
        after=plain(after),
        reason=guard.keepable(reason)[:1000],
        request_id=guard.keepable(request_id)[:64],
        previous=head.digest,
    )
    event.digest = _digest(head.digest, _values(event))
    event.save(force_insert=True)
    AuditHead.objects.filter(id=1).update(
        number=event.number, digest=event.digest, seal=_mac(f"{event.number}:{event.digest}")
    )
    transaction.on_commit(lambda: witness.remember(event.number, event.digest), robust=True)
    return event


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    number: int
    why: str


def verify(
    progress: Callable[[int, int], None] = lambda done, total: None, *, with_witness: bool = True
) -> Break | None:
    """Recompute the whole chain; the first broken link, or None when all is well.

    Finds a changed, removed, inserted or reordered event, a cut-off tail and a
    forged head; with the witness outside the database also an emptied log and an older
    database put in place. `progress` is told how many of how many events are done.
    Events appended meanwhile are checked too: they are no break.
    """
    previous, expected = "0" * 64, 1
    known = witness.recall() if with_witness else None
    while True:
        head = AuditHead.objects.filter(id=1).first()  # first the head: what it covers is there to be read
        last = head.number if head else 0
        for event in _in_order(expected, last if head else None):
            if event.number != expected:
                return Break(expected, f"事件 #{expected} 缺失 / event #{expected} is missing")
            if event.previous != previous:
                return Break(
                    expected,
                    f"事件 #{expected} 与前一事件不相接 / event #{expected} does not follow the one before",
                )
            if event.digest != _digest(previous, _values(event)):
                return Break(
                    expected, f"事件 #{expected} 内容被改动 / the content of event #{expected} was changed"
                )
            if known and event.number == known.number and event.digest != known.digest:
                return Break(
                    expected,
                    f"事件 #{expected} 与库外记录不符 / event #{expected} is not the one on record outside",
                )
            previous, expected = event.digest, expected + 1
            if not expected % PART:
                progress(min(expected, last), last)
        if known and known.number >= expected:
            return Break(
                expected,
                f"库外记录到事件 #{known.number}，库内只有 {expected - 1} 条：日志被清空或换成旧库 / "
                f"event #{known.number} is on record outside, the database ends at #{expected - 1}: "
                "emptied, or an older database",
            )
        if head is None:
            return (
                None if expected == 1 else Break(expected - 1, "链头缺失 / the head of the chain is missing")
            )
        if head.number and head.seal != _mac(f"{head.number}:{head.digest}"):
            return Break(head.number, "链头封印不符 / the head's seal does not fit")
        if head.number != expected - 1 or head.digest != previous:
            return Break(
                expected, f"事件 #{expected} 起被截断 / the chain is cut off from event #{expected} on"
            )
        progress(last, last)
        if not AuditEvent.objects.filter(number__gt=last).exists():
            return None
        if not AuditHead.objects.filter(id=1, number__gt=last).exists():
            return Break(
                expected, f"事件 #{expected} 不在链头之内 / the head does not cover event #{expected}"
            )


def accept_as_it_is() -> None:
    """Let the witness outside the database follow the chain: after a restore that was meant."""
    if head := AuditHead.objects.filter(id=1).first():
        witness.remember(head.number, head.digest)


def _in_order(first: int, last: int | None) -> Iterator[AuditEvent]:
    rows = AuditEvent.objects.filter(number__gte=first) if first > 1 else AuditEvent.objects.all()
    if last is not None:
        rows = rows.filter(number__lte=last)
    return rows.order_by("number").iterator(chunk_size=2000)
