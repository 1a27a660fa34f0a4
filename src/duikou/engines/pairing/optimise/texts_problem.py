"""Why a problem cannot be built or is not sound: expected, found, where, what to do. Both languages."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.texts import names_en, names_zh
from duikou.engines.text import Text

SUPPORTER, RECIPIENT = Text("支援医院", "supporter"), Text("受援医院", "recipient")
CAPACITY, AID = (
    Text("能力（人月）", "capacity (person-months)"),
    Text("其他援助任务（人月）", "aid load (person-months)"),
)
ASKED, NEED = Text("所需人月", "person-months asked for"), Text("需求权重", "weight of the need")
PRIORITY, DISTANCE = Text("优先程度", "priority"), Text("距离（米）", "distance (metres)")
PRICE, WEIGHT = Text("单价", "price"), Text("权重", "weight")
LIMIT, CEILING = Text("变动上限", "limit of changes"), Text("支援数上限", "ceiling of recipients")
REACH = Text("最大距离（米）", "maximum distance (metres)")
RULE, LEVEL, DISTANCE_KIND = (
    Text("规则", "rule"),
    Text("目标层", "level"),
    Text("距离来源", "kind of distance"),
)
OPTIONS, ALL_PAIRS = "选项 / options", Text("结对", "pair")
LOCK, PROHIBITION = Text("锁定", "lock"), Text("禁止", "prohibition")
NAMED = Text("指定的受援医院（县:医院）", "named recipient (county:hospital)")


def unknown_hospital(name: str, side: Text, like: Sequence[str]) -> Text:
    """A name that no hospital of the side has; `like`: names that resemble it."""
    zh = f"是否指：{names_zh(like)}？" if like else "请按登记名称、表中原文或医院标识填写。"
    en = f"Did you mean: {names_en(like)}?" if like else "Give its registered or printed name, or its key."
    return Text(f"没有名为“{name}”的{side.zh}。{zh}", f"No {side.en} is called “{name}”. {en}")


def several_hospitals(name: str, side: Text, keys: Sequence[str]) -> Text:
    """A name that several hospitals of the side share."""
    return Text(
        f"有{len(keys)}所{side.zh}名为“{name}”。请改用医院标识：{names_zh(keys)}。",
        f"{len(keys)} {side.en}s are called “{name}”. Give the key instead: {names_en(keys)}.",
    )


def closed_hospital(name: str, side: Text) -> Text:
    """A lock or prohibition of a hospital that takes no part any more."""
    return Text(
        f"{side.zh}“{name}”已注明关闭，不参加配对。请去掉关闭标记或这项要求。",
        f"The {side.en} “{name}” is marked as closed and takes no part. Remove that mark or this wish.",
    )


def no_pair(text: str, what: Text) -> Text:
    """A lock or prohibition that is not written as two names."""
    return Text(
        f"{what.zh}“{text}”应写成“支援医院:受援医院”，例如“浙江医院:安吉县人民医院”。",
        f"The {what.en} “{text}” must be written as “supporter:recipient”: “浙江医院:安吉县人民医院”.",
    )


def unknown_county(name: str, like: Sequence[str]) -> Text:
    """A county that the province does not have on the day."""
    zh = f"是否指：{names_zh(like)}？" if like else "请按该日的区划名称或代码填写。"
    en = f"Did you mean: {names_en(like)}?" if like else "Give its name or code of that day."
    return Text(f"没有名为“{name}”的县（市、区）。{zh}", f"No county is called “{name}”. {en}")


def several_counties(name: str, codes: Sequence[str]) -> Text:
    """A name that several counties share."""
    return Text(
        f"有{len(codes)}个县（市、区）名为“{name}”。请改用代码：{names_zh(codes)}。",
        f"{len(codes)} counties are called “{name}”. Give the code instead: {names_en(codes)}.",
    )


def already_recipient(name: str, county: str) -> Text:
    """A recipient to be added that is one already."""
    return Text(
        f"“{name}”已是{county}的受援医院，不必再加。请去掉这一项。",
        f"“{name}” already is a recipient in {county}. Leave this out.",
    )


def not_whole(what: Text, where: str, found: object) -> Text:
    """A number that should be a whole number of 0 or more."""
    return Text(
        f"{where}的{what.zh}应为0或正整数，实际为 {found!r}。请改正；不知道的不要填。",
        f"{what.en} of {where}: expected a whole number of 0 or more, found {found!r}. "
        f"Correct it; leave out what is not known.",
    )


def unknown_word(what: Text, found: str, known: Sequence[str]) -> Text:
    """A word that is none of the known ones."""
    return Text(
        f"没有名为“{found}”的{what.zh}。可用的有：{names_zh(known)}。",
        f"There is no {what.en} “{found}”. Known: {names_en(known)}.",
    )


def twice(what: Text, found: str) -> Text:
    """Something named twice that may be named once."""
    return Text(
        f"{what.zh}“{found}”出现了两次，只能出现一次。请去掉一处。",
        f"The {what.en} “{found}” is there twice; it may be there once. Remove one.",
    )


def nobody(side: Text) -> Text:
    """A round without a single supporter or recipient."""
    return Text(
        f"没有任何{side.zh}，无从配对。请先导入结对关系表或补充医院。",
        f"No {side.en} at all: nothing can be paired. Import a table of pairings or add hospitals.",
    )


def no_candidate(supporter: str, recipient: str) -> Text:
    """A lock of a pair that the problem does not offer."""
    return Text(
        f"{supporter}→{recipient} 不在这个问题的候选结对之中，不能锁定。请由轮次或结对表求解，或补入该候选。",
        f"{supporter} → {recipient} is no candidate of this problem and cannot be locked. "
        f"Solve from the round or the table, or add it to the candidates.",
    )
