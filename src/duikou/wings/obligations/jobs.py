"""Background work of this wing: reminders and escalation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.wings.obligations.actions.reminders import remind


@task(title=_("责任到期提醒"))
def remind_of_obligations() -> dict[str, int]:
    """Remind of what falls due or is overdue, and call in the authority above."""
    made = remind()
    return {"reminders": made.reminders, "escalations": made.escalations}
