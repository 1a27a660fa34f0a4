"""What several pages share."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid
from duikou.core.listing import BadParameter
from duikou.core.models import AuditEvent
from duikou.engines.text import Text
from duikou.wings.discharges import months
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


def english() -> bool:
    """Whether the request is answered in English."""
    return (get_language() or "").startswith("en")


def words(text: Text | dict[str, str] | None) -> str:
    """A text of two languages in that of the request."""
    if text is None:
        return ""
    zh, en = (text.zh, text.en) if isinstance(text, Text) else (text["zh"], text["en"])
    return en if english() else zh


def badge(look: str, text: object) -> SafeString:
    """A badge with its words; cheap enough for every row of a long list."""
    return SafeString(f'<span class="dk-badge dk-badge-{look}">{escape(str(text))}</span>')


def state_badge(state: str) -> SafeString:
    """Where a submission is in its life."""
    return badge(STATE_LOOK[state], SUBMISSION.states[state].label)


def severity_badge(severity: str) -> SafeString:
    """What a broken rule does to its row."""
    return badge(SEVERITY_LOOK[severity], SEVERITIES[severity])


@cache
def _around(name: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, args=["0"]).rpartition("0")
    return before, after


def row_url(name: str, key: object) -> str:
    """The address of a row's page, from a pattern that is looked up once."""
    before, after = _around(name)
    return f"{before}{key}{after}"


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
        "at": timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M"),
        "who": event.actor_label,
        "what": known or (step.label if step else event.action),
        "reason": event.reason,
    }


def add_errors(form: Form, error: Invalid) -> None:
    """Put an action's objections to the fields they belong to."""
    placed = False
    for name, texts in error.fields.items():
        for text in texts:
            if name in form.fields:
                form.add_error(name, text)
                placed = True
    if not placed:
        form.add_error(None, str(error.message))


def done(request: HttpRequest, text: str) -> None:
    """Tell that something has been done."""
    messages.success(request, text)
