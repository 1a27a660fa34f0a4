"""Cut a document into clauses and tell whose duties they are, by the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from duikou.engines.clauses.model import Clause, Paper, Party, Passage, Where

CHINESE = "一二三四五六七八九十百零〇"
_LEVELS = (  # the kinds of numbers that Chinese documents count with, highest first
    re.compile(rf"第[{CHINESE}\d]{{1,4}}[章编]"),
    re.compile(rf"第[{CHINESE}\d]{{1,4}}条"),
    re.compile(rf"[{CHINESE}]{{1,4}}[、，．.]"),
    re.compile(rf"[（(][{CHINESE}]{{1,4}}[）)]、?"),
    re.compile(r"\d{1,2}(?:[．.、](?!\d)|(?=[^\d\s.年月日个人名次例项%％/－-]{4}))"),
    re.compile(r"\d{1,2}(?:[.．]\d{1,2}){1,3}[．.、]?"),
    re.compile(r"[（(]\d{1,2}[）)]、?|\d{1,2}[）)]|[⑴-⒇]"),
    re.compile(r"[①-⑳]"),
    re.compile(r"[a-zA-Z][.．、）)]"),
)
_INLINE = re.compile(
    rf"(?<=[。；;])\s*(?=(?:\d{{1,2}}[．.、](?!\d)|[（(](?:[{CHINESE}]{{1,3}}|\d{{1,2}})[）)]|第[{CHINESE}]{{1,4}}条|[①-⑳⑴-⒇]))"
)
LONGEST = 2_000  # characters of one clause
_HEADING = 32  # characters; a longer line is a clause
_END = re.compile(r"[。；;]$")
_SUPPORTER = re.compile(r"甲\s*方|(?<!受)支援(?:医院|方|单位)|帮扶(?:医院|方)")
_RECIPIENT = re.compile(r"乙\s*方|受援(?:医院|方|单位)")
_BOTH = re.compile(r"双\s*方|甲\s*乙|共同|两院")
_DUTY_WORD = re.compile(r"职责|义务|责任|权利|任务|工作|承诺|保证|负责|应|须")
_ON = re.compile(
    r"^(?:但|除|前款|前述|上述|本条|本款|本项|以上|其中|且|并|同时|如|若|遇|上列|对此|此项|该项|上项|以下情形|例外)"
)
_FORM_LINE = re.compile(
    r"^[（(]?(?:甲|乙)\s*方[^，。；]{0,20}[：:].*$|^(?:法定)?代表(?:人)?.{0,8}[：:]|^[（(]?(?:盖章|公章|签字|签章)|^签(?:订|署|字)?(?:日期|地点|时间)|"
    r"^(?:日期|地址|电话|联系人|邮编)[：:]|^[\s\d年月日至—~一二三四五六七八九十〇零○.。]+$"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A line that is a heading: its level (0 the highest) and the party whose part begins there."""

    level: int
    party: Party | None


def number_of(text: str) -> tuple[int, str]:
    """Level and text of the number that a line begins with; (-1, "") without one."""
    for level, pattern in enumerate(_LEVELS):
        if match := pattern.match(text):
            return level, match[0]
    return -1, ""


def level_of(passage: Passage, text: str) -> int:
    """Level of a line by its automatic or typed number; -1 without one."""
    return (
        number_of(passage.number.strip())[0]
        if passage.number and passage.number != "•"
        else number_of(text)[0]
    )


def cut(paper: Paper) -> tuple[Clause, ...]:
    """The clauses of a document in order; headings, form lines and blank lines are no clauses."""
    clauses: list[Clause] = []
    heads: list[Head] = []
    for index, passage, text in _lines(paper.passages):
        level = level_of(passage, text)
        _, typed = number_of(text)
        words = text.removeprefix(typed).strip()
        following = paper.passages[index + 1] if index + 1 < len(paper.passages) else None
        numbered = following is not None and level_of(following, following.text) >= 0
        if passage.place.where in (Where.BODY, Where.TABLE) and (head := _head(words, level, numbered)):
            heads = [*_above(heads, head.level), head] if head.level >= 0 else [head]
            continue
        if is_form_line(words) or not words or (not clauses and not heads and level < 0 and _is_title(words)):
            continue
        if (
            clauses
            and not (passage.number or typed)
            and not passage.bookmark
            and _continues(words, clauses[-1], paper, passage)
        ):
            last = clauses[-1]
            known = last.passages if index in last.passages else (*last.passages, index)
            clauses[-1] = replace(last, text=last.text + words, passages=known)
            continue
        heads = _until(heads, level)
        party = next((h.party for h in reversed(heads) if h.party), None)
        if passage.place.where not in (Where.BODY, Where.TABLE):
            party = None
        clauses.append(Clause(words, (index,), party, passage.number or typed, passage.bookmark))
    return tuple(clauses)


