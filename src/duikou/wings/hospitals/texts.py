"""Words for what the audit trail records of the register, and for its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import (
    Capability,
    Department,
    Hospital,
    HospitalName,
    Mark,
    Succession,
)

ACTS: Mapping[str, Promise | str] = {
    "hospital.register": gettext_lazy("登记"),
    "hospital.edit": gettext_lazy("修改登记"),
    "hospital.rename": gettext_lazy("更名"),
    "hospital.alias_added": gettext_lazy("增加别名"),
    "hospital.alias_removed": gettext_lazy("删除别名"),
    "hospital.level": gettext_lazy("登记等级"),
    "hospital.move": gettext_lazy("变更所在地"),
    "hospital.close": gettext_lazy("注销"),
    "hospital.reopen": gettext_lazy("恢复在册"),
    "hospital.merge": gettext_lazy("并入其他医院"),
    "hospital.merge_undone": gettext_lazy("撤回并入"),
    "hospital.split": gettext_lazy("拆分"),
    "hospital.department_added": gettext_lazy("增加科室"),
    "hospital.department_closed": gettext_lazy("撤销科室"),
    "hospital.department_renamed": gettext_lazy("科室更名"),
    "hospital.specialty_states": gettext_lazy("评定专科状况"),
    "hospital.capability": gettext_lazy("登记技术能力"),
}

_LABELS: Mapping[str, Promise | str] = {
    "name": gettext_lazy("名称"),
    "kind": gettext_lazy("类别"),
    "tier": gettext_lazy("隶属层级"),
    "ownership": gettext_lazy("举办主体"),
    "role": gettext_lazy("登记身份"),
    "field": gettext_lazy("专科方向"),
    "development_zone": gettext_lazy("开发区医院"),
    "main_county_hospital": gettext_lazy("县级主要综合医院"),
    "lon": gettext_lazy("经度"),
    "lat": gettext_lazy("纬度"),
    "coord_level": gettext_lazy("坐标精度"),
    "note": gettext_lazy("备注"),
    "level": gettext_lazy("等级"),
    "level_mark": gettext_lazy("等级依据"),
    "source": gettext_lazy("来源"),
    "division": gettext_lazy("所在县（市、区）"),
    "on": gettext_lazy("日期"),
    "alias": gettext_lazy("别名"),
    "alias_kind": gettext_lazy("别名类型"),
    "valid_from": gettext_lazy("起"),
    "valid_to": gettext_lazy("止（不含）"),
    "state": gettext_lazy("状态"),
    "merged_into": gettext_lazy("并入"),
    "document": gettext_lazy("依据文件"),
    "names": gettext_lazy("所涉名称"),
    "split_off": gettext_lazy("拆出医院"),
    "department": gettext_lazy("科室"),
    "specialty": gettext_lazy("专业"),
    "opened_on": gettext_lazy("设立"),
    "closed_on": gettext_lazy("撤销"),
    "technique": gettext_lazy("技术"),
    "first_case_on": gettext_lazy("首例日期"),
    "evidence": gettext_lazy("佐证"),
    "approved_here": gettext_lazy("本院已批准"),
    "approved_by_supporter": gettext_lazy("支援医院已批准"),
}

_VALUES: Mapping[str, Mapping[str, Any]] = {
    "kind": {**dict(Hospital.Kind.choices), **dict(Succession.Kind.choices)},
    "field": dict(Hospital.Field.choices),
    "tier": dict(Hospital.Tier.choices),
    "ownership": dict(Hospital.Ownership.choices),
    "role": dict(Hospital.Role.choices),
    "coord_level": dict(Hospital.CoordLevel.choices),
    "level": dict(Hospital.Level.choices),
    "level_mark": dict(Mark.choices),
    "alias_kind": dict(HospitalName.Kind.choices),
    "state": {
        **dict(Hospital.State.choices),
        **dict(Department.State.choices),
        **dict(Capability.State.choices),
    },
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed value in words."""

    label: str
    before: str
    after: str


def act_label(action: str) -> str:
    """An act of the register in words."""
    return str(ACTS.get(action, action))


def fact_label(column: str) -> str:
    """What a fact of an entry is called."""
    return str(_LABELS[column])


def differences(action: str, before: Any, after: Any) -> Iterator[Difference]:
    """What an event changed, in words; keys that neither side has a value for are left out."""
    old, new = before or {}, after or {}
    order = {key: number for number, key in enumerate(_LABELS)}
    for key in sorted({**old, **new}, key=lambda key: order.get(key, len(order))):
        was, is_now = (_value(action, key, side.get(key)) for side in (old, new))
        if was or is_now:
            yield Difference(_label(action, key), was, is_now)


def _label(action: str, key: str) -> str:
    if action == "hospital.specialty_states":
        return catalogue.specialty_label(key)
    return str(_LABELS.get(key, key))


def _value(action: str, key: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(str(each) for each in value)
    if action == "hospital.specialty_states":
        key = "state"
    if key == "specialty":
        return catalogue.specialty_label(str(value))
    if key == "technique":
        return catalogue.technique_label(str(value))
    return str(_VALUES.get(key, {}).get(str(value), value))
