"""From an agreement's values to its text, from the text to a file, from the file to a verdict.

A text is kept as `content` (see `Version`), printed by `documents` and judged by `engines.clauses`:
always the file itself is judged, so that what was checked is what people sign.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.engines import clauses as engine
from duikou.engines.clauses.model import Check, Form, Paper, Party, Verdict
from duikou.engines.text import Text
from duikou.policy.agreements import AgreementTemplate, Measure, Period, open_fields
from duikou.policy.loader import load_pack
from duikou.policy.model import Pack
from duikou.wings.agreements import documents
from duikou.wings.agreements.models import Agreement, UploadedTemplate
from duikou.wings.pairings.models import DepartmentLink

Content = dict[str, Any]

KIND_OF_PAIRING = {"branch": "branch", "trustee": "union", "union": "union", "group": "union"}
MAIN_KINDS = ("standard", "branch", "union")  # one of these is what AGR-01 demands of a pairing
_DEFAULT_YEARS = 3
_AGREED = re.compile(r"（双方约定：[^（）]*）$")
_PERIODS = {
    Period.ONCE: "共",
    Period.MONTH: "每月",
    Period.QUARTER: "每季度",
    Period.YEAR: "每年",
    Period.TERM: "协议期内共",
}


# ---------------------------------------------------------------- the pack


def template_for(pack: Pack, kind: str, specialty: str = "") -> AgreementTemplate:
    """The pack's template of a kind; of targets, the one for hospitals or the one for departments.

    Raises Missing when the pack has none.
    """
    found = [one for one in pack.agreements.values() if one.kind == kind]
    if kind == Agreement.Kind.TARGET:
        found = [one for one in found if ("department" in one.id) == bool(specialty)]
    if not found:
        raise Missing(
            _("政策包 %(pack)s 没有“%(kind)s”的范本。请由省级在政策包中补充。")
            % {"pack": pack.id, "kind": Agreement.Kind(kind).label}
        )
    return found[0]


def kept_template(agreement: Agreement) -> AgreementTemplate:
    """The template that an agreement was drafted from. Raises Missing when the pack has it no more."""
    found = load_pack(agreement.policy_pack).agreements.get(agreement.template)
    if found is None:
        raise Missing(
            _("政策包 %(pack)s 中已没有范本 %(id)s，无法生成或核对文本。")
            % {"pack": agreement.policy_pack, "id": agreement.template}
        )
    return found


def minimum_years(pack: Pack) -> int:
    """The shortest term (AGR-01)."""
    rule = pack.rules.get("AGR-01")
    value = rule.value("term_years") if rule and "term_years" in rule.parameters else None
    return value if isinstance(value, int) else _DEFAULT_YEARS


def first_words(agreement: Agreement) -> dict[str, str]:
    """What a template leaves open, filled with the pair's data."""
    words = {
        "supporter": agreement.supporter.name,
        "recipient": agreement.recipient.name,
        "supporter_president": agreement.supporter_representative,
        "recipient_president": agreement.recipient_representative,
        "start": documents.day_text(agreement.term_start, "zh"),
        "end": documents.day_text(agreement.term_end, "zh"),
    }
    return words | _department_words(agreement) if agreement.specialty else words


def _department_words(agreement: Agreement) -> dict[str, str]:
    specialty = load_pack(agreement.policy_pack).specialties.get(agreement.specialty)
    link = (
        DepartmentLink.objects.filter(pairing=agreement.pairing_id, specialty=agreement.specialty)
        .select_related("supporter_head", "recipient_head")
        .order_by("end")
        .last()
    )
    heads = (link.supporter_head, link.recipient_head) if link else (None, None)
    return {
        "department": specialty.title.zh if specialty else agreement.specialty,
        "supporter_head": heads[0].name if heads[0] else "",
        "recipient_head": heads[1].name if heads[1] else "",
    }


# ---------------------------------------------------------------- content


def first_content(agreement: Agreement, template: AgreementTemplate) -> Content:
    """The text of a fresh draft: the template's clauses, in the commission's words where it has its own."""
    filled = template.filled(first_words(agreement))
    uploaded: UploadedTemplate | None = agreement.uploaded_template
    if uploaded is None:
        rows = [_row(clause.id, clause.heading, clause.text.zh) for clause in filled.clauses]
        return {"clauses": rows, "others": ""}
    open_ones = {clause.id for clause in template.clauses if open_fields(clause.text.zh)}
    own = {row["id"]: row["text"] for row in uploaded.content if row["id"] not in ("", *open_ones)}
    rows = [
        _row(clause.id, clause.heading, own.get(clause.id) or clause.text.zh) for clause in filled.clauses
    ]
    rows += [_row("", row["heading"], row["text"]) for row in uploaded.content if not row["id"]]
    return {"clauses": rows, "others": ""}


def _row(clause: str, heading: str, text: str, target: int | None = None) -> dict[str, Any]:
    return {"id": clause, "heading": heading, "text": text, "target": target}


def edited(
    template: AgreementTemplate,
    *,
    texts: Mapping[str, str],
    targets: Mapping[str, int | None],
    added: Iterable[tuple[str, str]],
    others: str,
) -> Content:
    """The text as somebody wants it: words and figures by clause, added clauses by heading.

    A clause without words is left out (the check then says what is missing). A figure that both
    parties agree on stands in brackets behind the clause's own words.
    """
    rows = []
    for clause in template.clauses:
        text = _tidy(texts.get(clause.id, ""))
        if text:
            target = targets.get(clause.id)
            rows.append(_row(clause.id, clause.heading, _with_target(text, clause.measure, target), target))
    headings = {heading.id for heading in template.headings}
    for heading, words in added:
        if (text := _tidy(words)) and heading in headings:
            rows.append(_row("", heading, text))
    return {"clauses": rows, "others": _tidy(others)}


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())


