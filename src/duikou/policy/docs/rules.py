"""Markdown of one rule with its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from duikou.policy.docs.words import SEVERITIES, TO_CONFIRM, UNDECIDED, Language, pick, word
from duikou.policy.model import Clause, Pack, Parameter, Rule, Validity, Value
from duikou.policy.vocabulary import Mark, Precision


def rule_section(pack: Pack, rule: Rule, language: Language) -> list[str]:
    """Return the lines of one rule: heading with anchor, text, facts, parameters."""
    flag = f" · {pick(TO_CONFIRM, language)}" if rule.mark.to_confirm else ""
    lines = [
        f'<a id="{rule.id}"></a>',
        "",
        f"### {rule.id} {pick(rule.title, language)}{flag}",
        "",
        pick(rule.text, language),
        "",
        *_facts(pack, rule, language),
    ]
    if rule.note:
        lines.append(f"- {word('note', language)}: {pick(rule.note, language)}")
    if rule.parameters:
        lines += ["", *_parameters(pack, rule, language)]
    return [*lines, ""]


def _facts(pack: Pack, rule: Rule, language: Language) -> Iterable[str]:
    yield f"- {word('clause', language)}: {clause_links(rule.clauses)}"
    yield f"- {word('mark', language)}: {mark_text(rule.mark, language)}"
    facts = [f"{word('force', language)}: {pick(rule.force.label, language)}"]
    if rule.severity:
        facts.append(f"{word('severity', language)}: {pick(SEVERITIES[rule.severity], language)}")
    if rule.validity.start or rule.validity.end:
        facts.append(f"{word('validity', language)}: {validity_text(rule.validity, language)}")
    if rule.pack != pack.id:
        facts.append(f"{word('from_pack', language)}: [{rule.pack}]({rule.pack}.md#{rule.id})")
    if rule.replaces:
        base = rule.replaces.pack
        facts.append(f"{word('replaces', language)}: [{base}]({base}.md#{rule.id})")
    for fact in facts:
        yield f"- {fact}"


def _parameters(pack: Pack, rule: Rule, language: Language) -> list[str]:
    rows = [
        (
            f"`{parameter.name}`",
            value_text(pack, parameter, language),
            mark_text(parameter.mark, language) if parameter.decided else "",
            pick(parameter.note, language) if parameter.note else "",
        )
        for parameter in rule.parameters.values()
    ]
    return table([word(name, language) for name in ("parameter", "value", "mark", "note")], rows)


def value_text(pack: Pack, parameter: Parameter, language: Language) -> str:
    """Return a parameter's value with its unit, its words in the wanted language."""
    if parameter.value is None:
        return pick(UNDECIDED, language)
    text = _value(pack, parameter.value, language)
    unit = pick(parameter.unit.label, language)
    return f"{text} {unit}".rstrip() if unit != "%" else f"{text}%"


def _value(pack: Pack, value: Value, language: Language) -> str:
    comma = "、" if language == "zh" else ", "
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, str):
        return pick(pack.word(value), language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple):
        return comma.join(_value(pack, item, language) for item in value)
    return "<br>".join(
        f"{_value(pack, key, language)} → {_value(pack, items, language)}" for key, items in value.items()
    )


def mark_text(mark: Mark, language: Language) -> str:
    """Return the name of a mark, bold where users must see that it waits for confirmation."""
    label = pick(mark.label, language)
    return f"**{label}**" if mark.to_confirm else label


def clause_links(clauses: Sequence[Clause]) -> str:
    """Return clauses as links to the documents at the foot of the page."""
    return "; ".join(
        f"[{clause.document}](#doc-{clause.document}) {clause.section}".rstrip() for clause in clauses
    )


def validity_text(validity: Validity, language: Language) -> str:
    """Return a validity no more exactly than it is known."""
    length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[validity.precision]
    start = validity.start.isoformat()[:length] if validity.start else ""
    end = validity.end.isoformat()[:length] if validity.end else ""
    hint = {Precision.YEAR: "year_only", Precision.MONTH: "month_only"}.get(validity.precision)
    if start == end:
        span = start
    elif end:
        span = f"{start} – {end}".strip()
    else:
        span = f"{start} {word('open_end', language)}"
    return span + (word(hint, language) if hint else "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return lines
