"""Automatic numbering as Word prints it: 一、（一）1．①.

A paragraph only names a list and a level; the number is counted while reading. Paragraphs of lists that
share their definition count on together, as in Word, unless the list starts anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
LEVELS = 9


def chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = ("", "十", "百", "千")) -> str:
    """12 → 十二, 105 → 一百零五."""
    if not 0 < number < 10_000:
        return str(number)
    pieces: list[str] = []
    gap = False
    for position in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**position % 10
        if digit:
            if gap:
                pieces.append("零")
            pieces.append(digits[digit] + units[position])
            gap = False
        else:
            gap = bool(pieces)
    text = "".join(pieces)
    return text[1:] if 10 <= number < 20 and digits == _DIGITS else text


_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
    *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def _roman(number: int) -> str:
    pieces = []
    for value, letters in _ROMAN:
        pieces.append(letters * (number // value))
        number %= value
    return "".join(pieces)


def _letters(number: int) -> str:
    """27 → AA, as Word repeats letters."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _from(first: str, count: int, number: int) -> str:
    return chr(ord(first) + number - 1) if number <= count else str(number)


def formatted(number: int, style: str) -> str:
    """A number in one of Word's formats; unknown ones print as 1, 2, 3 like Word's own fallback."""
    if number < 1 or number > 30_000:
        return str(number)
    match style:
        case "none":
            return ""
        case "bullet":
            return "•"
        case "decimalZero":
            return f"{number:02}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(0xFF10 + int(c)) for c in str(number))
        case (
            "chineseCounting"
            | "chineseCountingThousand"
            | "japaneseCounting"
            | "taiwaneseCounting"
            | ("taiwaneseCountingThousand")
        ):
            return chinese(number)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(c)] for c in str(number))
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return chinese(number, _LEGAL, ("", "拾", "佰", "仟"))
        case "ideographTraditional":
            return "甲乙丙丁戊己庚辛壬癸"[number - 1] if number <= 10 else str(number)
        case "ideographZodiac":
            return "子丑寅卯辰巳午未申酉戌亥"[number - 1] if number <= 12 else str(number)
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese":
            return _from("①", 20, number)
        case "decimalEnclosedParen":
            return _from("⑴", 20, number)
        case "decimalEnclosedFullstop":
            return _from("⒈", 20, number)
        case "ideographEnclosedCircle":
            return _from("㊀", 10, number)
        case "upperLetter":
            return _letters(number)
        case "lowerLetter":
            return _letters(number).lower()
        case "upperRoman":
            return _roman(number)
        case "lowerRoman":
            return _roman(number).lower()
    return str(number)


@dataclass(slots=True)
class _Level:
    style: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None  # level after which it begins anew; 0: never; None: after any higher one
    legal: bool = False  # higher levels print as 1, 2, 3


@dataclass(slots=True)
class Numbering:
    """Lists of a document; `number` counts on with each paragraph."""

    _definitions: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def number(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of a list at a level (from 0), in print."""
        found = self._lists.get(list_id)
        if found is None or not 0 <= level < LEVELS:
            return ""
        definition, changed, starts = found
        levels = self._definitions.get(definition, {}) | changed
        counters = self._counters.setdefault(definition, [None] * LEVELS)
        this = levels.get(level, _Level())
        if level in starts and (list_id, level) not in self._started:
            counters[level] = None
            this_start = starts[level]
        else:
            this_start = this.start
        self._started.add((list_id, level))
        counters[level] = this_start if counters[level] is None else (counters[level] or 0) + 1
        for deeper in range(level + 1, LEVELS):
            rule = levels.get(deeper, _Level()).restart
            if rule is None or (rule and level < rule):
                counters[deeper] = None
        for higher in range(level):
            if counters[higher] is None:  # a level that was skipped prints its first number
                counters[higher] = levels.get(higher, _Level()).start
        return self._print(this, levels, counters)

    @staticmethod
    def _print(this: _Level, levels: dict[int, _Level], counters: list[int | None]) -> str:
        if this.style == "bullet":
            return "•"
        text = this.pattern
        for number in range(LEVELS, 0, -1):
            if f"%{number}" in text:
                style = "decimal" if this.legal else levels.get(number - 1, _Level()).style
                text = text.replace(f"%{number}", formatted(counters[number - 1] or 1, style))
        return text.strip()


def read_numbering(root: Element | None) -> Numbering:
    """The lists of numbering.xml; none without it."""
    numbering = Numbering()
    if root is None:
        return numbering
    by_style: dict[str, str] = {}  # list style → the definition that holds its levels
    links: dict[str, str] = {}
    for one in root.findall("abstractNum"):
        identity = one.get("abstractNumId", "")
        numbering._definitions[identity] = _levels(one)
        if (style := _value(one, "styleLink")) is not None:
            by_style[style] = identity
        if (style := _value(one, "numStyleLink")) is not None:
            links[identity] = style
    for one in root.findall("num"):
        identity = _value(one, "abstractNumId") or ""
        definition = by_style.get(links.get(identity, ""), identity)
        changed: dict[int, _Level] = {}
        starts: dict[int, int] = {}
        for override in one.findall("lvlOverride"):
            level = whole(override.get("ilvl"))
            changed |= _levels(override)
            if (start := _value(override, "startOverride")) is not None:
                starts[level] = whole(start)
        numbering._lists[one.get("numId", "")] = (definition, changed, starts)
    return numbering


def _levels(parent: Element) -> dict[int, _Level]:
    levels = {}
    for one in parent.findall("lvl"):
        style = one.find(".//numFmt")
        restart = _value(one, "lvlRestart")
        start = _value(one, "start")
        levels[whole(one.get("ilvl"))] = _Level(
            style=(style.get("val") if style is not None else None) or "decimal",
            pattern=_value(one, "lvlText") or "",
            start=1 if start is None else whole(start),
            restart=None if restart is None else whole(restart),
            legal=on(one.find("isLgl")),
        )
    return levels


def _value(parent: Element, tag: str) -> str | None:
    found = parent.find(tag)
    return None if found is None else found.get("val")


def whole(text: str | None) -> int:
    """A whole number of an attribute; 0 when it is none."""
    sign, digits = (-1, text[1:]) if text and text.startswith("-") else (1, text or "")
    return sign * int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def on(element: Element | None) -> bool:
    """Whether a switch is on: there, and not said to be off."""
    return element is not None and element.get("val", "true") not in ("0", "false", "off", "none")
