"""What is said of an agreement as a whole: words in odd places, words that overrule, the form."""

from __future__ import annotations

import datetime as dt

from duikou.engines.clauses.model import Place
from duikou.engines.clauses.texts import shown
from duikou.engines.text import Text


def override(text: str) -> Text:
    """Words that take back what other clauses promise."""
    return Text(
        f"此处推翻或限制了其他条款：“{shown(text, 100)}”。范本内容只能增加，不能减少；请删去。",
        f"These words overrule or limit other clauses: “{shown(text, 100)}”. The template may be extended, "
        f"not "
        "reduced: remove them.",
    )


def outside(place: Place, text: str) -> Text:
    """A clause of the template in a text box, header, footer or note."""
    where = place.text()
    return Text(
        f"范本条款应写在正文，现写在{where.zh}，容易被遮挡或移动：“{shown(text)}”。请移入正文。",
        f"A clause of the template must stand in the body, but stands in {where.en}, where it can be "
        f"covered or "
        f"moved: “{shown(text)}”. Move it into the body.",
    )


def text_box(text: str) -> Text:
    """Other words in a text box."""
    return Text(
        f"文本框里有内容：“{shown(text)}”。请核对它是否属于协议，属于的请移入正文。",
        f"A text box holds words: “{shown(text)}”. If they belong to the agreement, move them into the body.",
    )


def missing_party(expected: str, side: str) -> Text:
    """A party is not named."""
    side_en = "A (supporter)" if side == "甲方" else "B (recipient)"
    return Text(
        f"{side}应为“{expected}”，协议中没有写明。请填写{side}全称。",
        f"Party {side_en} should be “{expected}” and is not named. Fill in its full name.",
    )


def wrong_party(expected: str, found: str, side: str) -> Text:
    """Another party is named."""
    side_en = "A (supporter)" if side == "甲方" else "B (recipient)"
    return Text(
        f"{side}应为“{expected}”，写的是“{shown(found)}”。请更正，或在医院登记中补上这一名称。",
        f"Party {side_en} should be “{expected}”, found “{shown(found)}”. Correct it, or add this name to "
        f"the "
        "register of hospitals.",
    )


def no_term() -> Text:
    """The term is not filled in."""
    return Text(
        "应写明协议期限（起止年月），没有找到。请填写，如“2014年2月至2017年2月”。",
        "Expected the term of the agreement (from month to month), found none. Fill it in, such as "
        "2014年2月至2017年2月.",
    )


def bad_date(text: str) -> Text:
    """A date that no calendar has."""
    return Text(
        f"没有这一天：“{shown(text)}”。请更正。", f"There is no such day: “{shown(text)}”. Correct it."
    )


def reversed_term(start: dt.date, end: dt.date) -> Text:
    """The term ends before it begins."""
    return Text(
        f"协议期限的终止日 {end} 早于起始日 {start}。请更正。",
        f"The term ends on {end}, before it begins on {start}. Correct it.",
    )


def short_term(start: dt.date, end: dt.date, years: int) -> Text:
    """The term is too short."""
    return Text(
        f"协议期限应不少于 {years} 年，写的是 {start} 至 {end}。请改为至少 {years} 年。",
        f"The term must be {years} years or more, found {start} to {end}. Make it at least {years} years.",
    )


def other_term(side: str, expected: dt.date, found: dt.date) -> Text:
    """The term differs from what was agreed."""
    zh, en = ("起始", "begin") if side == "start" else ("终止", "end")
    return Text(
        f"协议期限的{zh}日应为 {expected}，写的是 {found}。请更正。",
        f"The term should {en} on {expected}, found {found}. Correct it.",
    )


def signed_early(signed: dt.date, drafted: dt.date) -> Text:
    """The signature is older than the draft."""
    return Text(
        f"签署日期 {signed} 早于起草日期 {drafted}。请核对签署日期。",
        f"It was signed on {signed}, before it was drafted on {drafted}. Check the day of signature.",
    )


def blank(text: str) -> Text:
    """A blank that was left open."""
    return Text(
        f"有空白没有填写：“{shown(text)}”。请补填或删去。",
        f"A blank was left open: “{shown(text)}”. Fill it in or remove it.",
    )


def short_years(found: float, years: int) -> Text:
    """The number of years is too small."""
    return Text(
        f"协议期限应不少于 {years} 年，写的是 {found:g} 年。请改为至少 {years} 年。",
        f"The term must be {years} years or more, found {found:g}. Make it at least {years} years.",
    )
