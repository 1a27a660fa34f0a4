"""A commission's own official template: its words for the pack's duties, and what it adds.

The obligations stay those of the pack; only the words become the commission's. A template is a blank
form, so open parties, dates and lines to write on are no fault of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from duikou.engines.clauses import check, cut, read_docx
from duikou.engines.clauses.model import Check, Paper, Party, Verdict
from duikou.policy.agreements import AgreementTemplate
from duikou.wings.agreements.documents.layout import OTHER

_BLANK_FORM = {"no_term", "bad_date", "missing_party", "blank"}  # flags of what is filled in later


@dataclass(frozen=True, slots=True)
class OfficialTemplate:
    """An official template as read. `words` holds a text for each clause of the pack that it states.

    Where one paragraph of it states several duties, its text stands at the first; `shared` leads from
    the others to that one. `added` are clauses of its own with the section that they belong under.
    """

    words: Mapping[str, str]
    shared: Mapping[str, str]
    added: tuple[tuple[str, str], ...]
    check: Check

    @property
    def accepted(self) -> bool:
        """Whether no duty of the pack is missing or weaker in it."""
        return self.check.accepted


def read_official(content: bytes, template: AgreementTemplate, *, minimum_years: int) -> OfficialTemplate:
    """Find the duties of a pack's template in a commission's .docx; raises `BadPaper` for no such file.

    The term is left to the form: its clause keeps the pack's words, in which the dates are filled in.
    """
    paper = read_docx(content)
    judged = _as_blank_form(check(paper, template.engine(minimum_years)))
    words: dict[str, str] = {}
    shared: dict[str, str] = {}
    first: dict[str, str] = {}  # from a text to the clause that it stands at
    for one in judged.judgements:
        if one.template is None or one.template.form or not one.text:
            continue
        holder = first.setdefault(one.text, one.template.id)
        if holder == one.template.id:
            words[holder] = _sentence(one.text)
        else:
            shared[one.template.id] = holder
    return OfficialTemplate(words, shared, _added(paper, judged, template), judged)


def _as_blank_form(judged: Check) -> Check:
    """The verdict without what is filled in later; a term that is stated and too short stays."""
    return replace(
        judged,
        judgements=tuple(
            one
            for one in judged.judgements
            if not (one.verdict is Verdict.MISSING and one.template and one.template.form)
        ),
        flags=tuple(flag for flag in judged.flags if flag.kind not in _BLANK_FORM),
    )


def _sentence(text: str) -> str:
    """A text cut out of a paragraph, with its full stop."""
    return text if text.endswith(("。", "；", "！", "：")) else f"{text}。"


def _added(paper: Paper, judged: Check, template: AgreementTemplate) -> tuple[tuple[str, str], ...]:
    """New clauses by section: under the duties of their party, else under the other matters."""
    party = {clause.text: clause.party for clause in cut(paper)}
    under: dict[Party | None, str] = {}
    for clause in template.clauses:
        if clause.party in (Party.SUPPORTER, Party.RECIPIENT):
            under.setdefault(clause.party, clause.heading)
    sections = {heading.id for heading in template.headings}
    rest = OTHER if OTHER in sections else template.headings[-1].id
    return tuple(
        (under.get(party.get(one.text), rest), one.text)
        for one in judged.judgements
        if one.verdict is Verdict.NEW
    )
