"""What an agreement says of itself: its parties, its term, its signatures, its blanks."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from duikou.engines.clauses import flags
from duikou.engines.clauses.cutting import is_form_line
from duikou.engines.clauses.model import Flag, Form, Paper, Passage, Where
from duikou.engines.clauses.numbers import Written, dates, value_of

_PARTY_LINE = {
    "甲方": re.compile(
        r"甲\s*方\s*(?:[（(][^）)]*[）)])?\s*(?:名称|全称)?\s*[：:]\s*(?P<name>.*?)(?=\s{2,}|\t|乙\s*方|[，,；;。]|$)"
    ),
    "乙方": re.compile(
        r"乙\s*方\s*(?:[（(][^）)]*[）)])?\s*(?:名称|全称)?\s*[：:]\s*(?P<name>.*?)(?=\s{2,}|\t|甲\s*方|[，,；;。]|$)"
    ),
}
_TERM = re.compile(r"期限|有效期|协议期|自.+起|起止")
_BETWEEN = re.compile(r"^\s*(?:[（(]?含?[)）]?)?(?:起)?\s*(?:至|到|—+|-+|~|～|－|–|止于)\s*$")
_YEARS = re.compile(r"(?:期限|有效期|为期|共|计)[^。；]{0,10}?([\d一二两三四五六七八九十]+)\s*(?:个)?年")
_SIGNED = re.compile(r"签(?:订|署|字|约|章)?\s*(?:日期|时间|于|日)|日\s*期|落款")
_BLANK = re.compile(r"_{2,}|＿{2,}|…{2,}|\{[^{}]*\}|[×XxＸ]{3,}|□{2,}")
_OPEN_DATE = re.compile(r"(?:^|[\s\u3000，,至自到（(：:])\s*年\s*月(?:\s*日)?")
_ROLE = re.compile(r"^[（(]?(?:盖章|公章|签章|签字|法定代表人|负责人)")


def folded(name: str) -> str:
    """A hospital's name for comparison: width, spaces, brackets and the commonest variants made equal."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"[\s·•]|[(（][^)）]*[)）]", "", text)
    return text.translate(str.maketrans("於衞醫縣區鎮", "于卫医县区镇"))


def check_form(paper: Paper, form: Form, minimum_years: int) -> list[Flag]:
    """Everything that is wrong with the form."""
    body = [p for p in paper.passages if p.place.where in (Where.BODY, Where.TABLE, Where.TEXT_BOX)]
    return [*_parties(body, form), *_term(body, form, minimum_years), *_signature(body, form), *_blanks(body)]


# --- parties


def _parties(body: Sequence[Passage], form: Form) -> Iterator[Flag]:
    for side, wanted, aliases in (
        ("甲方", form.supporter, form.supporter_aliases),
        ("乙方", form.recipient, form.recipient_aliases),
    ):
        if wanted is None:
            continue
        known = {folded(name) for name in (wanted, *aliases)}
        named: list[tuple[str, Passage]] = []
        for passage in body:
            for match in _PARTY_LINE[side].finditer(passage.text):
                name = match["name"].strip(" 　_＿：:")
                if name and not _ROLE.match(name):
                    named.append((name, passage))
        if not named:
            yield Flag("missing_party", flags.missing_party(wanted, side))
            continue
        for name, passage in named:
            if folded(name) not in known and not _looks_like_clause(name):
                yield Flag("wrong_party", flags.wrong_party(wanted, name, side), passage.place)


def _looks_like_clause(name: str) -> bool:
    return len(folded(name)) > 40


# --- term


