"""The notation of conditions: text of a table to a condition and the reasons why it is refused.

    pdx(D) and (anypx(P:1) or not ppx("96.7*")) and 1500<=weight<2000
    at_least(2, anydx(HEAD), anydx(CHEST))    distinct_sites(anydx)>=2    count(anypx, P)>=2
    cart | (PDX:strauma & ~MULTST)

`pdx odx anydx onlydx` look at diagnoses, `ppx opx anypx onlypx` at operations: main,
other, any, all of them. In the brackets stand lists (`D`, `P:1`, `GB1.P` of another
group, a named list, a quoted code or beginning `"C50*"`); empty brackets ask whether any
code is given. What a list or a bare word means is the table form's matter (`Names`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from duikou.engines.casemix.scheme.conditions import (
    FACTS,
    OPERATORS,
    WORDS,
    AtLeast,
    Compare,
    Condition,
    Has,
    Kind,
    Not,
    OneOf,
    Tally,
    Where,
    both,
    either,
)
from duikou.engines.text import Text

POSITIONS: Final[Mapping[str, tuple[Kind, Where]]] = {
    "pdx": (Kind.DX, Where.MAIN),
    "odx": (Kind.DX, Where.OTHER),
    "anydx": (Kind.DX, Where.ANY),
    "onlydx": (Kind.DX, Where.ONLY),
    "ppx": (Kind.PX, Where.MAIN),
    "opx": (Kind.PX, Where.OTHER),
    "anypx": (Kind.PX, Where.ANY),
    "onlypx": (Kind.PX, Where.ONLY),
}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>"[^"]*"|'[^']*')
      | (?P<number>\d+(?:\.\d+)?(?![\w.:]))
      | (?P<name>\w+(?:[.:]\w+)*(?:\.\*)?)
      | (?P<sign>==|!=|<=|>=|[<>()&|~,*])
    )""",
    re.VERBOSE,
)
_SAME: Final = {"&": "and", "|": "or", "~": "not"}
_DEEPEST: Final = 60  # brackets within brackets


class Names(Protocol):
    """What the words of one rule mean in its table form."""

    def listed(self, kind: Kind, reference: str) -> str | None:
        """Return the key of a list, None when there is none of that name."""

    def literal(self, kind: Kind, codes: tuple[str, ...]) -> str:
        """Return the key of a list that holds these codes."""

    def sites(self) -> tuple[str, ...]:
        """Return the keys of the lists of body sites."""

    def bare(self, word: str) -> Condition | None:
        """Return what a word without brackets means, None when it means nothing."""


class BadCondition(ValueError):
    """A condition cannot be read; `at` is the position in its text, from 1."""

    def __init__(self, at: int, message: Text) -> None:
        super().__init__(message.zh)
        self.at = at
        self.message = message


class _Token(NamedTuple):
    sort: str  # text, number, name, sign, end
    value: str
    at: int


def parse(text: str, names: Names) -> Condition:
    """Read a condition."""
    reader = _Reader(_tokens(text), names)
    condition = reader.alternatives()
    if (token := reader.peek()).sort != "end":
        raise _unexpected(token, "and、or 或结尾", "“and”, “or” or the end")
    return condition


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    end = len(text.rstrip())
    while at < end:
        if (match := _TOKEN.match(text, at)) is None:
            bad = text[at:].lstrip()[:1]
            at = text.index(bad, at)
            raise BadCondition(at + 1, Text(f"不认识的字符“{bad}”", f"unknown character “{bad}”"))
        sort = str(match.lastgroup)
        value = match[sort]
        if sort == "sign" and value in _SAME:
            sort, value = "name", _SAME[value]
        tokens.append(_Token(sort, value.strip("\"'") if sort == "text" else value, match.start(sort) + 1))
        at = match.end()
    tokens.append(_Token("end", "", end + 1))
    return tokens


def _unexpected(token: _Token, zh: str, en: str) -> BadCondition:
    found_zh, found_en = (
        ("到此结束", "it ends")
        if token.sort == "end"
        else (f"是“{token.value}”", f"there is “{token.value}”")
    )
    return BadCondition(token.at, Text(f"此处应为{zh}，却{found_zh}", f"expected {en}, but {found_en}"))


