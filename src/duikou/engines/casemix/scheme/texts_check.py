"""What `check` finds about a scheme that loads. Both languages."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.text import Text

_SHOWN = 5


def _some(found: Sequence[str]) -> tuple[str, str]:
    """Return the first few of a list, and how many there are."""
    shown = ", ".join(found[:_SHOWN])
    more = len(found) - _SHOWN
    return (f"{shown} 等 {len(found)} 个", f"{shown} and {more} more") if more > 0 else (shown, shown)


def other_checksum(stated: str, found: str) -> Text:
    """The tables are not those that the description speaks of."""
    return Text(
        f"各表的校验和为 {found[:16]}…，与 scheme.toml 所记 {stated[:16]}… 不同：表被改过，或记录有误。",
        f"the tables have the checksum {found[:16]}…, but scheme.toml states {stated[:16]}…: "
        "they were changed, or the statement is wrong.",
    )


def empty_list(key: str) -> Text:
    """A list that a condition uses and that has no codes."""
    return Text(f"条件用到的表 {key} 是空的。", f"the list {key} that a condition uses is empty.")


def twice(table: str, found: Sequence[str]) -> Text:
    """Lines that are there twice."""
    zh, en = _some(found)
    return Text(f"表 {table} 中重复的行：{zh}。", f"lines that are twice in {table}: {en}.")


def never(adrg: str) -> Text:
    """A rule that cannot hold."""
    return Text(f"{adrg} 的条件永远不成立。", f"the condition of {adrg} never holds.")


def hidden(adrg: str, by: str) -> Text:
    """A rule that an earlier one always takes the records of."""
    return Text(
        f"{adrg} 永远轮不到：排在前面的 {by} 已包含它的全部病例。",
        f"{adrg} is never reached: {by} before it takes all its records.",
    )


def no_leaf(adrg: str) -> Text:
    """A base group without final groups."""
    return Text(
        f"{adrg} 没有细分组（表 drg），符合它的病例将不入组。",
        f"{adrg} has no final group in the table drg: its records will not be grouped.",
    )


def open_leaves(adrg: str) -> Text:
    """Final groups that leave records over."""
    return Text(
        f"{adrg} 的细分组不齐：最后一个应适用于其余全部病例（any）。",
        f"the final groups of {adrg} leave records over: the last should take all that remain (any).",
    )


def idle_leaf(drg: str) -> Text:
    """A final group behind one that takes everything."""
    return Text(
        f"{drg} 永远轮不到：前一个细分组适用于全部病例。",
        f"{drg} is never reached: an earlier one takes all.",
    )


def not_in_codes(table: str, found: Sequence[str]) -> Text:
    """Codes that the code table lacks."""
    zh, en = _some(found)
    return Text(
        f"不在编码表 {table} 中的编码：{zh}。", f"codes that are not in the code table {table}: {en}."
    )


def no_codes(kind: str) -> Text:
    """A scheme without a code table."""
    return Text(
        f"方案没有编码表 {kind}_codes.csv：不能区分“编码不存在”与“不能作主要诊断”。",
        f"the scheme has no code table {kind}_codes.csv: unknown codes are not told from codes that open "
        "no category.",
    )


def idle_exclusions(found: Sequence[str]) -> Text:
    """Exclusion tables that take nothing away."""
    zh, en = _some(found)
    return Text(
        f"没有排除任何并发症的排除表：{zh}。", f"exclusion tables that take no complication away: {en}."
    )


def not_official() -> Text:
    """A scheme that nobody may pay by."""
    return Text(
        "方案未标为官方方案（official），结果不能用于支付。",
        "the scheme is not marked as official: no payment may rest on it.",
    )


def exists(key: str, folder: object) -> Text:
    """An import that would replace another scheme."""
    return Text(
        f"{folder} 中已有内容不同的 {key}。要替换请加 --replace，或在 scheme.toml 中改版本号。",
        f"{folder} has another {key} already. Give --replace, or change the version in scheme.toml.",
    )


def refused(count: int) -> Text:
    """An import that was not made."""
    return Text(f"方案有 {count} 处错误，未导入。", f"the scheme has {count} errors and was not imported.")
