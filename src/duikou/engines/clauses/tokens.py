"""A clause as a row of comparable words: synonyms made equal, numbers read, parties named alike.

`Row` keeps for each word where it stands in the text, in which piece (between commas) and in which
sentence, so that a judgement can quote the text itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from duikou.engines.clauses.model import Party
from duikou.engines.clauses.numbers import NUMBER_STARTS, Number, number_at
from duikou.engines.clauses.words import words

SUPPORTER, RECIPIENT, BOTH = "甲方", "乙方", "双方"
PARTY_OF = {SUPPORTER: Party.SUPPORTER, RECIPIENT: Party.RECIPIENT, BOTH: Party.BOTH}
NAMES = {
    SUPPORTER: ("甲方", "支援医院", "支援方", "甲方医院", "支援单位", "甲方（支援医院）", "帮扶医院"),
    RECIPIENT: ("乙方", "受援医院", "受援方", "乙方医院", "受援单位", "乙方（受援医院）", "被帮扶医院"),
    BOTH: ("双方", "甲乙双方", "两院", "双方医院", "甲、乙双方", "甲方和乙方", "甲方、乙方", "甲方与乙方"),
}

_SENTENCE_END = frozenset("。；！？;!?\n")
_PIECE_END = frozenset("，,：:（）()〔〕[]【】“”\"'‘’《》")
_UNIT_END = frozenset("、/")
_SPACES = frozenset(" \t\u3000\u00a0_＿")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Token:
    """A word: what it stands for, how heavy it is (0: may come and go), where it stands."""

    word: str
    weight: int
    start: int
    end: int
    piece: int
    sentence: int
    unit: int
    number: Number | None = None

    @property
    def party(self) -> Party | None:
        """The party that it names."""
        return PARTY_OF.get(self.word)


@dataclass(frozen=True, slots=True)
class Row:
    """A text as comparable words; `pieces` are the spans between commas."""

    text: str
    tokens: tuple[Token, ...]
    pieces: tuple[tuple[int, int], ...]
    weight: int  # of all words

    def quote(self, tokens: Iterable[int]) -> str:
        """The text from the first to the last of some words."""
        chosen = sorted(tokens)
        return self.text[self.tokens[chosen[0]].start : self.tokens[chosen[-1]].end] if chosen else ""


class Tokeniser:
    """Cuts texts into words; knows the names of the two hospitals beside 甲方 and 乙方."""

    def __init__(self, names: Mapping[str, Iterable[str]] | None = None) -> None:
        known = words()
        self._parties = {name: party for party, found in NAMES.items() for name in found}
        for party, more in (names or {}).items():
            self._parties |= {name.translate(_WIDE): party for name in more if len(name) > 1}
        beginning: dict[str, list[str]] = defaultdict(list)  # by their first character: much faster
        for word in sorted({*self._parties, *known.longest_first}, key=len, reverse=True):
            beginning[word[0]].append(re.escape(word))
        self._patterns = {char: re.compile("|".join(some)) for char, some in beginning.items()}
        self.row = lru_cache(maxsize=8192)(self._row)

    def _row(self, text: str) -> Row:
        plain = _BRACES.sub(lambda found: " " * len(found[0]), text).translate(_WIDE)
        tokens: list[Token] = []
        pieces: list[tuple[int, int]] = []
        piece_start = sentence = unit = 0
        position = 0
        while position < len(plain):
            char = plain[position]
            if char in _SPACES:
                position += 1
                continue
            pattern = self._patterns.get(char)
            name = pattern.match(plain, position) if pattern else None
            if name and name[0] in self._parties:
                word, weight, end, number = self._parties[name[0]], 1, name.end(), None
            elif char in NUMBER_STARTS and (found := number_at(plain, position)) is not None:
                end, number = found
                word, weight = (str(number), 2) if number else (plain[position:end], 0)
            elif char in _SENTENCE_END or char in _PIECE_END or char in _UNIT_END:
                if char not in _UNIT_END:
                    pieces.append((piece_start, position))
                    piece_start = position + 1
                    sentence += char in _SENTENCE_END
                unit += 1
                position += 1
                continue
            else:
                word, weight, end = self._known(name[0] if name else char, position)
                number = None
            tokens.append(Token(word, weight, position, end, len(pieces), sentence, unit, number))
            position = end
        pieces.append((piece_start, len(plain)))
        return Row(text, tuple(tokens), tuple(pieces), sum(token.weight for token in tokens))

    @staticmethod
    def _known(word: str, position: int) -> tuple[str, int, int]:
        known = words()
        stands_for = known.same.get(word, word)
        weight = (
            0 if word in known.empty or stands_for in known.empty or not word.isalnum() else len(stands_for)
        )
        return stands_for, weight, position + len(word)
