"""The signed opinion on paper: every word comes from what was signed, so the bytes are always the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from duikou.core import documents
from duikou.core.pdf import pdf as rendered
from duikou.wings.agreements.documents import layout
from duikou.wings.hospitals import catalogue as register
from duikou.wings.patients.models import Patient
from duikou.wings.telehealth.models import Consultation, Opinion, Picture

Language = Literal["zh", "en"]
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "opinion": "远程会诊意见",
        "report": "远程诊断报告",
        "number": "编号",
        "patient": "患者",
        "kind": "类别",
        "inviting": "邀请医院",
        "invited": "受邀医院",
        "aim": "会诊目的",
        "asked": "初步诊断",
        "findings": "所见与分析",
        "conclusion": "诊断意见",
        "advice": "处理建议",
        "picture": "图 {number}　{caption}",
        "signed": "签名：{name}（{title}，{hospital}）　{at}",
        "digest": "内容摘要值（SHA-256）：{digest}",
        "consultation_note": "会诊意见供参考，处置由治疗医院决定（规则 TEL-07）。",
        "report_note": "远程诊断由受邀方出具签名报告（规则 TEL-09，内容凭记忆，待核实）。",
        "demonstration": "演示数据（虚构）",
    },
    "en": {
        "opinion": "Opinion of a remote consultation",
        "report": "Report of a remote diagnosis",
        "number": "Number",
        "patient": "Patient",
        "kind": "Kind",
        "inviting": "Inviting hospital",
        "invited": "Invited hospital",
        "aim": "Aim",
        "asked": "Working diagnosis",
        "findings": "Findings",
        "conclusion": "Conclusion",
        "advice": "Advice",
        "picture": "Picture {number}  {caption}",
        "signed": "Signed: {name} ({title}, {hospital})  {at}",
        "digest": "Digest of the content (SHA-256): {digest}",
        "consultation_note": "The opinion is advice; the treating hospital decides (rule TEL-07).",
        "report_note": "In remote diagnosis the invited side issues the signed report (rule TEL-09, "
        "recalled, to be confirmed).",
        "demonstration": "Demonstration data (invented)",
    },
}


def pdf(
    one: Consultation, opinions: Sequence[Opinion], patient: Patient | None, language: Language = "zh"
) -> bytes:
    """The paper; `patient` is none for who may not read the name any more."""
    assert one.answered_at is not None
    values = printed(one, opinions, patient, language)
    shown = {
        _name(picture): documents.content(picture.document)
        for row in opinions
        if patient
        for picture in row.seat.pictures.all()
    }
    return rendered(_template(), values, moment=one.answered_at, pictures=shown)


def opinions_of(one: Consultation) -> QuerySet[Opinion]:
    """What was signed, in order, with the pictures."""
    rows = one.opinions.select_related("seat").prefetch_related("seat__pictures__document")
    return rows.order_by("signed_at", "pk")


def _name(picture: Picture) -> str:
    return f"{picture.pk}.{picture.document.kind}"


def printed(
    one: Consultation, opinions: Sequence[Opinion], patient: Patient | None, language: Language
) -> dict[str, Any]:
    """All that the paper says, as the template takes it."""
    say, clean = _WORDS[language], layout.printable
    with override("en" if language == "en" else "zh-hans"):
        kind = str(Consultation.Kind(one.kind).label)
        whom = f"{patient.name}　{patient.get_sex_display()}" if patient else one.patient.masked
        shown = [_shown(row, say, language, pictures=patient is not None) for row in opinions]
    facts = [
        (say["number"], str(one.pk)),
        (say["patient"], f"{whom}　{one.patient.number}"),
        (say["kind"], kind),
        (say["inviting"], one.inviting.name),
        (say["invited"], one.invited.name),
        *([(say["asked"], one.diagnosis), (say["aim"], one.aim)] if patient else []),
    ]
    return {
        "lang": language,
        "region": "cn" if language == "zh" else "gb",
        "title": say["report" if one.is_diagnosis else "opinion"],
        "marks": [say["demonstration"]] if one.demonstration else [],
        "facts": [[clean(name), clean(value)] for name, value in facts],
        "opinions": shown,
        "note": say["report_note" if one.is_diagnosis else "consultation_note"],
        "author": one.invited.name,
    }


def _shown(row: Opinion, say: dict[str, str], language: Language, *, pictures: bool) -> dict[str, Any]:
    clean = layout.printable
    at = timezone.localtime(row.signed_at).strftime("%Y-%m-%d %H:%M:%S")
    title = register.title_label(row.signed_title) if row.signed_title else "—"
    return {
        "role": row.get_role_display(),
        "parts": [
            [say[name], clean(getattr(row, name)).splitlines()]
            for name in ("findings", "conclusion", "advice")
            if getattr(row, name)
        ],
        "pictures": [
            [_name(picture), say["picture"].format(number=number, caption=clean(picture.caption))]
            for number, picture in enumerate(row.seat.pictures.all() if pictures else (), start=1)
        ],
        "signed": say["signed"].format(
            name=clean(row.signed_name), title=title, hospital=row.signed_hospital, at=at
        ),
        "digest": say["digest"].format(digest=row.digest),
    }


@cache
def _template() -> str:
    return resources.files("duikou.wings.telehealth").joinpath("data", "opinion.typ").read_text("utf-8")
