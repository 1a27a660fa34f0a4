"""The definitions of the indicators and of what can be set, read from two tables of data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from duikou.engines.text import Text

HERE: Final = Path(__file__).parent
COMMON: Final = ("from_month", "to_month", "by")  # every indicator has these unless it drops them

Value = int | str | tuple[str, ...] | None
"""What a parameter can hold; None is a month that is not set."""

Settings = Mapping[str, Any]
"""One value for each parameter of an indicator, checked."""


class BadParameter(ValueError):
    """A parameter that the indicator does not have, or a value that it cannot take."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.message = Text(zh, en)


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that can be set."""

    id: str
    kind: str  # month, count, percent, choice, list, columns
    title: Text
    choices: tuple[str, ...] = ()

    def checked(self, value: Any) -> Value:
        """Return the value in its own type; text is read as from a command line."""
        if self.kind == "month":
            return self._month(value)
        if self.kind in ("count", "percent"):
            return self._number(value)
        if self.kind == "choice":
            if value in self.choices:
                return str(value)
            raise self._refused(value, "、".join(self.choices), ", ".join(self.choices))
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise self._refused(value, "以逗号分隔的文本", "texts with commas between them")

    def _month(self, value: Any) -> int | None:
        if value in (None, ""):
            return None
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if _whole(number) and 1900 <= number // 100 <= 9999 and 1 <= number % 100 <= 12:
            return int(number)
        raise self._refused(value, "月份 yyyymm，如 202601", "a month yyyymm, such as 202601")

    def _number(self, value: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        most = 100 if self.kind == "percent" else 10**9
        if _whole(number) and 0 <= number <= most:
            return int(number)
        raise self._refused(value, f"0 到 {most} 的整数", f"a whole number from 0 to {most}")

    def _refused(self, value: Any, zh: str, en: str) -> BadParameter:
        return BadParameter(
            f"参数 {self.id}（{self.title.zh}）应为{zh}，却是 {value!r}",
            f"parameter {self.id} ({self.title.en}) must be {en}, not {value!r}",
        )


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator: what it is, whence, and what can be set."""

    id: str
    version: int
    title: Text
    formula: Text
    unit: Text
    decimals: int  # `value` counts in units of 10^-decimals
    better: str  # higher, lower, none
    clause: str
    mark: str  # seed, found, recalled, inferred
    by: tuple[str, ...]  # columns that units can be made of
    default_by: tuple[str, ...]
    detail: tuple[str, ...]  # columns that every row has beside the units
    extra: tuple[str, ...]  # further columns of a row
    defaults: Settings
    limits: Text | None  # what it does not say

    def settings(self, given: Mapping[str, Any] | None = None) -> Settings:
        """Return all parameters with their values: those given, else the defaults.

        Raises BadParameter for a name or a value that the indicator does not have.
        """
        found = dict(self.defaults)
        for name, value in (given or {}).items():
            if name not in found:
                has = "、".join(found)
                raise BadParameter(
                    f"指标 {self.id} 没有参数 {name}；可用参数：{has}",
                    f"indicator {self.id} has no parameter {name}; it has {has}",
                )
            found[name] = PARAMETERS[name].checked(value)
        self._check_units(found["by"])
        _check_order(found, "from_month", "to_month")
        _check_order(found, "reference_from", "reference_to")
        _check_order(found, "base_from", "base_to")
        _check_order(found, "trim_low", "trim_high")
        return MappingProxyType(found)

    def _check_units(self, units: tuple[str, ...]) -> None:
        if wrong := [name for name in units if name not in self.by]:
            known = "、".join(self.by) or "无"
            raise BadParameter(
                f"指标 {self.id} 不能按 {'、'.join(wrong)} 列出；可用：{known}",
                f"indicator {self.id} has no units {', '.join(wrong)}; it has {', '.join(self.by) or 'none'}",
            )
        if len(set(units)) != len(units):
            raise BadParameter(
                f"by 中有重复的列：{'、'.join(units)}", f"a column stands twice in by: {', '.join(units)}"
            )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_order(values: Settings, low: str, high: str) -> None:
    first, last = values.get(low), values.get(high)
    if first is not None and last is not None and first > last:
        raise BadParameter(
            f"{low}（{first}）大于 {high}（{last}）", f"{low} ({first}) is above {high} ({last})"
        )


def _text(table: Mapping[str, str]) -> Text:
    return Text(table["zh"], table["en"])


def _read(name: str) -> Mapping[str, dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _parameters() -> Mapping[str, Parameter]:
    return MappingProxyType(
        {
            name: Parameter(name, table["kind"], _text(table["title"]), tuple(table.get("choices", ())))
            for name, table in _read("parameters.toml").items()
        }
    )


def _definition(name: str, table: Mapping[str, Any]) -> Definition:
    common: dict[str, Any] = {"from_month": "", "to_month": "", "by": table["default_by"]}
    given = {key: value for key, value in common.items() if key not in table.get("drop", ())}
    defaults = {
        key: PARAMETERS[key].checked(value) for key, value in (given | dict(table["parameters"])).items()
    }
    return Definition(
        id=name,
        version=table["version"],
        title=_text(table["title"]),
        formula=_text(table["formula"]),
        unit=_text(table["unit"]),
        decimals=table["decimals"],
        better=table["better"],
        clause=table["clause"],
        mark=table["mark"],
        by=tuple(table["by"]),
        default_by=tuple(table["default_by"]),
        detail=tuple(table.get("detail", ())),
        extra=tuple(table.get("extra", ())),
        defaults=MappingProxyType(defaults),
        limits=_text(table["limits"]) if "limits" in table else None,
    )


PARAMETERS: Final = _parameters()
DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {name: _definition(name, table) for name, table in _read("definitions.toml").items()}
)


def definition_of(name: str) -> Definition:
    """Return the definition; raises BadParameter for a name that there is none of."""
    if name not in DEFINITIONS:
        known = "、".join(DEFINITIONS)
        raise BadParameter(f"没有指标 {name}；可用：{known}", f"no such indicator: {name}; there are {known}")
    return DEFINITIONS[name]
