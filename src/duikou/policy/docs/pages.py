"""Markdown pages: one per pack and language, and an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from duikou.policy.docs.agreements import agreements
from duikou.policy.docs.rules import clause_links, mark_text, rule_section, table, validity_text
from duikou.policy.docs.words import TO_CONFIRM, WORDS, Language, pick, word
from duikou.policy.loader import PACKS, available_packs, load_pack
from duikou.policy.model import CalendarEntry, Disease, Document, Pack, Technique

_LANGUAGES: tuple[Language, ...] = ("zh", "en")


def render_all(root: Path = PACKS) -> dict[str, str]:
    """Return every page by its path below docs/policy. Raises PackError if a pack is wrong."""
    packs = [load_pack(pack_id, root) for pack_id in available_packs(root)]
    pages = {"README.md": _index(packs)}
    for language in _LANGUAGES:
        for pack in packs:
            pages[f"{language}/{pack.id}.md"] = _page(pack, language)
    return pages


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _index(packs: list[Pack]) -> str:
    lines = [f"# {WORDS['reference'].zh} / {WORDS['reference'].en}", ""]
    for language in _LANGUAGES:
        lines += [word("generated", language), ""]
    for language in _LANGUAGES:
        rows = [
            (
                f"[{pick(pack.title, language)}]({language}/{pack.id}.md)",
                f"`{pack.id}`",
                f"`{pack.extends}`" if pack.extends else "",
                validity_text(pack.validity, language),
                str(len(pack.rules)),
                str(sum(rule.to_confirm for rule in pack.rules.values())),
            )
            for pack in packs
        ]
        names = ("title", "id", "extends", "validity", "rules")
        head = [*(word(name, language) for name in names), pick(TO_CONFIRM, language).strip("*")]
        lines += [*table(head, rows), "", word("marks_intro", language), ""]
    return _text(lines)


def _page(pack: Pack, language: Language) -> str:
    other: Language = "en" if language == "zh" else "zh"
    lines = [
        f"# {pick(pack.title, language)}",
        "",
        f"[{word('index', language)}](../README.md) · "
        f"[{word('other_language', language)}](../{other}/{pack.id}.md)",
        "",
        word("generated", language),
        "",
        pick(pack.description, language),
        "",
        f"- {word('id', language)}: `{pack.id}`",
        f"- {word('validity', language)}: {validity_text(pack.validity, language)}",
    ]
    if pack.extends:
        lines.append(f"- {word('extends', language)}: [{pack.extends}]({pack.extends}.md)")
    lines += ["", word("marks_intro", language), "", *_overview(pack, language)]
    for category in pack.categories.values():
        rules = pack.of_category(category.id)
        if rules:
            lines += [f'<a id="{category.id}"></a>', "", f"## {pick(category.title, language)}", ""]
            for rule in rules:
                lines += rule_section(pack, rule, language)
    parts = (
        _specialties,
        _techniques,
        _diseases,
        _activities,
        _calendar,
        _conflicts,
        agreements,
        _questions,
        _documents,
    )
    for section in parts:
        lines += section(pack, language)
    return _text(lines)


def _overview(pack: Pack, language: Language) -> list[str]:
    rows = []
    for category in pack.categories.values():
        rules = pack.of_category(category.id)
        if rules:
            links = " ".join(f"[{rule.id}](#{rule.id})" for rule in rules)
            rows.append((f"[{pick(category.title, language)}](#{category.id})", str(len(rules)), links))
    return [*table([word(name, language) for name in ("category", "count", "rules")], rows), ""]


def _section(name: str, language: Language, heads: Iterable[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a heading with its table; nothing where there are no rows."""
    if not rows:
        return []
    head = [word(key, language) if key else "" for key in heads]
    return [f'<a id="list-{name}"></a>', "", f"## {word(name, language)}", "", *table(head, rows), ""]


def _specialties(pack: Pack, language: Language) -> list[str]:
    rows = []
    for item in sorted(pack.specialties.values(), key=lambda specialty: specialty.order):
        focus = f" ({pick(item.focus, language)})" if item.focus else ""
        code = item.discipline_code
        if item.discipline_mark:
            code = f"{code} · {mark_text(item.discipline_mark, language)}"
        rows.append(
            (
                str(item.order),
                pick(item.title, language) + focus,
                pick(item.group, language) if item.group else "",
                code,
                clause_links(item.clauses),
            )
        )
    return _section("specialties", language, ("", "title", "group", "discipline", "clause"), rows)


def _activities(pack: Pack, language: Language) -> list[str]:
    kinds = pack.evidence_kinds
    rows = [
        (
            f"`{item.id}`",
            pick(item.title, language),
            pick(item.unit, language),
            pick(kinds[item.evidence].title, language) if item.evidence else "",
            clause_links(item.clauses),
            mark_text(item.mark, language),
        )
        for item in pack.activities.values()
    ]
    heads = ("id", "title", "counted_in", "evidence_kind", "clause", "mark")
    return _section("activities", language, heads, rows)


