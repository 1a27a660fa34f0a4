"""Write a printed name in one typography, and in the form that is compared.

Three forms of one name are used throughout the engine:

* *printed*: as it came, never changed and always shown;
* *normalised* (`normalise`): the same letters in one typography (widths, spaces,
  brackets, NFC); two printings that differ only there are the same name;
* *index form* (`index_form`): for comparing only, never shown; 於 and 于, 第一一七
  and 117 meet in it. `folded` also joins usual other wordings (中医医院 = 中医院).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FULL_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BRACKETS = {ord(mark): "(" for mark in "（【〔［[〈《"} | {ord(mark): ")" for mark in "）】〕］]〉》"}
_DOTS = {ord(mark): "·" for mark in "・•‧∙"}
_CIRCLES = {ord(mark): "〇" for mark in "○◯"}
_INVISIBLE = {ord(mark): None for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}
_TYPOGRAPHY: dict[int, int | str | None] = {
    **_FULL_TO_HALF,
    0x3000: " ",
    **_BRACKETS,
    **_DOTS,
    **_CIRCLES,
    **_INVISIBLE,
}
_SPACE = re.compile(r"\s+")
# A space means something only inside a name in Latin letters.
_SPACE_BESIDE_HAN = re.compile(r"(?<![!-~]) | (?![!-~])")


@lru_cache(maxsize=65_536)
def normalise(printed: str) -> str:
    """Return the name in one typography, with the same letters.

    Full-width Latin and digits become half-width, all brackets round, spaces beside
    Chinese characters and invisible characters go, the text is NFC. No character is
    replaced by another one of the language: 於 stays 於, rare characters survive.
    """
    text = unicodedata.normalize("NFC", printed).translate(_TYPOGRAPHY)
    text = _SPACE_BESIDE_HAN.sub("", _SPACE.sub(" ", text).strip())
    return unicodedata.normalize("NFC", text)  # letters that have become neighbours may combine


_DIGIT = {mark: str(value) for value, mark in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_ORDINAL = re.compile(r"第([〇零一二三四五六七八九十百]+)")
_DIGIT_RUN = re.compile(r"[〇零一二三四五六七八九]{3,}")
_LONG_ORDINAL = re.compile(r"第(?=\d{3})")


def _arabic(numeral: str) -> str:
    """Return a Chinese numeral below 1,000, or a run of Chinese digits, in Arabic digits."""
    if not any(mark in "十百" for mark in numeral):
        return "".join(_DIGIT[mark] for mark in numeral)
    total, digit = 0, 0
    for mark in numeral:
        if mark == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif mark == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = int(_DIGIT[mark])
    return str(total + digit)


@lru_cache(maxsize=65_536)
def index_form(printed: str) -> str:
    """Return the form in which different writings of one name are equal.

    于/於, Chinese and Arabic numerals, 第 before a military number, brackets and
    letter case do not count here. For comparing only: never show it.
    """
    text = normalise(printed).casefold().replace("於", "于")
    text = _ORDINAL.sub(lambda hit: "第" + _arabic(hit[1]), text)
    text = _DIGIT_RUN.sub(lambda hit: _arabic(hit[0]), text)
    text = _LONG_ORDINAL.sub("", text)
    return text.replace("(", "").replace(")", "").replace("·", "")


# The same institution under a usual other wording; applied to index forms only.
_SAME_WORDING = (
    (re.compile(r"中医医院"), "中医院"),
    (re.compile(r"精神病医院"), "精神病院"),
    (re.compile(r"妇幼保健医院"), "妇幼保健院"),
    (re.compile(r"(?:镇|乡|街道)(?=(?:中心)?卫生院$)"), ""),
    (re.compile(r"中国人民解放军"), "解放军"),
    (re.compile(r"(?:中国人民)?武装警察部队"), "武警"),
)


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return the index form with usual other wordings folded (中医医院 = 中医院)."""
    text = index_form(text)
    for pattern, instead in _SAME_WORDING:
        text = pattern.sub(instead, text)
    return text