class _Reader:
    """Recursive descent; each method reads one level of binding."""

    def __init__(self, tokens: list[_Token], names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.at = 0
        self.depth = 0

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += token.sort != "end"
        return token

    def skip(self, value: str) -> bool:
        if self.peek().value == value and self.peek().sort in ("name", "sign"):
            self.at += 1
            return True
        return False

    def need(self, value: str) -> None:
        if not self.skip(value):
            raise _unexpected(self.peek(), f"“{value}”", f"“{value}”")

    def whole(self) -> int:
        token = self.take()
        if token.sort != "number" or "." in token.value:
            raise _unexpected(token, "整数", "a whole number")
        return int(token.value)

    def alternatives(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadCondition(self.peek().at, Text("括号嵌套过深", "brackets are nested too deeply"))
        found = [self.conjunction()]
        while self.skip("or"):
            found.append(self.conjunction())
        self.depth -= 1
        return found[0] if len(found) == 1 else either(*found)

    def conjunction(self) -> Condition:
        found = [self.negation()]
        while self.skip("and"):
            found.append(self.negation())
        return found[0] if len(found) == 1 else both(*found)

    def negation(self) -> Condition:
        odd = False
        while self.skip("not"):
            odd = not odd
        condition = self.atom()
        return Not(condition) if odd else condition

    def atom(self) -> Condition:
        if self.skip("("):
            condition = self.alternatives()
            self.need(")")
            return condition
        token = self.take()
        if token.sort == "number" and self.peek().value in OPERATORS:
            return self.between(float(token.value))
        if token.sort not in ("name", "number") or token.value in ("and", "or"):
            raise _unexpected(token, "条件", "a condition")
        following = self.peek()
        if following.value == "(" and token.value in POSITIONS:
            return self.codes(*POSITIONS[token.value])
        if following.value == "(" and token.value in _CALLS:
            return _CALLS[token.value](self)
        if token.value in FACTS and (following.value in OPERATORS or following.value == "in"):
            return self.comparison(token)
        if (known := self.names.bare(token.value)) is not None:
            return known
        raise BadCondition(token.at, Text(f"不认识“{token.value}”", f"“{token.value}” means nothing here"))

    def codes(self, kind: Kind, where: Where) -> Condition:
        self.need("(")
        if self.skip(")"):
            return Has(kind, where, self.names.literal(kind, ("*",)))
        keys = self.references(kind)
        self.need(")")
        return either(*(Has(kind, where, key) for key in keys))

    def references(self, kind: Kind) -> list[str]:
        keys, quoted = [], []
        while True:
            if self.peek().sort == "text":
                quoted.append(self.take().value)
            else:
                keys.append(self.reference(kind))
            if not self.skip(","):
                break
        return keys + ([self.names.literal(kind, tuple(quoted))] if quoted else [])

    def reference(self, kind: Kind) -> str:
        token = self.take()
        if token.sort not in ("name", "number"):
            raise _unexpected(token, "代码表名称", "the name of a list")
        if (key := self.names.listed(kind, token.value)) is None:
            zh, en = ("诊断", "diagnoses") if kind is Kind.DX else ("手术操作", "operations")
            raise BadCondition(
                token.at,
                Text(f"没有名为“{token.value}”的{zh}表", f"there is no list of {en} “{token.value}”"),
            )
        return key

    def position(self) -> tuple[Kind, Where]:
        token = self.take()
        if token.value not in POSITIONS:
            raise _unexpected(token, "、".join(POSITIONS), ", ".join(POSITIONS))
        return POSITIONS[token.value]

    def between(self, low: float) -> Condition:
        first = self.take().value
        fact = self.take()
        if fact.value not in FACTS or fact.value in WORDS:
            raise _unexpected(fact, "数值项目", "a fact that is a number")
        lower = Compare(fact.value, _TURNED[first], low)
        if self.peek().value not in OPERATORS:
            return lower
        second = self.take().value
        return both(lower, Compare(fact.value, second, self.number()))

    def number(self) -> float:
        token = self.take()
        if token.sort != "number":
            raise _unexpected(token, "数值", "a number")
        return float(token.value)

    def comparison(self, fact: _Token) -> Condition:
        operator = self.take()
        if operator.value == "in":
            self.need("(")
            values = [self.value(fact)]
            while self.skip(","):
                values.append(self.value(fact))
            self.need(")")
            if fact.value in WORDS:
                return OneOf(fact.value, tuple(values))
            return either(*(Compare(fact.value, "==", float(value)) for value in values))
        if fact.value in WORDS:
            if operator.value not in ("==", "!="):
                raise _unexpected(operator, "==、!= 或 in", "“==”, “!=” or “in”")
            same = OneOf(fact.value, (self.value(fact),))
            return Not(same) if operator.value == "!=" else same
        return Compare(fact.value, operator.value, self.number())

    def value(self, fact: _Token) -> str:
        token = self.take()
        if token.sort != ("text" if fact.value in WORDS else "number"):
            raise _unexpected(token, "取值", "a value")
        return token.value

    def limit(self, condition_of: _Limited) -> Condition:
        """Read `>= n` (or `> n`, `< n`, `<= n`) behind a count."""
        sign = self.take()
        if sign.value not in (">=", ">", "<", "<="):
            raise _unexpected(sign, ">=", "“>=”")
        number = self.whole() + (sign.value in (">", "<="))
        condition = condition_of(number)
        return Not(condition) if sign.value in ("<", "<=") else condition

    def distinct_sites(self) -> Condition:
        self.need("(")
        kind, where = self.position()
        self.need(")")
        seen = tuple(Has(kind, where, key) for key in self.names.sites())
        return self.limit(lambda number: AtLeast(number, seen))

    def count(self) -> Condition:
        self.need("(")
        kind, where = self.position()
        self.need(",")
        weighted = tuple((1, key) for key in self.references(kind))
        self.need(")")
        return self.limit(lambda number: Tally(kind, where, weighted, number))

    def total(self) -> Condition:
        self.need("(")
        kind, where = self.position()
        weighted = []
        while self.skip(","):
            weight = self.whole() if self.peek().sort == "number" else 1
            if self.tokens[self.at - 1].sort == "number":
                self.need("*")
            weighted.append((weight, self.reference(kind)))
        self.need(")")
        return self.limit(lambda number: Tally(kind, where, tuple(weighted), number))

    def at_least(self) -> Condition:
        self.need("(")
        number = self.whole()
        parts = []
        while self.skip(","):
            parts.append(self.alternatives())
        self.need(")")
        return AtLeast(number, tuple(parts))


class _Limited(Protocol):
    def __call__(self, number: int, /) -> Condition: ...


_CALLS: Final = {
    "distinct_sites": _Reader.distinct_sites,
    "count": _Reader.count,
    "sum": _Reader.total,
    "at_least": _Reader.at_least,
}