def _with_target(text: str, measure: Measure | None, target: int | None) -> str:
    plain = _AGREED.sub("", text)
    if measure is None or target is None or measure.target is not None or measure.period not in _PERIODS:
        return plain
    return f"{plain}（双方约定：{_PERIODS[measure.period]}{target}{unit_words(measure).zh}）"


def unit_words(measure: Measure) -> Text:
    """What a measure counts, in words."""
    from duikou.policy.vocabulary import Unit

    return Unit(measure.unit).label


def content_of(paper: Paper, check: Check, template: AgreementTemplate) -> Content:
    """The content of an uploaded text: its clauses by what they were found to be."""
    heading_of = {clause.id: clause.heading for clause in template.clauses}
    under: dict[Party | None, str] = {}
    for clause in template.clauses:
        under.setdefault(clause.party, clause.heading)
    party_of = {clause.text: clause.party for clause in engine.cut(paper)}
    rows = [
        _row(one.template.id, heading_of[one.template.id], one.text)
        for one in check.judgements
        if one.template is not None and one.text
    ]
    rows += [
        _row("", under.get(party_of.get(one.text), ""), one.text)
        for one in check.judgements
        if one.verdict is Verdict.NEW and one.text
    ]
    return {"clauses": rows, "others": ""}


# ---------------------------------------------------------------- files and verdicts


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text ready to be kept: its files and what the check says of it."""

    content: Content
    docx: bytes
    pdf: bytes | None
    verdict: dict[str, Any]
    accepted: bool


def prepare(
    agreement: Agreement, template: AgreementTemplate, content: Content, *, number: int, moment: dt.datetime
) -> Prepared:
    """Print a text as Word and PDF, and judge the Word file. Reads nothing that needs a transaction."""
    paper = paper_of(agreement, template, content, number=number, moment=moment)
    docx = documents.docx(paper)
    check = judge(agreement, template, engine.read_docx(docx))
    return Prepared(content, docx, documents.pdf(paper), as_plain(check), check.accepted)


def paper_of(
    agreement: Agreement, template: AgreementTemplate, content: Content, *, number: int, moment: dt.datetime
) -> documents.AgreementPaper:
    """The values that are printed."""
    rows = content["clauses"]
    texts = {row["id"]: row["text"] for row in rows if row["id"]}
    added = [row for row in rows if not row["id"]]
    paper = documents.agreement_paper(
        template,
        supporter=documents.PaperParty(agreement.supporter.name, agreement.supporter_representative),
        recipient=documents.PaperParty(agreement.recipient.name, agreement.recipient_representative),
        start=agreement.term_start,
        end=agreement.term_end,
        code=agreement.code,
        address=address_of(agreement.code),
        moment=moment,
        changed=texts,
        added=[
            documents.PaperClause(f"added-{place}", row["heading"], row["text"], added=True)
            for place, row in enumerate(added, start=1)
        ],
        other=content.get("others", "").splitlines(),
        values=_department_words(agreement) if agreement.specialty else None,
        version=number,
        demonstration=agreement.demonstration,
    )
    return replace(paper, clauses=tuple(one for one in paper.clauses if one.added or one.id in texts))


def address_of(code: str) -> str:
    """Where anybody can check a printed code."""
    return f"{settings.PUBLIC_ADDRESS}/verify/{code}/"


def judge(agreement: Agreement, template: AgreementTemplate, paper: Paper) -> Check:
    """Compare a text with its template, and its form with the agreement's own parties and term."""
    years = minimum_years(load_pack(agreement.policy_pack))
    form = Form(
        supporter=agreement.supporter.name,
        recipient=agreement.recipient.name,
        start=agreement.term_start,
        end=agreement.term_end,
        drafted_on=agreement.drafted_on,
    )
    return engine.check(paper, template.filled(first_words(agreement)).engine(years), form=form)


def read(content: bytes, *, accept_changes: bool = False) -> Paper:
    """Read an uploaded text. Raises Invalid, with the field `file`, for what cannot be read."""
    try:
        return engine.read_docx(content, tracked="accept" if accept_changes else "refuse")
    except engine.BadPaper as error:
        from duikou.core.faces import words

        text = words(error.message)
        raise Invalid(text, fields={"file": [text]}) from None


def _plain(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}


def as_plain(check: Check) -> dict[str, Any]:
    """A verdict as it is kept with the text."""
    return {
        "accepted": check.accepted,
        "judgements": [
            {
                "verdict": one.verdict.value,
                "clause": one.template.id if one.template else "",
                "title": _plain(one.template.title) if one.template else None,
                "source": one.template.source if one.template else "",
                "rule": one.template.rule if one.template else "",
                "wanted": one.template.text if one.template else "",
                "found": one.text,
                "place": _plain(one.place.text()) if one.place else None,
                "reasons": [
                    {
                        "kind": reason.kind,
                        "message": _plain(reason.message),
                        "wanted": reason.wanted,
                        "found": reason.found,
                    }
                    for reason in one.reasons
                ],
            }
            for one in check.judgements
        ],
        "flags": [
            {
                "kind": flag.kind,
                "message": _plain(flag.message),
                "place": _plain(flag.place.text()) if flag.place else None,
                "refuses": flag.refuses,
            }
            for flag in check.flags
        ],
    }
