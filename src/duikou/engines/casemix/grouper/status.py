"""What became of a record: a fault of the input is a result and never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from duikou.engines.text import Text

GROUPED: Final = "grouped"
UNGROUPED: Final = "ungrouped"
INVALID_PDX: Final = "invalid_pdx"
MISSING_PDX: Final = "missing_pdx"
UNKNOWN_CODE: Final = "unknown_code"

_FACTS: Final = {
    "sex": ("sex", "性别", "the sex"),
    "age_years": ("age", "年龄", "the age"),
    "age_days": ("age", "年龄", "the age"),
    "weight": ("weight", "体重", "the weight"),
    "birth_weight": ("weight", "体重", "the weight"),
    "admission_weight": ("weight", "体重", "the weight"),
    "stay": ("stay", "住院天数", "the days of stay"),
    "disposition": ("disposition", "离院方式", "the way of discharge"),
    "icu_hours": ("icu_hours", "重症监护小时数", "the hours in intensive care"),
    "ventilator_hours": ("ventilator_hours", "呼吸机小时数", "the hours of ventilation"),
    "department": ("department", "科别", "the department"),
}

MISSING: Final[Mapping[str, str]] = {fact: f"missing_{status}" for fact, (status, *_) in _FACTS.items()}
"""Status by the fact that a deciding condition asks for and the record does not state."""

STATUSES: Final[Mapping[str, Text]] = {
    GROUPED: Text("已入组", "grouped"),
    UNGROUPED: Text(
        "未入组：主要诊断有效，但没有符合的分组条件",
        "not grouped: the principal diagnosis is valid, but no rule fits",
    ),
    INVALID_PDX: Text(
        "未入组：该编码不能作主要诊断", "not grouped: this code opens no category as principal diagnosis"
    ),
    MISSING_PDX: Text("未入组：没有主要诊断", "not grouped: there is no principal diagnosis"),
    UNKNOWN_CODE: Text(
        "未入组：主要诊断或主要手术编码不在方案的编码表中",
        "not grouped: the principal diagnosis or the main operation is not in the scheme's code table",
    ),
    **{
        f"missing_{status}": Text(
            f"未入组：结果取决于{zh}，但记录未填",
            f"not grouped: it hangs on {en}, which the record does not state",
        )
        for status, zh, en in _FACTS.values()
    },
}
"""Every status with its sentence."""
