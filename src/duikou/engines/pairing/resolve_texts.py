"""Reasons that a match of a printed name is given with, in both languages."""

from __future__ import annotations

from datetime import date

from duikou.engines.text import Text

REGISTERED_NAME = Text("与在册名称一致", "equals the registered name")
NAME_OF_THE_TIME = Text("当时的正式名称", "the registered name of that time")
OTHER_WRITING = Text(
    "仅写法不同（异体字、数字、括号）", "differs only in writing (variant characters, numerals, brackets)"
)
OTHER_WORDING = Text(
    "通用的另一写法（如中医院与中医医院）", "a usual other wording (such as 中医院 for 中医医院)"
)
SHORTER_DIVISION = Text("省略了地名或市、县、区字", "the place name, or its 市/县/区, is left out")
OTHER_DIVISION = Text("地名写法不同", "the place name is written differently")
ONLY_ONE_IN_CITY = Text("该市只有这一所医院叫此名", "the only hospital of this name in the city")
NAME_ALONE = Text("没有名册，仅由名称推断", "no register: inferred from the name alone")
SAME_UNIT = Text("同一县（市、区）", "same county or district")
SAME_CITY = Text("同一设区市", "same city")
OTHER_CITY = Text("不在同一设区市", "in another city")
SAME_KIND = Text("类别相同", "same kind of hospital")
OTHER_KIND = Text("类别不同", "another kind of hospital")
ONE_LETTER = Text("名称只差一字", "the names differ by one character")

_ALIASES = {
    "typo": Text("已知错字", "a known misspelling"),
    "short": Text("已知简称", "a known short name"),
    "old": Text("曾用名", "a former name"),
    "variant": Text("已知的另一写法", "a known other writing"),
    "full": Text("全称", "the full name"),
    "same_as": Text("同一医院的另一名称", "another name of the same hospital"),
}


def alias(kind: str, valid_from: date | None, valid_to: date | None) -> Text:
    """Name the alias's kind and, where known, from and until when it was in use."""
    name = _ALIASES[kind]
    if valid_to is not None:
        return Text(
            f"{name.zh}，用到{valid_to.isoformat()}以前",
            f"{name.en}, in use until before {valid_to.isoformat()}",
        )
    if valid_from is not None:
        return Text(
            f"{name.zh}，自{valid_from.isoformat()}起", f"{name.en}, in use from {valid_from.isoformat()}"
        )
    return name


def former_division(former: str, now: str, since: date) -> Text:
    """Say that the county in the name had another name by then."""
    return Text(
        f"{former}自{since.isoformat()}起为{now}", f"{former} has been {now} since {since.isoformat()}"
    )


def several(number: int) -> Text:
    """Say how many hospitals the name fits equally."""
    return Text(f"有{number}所医院同样符合", f"{number} hospitals fit equally")


def similarity(percent: int) -> Text:
    """Say how alike two names are."""
    return Text(f"名称相似度{percent}%", f"names alike to {percent}%")
