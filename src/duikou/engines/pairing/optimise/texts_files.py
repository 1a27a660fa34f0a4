"""What is wrong with a JSON file: where, expected, found, what to do. Both languages."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.text import Text

OBJECT, LIST, WORDS = Text("对象", "an object"), Text("列表", "a list"), Text("文字", "a text")
WHOLE, NUMBER = Text("整数", "a whole number"), Text("数字", "a number")
DAY = Text("日期 YYYY-MM-DD", "a day YYYY-MM-DD")
FLAG = Text("true 或 false", "true or false")
TOO_DEEP = Text("JSON 嵌套过深。请核对文件。", "The JSON is nested too deeply. Check the file.")


def one_of(words: Sequence[str]) -> Text:
    """One of some words."""
    return Text(f"其中之一：{'、'.join(words)}", f"one of {', '.join(words)}")


def wrong(place: str, expected: Text, found: str) -> Text:
    """A value of another type, or none of the known words."""
    return Text(
        f"{place}：应为{expected.zh}，实际为 {found}。请改正。",
        f"{place}: expected {expected.en}, found {found}. Correct it.",
    )


def other_format(form: str, found: str) -> Text:
    """A file of another format, or none of ours."""
    return Text(
        f"应为 JSON 文件，其中 format 为 {form}，实际为 {found}。请核对文件。",
        f"Expected a JSON file whose format is {form}, found {found}. Check the file.",
    )


def other_version(form: str, version: int, found: str) -> Text:
    """A file of another version of the format."""
    return Text(
        f"本程序读取 {form} 第 {version} 版，文件为 {found}。请用同版本的程序重新导出。",
        f"This program reads version {version} of {form}, the file has {found}. "
        f"Write it again with the same version of the program.",
    )


def unknown_member(place: str, name: str, known: Sequence[str]) -> Text:
    """A member that an object does not have."""
    return Text(
        f"{place}：没有名为“{name}”的项。可用的有：{'、'.join(known)}。请删去或改正。",
        f"{place}: there is no member “{name}”. Known: {', '.join(known)}. Remove or correct it.",
    )


def missing_member(place: str, name: str) -> Text:
    """A member that an object must have."""
    return Text(f"{place}：缺少“{name}”。请补上。", f"{place}: “{name}” is missing. Add it.")


def member_twice(name: str) -> Text:
    """A member that an object has twice."""
    return Text(
        f"“{name}”在同一对象中出现两次。请去掉一处。", f"“{name}” is there twice in one object. Remove one."
    )


def no_number(name: str) -> Text:
    """NaN and the infinite."""
    return Text(
        f"{name} 不是数字。不知道的值不要填（null 或删去）。",
        f"{name} is no number. Leave out what is not known (null, or no member).",
    )


def not_utf8(byte: int) -> Text:
    """A file that is no text."""
    return Text(
        f"不是 UTF-8 文本（第 {byte} 字节）。请选 JSON 文件，或另存为 UTF-8。",
        f"Not UTF-8 text (byte {byte}). Choose a JSON file, or save it as UTF-8.",
    )


def not_json(line: int, column: int, why: str) -> Text:
    """A text that is no JSON."""
    return Text(
        f"不是有效的 JSON：第 {line} 行第 {column} 列。请选 JSON 文件，或改正此处。",
        f"Not valid JSON: line {line}, column {column} ({why}). Choose a JSON file, or correct it there.",
    )


def index_below(count: int) -> Text:
    """The index of a candidate."""
    return Text(f"0 至 {count - 1} 的序号", f"an index from 0 to {count - 1}")


OTHER_PROBLEM = Text(
    "这份方案不是由这个问题求得的（指纹或结对不同）。请选对应的文件，或重新求解。",
    "This plan was not made from this problem (fingerprint or pairs differ). "
    "Choose the file that belongs to it, or solve again.",
)


def not_listed(place: str, key: str) -> Text:
    """A key that the file itself does not explain."""
    return Text(
        f"{place}：文件中没有列出“{key}”。请核对文件是否完整。",
        f"{place}: the file does not list “{key}”. Check whether it is complete.",
    )


def pair_twice(place: str, supporter: str, recipient: str) -> Text:
    """A pair that stands twice in a plan."""
    return Text(
        f"{place}：{supporter}→{recipient} 出现两次。请去掉一处。",
        f"{place}: {supporter} → {recipient} is there twice. Remove one.",
    )