def _techniques(pack: Pack, language: Language) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for milestone in sorted(pack.milestone_years.values(), key=lambda item: item.year):
        due = f"{milestone.due} · {mark_text(milestone.due_mark, language)}"
        note = pick(milestone.note, language) if milestone.note else ""
        items = [item for item in pack.techniques.values() if item.year == milestone.year]
        if not items:
            empty = word("no_task", language)
            rows.append((str(milestone.year), empty, "", "", due, clause_links(milestone.clauses), note))
        rows += [_technique(pack, item, due, language) for item in items]
    heads = ("year", "title", "kind", "specialty", "due", "clause", "note")
    return _section("techniques", language, heads, rows)


def _technique(pack: Pack, item: Technique, due: str, language: Language) -> tuple[str, ...]:
    specialty = pick(pack.specialties[item.specialty].title, language) if item.specialty else ""
    return (
        str(item.year),
        pick(item.title, language),
        pick(item.kind.label, language),
        specialty,
        due,
        clause_links(item.clauses),
        pick(item.note, language) if item.note else "",
    )


def _diseases(pack: Pack, language: Language) -> list[str]:
    rows = [
        (
            str(item.number),
            pick(item.title, language),
            pick(item.phase.label, language),
            _codes(item, language),
            f"≤ {item.age_max}" if item.age_max is not None else "",
            word("yes", language) if item.laboratory_evidence else "",
            clause_links(item.clauses),
            pick(item.note, language) if item.note else "",
        )
        for item in sorted(pack.diseases.values(), key=lambda disease: disease.number)
    ]
    heads = ("", "title", "phase", "codes", "age_max", "laboratory", "clause", "note")
    return _section("diseases", language, heads, rows)


def _codes(item: Disease, language: Language) -> str:
    cells = []
    for code in item.codes:
        use, mark = pick(code.use.label, language), mark_text(code.mark, language)
        note = f" – {pick(code.note, language)}" if code.note else ""
        cells.append(f"`{code.code}` {use} · {mark}{note}")
    return "<br>".join(cells)


def _calendar(pack: Pack, language: Language) -> list[str]:
    rows = [
        (
            _when(item, language),
            f"{pick(item.title, language)} – {pick(item.text, language)}",
            f"[{item.rule}](#{item.rule})" if item.rule else "",
            clause_links(item.clauses),
            mark_text(item.mark, language),
            pick(item.note, language) if item.note else "",
        )
        for item in pack.calendar.values()
    ]
    heads = ("when", "what", "rule", "clause", "mark", "note")
    return _section("calendar", language, heads, rows)


def _when(item: CalendarEntry, language: Language) -> str:
    if not item.occurrences:
        return word("undated", language)
    first, last = item.occurrences[0], item.occurrences[-1]
    if item.every:
        span = f"{first.due.year}–{last.due.year}"
        day = f"{first.due:%m-%d}" if first.start is None else f"{first.start:%m-%d} – {first.due:%m-%d}"
        rhythm = pick(item.every.label, language)
        text = f"{rhythm} {day} ({span})" if item.every == "year" else f"{rhythm} ({span})"
    else:
        text = f"{first.start} – {first.due}" if first.start else f"{first.due}"
    return f"{text} · {mark_text(item.date_mark, language)}" if item.date_mark else text


def _conflicts(pack: Pack, language: Language) -> list[str]:
    lines = []
    for conflict in pack.conflicts.values():
        lines += [
            f"- {pick(conflict.problem, language)}",
            f"  {word('proposal', language)}: {pick(conflict.proposal, language)} "
            f"({mark_text(conflict.mark, language)})",
        ]
    return ["### " + word("conflicts", language), "", *lines, ""] if lines else []


def _questions(pack: Pack, language: Language) -> list[str]:
    lines = [
        f"- **{question.id}** {pick(question.text, language)} "
        + " ".join(f"[{rule}](#{rule})" for rule in question.rules)
        for question in pack.questions.values()
    ]
    return ["## " + word("questions", language), "", *lines, ""] if lines else []


def _documents(pack: Pack, language: Language) -> list[str]:
    rows = [_document(document, language) for document in pack.documents.values()]
    return _section("documents", language, ("id", "title", "number", "issuer", "kind", "site", "note"), rows)


def _document(document: Document, language: Language) -> tuple[str, ...]:
    issuer = pick(document.issuer, language) if document.issuer else ""
    issued = f" {document.issued}" if document.issued else ""
    return (
        f'<a id="doc-{document.id}"></a>{document.id}',
        pick(document.title, language),
        document.number,
        f"{issuer}{issued}".strip(),
        pick(document.kind.label, language),
        f"`{document.site}`" if document.site else "",
        pick(document.note, language) if document.note else "",
    )
