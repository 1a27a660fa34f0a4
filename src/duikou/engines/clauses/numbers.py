"""Numbers and dates as agreements write them: 3年, 三年, 百分之八十, 二〇一四年二月, 2014.2.15."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_DIGITS = {char: value for value, chars in enumerate((
    "零〇○O", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖",
)) for char in chars}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERAL = "零〇○一二两三四五六七八九十百千万半壹贰叁肆伍陆柒捌玖拾佰仟"

NUMBER_STARTS = frozenset(f"第每百0123456789{NUMERAL}")
DAYS = {
    "分钟": 1 / 1440, "小时": 1 / 24, "天": 1.0, "工作日": 1.4, "周": 7.0, "旬": 10.0,
    "月": 30.0, "季度": 90.0, "年": 360.0,
}  # fmt: skip
"""Lengths of time in days; a working day counts 1.4."""

_WRITINGS = (  # the first stands for the others
    "工作日 个工作日", "天 个自然日 日", "小时 个小时", "分钟", "周 个星期 星期", "月 个月", "季度 个季度",
    "年 周年 个年度 年度", "人 名 位", "专科 个专科", "科室 个科室", "病种 个病种", "台 台次",
    "学时 课时", "% ％",
    "人次", "人月", "次", "例", "项", "场", "期", "份", "种", "个", "元", "批", "成", "倍", "级",
    "家", "轮", "篇", "张", "间",
)  # fmt: skip
_MEASURES = {one: group.split()[0] for group in _WRITINGS for one in group.split()}
_MEASURE = "|".join(sorted(map(re.escape, _MEASURES), key=len, reverse=True))
_NUMBER = rf"(?:\d+(?:\.\d+)?(?:万|千)?|[{NUMERAL}]+)"

PATTERN = re.compile(
    rf"(?P<ordinal>第{_NUMBER}(?:条|款|项|章|节|年度|年|次|批|期|名|位|方)?)"
    r"|(?P<date>(?:19|20)\d\d\s*[年.\-/－—~至]+\s*(?:\d{1,4}\s*[月.\-/年]?\s*(?:\d{1,2}\s*日?)?)?"
    r"|[一二][零〇○O九一二三四五六七八]{3}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)?)"
    rf"|(?P<every>每(?:隔)?(?P<every_n>{_NUMBER})?(?P<every_unit>{_MEASURE}))(?:至少|不少于|不低于)?"
    rf"|(?P<percent>百分之(?P<percent_n>{_NUMBER}))"
    rf"|(?P<number>(?:(?P<low>{_NUMBER})(?:{_MEASURE})?[至到~～—\-－])?(?:(?P<n>\d+(?:\.\d+)?(?:万|千)?)(?:余|多)?(?P<unit>{_MEASURE})?"
    rf"|(?P<cn>[{NUMERAL}]+)(?:余|多)?(?P<cn_unit>{_MEASURE})))"
)
_NOT_NUMBERS = re.compile(
    r"一(?:致|定|般|体|起|并|律|线|旦|样|把手|名称|级|次性|方)|万一|统一|唯一|第一|之一|十分|四个一|三级|二级|一级|"
    r"千方百计|七日常|半数|一半|三甲|两院|两地|两级|各一"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its measure; `every` for 每年, 每两个月; `high` for the end of 一至三个月."""

    value: float
    unit: str
    every: bool = False
    high: float | None = None

    @property
    def days(self) -> float | None:
        """Length of time in days."""
        return self.value * DAYS[self.unit] if self.unit in DAYS else None

    def comparable(self, other: Number) -> bool:
        """Whether one can say which is more."""
        if self.every != other.every:
            return False
        return self.unit == other.unit or (self.days is not None and other.days is not None)

    def __str__(self) -> str:
        length = self.days
        value = f"{self.value:g}{self.unit}" if length is None else f"{length:g}天"  # 一年 is 十二个月
        if self.high is not None:
            value = f"{value}~{self.high:g}"
        return f"每{value}" if self.every else value


def value_of(text: str) -> float | None:
    """3, 3.5, 2万, 三, 十二, 一百零五, 半; None when it is no number."""
    if not text:
        return None
    if text[0].isascii() and text[0].isdigit():
        factor = {"万": 10_000, "千": 1_000}.get(text[-1], 1)
        try:
            return float(text.rstrip("万千")) * factor
        except ValueError:
            return None
    if text == "半":
        return 0.5
    if text.startswith(("万", "半")):
        return None
    if "万" in text:
        high, _, low = text.partition("万")
        first, second = value_of(high), value_of(low) if low else 0.0
        return None if first is None or second is None else first * 10_000 + second
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[c]
            digit = None
        else:
            return None
    return float(total + (digit or 0))


def number_at(text: str, position: int) -> tuple[int, Number | None] | None:
    """The number that begins here: its end, and its value (None: an ordinal or a date). None: no number."""
    if _NOT_NUMBERS.match(text, position):
        return None
    match = PATTERN.match(text, position)
    if match is None:
        return None
    if match["ordinal"] or match["date"]:
        return match.end(), None
    if match["every"]:
        value = value_of(match["every_n"]) if match["every_n"] else 1.0
        end = match.end("every")
        return None if value is None else (end, Number(value, _MEASURES[match["every_unit"]], every=True))
    if match["percent"]:
        value = value_of(match["percent_n"])
        return None if value is None else (match.end(), Number(value, "%"))
    value = value_of(match["n"] or match["cn"])
    unit = match["unit"] or match["cn_unit"]
    if value is None:
        return None
    low = value_of(match["low"]) if match["low"] else None
    measure = _MEASURES[unit] if unit else ""
    if low is None or low >= value:
        return match.end(), Number(value, measure)
    return match.end(), Number(low, measure, high=value)


# --- dates

_SPACE = r"[ \t\u3000]*"
_YEAR = r"((?:19|20)\d\d|[一二][零〇○O九一二三四五六七八]{3})"
_SMALL = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_WRITTEN = re.compile(
    rf"{_YEAR}{_SPACE}年{_SPACE}(?:{_SMALL}{_SPACE}月)?{_SPACE}(?:{_SMALL}{_SPACE}[日号])?"
    r"|((?:19|20)\d\d)[.\-/－]([01]?\d)(?:[.\-/－]([0-3]?\d))?(?![\d年号])"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text: year, month and day as far as written (0: not), and where."""

    year: int
    month: int
    day: int
    start: int
    end: int

    def first(self) -> dt.date | None:
        """The first day that it can mean; None for a day that no calendar has."""
        try:
            return dt.date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            return None

    def last(self) -> dt.date | None:
        """The last day that it can mean."""
        if self.day:
            return self.first()
        try:
            month = dt.date(self.year, self.month or 12, 1)
            return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        except ValueError:
            return None


def dates(text: str) -> list[Written]:
    """The dates of a text in order."""
    text = text.translate({0xFF10 + i: 0x30 + i for i in range(10)} | {0xFF0E: 0x2E, 0xFF0D: 0x2D})
    found = []
    for match in _WRITTEN.finditer(text):
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        parts = [value_of(one) if one else 0.0 for one in (year, month, day)]
        if None not in parts:
            whole = [int(one or 0) for one in parts]
            found.append(Written(whole[0], whole[1], whole[2], match.start(), match.end()))
    return found
