"""The certificate of a course on paper: every word comes from what was issued, so the bytes never change."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import override

from duikou.core.pdf import pdf as rendered
from duikou.wings.agreements.documents import day_text, layout, qr
from duikou.wings.agreements.papers import address_of
from duikou.wings.education.models import CourseCertificate
from duikou.wings.hospitals import catalogue as register

Language = Literal["zh", "en"]
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "title": "课程结业证书",
        "who": "兹证明{hospital}　{name}{held}：",
        "did": "已完成{offered}开设的远程教育课程“{course}”，达到课程的全部要求。",
        "held": "（{}）",
        "number": "证书编号",
        "hours": "学时",
        "credits": "学分",
        "class": "学分类别",
        "project": "项目编号",
        "quiz": "测验得分",
        "watched": "计入观看时间",
        "minutes": "{} 分钟",
        "note": "学时、学分、类别和项目编号由开课单位按批文填写；是否计入年度学分由主管部门认定。",
        "verify": "扫描二维码或输入核验码，可查证本证书是否有效。",
        "revoked": "已撤销",
    },
    "en": {
        "title": "Certificate of course completion",
        "who": "This certifies the following of {name}{held}, {hospital}:",
        "did": "Completed the remote course “{course}” offered by {offered}, meeting all its requirements.",
        "held": " ({})",
        "number": "Number",
        "hours": "Hours",
        "credits": "Credits",
        "class": "Class of credits",
        "project": "Project code",
        "quiz": "Quiz result",
        "watched": "Credited watching time",
        "minutes": "{} min",
        "note": "Hours, credits, class and project code are the organiser's, as granted; whether they count "
        "towards a year's credits is for the authority to recognise.",
        "verify": "Scan the code or type it in to check whether this certificate is valid.",
        "revoked": "REVOKED",
    },
}


def pdf(one: CourseCertificate, language: Language = "zh") -> bytes:
    """The certificate as a PDF."""
    return rendered(_template(), printed(one, language), moment=one.issued_at)


def printed(one: CourseCertificate, language: Language = "zh") -> dict[str, Any]:
    """All that the paper says, as the template takes it."""
    say, form, clean = _WORDS[language], layout.say(language), layout.printable
    address = address_of(one.code)
    marks = [form["demonstration"]] if one.demonstration else []
    marks += [say["revoked"]] if not one.valid else []
    with override("en" if language == "en" else "zh-hans"):
        held = register.title_label(one.person_title) if one.person_title else ""
        credit_class = str(one.get_credit_class_display())
    lines = [
        say["who"].format(
            hospital=one.hospital_name, name=one.person_name, held=say["held"].format(held) if held else ""
        ),
        say["did"].format(offered=one.offered_by, course=one.course_title),
    ]
    facts = [
        (say["number"], one.number),
        (say["hours"], _number(one.hours)),
        (say["credits"], _number(one.credits)),
        (say["class"], credit_class),
        (say["project"], one.project_code or "—"),
        (say["quiz"], "—" if one.quiz_percent is None else f"{one.quiz_percent}%"),
        (say["watched"], say["minutes"].format(one.credited_seconds // 60)),
    ]
    return {
        "lang": language,
        "region": "cn" if language == "zh" else "gb",
        "title": say["title"],
        "header": "　".join(filter(None, (say["title"], form["copy"], *marks))),
        "marks": marks,
        "lines": [clean(line) for line in lines],
        "facts": [[clean(name), clean(value)] for name, value in facts],
        "note": say["note"],
        "issuer": clean(one.offered_by),
        "issued": day_text(timezone.localdate(one.issued_at), language),
        "code_line": form["code"].format(one.code),
        "address": clean(address),
        "verify": say["verify"],
        "qr": qr.svg(address),
        "qr_alt": form["qr"],
        **{name: form[name] for name in ("page_before", "page_between", "page_after")},
    }


def _number(value: object) -> str:
    return "—" if value is None else str(value)


@cache
def _template() -> str:
    return resources.files("duikou.wings.education").joinpath("data", "certificate.typ").read_text("utf-8")
