"""Reading the audit trail, and checking its chain in the background."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core import audit
from duikou.core.actions import act
from duikou.core.errors import Missing
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.context import current_job
from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet

NOTHING = "—"


def events(actor: Actor) -> ScopedQuerySet:
    """Events of the actor's area, newest first."""
    return AuditEvent.objects.visible_to(actor).order_by("-number")


def event(actor: Actor, number: int) -> AuditEvent:
    """One event. Raises Missing when there is none or it is not for this actor's eyes."""
    found = events(actor).filter(number=number).first()
    if found is None:
        raise Missing(_("没有序号为 %(number)s 的审计事件，或不在您的查看范围内。") % {"number": number})
    return found


def neighbours(actor: Actor, number: int) -> tuple[int | None, int | None]:
    """Numbers of the visible events just before and just after one."""
    rows = AuditEvent.objects.visible_to(actor)
    before = rows.filter(number__lt=number).order_by("-number").values_list("number", flat=True).first()
    after = rows.filter(number__gt=number).order_by("number").values_list("number", flat=True).first()
    return before, after


def own_events(actor: Actor, *, without: Collection[str] = (), most: int = 8) -> list[AuditEvent]:
    """What the actor did last, acts `without` left out: one's own acts need no permission to be seen."""
    if actor.user_id is None:
        return []
    rows = AuditEvent.objects.filter(actor_id=actor.user_id).exclude(action__in=without).order_by("-number")
    return list(rows.defer("before", "after")[:most])


def action_names(actor: Actor) -> list[str]:
    """Names of the acts that occur in the actor's part of the trail."""
    rows = AuditEvent.objects.visible_to(actor).order_by("action")
    return list(rows.values_list("action", flat=True).distinct())


def events_about(actor: Actor, target_type: str, target_id: object) -> QuerySet[AuditEvent]:
    """What happened to one thing, newest first."""
    return events(actor).filter(target_type=target_type, target_id=str(target_id))


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after an act; `kind` is added, removed, changed or same."""

    name: str
    before: str
    after: str
    kind: str


def changes(found: AuditEvent) -> list[Change]:
    """What an event changed, value by value, in the order in which they were noted."""
    before, after = _flat(found.before), _flat(found.after)
    rows = []
    for name in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(name), after.get(name)
        kind = "same" if old == new else "added" if old is None else "removed" if new is None else "changed"
        rows.append(Change(name, old or NOTHING, new or NOTHING, kind))
    return rows


def _flat(values: Any, prefix: str = "") -> dict[str, str]:
    """Nested values as one level: {"a": {"b": 1}} → {"a.b": "1"}."""
    if values is None or values == {}:
        return {}
    if not isinstance(values, dict):
        return {prefix or _("内容"): _words(values)}
    found: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        found |= _flat(value, name) if isinstance(value, dict) else {name: _words(value)}
    return found


def _words(value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_words(item) for item in value)
    return str(value)


# --- checking the chain -------------------------------------------------------------------------------------


@task(title=gettext_lazy("核对审计链"))
def verify_chain() -> dict[str, Any]:
    """Recompute the whole chain; returns how many events hold and the first broken link."""
    job = current_job()
    broken = audit.verify(progress=lambda done, total: job.progress(done, total))
    checked = AuditEvent.objects.count()
    if broken is None:
        return {"sound": True, "events": checked}
    return {"sound": False, "events": checked, "number": broken.number, "why": broken.why}


def request_verification(*, actor: Actor) -> Job:
    """Have the chain checked in the background; while a check waits or runs, that one is returned."""
    with act("audit.verify", actor=actor, permission="audit.view", on=_top(actor)) as noted:
        job = request_job(
            verify_chain,
            actor=actor,
            scope_path=_top(actor),
            subject="",
            dedupe=f"audit.verify:{_top(actor)}",
        )
        noted.note(label=job.title, after={"job": job.pk})
    return job


def latest_check(actor: Actor) -> Job | None:
    """The newest check of the chain that somebody of the actor's area asked for."""
    jobs = Job.objects.visible_to(actor, "audit.view").filter(task=verify_chain.module_path)
    return jobs.order_by("-enqueued_at").first()


def may_watch(actor: Actor, check: Job) -> bool:
    """Whether the actor may open the check's own page."""
    return check.enqueued_by_id == actor.user_id or actor.may_any("job.view", check.scope_paths())


def _top(actor: Actor) -> str:
    return min(actor.paths("audit.view"), key=len, default="")
