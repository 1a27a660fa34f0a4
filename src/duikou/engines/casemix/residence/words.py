"""The words for divisions: full and short names, and where an address reads on.

`余杭区` and, where nothing speaks against it, `余杭`; `景宁畲族自治县`, `景宁县` and `景宁`. A short
name is believed only behind a longer one or at the beginning, and not where it is the name of a
road, a town or a building: 杭州西湖大道 says nothing about 西湖区.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from duikou.engines.casemix.residence.model import Division

_PEOPLE = (
    "(?:蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族"
    "|傈僳族|佤族|畲族|拉祜族|水族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族"
    "|锡伯族?|普米族|塔吉克族?|怒族|俄罗斯族|鄂温克族|保安族|裕固族|独龙族|鄂伦春族|各族)"
)
_AUTONOMOUS = re.compile(rf"^(.+?){_PEOPLE}+(自治[县旗州])$")
_END = re.compile(r"(?:自治[县旗州]|地区|[市县区旗盟州])$")
_NOT_SHORT = re.compile(
    ".{0,1}?(?:路|街(?!道)|大道|巷|弄)|.{0,3}?(?:广场|大厦|大楼|公寓|小区|商城|医院|大学|学院|中学|小学|公园|景区)"
    "|镇|乡|街道|村|社区|新村|花园|苑|山|湖|桥|站"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One way of writing a division."""

    text: str
    division: Division
    full: bool  # with its 省, 市, 县 or 区


def spellings(division: Division) -> Iterator[Word]:
    """Every way of writing a division."""
    name = division.name
    yield Word(name, division, True)
    autonomous = _AUTONOMOUS.match(name)
    if autonomous:
        stem, kind = autonomous[1], autonomous[2][-1]
        yield Word(stem + kind, division, True)
    else:
        stem = _END.sub("", name)
    if len(stem) > 1 and stem != name:
        yield Word(stem, division, False)


def provinces() -> list[Division]:
    """The provinces, so that an address in one of the others is known to be there."""
    text = (files("duikou.engines.casemix.residence") / "provinces.csv").read_text(encoding="utf-8")
    return [Division(row["code"], row["name"], "province") for row in csv.DictReader(text.splitlines())]


def province_spellings(division: Division) -> Iterator[Word]:
    """浙江省 and 浙江; 广西壮族自治区, 广西自治区 and 广西."""
    yield Word(division.name, division, True)
    stem = re.sub(r"(?:壮族|回族|维吾尔)?(?:特别行政区|自治区)$|[省市]$", "", division.name)
    yield Word(stem, division, False)
    if division.name.endswith("自治区"):
        yield Word(f"{stem}自治区", division, True)


class Vocabulary:
    """All words, by their text."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._words: dict[str, list[Word]] = {}
        for word in words:
            self._words.setdefault(word.text, []).append(word)
        self._lengths = sorted({len(text) for text in self._words}, reverse=True)
        self._full = [text for text, found in self._words.items() if any(word.full for word in found)]
        self._anywhere = re.compile(
            "|".join(map(re.escape, sorted(self._full, key=len, reverse=True))) or r"(?!)"
        )

    def at(self, text: str, position: int, lower: Vocabulary | None = None) -> list[Word]:
        """The longest word that begins at a position; `lower`: words that may follow a short name."""
        for length in self._lengths:
            found = self._words.get(text[position : position + length])
            if not found:
                continue
            end = position + length
            if _NOT_SHORT.match(text, end) and not (lower and lower.begins(text, end)):
                found = [word for word in found if word.full]
            if found:
                return found
        return []

    def begins(self, text: str, position: int) -> bool:
        """Whether any word begins at a position."""
        return any(text[position : position + length] in self._words for length in self._lengths)

    def anywhere(self, text: str) -> tuple[int, list[Word]] | None:
        """The first full name inside a text."""
        found = self._anywhere.search(text)
        return (found.start(), [word for word in self._words[found[0]] if word.full]) if found else None
