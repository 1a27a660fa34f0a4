"""Certificates on paper: a PDF with a code and the address where anybody can check it.

Every word comes from what the certificate keeps, so the same certificate gives the same bytes whatever
has been corrected since; one that was revoked says so. The Chinese text binds, the English copy serves
readers.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

from duikou.core.pdf import pdf as rendered
from duikou.policy.vocabulary import Mark
from duikou.wings.agreements.documents import day_text, layout, qr
from duikou.wings.agreements.papers import address_of
from duikou.wings.credits.models import Certificate

Language = Literal["zh", "en"]
KINDS = Certificate.Kind

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "posting": "继续医学教育学分认定证明",
        "training": "继续医学教育学分认定证明",
        "service": "晋升前基层服务证明",
        "who": "兹证明{hospital}　{name}{title}：",
        "title": "（{}）",
        "says_posting": "{year}年度受派在受援医院驻点工作，在岗{days}天，满{months}个月（{needed}天），"
        "经考核合格。",
        "says_training": "{year}年度在支援医院进修，在岗{days}天，满{months}个月（{needed}天），经考核合格。",
        "met": "依据{clause}（规则{rule}），其{year}年度继续医学教育学分视为达标。",
        "says_service": "截至{until}，受派在受援医院驻点服务累计{days}天，满{months}个月（{needed}天）。",
        "served": "依据{clause}（规则{rule}），特此证明，供晋升专业技术职称时使用。",
        "to_confirm": "规则{rule}的条款内容凭记忆或推断，待核实；以发布机关原文为准。",
        "document": "{name}：{title}。",
        "data": "天数依截至{until}的驻点、进修和请假记录计算；请假不计。",
        "host_posting": "受援医院",
        "host_training": "支援医院",
        "host_service": "受援医院",
        "span": "起止",
        "away": "请假（天）",
        "verdict": "考核",
        "passed": "合格",
        "failed": "不合格",
        "none": "未考核",
        "": "—",
        "verify": "扫描二维码或输入核验码，可查证本证明是否有效。",
        "revoked": "已撤销",
    },
    "en": {
        "posting": "Certificate of continuing-education credit",
        "training": "Certificate of continuing-education credit",
        "service": "Certificate of service before promotion",
        "who": "This certifies the following of {name}{title}, {hospital}:",
        "title": " ({})",
        "says_posting": "Posted to the recipient in {year}: {days} days on post, where {months} months "
        "({needed} days) are required; appraisal passed.",
        "says_training": "In training at the supporter in {year}: {days} days, where {months} months "
        "({needed} days) are required; appraisal passed.",
        "met": "By {clause} (rule {rule}) the continuing-education credit of {year} counts as met.",
        "says_service": "Up to {until}: {days} days of service at recipients, where {months} months "
        "({needed} days) are required.",
        "served": "Certified by {clause} (rule {rule}), for use at promotion to a professional title.",
        "to_confirm": "What rule {rule} says is recalled or inferred and to be confirmed; the text of "
        "its issuer counts.",
        "document": "{name}: {title}.",
        "data": "Days are worked out from records of postings, training and leave up to {until}; leave does "
        "not count.",
        "host_posting": "Recipient",
        "host_training": "Supporter",
        "host_service": "Recipient",
        "span": "From – to",
        "away": "Leave (days)",
        "verdict": "Appraisal",
        "passed": "passed",
        "failed": "not passed",
        "none": "none",
        "": "—",
        "verify": "Scan the code or type it in to check whether this certificate is valid.",
        "revoked": "REVOKED",
    },
}


def pdf(certificate: Certificate, language: Language = "zh") -> bytes:
    """The certificate as a PDF."""
    return rendered(_template(), printed(certificate, language), moment=certificate.issued_at)


def printed(certificate: Certificate, language: Language = "zh") -> dict[str, Any]:
    """All that the paper says, as the template takes it."""
    say, form = _WORDS[language], layout.say(language)
    clean = layout.printable
    address = address_of(certificate.code)
    title = say[certificate.kind]
    marks = [form["demonstration"]] if certificate.demonstration else []
    marks += [say["revoked"]] if not certificate.valid else []
    return {
        "lang": language,
        "region": "cn" if language == "zh" else "gb",
        "title": title,
        "header": "　".join(filter(None, (title, form["copy"], *marks))),
        "marks": marks,
        "lines": [clean(line) for line in _lines(certificate, language)],
        "head": [say[f"host_{certificate.kind}"], say["span"], say["away"], say["verdict"]],
        "rows": [[clean(cell) for cell in row] for row in _rows(certificate, say)],
        "notes": [clean(line) for line in _notes(certificate, language)],
        "issuer": clean(certificate.issuer),
        "issued": day_text(certificate.issued_on, language),
        "code_line": form["code"].format(certificate.code),
        "address": clean(address),
        "verify": say["verify"],
        "qr": qr.svg(address),
        "qr_alt": form["qr"],
        **{name: form[name] for name in ("page_before", "page_between", "page_after")},
    }


def _lines(certificate: Certificate, language: Language) -> list[str]:
    say, kept = _WORDS[language], certificate.values
    held = (language == "en" and kept.get("title_en")) or certificate.person_title
    words = {
        "hospital": certificate.hospital_name,
        "name": certificate.person_name,
        "title": say["title"].format(held) if held else "",
        "year": certificate.year,
        "days": kept["days"] if certificate.kind == KINDS.SERVICE else kept["counted"],
        "months": kept["months"],
        "needed": kept["needed"],
        "until": day_text(certificate.until, language),
        "rule": kept["cited"]["id"],
        "clause": kept["cited"]["clause"],
    }
    last = "served" if certificate.kind == KINDS.SERVICE else "met"
    return [say[name].format(**words) for name in ("who", f"says_{certificate.kind}", last)]


def _rows(certificate: Certificate, say: dict[str, str]) -> list[tuple[str, ...]]:
    return [
        (stay["host"], f"{stay['first']} – {stay['last']}", str(stay["away"]), say[stay["verdict"]])
        for stay in certificate.values["stays"]
    ]


def _notes(certificate: Certificate, language: Language) -> list[str]:
    say, cited = _WORDS[language], certificate.values["cited"]
    # Certificates that were issued before documents were kept do not name them.
    notes = [
        say["document"].format(name=name, title=zh if language == "zh" else en)
        for name, zh, en in cited.get("documents", ())
    ]
    notes += [say["data"].format(until=day_text(certificate.until, language))]
    if Mark(cited["mark"]).to_confirm:
        notes.append(say["to_confirm"].format(rule=cited["id"]))
    return notes


@cache
def _template() -> str:
    return resources.files("duikou.wings.credits").joinpath("data", "certificate.typ").read_text("utf-8")
