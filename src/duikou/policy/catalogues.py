"""Reading of documents, categories, specialties, techniques, diseases and the calendar."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from duikou.engines.text import Text
from duikou.policy.context import Context, read_clauses, read_mark
from duikou.policy.fields import Fields
from duikou.policy.model import (
    CalendarConflict,
    CalendarEntry,
    Category,
    Disease,
    DiseaseCode,
    Document,
    MilestoneYear,
    Occurrence,
    Question,
    Specialty,
    Technique,
    Title,
    Word,
)
from duikou.policy.vocabulary import (
    CodeUse,
    DocumentKind,
    Every,
    Mark,
    Phase,
    Series,
    TechniqueKind,
)

_ICD10 = re.compile(r"[A-Z]\d{2}(\.\d)?(-[A-Z]\d{2}(\.\d)?)?")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


def read_document(table: Fields, context: Context) -> Document:
    """Read a document; a governing one needs number, issuer and date of issue."""
    document = Document(
        id=table.string("id"),
        kind=table.choice("kind", DocumentKind),
        title=table.text("title"),
        number=table.string("number", required=False),
        issuer=table.optional_text("issuer"),
        issued=table.day("issued"),
        site=table.string("site", required=False),
        note=table.optional_text("note"),
    )
    table.finish()
    if document.kind is DocumentKind.GOVERNING:
        for key, value in (
            ("number", document.number),
            ("issuer", document.issuer),
            ("issued", document.issued),
        ):
            if not value:
                table.fault(f"依据文件缺少 {key}", f"a governing document needs {key}")
    if document.kind is DocumentKind.PAGE and not document.site and document.note is None:
        table.fault("公开网页须有 site 或说明 note", "a public page needs its site, or a note saying why not")
    return document


def read_category(table: Fields, context: Context) -> Category:
    """Read a category of rules."""
    category = Category(table.string("id"), table.string("prefix"), table.text("title"))
    table.finish()
    return category


def read_specialty(table: Fields, context: Context) -> Specialty:
    """Read a named specialty; a discipline code needs its own mark."""
    clauses = read_clauses(table, context)
    specialty = Specialty(
        id=table.string("id"),
        order=table.integer("order"),
        title=table.text("title"),
        group=table.optional_text("group"),
        clauses=clauses,
        mark=read_mark(table, context, clauses),
        discipline_code=table.string("discipline_code", required=False),
        discipline_mark=table.optional_choice("discipline_mark", Mark),
        focus=table.optional_text("focus"),
    )
    table.finish()
    if bool(specialty.discipline_code) != (specialty.discipline_mark is not None):
        table.fault(
            "discipline_code 与 discipline_mark 须同时给出",
            "discipline_code and discipline_mark go together",
        )
    return specialty


def read_milestone_year(table: Fields, context: Context) -> MilestoneYear:
    """Read a milestone year and the day on which its tasks are due."""
    year = table.integer("year")
    due = table.day("due", required=True) or date(1, 1, 1)
    milestone = MilestoneYear(
        year=year,
        due=due,
        due_mark=table.choice("due_mark", Mark),
        listed=table.flag("listed"),
        clauses=read_clauses(table, context),
        note=table.optional_text("note"),
    )
    table.finish()
    if table.has("due") and table.has("year") and due.year != year:
        table.fault(f"due {due} 不在 {year} 年", f"due {due} does not fall in {year}", "due")
    if table.has("due") and not context.validity.contains(due):
        table.fault(
            f"due {due} 超出政策包的有效期", f"due {due} lies outside the validity of the pack", "due"
        )
    return milestone


def read_technique(
    table: Fields, context: Context, specialties: Collection[str], years: Collection[int]
) -> Technique:
    """Read a technique; its year and its specialty must be declared, the year with tasks."""
    clauses = read_clauses(table, context)
    technique = Technique(
        id=table.string("id"),
        year=table.integer("year"),
        kind=table.choice("kind", TechniqueKind),
        title=table.text("title"),
        specialty=table.string("specialty", required=False) or None,
        clauses=clauses,
        mark=read_mark(table, context, clauses),
        note=table.optional_text("note"),
    )
    table.finish()
    if table.has("year") and technique.year not in years:
        table.fault(
            f"{technique.year} 年没有列出任务的里程碑",
            f"{technique.year} is no milestone year with listed tasks",
            "year",
        )
    if technique.specialty is not None and technique.specialty not in specialties:
        table.fault(
            f"未知的专科 {technique.specialty}", f"unknown specialty {technique.specialty}", "specialty"
        )
    return technique


def read_disease(table: Fields, context: Context) -> Disease:
    """Read a major disease and its ICD-10 codes, each with a mark of its own."""
    clauses = read_clauses(table, context)
    disease = Disease(
        id=table.string("id"),
        number=table.integer("number"),
        title=table.text("title"),
        phase=table.choice("phase", Phase),
        codes=tuple(_read_code(entry) for entry in table.tables("codes")),
        clauses=clauses,
        mark=read_mark(table, context, clauses),
        age_max=table.optional_integer("age_max"),
        age_mark=table.optional_choice("age_mark", Mark),
        laboratory_evidence=table.flag("laboratory_evidence"),
        note=table.optional_text("note"),
    )
    table.finish()
    if (disease.age_max is None) != (disease.age_mark is None):
        table.fault("age_max 与 age_mark 须同时给出", "age_max and age_mark go together")
    return disease


def _read_code(entry: Fields) -> DiseaseCode:
    code = DiseaseCode(
        code=entry.string("code"),
        mark=entry.choice("mark", Mark),
        use=entry.choice("use", CodeUse),
        note=entry.optional_text("note"),
    )
    entry.finish()
    if code.code and not _ICD10.fullmatch(code.code):
        entry.fault(
            f"ICD-10 编码 {code.code} 应形如 C91、C91.0 或 C91-C95",
            f"ICD-10 code {code.code} must look like C91, C91.0 or C91-C95",
            "code",
        )
    return code


def read_event(table: Fields, context: Context, rules: Collection[str]) -> CalendarEntry:
    """Read a calendar entry: one date, a window, a rhythm over years, or undated."""
    clauses = read_clauses(table, context)
    every = table.optional_choice("every", Every)
    entry = CalendarEntry(
        id=table.string("id"),
        title=table.text("title"),
        text=table.text("text"),
        clauses=clauses,
        mark=read_mark(table, context, clauses),
        occurrences=_rhythm(table, every) if every else _single(table),
        every=every,
        rule=table.string("rule", required=False) or None,
        date_mark=table.optional_choice("date_mark", Mark),
        note=table.optional_text("note"),
    )
    table.finish()
    if entry.rule is not None and entry.rule not in rules:
        table.fault(f"未知的规则 {entry.rule}", f"unknown rule {entry.rule}", "rule")
    return entry


def _single(table: Fields) -> tuple[Occurrence, ...]:
    start, due = table.day("start"), table.day("due")
    if start is not None and due is None:
        table.fault("有 start 须有 due", "start needs due", "start")
    if start is not None and due is not None and due < start:
        table.fault(f"due {due} 早于 start {start}", f"due {due} lies before start {start}", "due")
    return () if due is None else (Occurrence(start, due),)


def _rhythm(table: Fields, every: Every) -> tuple[Occurrence, ...]:
    years = table.integers("years")
    if every is Every.YEAR:
        start = _month_day(table, "start_day") if table.has("start_day") else None
        due = _month_day(table, "due_day")
        if start and due and due < start:
            table.fault("due_day 早于 start_day", "due_day lies before start_day", "due_day")
        if due is None:
            return ()
        return tuple(Occurrence(date(year, *start) if start else None, date(year, *due)) for year in years)
    step = 1 if every is Every.MONTH else 3
    return tuple(_period(year, month, step) for year in years for month in range(1, 13, step))


def _period(year: int, month: int, step: int) -> Occurrence:
    following = date(year + (month + step > 12), (month + step - 1) % 12 + 1, 1)
    return Occurrence(date(year, month, 1), date.fromordinal(following.toordinal() - 1))


def _month_day(table: Fields, key: str) -> tuple[int, int] | None:
    text = table.string(key)
    match = _MONTH_DAY.fullmatch(text)
    if match:
        month, day = int(match.group(1)), int(match.group(2))
        try:
            date(2015, month, day)  # a common year: 29 February would not exist every year
        except ValueError:
            match = None
        else:
            return month, day
    if text:
        table.fault(f"{key} 的值 {text} 应为 MM-DD", f"{key} is {text!r}, expected MM-DD", key)
    return None


def read_conflict(table: Fields, context: Context, entries: Collection[str]) -> CalendarConflict:
    """Read a conflict between calendar entries that exist."""
    conflict = CalendarConflict(
        id=table.string("id"),
        entries=table.strings("entries"),
        problem=table.text("problem"),
        proposal=table.text("proposal"),
        mark=table.choice("mark", Mark),
    )
    table.finish()
    for name in conflict.entries:
        if name not in entries:
            table.fault(f"未知的日程 {name}", f"unknown calendar entry {name}", "entries")
    return conflict


def read_question(table: Fields, context: Context, rules: Collection[str]) -> Question:
    """Read a question to the customer; the rules that it touches must exist."""
    question = Question(table.string("id"), table.text("text"), table.strings("rules", required=False))
    table.finish()
    for name in question.rules:
        if name not in rules:
            table.fault(f"未知的规则 {name}", f"unknown rule {name}", "rules")
    return question


def read_word(table: Fields, context: Context) -> Word:
    """Read the names of a word; they stand in the entry itself, for short lists."""
    word = Word(table.string("id"), Text(table.string("zh"), table.string("en")))
    table.finish()
    return word


RANKS = range(1, 5)


def read_title(table: Fields, context: Context) -> Title:
    """Read a professional title; its names stand in the entry itself, as those of words do."""
    title = Title(
        id=table.string("id"),
        series=table.choice("series", Series),
        rank=table.integer("rank"),
        title=Text(table.string("zh"), table.string("en")),
        mark=table.choice("mark", Mark),
        aliases=table.strings("aliases", required=False),
    )
    table.finish()
    if table.has("rank") and title.rank not in RANKS:
        table.fault(f"rank {title.rank} 应为 1–4", f"rank {title.rank} should be 1 to 4", "rank")
    for name in title.names:
        context.claim("title name", name, table)
    return title