def _term(body: Sequence[Passage], form: Form, minimum_years: int) -> Iterator[Flag]:
    found = _period(body)
    if found is None:
        if (years := _years(body)) is not None and years[0] < minimum_years:
            yield Flag("short_term", flags.short_years(years[0], minimum_years), years[1].place)
        elif years is None or form.start or form.end:
            yield Flag("no_term", flags.no_term())
        return
    first, last, passage = found
    start, end = first.first(), last.last()
    if start is None or end is None:
        yield Flag("bad_date", flags.bad_date(passage.text), passage.place)
        return
    if end < start:
        yield Flag("reversed_term", flags.reversed_term(start, end), passage.place)
    elif not _long_enough(first, last, minimum_years):
        yield Flag("short_term", flags.short_term(start, end, minimum_years), passage.place)
    if form.start and not _means(first, form.start):
        yield Flag("other_term", flags.other_term("start", form.start, start), passage.place)
    if form.end and not _means(last, form.end):
        yield Flag("other_term", flags.other_term("end", form.end, end), passage.place)


def term_line(paper: Paper) -> Passage | None:
    """The passage that states the term from a date to a date; None where none does."""
    found = _period([p for p in paper.passages if p.place.where in (Where.BODY, Where.TABLE)])
    return found[2] if found else None


def _period(body: Sequence[Passage]) -> tuple[Written, Written, Passage] | None:
    """The first two dates with 至 between them, under or beside words that speak of a term first."""
    candidates = []
    near = False
    for passage in body:
        spoken = bool(_TERM.search(passage.text))
        written = dates(passage.text)
        for one, other in pairwise(written):
            if _BETWEEN.match(passage.text[one.end : other.start]):
                candidates.append((not (spoken or near), one, other, passage))
        if passage.text:
            near = spoken and len(passage.text) < 20
    if not candidates:
        return None
    _, one, other, passage = min(candidates, key=lambda c: c[0])
    return one, other, passage


def _years(body: Sequence[Passage]) -> tuple[float, Passage] | None:
    for passage in body:
        if (match := _YEARS.search(passage.text)) and (value := value_of(match[1])) is not None:
            return value, passage
    return None


def _long_enough(first: Written, last: Written, years: int) -> bool:
    """Whether the term covers the years: 2014年2月至2017年1月 does."""
    start, end = first.first(), last.last()
    if start is None or end is None:
        return False
    after = end + dt.timedelta(days=1)
    return (after.year - start.year, after.month, after.day) >= (years, start.month, start.day)


def _means(written: Written, day: dt.date) -> bool:
    """Whether what is written can mean a day."""
    if written.year != day.year or written.month not in (0, day.month):
        return False
    return written.day in (0, day.day)


# --- signature and blanks


def _signature(body: Sequence[Passage], form: Form) -> Iterator[Flag]:
    """Dates in the last lines; each must be a day and none before the draft."""
    term = _period(body)
    tail = [p for p in body[-14:] if term is None or p is not term[2]]
    for passage in tail:
        found = dates(passage.text)
        rest = passage.text
        for one in reversed(found):
            rest = rest[: one.start] + rest[one.end :]
        if not found or not (
            _SIGNED.search(passage.text) or len(re.sub(r"[\s\u3000：:（）()]", "", rest)) <= 8
        ):
            continue
        for one in found:
            signed = one.last()
            if signed is None or one.first() is None:
                yield Flag("bad_date", flags.bad_date(passage.text[one.start : one.end]), passage.place)
            elif form.drafted_on is not None and signed < form.drafted_on:
                yield Flag("signed_early", flags.signed_early(signed, form.drafted_on), passage.place)


def _blanks(body: Sequence[Passage]) -> Iterator[Flag]:
    """Blanks left open in the text. The lines for signatures are empty until people sign."""
    end = len(body)
    while end and (is_form_line(body[end - 1].text) and not body[end - 1].text.endswith("。")):
        end -= 1
    for passage in body[:end]:
        if match := _BLANK.search(passage.text):
            around = passage.text[max(0, match.start() - 12) : match.end() + 12]
            yield Flag("blank", flags.blank(around), passage.place)
        elif _OPEN_DATE.search(passage.text):
            yield Flag("blank", flags.blank(passage.text), passage.place)
