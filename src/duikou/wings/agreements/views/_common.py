"""What several pages share: badges, the agreement as it was seen, forms that failed."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import Invalid
from duikou.core.faces import badge
from duikou.core.models import AuditEvent
from duikou.core.pages import PageRequest
from duikou.core.times import time_words
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.workflows import AGREEMENT, TERMINATION

STATE_LOOK = {
    "draft": "neutral",
    "review": "info",
    "approved": "warning",
    "signed": "success",
    "filed": "success",
    "expired": "neutral",
    "ended": "danger",
    "replaced": "neutral",
    "withdrawn": "neutral",
}
TERMINATION_LOOK = {"asked": "warning", "consented": "danger", "refused": "neutral", "withdrawn": "neutral"}
VERDICT_LOOK = {
    "kept": "success",
    "extended": "info",
    "weakened": "danger",
    "missing": "danger",
    "new": "info",
}
VERDICTS = {
    "kept": gettext_lazy("保留"),
    "extended": gettext_lazy("有增加"),
    "weakened": gettext_lazy("被削弱"),
    "missing": gettext_lazy("缺失"),
    "new": gettext_lazy("新增"),
}
TIMINGS = {
    "in_time": gettext_lazy("按期签署"),
    "signed_late": gettext_lazy("逾期签署"),
    "late": gettext_lazy("逾期未签"),
    "open": gettext_lazy("未到期限"),
}
TIMING_LOOK = {"in_time": "success", "signed_late": "warning", "late": "danger", "open": "neutral"}
STAGES = {
    "none": gettext_lazy("没有协议"),
    "refused": gettext_lazy("条款检查未通过"),
}
_EVENTS = {
    "agreement.create": gettext_lazy("起草协议"),
    "agreement.text": gettext_lazy("提交新版文本"),
    "agreement.terms": gettext_lazy("变更代表或期限"),
    "agreement.decide": gettext_lazy("一方表态"),
    "agreement.comment": gettext_lazy("批注"),
    "agreement.settle": gettext_lazy("了结批注"),
    "agreement.sign_side": gettext_lazy("一方签署"),
    "agreement.original": gettext_lazy("收到原件"),
    "agreement.send_copy": gettext_lazy("报送备案件"),
    "agreement.receipt": gettext_lazy("收存备案件"),
    "agreement.event": gettext_lazy("登记变更"),
    "agreement.ask_end": gettext_lazy("申请终止"),
}


def state_badge(agreement: Agreement) -> SafeString:
    """Where an agreement is in its life."""
    return badge(STATE_LOOK[agreement.state], AGREEMENT.states[agreement.state].label)


def stage_words(stage: str) -> str:
    """Where a pairing's agreement stands."""
    return str(STAGES.get(stage) or AGREEMENT.states[stage].label)


def stage_badge(stage: str) -> SafeString:
    """The same as a badge."""
    look = "danger" if stage == "refused" else STATE_LOOK.get(stage, "neutral")
    return badge(look, stage_words(stage))


def timing_badge(timing: str) -> SafeString:
    """Whether it was signed in time."""
    return badge(TIMING_LOOK[timing], TIMINGS[timing])


def verdict_badge(verdict: str) -> SafeString:
    """What the check says of a clause."""
    return badge(VERDICT_LOOK[verdict], VERDICTS[verdict])


def termination_badge(state: str) -> SafeString:
    """What became of a request to end."""
    return badge(TERMINATION_LOOK[state], TERMINATION.states[state].label)


def event_words(event: AuditEvent) -> dict[str, Any]:
    """One line of an agreement's history."""
    step = AGREEMENT.transitions.get(event.action.partition(".")[2])
    known = _EVENTS.get(event.action)
    return {
        "at": time_words(event.at),
        "who": event.actor_label,
        "what": known or (step.label if step else event.action),
        "reason": event.reason,
    }


def as_seen(request: PageRequest, found: Agreement) -> Agreement:
    """The agreement as the person saw it; raises Invalid when the page does not say which version."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(_("页面已过时，请刷新后再试。"))
    found.version = int(text)
    return found


def uploaded(form: Form, name: str) -> Upload | None:
    """A file that came with a form."""
    file = form.cleaned_data.get(name)
    return Upload(file.read(), file.name or "") if file else None
