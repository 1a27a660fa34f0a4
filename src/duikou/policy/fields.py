"""Strict reading of one TOML table: every fault is noted with its line, none is guessed.

A reading method returns a harmless placeholder after noting a fault, so that the
rest of the pack can be checked too. Placeholders never leave the loader: a pack
with any fault is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

from duikou.engines.text import Text
from duikou.policy.errors import PackProblem
from duikou.policy.lines import LineIndex

Choice = TypeVar("Choice", bound=StrEnum)

_TYPE_NAMES: dict[type, tuple[str, str]] = {
    str: ("文本", "a string"),
    int: ("整数", "an integer"),
    float: ("数字", "a number"),
    bool: ("true 或 false", "true or false"),
    date: ("日期", "a date"),
    list: ("列表", "an array"),
    dict: ("表", "a table"),
}


class Source:
    """One TOML file being read: its line index and the faults noted so far."""

    def __init__(self, file: Path, text: str, problems: list[PackProblem]) -> None:
        self.file = file
        self.lines = LineIndex(text)
        self.problems = problems

    def fault(self, path: Sequence[str | int], zh: str, en: str) -> None:
        """Note a fault at a path of the file."""
        self.problems.append(PackProblem(self.file, self.lines.line(*path), zh, en))


def type_name(value: object) -> tuple[str, str]:
    """Name the TOML type of a value in both languages."""
    return _TYPE_NAMES.get(type(value), (type(value).__name__, type(value).__name__))


def is_type(value: object, wanted: type) -> bool:
    """Tell whether a value has a TOML type; true is no integer, a date-time is no date."""
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, wanted)


class Fields:
    """A TOML table read key by key; `finish` reports the keys that nobody asked for."""

    def __init__(self, source: Source, path: Sequence[str | int], table: dict[str, object]) -> None:
        self.source = source
        self.path = tuple(path)
        self._table = table
        self._asked: set[str] = set()

    def fault(self, zh: str, en: str, key: str | None = None) -> None:
        """Note a fault of this table or of one of its keys."""
        self.source.fault(self.path if key is None else (*self.path, key), zh, en)

    def has(self, key: str) -> bool:
        """Tell whether the table gives the key."""
        return key in self._table

    def finish(self) -> None:
        """Refuse every key that was not read."""
        for key in self._table:
            if key not in self._asked:
                known = "、".join(sorted(self._asked))
                self.fault(f"未知的键 {key}；可用：{known}", f"unknown key {key}; known: {known}", key)

    def raw(self, key: str, *, required: bool = True) -> object | None:
        """Return the value of a key as parsed, or None after noting its absence."""
        self._asked.add(key)
        if key not in self._table:
            if required:
                self.fault(f"缺少 {key}", f"{key} is missing")
            return None
        return self._table[key]

    def _typed(self, key: str, wanted: type, *, required: bool) -> object | None:
        value = self.raw(key, required=required)
        if value is None or is_type(value, wanted):
            return value
        want, got = _TYPE_NAMES[wanted], type_name(value)
        self.fault(f"{key} 应为{want[0]}，实为{got[0]}", f"{key} must be {want[1]}, found {got[1]}", key)
        return None

    def string(self, key: str, *, required: bool = True) -> str:
        """Read a non-empty string; an optional one defaults to the empty string."""
        value = cast("str | None", self._typed(key, str, required=required))
        if value is not None and not value.strip():
            self.fault(f"{key} 不能为空", f"{key} must not be empty", key)
        return value or ""

    def integer(self, key: str) -> int:
        """Read a required integer."""
        return cast("int | None", self._typed(key, int, required=True)) or 0

    def optional_integer(self, key: str) -> int | None:
        """Read an integer that may be absent."""
        return cast("int | None", self._typed(key, int, required=False))

    def flag(self, key: str) -> bool:
        """Read true or false; false when absent."""
        return bool(self._typed(key, bool, required=False))

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Read a date."""
        return cast("date | None", self._typed(key, date, required=required))

    def strings(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Read an array of strings."""
        return tuple(cast("list[str]", self._items(key, str, required=required)))

    def integers(self, key: str, *, required: bool = True) -> tuple[int, ...]:
        """Read an array of integers."""
        return tuple(cast("list[int]", self._items(key, int, required=required)))

    def _items(self, key: str, wanted: type, *, required: bool) -> list[object]:
        values = cast("list[object] | None", self._typed(key, list, required=required))
        if values is None:
            return []
        for value in values:
            if not is_type(value, wanted):
                want, got = _TYPE_NAMES[wanted], type_name(value)
                self.fault(
                    f"{key} 的每一项应为{want[0]}，其中有{got[0]}",
                    f"each item of {key} must be {want[1]}, found {got[1]}",
                    key,
                )
                return []
        return values

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Read a word of a closed list."""
        found = self.optional_choice(key, kind)
        if found is None and key not in self._table:
            self.fault(f"缺少 {key}", f"{key} is missing")
        return found if found is not None else next(iter(kind))

    def optional_choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """Read a word of a closed list that may be absent."""
        word = cast("str | None", self._typed(key, str, required=False))
        if word is None:
            return None
        if word not in {member.value for member in kind}:
            words = "、".join(kind)
            self.fault(f"{key} 的值 {word} 无效；可用：{words}", f"{key} is {word!r}; known: {words}", key)
            return None
        return kind(word)

    def text(self, key: str) -> Text:
        """Read a required pair of Chinese and English sentences."""
        self.raw(key)
        return self.optional_text(key) or Text("", "")

    def optional_text(self, key: str) -> Text | None:
        """Read a pair of Chinese and English sentences that may be absent."""
        table = self._typed(key, dict, required=False)
        if table is None:
            return None
        pair = Fields(self.source, (*self.path, key), cast("dict[str, object]", table))
        result = Text(pair.string("zh"), pair.string("en"))
        pair.finish()
        return result

    def table(self, key: str) -> Fields:
        """Read a required table; an empty one stands in for a value of another type."""
        found = cast("dict[str, object] | None", self._typed(key, dict, required=True))
        return Fields(self.source, (*self.path, key), found if found is not None else {})

    def tables(self, key: str, *, required: bool = True) -> list[Fields]:
        """Read an array of tables."""
        values = cast("list[dict[str, object]]", self._items(key, dict, required=required))
        return [Fields(self.source, (*self.path, key, place), value) for place, value in enumerate(values)]

    def named_tables(self, key: str) -> dict[str, Fields]:
        """Read a table of tables that may be absent."""
        table = cast("dict[str, object] | None", self._typed(key, dict, required=False)) or {}
        found = {}
        for name, value in table.items():
            if isinstance(value, dict):
                found[name] = Fields(self.source, (*self.path, key, name), value)
            else:
                got = type_name(value)
                self.source.fault(
                    (*self.path, key, name),
                    f"{key}.{name} 应为表，实为{got[0]}",
                    f"{key}.{name} must be a table, found {got[1]}",
                )
        return found
