"""What several pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import add_errors, badge
from duikou.core.listing import BadParameter
from duikou.core.models import AuditEvent
from duikou.core.times import time_words
from duikou.wings.discharges import months
from duikou.wings.discharges.figures import Figure
from duikou.wings.discharges.workflows import SUBMISSION

STATE_LOOK = {
    "receiving": "info",
    "checking": "info",
    "checked": "warning",
    "signed": "info",
    "committed": "success",
    "retracting": "warning",
    "refused": "danger",
    "withdrawn": "neutral",
    "replaced": "neutral",
}
Made = TypeVar("Made")
SEVERITY_LOOK = {"reject": "danger", "warn": "warning", "note": "info"}
SEVERITIES = {
    "reject": gettext_lazy("隔离"),
    "warn": gettext_lazy("警告"),
    "note": gettext_lazy("提示"),
}
_EVENTS = {
    "submission.open": gettext_lazy("开始上传"),
    "submission.commit": gettext_lazy("入库"),
    "submission.taken_out": gettext_lazy("已从库中撤回"),
}


def state_badge(state: str) -> SafeString:
    """Where a submission is in its life."""
    return badge(STATE_LOOK[state], SUBMISSION.states[state].label)


def severity_badge(severity: str) -> SafeString:
    """What a broken rule does to its row."""
    return badge(SEVERITY_LOOK[severity], SEVERITIES[severity])


def month_of(request: HttpRequest, name: str, default: int) -> int:
    """A month out of the address; raises BadParameter for what is none."""
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    try:
        return months.parse(text)
    except Invalid:
        raise BadParameter(name, text, _("不晚于本月的月份，写作 2014-03")) from None


def event_words(event: AuditEvent) -> dict[str, Any]:
    """One line of a submission's history."""
    known = _EVENTS.get(event.action)
    step = SUBMISSION.transitions.get(event.action.partition(".")[2])
    return {
        "at": time_words(event.at),
        "who": event.actor_label,
        "what": known or (step.label if step else event.action),
        "reason": event.reason,
    }


def taken(
    form: Form | None, take: Callable[[bytes, dict[str, Any]], Made], refuse: Callable[[], object]
) -> Made | None:
    """What came of a form with a file; None where the form now says what is wrong.

    `take` gets the file's content and the form's data. Without a form the caller may not
    import anything: `refuse` says why not.
    """
    if form is None:
        refuse()
    elif form.is_valid():
        try:
            return take(form.cleaned_data["file"].read(), form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
    return None


def figure_url(figure: Figure, **unit: str) -> str:
    """The page that tells how a figure came about."""
    wanted = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in figure.settings.items()
        if name in ("from_month", "to_month", "by") and value
    }
    return f"{reverse('discharges:figure', args=[figure.id])}?{urlencode({**wanted, **unit})}"
