"""The slip of a referral (转诊单) as PDF: what was signed, by whom, and what came back."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from duikou.core.exports import text as written
from duikou.core.pdf import pdf as rendered
from duikou.wings.agreements.documents.layout import printable
from duikou.wings.patients.catalogue import payment_label
from duikou.wings.patients.models import Patient
from duikou.wings.referrals.catalogue import condition_label, problem_label
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries.referrals import follow_ups_of, signatures_of

Language = Literal["zh", "en"]


def pdf(referral: Referral, patient: Patient, language: Language = "zh") -> bytes:
    """The slip, with the record as it stands now."""
    return rendered(_template(), printed(referral, patient, language), moment=timezone.now())


def printed(referral: Referral, patient: Patient, language: Language = "zh") -> dict[str, Any]:
    """All that the slip says, as the template takes it."""
    with translation.override("zh-hans" if language == "zh" else "en"):
        parts = [
            (_("患者"), _person(referral, patient)),
            (_("由谁到谁"), _places(referral)),
            (_("病情"), _case(referral)),
        ]
        if referral.back_at:
            parts.append((_("转回"), _back(referral)))
        title = _("上转单") if referral.direction == Referral.Direction.UP else _("下转单")
        return {
            "lang": language,
            "region": "cn" if language == "zh" else "gb",
            "title": title,
            "header": "　".join(filter(None, (title, str(referral.pk), _demo(referral)))),
            "marks": [mark for mark in (_demo(referral),) if mark],
            "parts": [
                [name, [[label, printable(str(value))] for label, value in rows if str(value)]]
                for name, rows in parts
            ],
            "signed": _("签名"),
            "head": [_("签名"), _("医师"), _("签名时间"), _("登录方式"), _("内容摘要")],
            "rows": [
                [
                    str(one.get_part_display()),
                    printable(f"{one.name} {one.title}（{one.place}）"),
                    written(one.signed_at),
                    str(one.get_factor_display()),
                    one.digest[:16],
                ]
                for one in signatures_of(referral)
            ],
            "note": _("存根按月归医务部门（规则 REF-04）。内容摘要可在系统中核对签名后有无改动。"),
            "issued": written(timezone.now()),
        }


def _demo(referral: Referral) -> str:
    return _("演示数据") if referral.demonstration else ""


def _person(referral: Referral, patient: Patient) -> list[tuple[str, object]]:
    return [
        (_("患者编号"), patient.number),
        (_("姓名"), patient.name),
        (_("性别"), patient.get_sex_display()),
        (_("出生日期"), patient.birth_date or ""),
        (_("证件号码"), patient.masked_identity),
        (_("电话"), patient.masked_phone),
        (_("付费方式"), payment_label(patient.payment)),
        (_("居住地"), patient.residence.name if patient.residence else ""),
    ]


def _places(referral: Referral) -> list[tuple[str, object]]:
    sender = (referral.from_hospital.name, referral.from_department and referral.from_department.name)
    receiver = (
        referral.to_hospital.name,
        referral.to_department and referral.to_department.name,
        referral.service.name,
    )
    appointed = (
        referral.appointed_on,
        referral.slot_starts and f"{referral.slot_starts:%H:%M}",
        referral.bed,
    )
    return [
        (_("方向"), referral.get_direction_display()),
        (_("缓急"), referral.get_urgency_display()),
        (_("状态"), referral.get_state_display()),
        (_("转出"), _joined(*sender, referral.from_phone)),
        (_("接收"), _joined(*receiver)),
        (_("发出时间"), written(referral.sent_at) if referral.sent_at else ""),
        (_("预约"), _joined(*appointed)),
        (_("接收意见"), referral.answer_note),
        (_("到达时间"), written(referral.arrived_at) if referral.arrived_at else ""),
        (_("护送"), _joined(referral.escort, referral.escort_phone)),
    ]


def _case(referral: Referral) -> list[tuple[str, object]]:
    return [
        (_("诊断"), _joined(referral.diagnosis, referral.code)),
        (_("分级病种"), problem_label(referral.tier, _("未分级"))),
        (_("指征"), _joined(*(condition_label(one) for one in referral.conditions))),
        (_("不按分级的理由"), referral.exception),
        (_("转诊原因和目的"), referral.why),
        (_("病情摘要"), referral.summary),
        (_("后续治疗和照护"), referral.plan),
        *_dates(referral, down=True),
    ]


def _back(referral: Referral) -> list[tuple[str, object]]:
    return [
        (_("转回时间"), written(referral.back_at) if referral.back_at else ""),
        (_("诊治小结"), referral.back_summary),
        (_("转回后的治疗计划"), referral.back_plan),
        *_dates(referral, down=False),
        (_("确认接回"), written(referral.confirmed_at) if referral.confirmed_at else ""),
    ]


def _dates(referral: Referral, *, down: bool) -> list[tuple[str, object]]:
    if (referral.direction == Referral.Direction.DOWN) != down:
        return []
    return [(_("随访日期"), "\n".join(f"{row.due_on} {row.what}" for row in follow_ups_of(referral)))]


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


@cache
def _template() -> str:
    return resources.files("duikou.wings.referrals").joinpath("data", "slip.typ").read_text("utf-8")
