"""How text becomes index terms.

Chinese has no spaces: each run of Chinese characters is cut into overlapping pairs
(人民医院 → 人民 民医 医院), so that any two-character word is found exactly. Other runs
(latin, digits) are kept whole in lower case. Pinyin and initials stand in columns of
their own, without spaces, and are matched as substrings.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# CJK ideographs incl. extensions and compatibility forms (𠮷 lies outside the basic plane), and 〇.
_RUN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[0-9a-z]+")
_SAME = str.maketrans({"於": "于"})  # old and new writing of one character: either finds both


def fold(text: str) -> str:
    """Text as it is compared: width, case and the two writings of 于 made alike."""
    return unicodedata.normalize("NFKC", text).lower().translate(_SAME)


def runs(text: str) -> list[str]:
    """Runs of Chinese characters, and of latin letters and digits, in order."""
    return _RUN.findall(fold(text))


def is_chinese(run: str) -> bool:
    """Whether a run is Chinese characters."""
    return not run.isascii()


def terms(text: str) -> list[str]:
    """Index terms: pairs of Chinese characters, single characters of one-character runs, whole other runs."""
    found: list[str] = []
    for run in runs(text):
        if is_chinese(run) and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


def pinyin(text: str) -> str:
    """Pinyin without tones and spaces: 安吉 → anji."""
    from pypinyin import lazy_pinyin  # its tables take half a second: most processes never need them

    return "".join(lazy_pinyin("".join(filter(is_chinese, runs(text)))))


def initials(text: str) -> str:
    """First letters of the pinyin: 安吉县 → ajx."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin("".join(filter(is_chinese, runs(text))), style=Style.FIRST_LETTER))


def answers(name: str, question: str) -> bool:
    """Whether a name contains a question, or each of its runs as written, in pinyin or in initials.

    For lists that are short enough to be looked through; the index does the same for tables.
    """
    if fold(question.strip()) in fold(name):
        return True
    parts = runs(question)
    return bool(parts) and all(
        part in fold(name) or (not is_chinese(part) and any(part in heard for heard in _sounds(name)))
        for part in parts
    )


@lru_cache(maxsize=20_000)
def _sounds(name: str) -> tuple[str, str]:
    return pinyin(name), initials(name)
