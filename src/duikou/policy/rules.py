"""Reading of rules and their parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from duikou.engines.pairing.model import HospitalKind, Severity, UnitKind
from duikou.policy.context import Context, check_inside, read_clauses, read_mark, read_validity
from duikou.policy.fields import Fields, is_type, type_name
from duikou.policy.model import Parameter, Rule, Scalar, Value
from duikou.policy.vocabulary import Force, Mark, Unit

_RULE_ID = re.compile(r"([A-Z]{2,5})-\d{2}")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KINDS = {kind.value for kind in HospitalKind} | {kind.value for kind in UnitKind}


def read_rule(table: Fields, context: Context) -> Rule:
    """Read one rule; the faults of a rule are noted, never raised."""
    rule_id = table.string("id")
    clauses = read_clauses(table, context)
    mark = read_mark(table, context, clauses)
    force = table.choice("force", Force)
    validity = read_validity(table)
    if force is not Force.REFERENCE:
        check_inside(table, validity, context.validity, context.pack_id)
        if validity.start is None and validity.end is None:
            validity = context.validity
    rule = Rule(
        id=rule_id,
        pack=context.pack_id,
        category=_category(table, rule_id, context),
        title=table.text("title"),
        text=table.text("text"),
        clauses=clauses,
        mark=mark,
        force=force,
        validity=validity,
        parameters=_read_parameters(table, mark),
        severity=table.optional_choice("severity", Severity),
        note=table.optional_text("note"),
        replaces=_replaced(table, rule_id, context),
    )
    table.finish()
    return rule


def _category(table: Fields, rule_id: str, context: Context) -> str:
    match = _RULE_ID.fullmatch(rule_id)
    if match is None:
        if rule_id:
            table.fault(
                f"规则编号 {rule_id} 应形如 PAIR-01",
                f"rule id {rule_id} must look like PAIR-01",
                "id",
            )
        return ""
    for category in context.categories.values():
        if category.prefix == match.group(1):
            return category.id
    table.fault(
        f"规则编号 {rule_id} 的前缀不属于任何类别",
        f"the prefix of rule id {rule_id} belongs to no category",
        "id",
    )
    return ""


def _replaced(table: Fields, rule_id: str, context: Context) -> Rule | None:
    """Return the base's rule; overriding must be said, and must override something."""
    says_so = table.flag("replaces")
    base_rule = context.base.rules.get(rule_id) if context.base else None
    if base_rule and not says_so:
        table.fault(
            f"规则 {rule_id} 已在上级政策包 {base_rule.pack} 中；如要替换请写 replaces = true",
            f"rule {rule_id} already stands in pack {base_rule.pack}; to override it say replaces = true",
            "id",
        )
    if says_so and base_rule is None:
        table.fault(
            f"规则 {rule_id} 写明 replaces，但上级政策包没有这条规则",
            f"rule {rule_id} says replaces, but the base pack has no such rule",
            "replaces",
        )
    return base_rule


def _read_parameters(table: Fields, rule_mark: Mark) -> dict[str, Parameter]:
    return {
        name: _read_parameter(name, entry, rule_mark)
        for name, entry in table.named_tables("parameters").items()
    }


def _read_parameter(name: str, entry: Fields, rule_mark: Mark) -> Parameter:
    if not _PARAMETER_NAME.fullmatch(name):
        entry.fault(
            f"参数名 {name} 只能用小写字母、数字和下划线",
            f"parameter name {name} may hold only lower-case letters, digits and underscores",
        )
    unit = entry.choice("unit", Unit)
    parameter = Parameter(
        name=name,
        value=_read_value(name, entry, unit),
        unit=unit,
        mark=entry.optional_choice("mark", Mark) or rule_mark,
        note=entry.optional_text("note"),
    )
    entry.finish()
    return parameter


def _read_value(name: str, entry: Fields, unit: Unit) -> Value | None:
    """Read the value in the type of its unit; `undecided = true` stands for none."""
    if entry.flag("undecided"):
        if entry.raw("value", required=False) is not None:
            entry.fault(
                f"参数 {name} 不能既待定又有值",
                f"parameter {name} cannot be undecided and have a value",
                "value",
            )
        return None
    found = entry.raw("value")
    if found is None:
        return None
    if isinstance(found, dict):
        return _read_matrix(name, entry, unit, found)
    items = found if isinstance(found, list) else [found]
    for item in items:
        if not any(is_type(item, wanted) for wanted in unit.accepts):
            got = type_name(item)
            entry.fault(
                f"参数 {name} 的单位是 {unit}，值不能是{got[0]}",
                f"parameter {name} has unit {unit}, so its value cannot be {got[1]}",
                "value",
            )
            return None
    if unit is Unit.KIND:
        _check_kinds(name, entry, [str(item) for item in items])
    if isinstance(found, list):
        return tuple(cast("list[Scalar]", found))
    return cast("str | int | float | bool | date", found)


def _read_matrix(
    name: str, entry: Fields, unit: Unit, found: Mapping[str, object]
) -> dict[str, tuple[str, ...]] | None:
    """Read a table of word lists, e.g. from one hospital kind to the kinds that go with it."""
    if unit not in (Unit.KIND, Unit.TEXT):
        entry.fault(
            f"参数 {name} 的值是表，单位只能是 kind 或 text",
            f"the value of parameter {name} is a table, so its unit must be kind or text",
            "value",
        )
        return None
    matrix: dict[str, tuple[str, ...]] = {}
    for kind, accepted in found.items():
        if not isinstance(accepted, list) or not all(isinstance(item, str) for item in accepted):
            entry.fault(
                f"参数 {name} 中 {kind} 应为文本列表",
                f"in parameter {name}, {kind} must be an array of strings",
                "value",
            )
            continue
        if unit is Unit.KIND:
            _check_kinds(name, entry, [kind, *accepted])
        matrix[kind] = tuple(accepted)
    return matrix


def _check_kinds(name: str, entry: Fields, kinds: list[str]) -> None:
    for kind in kinds:
        if kind not in _KINDS:
            entry.fault(
                f"参数 {name} 含有未知类别 {kind}",
                f"parameter {name} names an unknown kind, {kind}",
                "value",
            )