def _lines(passages: Iterable[Passage]) -> Iterator[tuple[int, Passage, str]]:
    """Lines of the passages: broken by hand, and where a new number begins within a paragraph."""
    for index, passage in enumerate(passages):
        first = True
        for line in passage.text.split("\n"):
            for piece in _INLINE.split(line):
                for text in _portions(piece.strip()):
                    yield index, passage if first else replace(passage, number="", bookmark=""), text
                    first = False


def _portions(text: str) -> Iterator[str]:
    """A text in portions of bounded length, cut after sentences where there are any: nobody writes a clause
    of many pages, but a file may hold one."""
    while len(text) > LONGEST:
        end = max(text.rfind(mark, 0, LONGEST) for mark in "。；，") + 1 or LONGEST
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _head(words: str, level: int, numbered: bool) -> Head | None:
    """The heading that a line is, or None; `numbered`: whether a number begins the next line."""
    if len(words) > _HEADING or _END.search(words) or "，" in words:
        return None
    bare = words.rstrip("：: ")
    supporter, recipient = bool(_SUPPORTER.search(bare)), bool(_RECIPIENT.search(bare))
    named = supporter or recipient or bool(_BOTH.search(bare))
    duty = bool(_DUTY_WORD.search(bare))
    if named and (level >= 0 or duty or words != bare):
        lone = re.sub(
            r"[（(][^）)]*[）)]|的|[甲乙双]\s*方|支援(?:医院|方)|受援(?:医院|方)|甲\s*乙|和|与|主要|、",
            "",
            bare,
        )
        lone = _DUTY_WORD.sub("", lone)
        # 甲方： without a number is a heading only above a list of duties, not in the lines of the form.
        if len(lone) <= 4 and (level >= 0 or duty or numbered):
            if supporter == recipient:
                return Head(level, Party.BOTH)
            return Head(level, Party.SUPPORTER if supporter else Party.RECIPIENT)
    if 0 <= level <= 3 and len(bare) <= 24 and not re.search(r"应|须|负责|不得|生效|自.+起", bare):
        return Head(level, None)
    return None


def _above(heads: list[Head], level: int) -> list[Head]:
    """The headings that a new heading stands under."""
    return [head for head in _until(heads, level) if 0 <= head.level < level]


def _until(heads: list[Head], level: int) -> list[Head]:
    """The headings before the first that counts in the same way: there the next part begins.

    Only equal ways of counting end a part: 第五条 may well stand under 二、（一）.
    """
    for position, head in enumerate(heads):
        if head.level == level and level >= 0:
            return heads[:position]
    return heads


def _is_title(words: str) -> bool:
    """Whether a line above all clauses is part of the title."""
    return len(words) <= 40 and not re.search(r"[，。；]", words)


def _continues(words: str, last: Clause, paper: Paper, passage: Passage) -> bool:
    """Whether a line without a number belongs to the clause before it."""
    before = paper.passages[last.passages[-1]].place
    if before.where is not passage.place.where or len(last.text) + len(words) > LONGEST:
        return False
    if passage.place.where is Where.TABLE and (before.table, before.row, before.column) != (
        passage.place.table, passage.place.row, passage.place.column
    ):  # fmt: skip
        return False
    if last.number and number_of(last.number)[0] in range(4) and len(last.text) <= _HEADING:
        return False  # 五、本协议自签订之日起生效: a clause in the place of a heading
    return bool(_ON.match(words)) or not re.search(r"[。；;！：:）)]$", last.text)


def is_form_line(words: str) -> bool:
    """Whether a line belongs to the form (parties, signatures, dates), not to the contents."""
    return len(words) <= 80 and bool(_FORM_LINE.match(words)) and not re.search(r"[，。；].{6}", words)
