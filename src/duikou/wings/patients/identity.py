"""Identity numbers and names: how they are written, checked and masked."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_CARD = re.compile(r"\d{17}[\dX]", re.ASCII)
_OTHER = re.compile(r"[0-9A-Z]{5,20}", re.ASCII)
_PHONE = re.compile(r"\+?\d[\d-]{5,19}", re.ASCII)
_DOTS = str.maketrans(dict.fromkeys("•‧・⋅∙", "·"))
HIDDEN = "＊"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a resident identity card number says of its holder."""

    birth_date: dt.date
    sex: str


def tidy_number(text: str) -> str:
    """An identity number as it is kept: half-width capitals, no spaces or hyphens."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()


def fault_of_number(kind: str, number: str) -> str:
    """What is wrong with a tidy number of a kind, in words; empty when nothing is."""
    if kind == "none":
        return _("选择了“无证件”，证件号码须留空。") if number else ""
    if kind == "other":
        return "" if _OTHER.fullmatch(number) else _("证件号码应为 5–20 位数字或字母，请核对。")
    if not _CARD.fullmatch(number):
        return _("居民身份证号码应为 18 位（末位可为 X），实际 %(found)s 位或含有其他字符，请核对。") % {
            "found": len(number)
        }
    if (
        CHECKS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]
        != number[17]
    ):
        return _("居民身份证号码的校验位不符，可能有一位输错，请对照证件核对。")
    if card_facts(number) is None:
        return _("居民身份证号码中的出生日期不存在，请对照证件核对。")
    return ""


def card_facts(number: str) -> CardFacts | None:
    """What a card number says; None when its date is none."""
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return CardFacts(birth, "male" if int(number[16]) % 2 else "female")


def check_character(first17: str) -> str:
    """The last character of a card number."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def tidy_name(text: str) -> str:
    """A name as it is kept: composed characters as written, single spaces, one kind of middle dot.

    Rare characters stay what they are: nothing is replaced by one that only looks alike.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_DOTS).split())


def name_key(name: str) -> str:
    """The form by which equal names are found: without spaces and case."""
    return "".join(tidy_name(name).split()).casefold()


def masked_name(name: str) -> str:
    """王＊明: first and last character, one star for each between; two characters keep the first alone."""
    letters = [
        letter for letter in name if not unicodedata.combining(letter) and not _selects_variant(letter)
    ]
    if len(letters) < 3:
        return (letters[0] if len(letters) == 2 else "") + HIDDEN
    return letters[0] + HIDDEN * (len(letters) - 2) + letters[-1]


def _selects_variant(letter: str) -> bool:
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"


def masked_number(number: str) -> str:
    """The first three and the last two characters of an identity number."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 6 else "*" * len(number)


def tidy_phone(text: str) -> str:
    """A phone number as it is kept."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def fault_of_phone(phone: str) -> str:
    """What is wrong with a tidy phone number; empty when nothing is."""
    if not phone or _PHONE.fullmatch(phone):
        return ""
    return _("电话应为 6–20 位数字（可含 + 和 -），请核对。")


def masked_phone(phone: str) -> str:
    """The first three and the last two digits of a phone number."""
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}" if len(phone) > 6 else "*" * len(phone)


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Completed years on a day; who was born on 29 February completes one on 1 March in common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
