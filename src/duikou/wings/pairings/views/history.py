"""A record's history in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from duikou.core.models import AuditEvent
from duikou.core.times import time_words

_EVENTS = {
    "finding.assign": gettext_lazy("指派"),
    "finding.request_exception": gettext_lazy("申请例外"),
    "finding.withdraw_request": gettext_lazy("撤回申请"),
    "finding.accept": gettext_lazy("批准例外"),
    "finding.decline": gettext_lazy("不予批准"),
    "finding.reopen": gettext_lazy("重新打开"),
    "finding.repaired": gettext_lazy("再次核查时已消除"),
    "finding.reopened": gettext_lazy("再次核查时又出现"),
    "pairing.add": gettext_lazy("新增"),
    "pairing.edit": gettext_lazy("修改"),
    "pairing.end": gettext_lazy("终止"),
    "department_link.add": gettext_lazy("建立科室对口"),
    "department_link.heads": gettext_lazy("更换责任人"),
    "department_link.end": gettext_lazy("终止科室对口"),
    "annex.upload": gettext_lazy("上传"),
    "annex.repair": gettext_lazy("修正"),
    "annex_batch.commit": gettext_lazy("整批导入"),
    "annex_batch.withdraw": gettext_lazy("撤回批次"),
    "annex_batch.revoke": gettext_lazy("撤销已导入的批次"),
    "round.create": gettext_lazy("建立轮次"),
    "round.edit": gettext_lazy("修改轮次"),
    "round.loaded": gettext_lazy("载入"),
    "round.audit": gettext_lazy("核查"),
}


def event_words(event: AuditEvent) -> dict[str, Any]:
    """One line of a record's history."""
    return {
        "at": time_words(event.at),
        "who": event.actor_label,
        "what": _EVENTS.get(event.action, event.action),
        "reason": event.reason,
        "number": event.number,
    }
