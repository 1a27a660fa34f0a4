"""How standings and certificates look on pages: words and tones of badges."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import badge
from duikou.engines.credits import Standing
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries.years import DIFFERS, ISSUED

STATES: dict[str, tuple[str, Any]] = {
    Standing.MET.value: ("info", gettext_lazy("已达标待认定")),
    ISSUED: ("success", gettext_lazy("已认定")),
    DIFFERS: ("danger", gettext_lazy("已认定，与现有数据不一致")),
    Standing.SHORT.value: ("neutral", gettext_lazy("天数不足")),
    Standing.UNAPPRAISED.value: ("warning", gettext_lazy("天数已满，尚未考核")),
    Standing.FAILED.value: ("danger", gettext_lazy("天数已满，考核不合格")),
}
KINDS = {"posting": gettext_lazy("派驻"), "training": gettext_lazy("进修")}


def state_badge(state: str) -> SafeString:
    """A credit's state."""
    look, words = STATES[state]
    return badge(look, words)


def certificate_badge(certificate: Certificate, *, differs: bool = False) -> SafeString:
    """Whether a certificate is in force."""
    if not certificate.valid:
        return badge("danger", _("已撤销"))
    if differs:
        return badge("warning", _("有效，与现有数据不一致"))
    return badge("success", _("有效"))
