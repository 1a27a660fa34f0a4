"""Words for what the overview names, in the language of the request."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.wings.hospitals import catalogue
from duikou.wings.places.models import Division


def title(name: str) -> str:
    """A title as held when nominated; as it was written where the pack does not list it."""
    return catalogue.title_label(name) if name else _("未填职称")


def specialty(id: str) -> str:
    """A specialty of the pack."""
    return catalogue.specialty_label(id) if id else _("未填专业")


def county(division: Division) -> str:
    """A county."""
    return division.label


def city(division: Division) -> str:
    """The city that a county lies in."""
    return division.parent.label if division.parent else ""


def definitions() -> list[tuple[str, str]]:
    """How each figure is computed: the same words under the page and in the workbook."""
    return [
        (_("在岗（人）"), _("当月至少有一天在受援医院的派驻人员，请假的也算；一人只计一次。")),
        (_("人月"), _("每人每月实际在岗天数（不含请假）÷ 当月天数，各月相加，四舍五入到一位小数。")),
        (
            _("在岗率"),
            _("当月计划派驻的天数中，实际在岗（不含请假）的天数所占比例；晚到、早退、请假都会降低。"),
        ),
        (
            _("约定"),
            _(
                "协议责任台账中派驻人员的约定人月；只与约定期内的完成数比较。文件没有写明、双方也没有约定的，显示“待约定”。"
            ),
        ),
        (
            _("批次衔接率"),
            _("受援医院从首位派驻人员到岗（不早于当年1月1日）到统计日，有人驻点天数的比例；请假不算断档。"),
        ),
        (
            _("置换率"),
            _("当月进修天数中，同一结对同一专业有派驻人员在岗的天数所占比例（TRN-02）。"),
        ),
    ]
