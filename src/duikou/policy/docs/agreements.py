"""Markdown of the model agreements: each clause with its words, source, measure and evidence."""

from __future__ import annotations

from duikou.policy.agreements import AgreementClause, AgreementTemplate
from duikou.policy.docs.rules import clause_links, mark_text, table
from duikou.policy.docs.words import UNDECIDED, Language, pick, word
from duikou.policy.model import Pack


def agreements(pack: Pack, language: Language) -> list[str]:
    """The model agreements and what their clauses accept as evidence; nothing where there are none."""
    if not pack.agreements:
        return []
    lines = ['<a id="list-agreements"></a>', "", f"## {word('agreements', language)}", ""]
    lines += [word("agreements_intro", language), ""]
    for template in pack.agreements.values():
        lines += _template(pack, template, language)
    return lines


def _template(pack: Pack, template: AgreementTemplate, language: Language) -> list[str]:
    lines = [
        f'<a id="agreement-{template.id}"></a>',
        "",
        f"### `{template.id}` {pick(template.title, language)}",
        "",
        pick(template.preamble, language),
        "",
        f"- {word('mark', language)}: {mark_text(template.mark, language)}",
    ]
    if template.note:
        lines.append(f"- {word('note', language)}: {pick(template.note, language)}")
    names = ("section", "agreement_clause", "party", "rule", "clause", "mark", "measure", "evidence")
    rows = [
        _clause(
            pack,
            clause,
            (heading.number if language == "zh" else "") + pick(heading.title, language),
            language,
        )
        for heading in template.headings
        for clause in template.under(heading.id)
    ]
    return [*lines, "", *table([word(name, language) for name in names], rows), ""]


def _clause(pack: Pack, clause: AgreementClause, heading: str, language: Language) -> tuple[str, ...]:
    party = word(f"party_{clause.party.value}", language) if clause.party else ""
    kinds = [pick(pack.evidence_kinds[kind].title, language) for kind in clause.evidence]
    return (
        heading,
        f"**{pick(clause.title, language)}** `{clause.id}`<br>{pick(clause.text, language)}",
        party,
        f"[{clause.rule}](#{clause.rule})",
        clause_links(clause.clauses),
        mark_text(clause.mark, language),
        _measure(clause, language),
        ("、" if language == "zh" else ", ").join(kinds),
    )


def _measure(clause: AgreementClause, language: Language) -> str:
    measure = clause.measure
    if measure is None:
        return ""
    unit = pick(measure.label, language)
    if measure.target is None:
        amount = f"{unit} {pick(UNDECIDED, language)}".strip()
    else:
        target = "" if measure.unit == "flag" else f"{measure.target} {unit}".strip()
        amount = f"{target} · {mark_text(measure.mark, language)}".removeprefix(" · ")
    note = f"<br>{pick(measure.note, language)}" if measure.note else ""
    return f"{pick(measure.period.label, language)}: {amount}{note}"
