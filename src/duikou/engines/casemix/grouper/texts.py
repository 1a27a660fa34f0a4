"""Sentences of explanations. Both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from duikou.engines.casemix.grouper.records import Record
from duikou.engines.casemix.grouper.reference import Outcome
from duikou.engines.casemix.scheme.conditions import Kind, Level, Where
from duikou.engines.casemix.scheme.model import Rule, Scheme, Section
from duikou.engines.text import Text

FACTS: Final = {
    "sex": Text("性别", "sex"),
    "age_years": Text("年龄（岁）", "age in years"),
    "age_days": Text("日龄", "age in days"),
    "weight": Text("体重（克）", "weight in grams"),
    "birth_weight": Text("出生体重（克）", "birth weight in grams"),
    "admission_weight": Text("入院体重（克）", "weight at admission in grams"),
    "stay": Text("住院天数", "days of stay"),
    "disposition": Text("离院方式", "way of discharge"),
    "icu_hours": Text("重症监护小时数", "hours in intensive care"),
    "ventilator_hours": Text("呼吸机小时数", "hours of ventilation"),
    "department": Text("出院科别", "department"),
}
_LEVELS: Final = {
    Level.MCC: Text("严重并发症或合并症（MCC）", "major complication (MCC)"),
    Level.CC: Text("一般并发症或合并症（CC）", "complication (CC)"),
    Level.EITHER: Text("并发症或合并症（MCC或CC）", "complication (MCC or CC)"),
}
_PLACES: Final = {
    (Kind.DX, Where.MAIN): Text("主要诊断", "principal diagnosis"),
    (Kind.DX, Where.OTHER): Text("其他诊断", "other diagnosis"),
    (Kind.DX, Where.ANY): Text("诊断", "diagnosis"),
    (Kind.DX, Where.ONLY): Text("全部诊断", "all diagnoses"),
    (Kind.PX, Where.MAIN): Text("主要手术操作", "main operation"),
    (Kind.PX, Where.OTHER): Text("其他手术操作", "other operation"),
    (Kind.PX, Where.ANY): Text("手术操作", "operation"),
    (Kind.PX, Where.ONLY): Text("全部手术操作", "all operations"),
}


def _named(code: str, scheme: Scheme) -> Text:
    name = scheme.names.get(code)
    return Text(f"{code} {name.zh}", f"{code} {name.en}") if name else Text(code, code)


def codes(record: Record) -> Iterator[Text]:
    """The codes of the record."""
    pdx, ppx = record.pdx or "—", record.ppx or "—"
    yield Text(f"主要诊断 {pdx}，主要手术操作 {ppx}", f"principal diagnosis {pdx}, main operation {ppx}")


def passed(section: Section, scheme: Scheme) -> Text:
    """A category that was entered in vain."""
    named = _named(section.mdc, scheme)
    return Text(
        f"符合 {named.zh} 的入类条件，但其中没有符合的分组，继续往下",
        f"{named.en}: the record enters the category, but no rule in it fits; on to the next",
    )


def category(section: Section, scheme: Scheme) -> Text:
    """The category that decided."""
    named = _named(section.mdc, scheme)
    return Text(
        f"主要诊断大类 {named.zh}：条件 {section.text}（{section.source}）",
        f"category {named.en}: condition {section.text} ({section.source})",
    )


def rule(found: Rule, scheme: Scheme) -> Text:
    """The rule that decided."""
    named = _named(found.adrg or "—", scheme)
    return Text(
        f"核心组 {named.zh}：条件 {found.text}（{found.source}）",
        f"base group {named.en}: condition {found.text} ({found.source})",
    )


def missing(facts: Sequence[str], reason: Text) -> Text:
    """A rule that cannot be decided."""
    zh, en = "、".join(FACTS[fact].zh for fact in facts), ", ".join(FACTS[fact].en for fact in facts)
    return Text(
        f"此条件是否成立无法判断，缺少：{zh}。{reason.zh}",
        f"whether this condition holds is not known without: {en}; {reason.en}",
    )


def has(found: Sequence[str], kind: Kind, where: Where, key: str) -> Text:
    """Codes that lie in a list."""
    place, listed = _PLACES[kind, where], ", ".join(found)
    if key.startswith("="):
        return Text(f"{place.zh} {listed} 符合 {key[1:]}", f"{place.en} {listed} matches {key[1:]}")
    return Text(f"{place.zh} {listed} 在表 {key} 中", f"{place.en} {listed} is in the list {key}")


def has_not(kind: Kind, where: Where, key: str) -> Text:
    """That no code lies in a list."""
    place, name = _PLACES[kind, where], key.removeprefix("=")
    return Text(f"没有{place.zh}在表 {name} 中", f"no {place.en} is in the list {name}")


def tally(found: Sequence[str], least: int) -> Text:
    """Codes that are counted."""
    listed = ", ".join(found) or "—"
    return Text(f"计数的编码 {listed}（至少 {least}）", f"codes that count: {listed} (at least {least})")


def compared(fact: str, value: float | str | None, wanted: str) -> Text:
    """A fact and what is asked of it."""
    shown = f"{value:g}" if isinstance(value, int | float) else value
    return Text(
        f"{FACTS[fact].zh} {shown}（条件 {wanted}）", f"{FACTS[fact].en}: {shown} (condition {wanted})"
    )


def asks_severity(level: Level) -> Text:
    """A rule that asks for the severity itself."""
    return Text(f"条件要求有{_LEVELS[level].zh}", f"the rule asks for a {_LEVELS[level].en}")


def no_complication(code: str) -> Text:
    """An other diagnosis that weighs nothing."""
    return Text(f"其他诊断 {code}：不是并发症或合并症", f"other diagnosis {code}: no complication")


def weighs(code: str, level: Level) -> Text:
    """An other diagnosis that weighs."""
    return Text(f"其他诊断 {code}：{_LEVELS[level].zh}", f"other diagnosis {code}: {_LEVELS[level].en}")


def excluded(code: str, level: Level, pdx: str, table: str) -> Text:
    """A complication that the principal diagnosis takes away."""
    return Text(
        f"其他诊断 {code}：本为{_LEVELS[level].zh}，因与主要诊断 {pdx} 同属排除表 {table} 而不计",
        f"other diagnosis {code}: {_LEVELS[level].en}, but not counted: "
        f"exclusion table {table} of the principal diagnosis {pdx} takes it away",
    )


def aside(code: str, level: Level, keys: Sequence[str]) -> Text:
    """A complication that the rule leaves aside."""
    listed = ", ".join(keys)
    return Text(
        f"其他诊断 {code}：本为{_LEVELS[level].zh}，此条件不计 {listed}",
        f"other diagnosis {code}: {_LEVELS[level].en}, but this rule leaves {listed} aside",
    )


def severity(level: Level | None) -> Text:
    """The severity that is left."""
    if level is None:
        return Text("不伴并发症或合并症", "no complication counts")
    return Text(f"伴{_LEVELS[level].zh}", f"with {_LEVELS[level].en}")


def final(outcome: Outcome, scheme: Scheme) -> Text:
    """The final group."""
    named = _named(outcome.drg, scheme)
    test = outcome.leaf.text if outcome.leaf else ""
    return Text(f"分入 {named.zh}（条件 {test}）", f"group {named.en} (condition {test})")


def no_final(found: Rule) -> Text:
    """A rule that has no final group for the record."""
    return Text(
        f"{found.adrg or '此条件'} 没有适用于此病例的细分组，未入组",
        f"{found.adrg or 'this rule'} has no final group for this record: not grouped",
    )
