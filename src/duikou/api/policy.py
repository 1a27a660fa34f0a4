"""Policy packs and their rules, each with its clause and mark."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import Answer, Call, Code, Day, Limit, Offset, Page, operation, page_of
from duikou.engines.text import Text
from duikou.policy import Pack, Rule, available_packs, load_pack
from duikou.policy.model import Parameter

router = Router(tags=["policy"])
PackId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9\-]+$")]
READ: dict[str, Any] = {"permission": "policy.view"}


class BothLanguages(Answer):
    """A text in Chinese and English."""

    zh: str
    en: str


class PackItem(Answer):
    """One edition of the policy for one area; it may extend another."""

    id: str
    title: BothLanguages
    description: BothLanguages
    extends: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    rules: int
    to_confirm: int


def _pack(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "description": pack.description,
        "extends": pack.extends,
        "valid_from": pack.validity.start,
        "valid_to": pack.validity.end,
        "rules": len(pack.rules),
        "to_confirm": sum(rule.to_confirm for rule in pack.rules.values()),
    }


def _known(pack_id: str) -> Pack:
    if pack_id not in available_packs():
        raise Missing(_("没有政策包“%(pack)s”。") % {"pack": pack_id})
    return load_pack(pack_id)


@operation(router, "GET", "/policy/packs", response=list[PackItem], zh="政策包", en="Policy packs", **READ)
def list_packs(request: Call) -> Any:
    """All packs of this installation."""
    return [_pack(load_pack(pack_id)) for pack_id in available_packs()]


class ParameterItem(Answer):
    """A number, date or list of a rule; `value` is null while the documents leave it open."""

    name: str
    value: Any
    unit: str
    mark: str
    to_confirm: bool
    note: BothLanguages | None


class RuleItem(Answer):
    """One rule. `mark` recalled or inferred, or an open parameter, means: to be confirmed."""

    id: str
    pack: str
    category: str
    title: BothLanguages
    text: BothLanguages
    clause: str
    mark: str
    to_confirm: bool
    force: str
    severity: str | None
    audited: bool
    valid_from: dt.date | None
    valid_to: dt.date | None
    parameters: list[ParameterItem]
    note: BothLanguages | None
    replaces: str | None


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "value": parameter.value,
        "unit": parameter.unit.value,
        "mark": parameter.mark.value,
        "to_confirm": parameter.mark.to_confirm or not parameter.decided,
        "note": _text(parameter.note),
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text else None


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "pack": rule.pack,
        "category": rule.category,
        "title": rule.title,
        "text": rule.text,
        "clause": rule.clause,
        "mark": rule.mark.value,
        "to_confirm": rule.to_confirm,
        "force": rule.force.value,
        "severity": rule.severity.value if rule.severity else None,
        "audited": rule.audited,
        "valid_from": rule.validity.start,
        "valid_to": rule.validity.end,
        "parameters": [_parameter(parameter) for parameter in rule.parameters.values()],
        "note": _text(rule.note),
        "replaces": rule.replaces.pack if rule.replaces else None,
    }


@operation(
    router,
    "GET",
    "/policy/packs/{pack_id}/rules",
    response=Page[RuleItem],
    zh="政策规则",
    en="Rules of a pack",
    **READ,
)
def list_rules(
    request: Call,
    pack_id: PackId,
    category: Code | None = None,
    on: Day | None = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> Any:
    """In the order of the catalogue, those of the packs it extends included; `on`: valid that day."""
    pack = _known(pack_id)
    rules = list(pack.rules.values()) if on is None else list(pack.on(on).values())
    return page_of([rule for rule in rules if category in (None, rule.category)], limit, offset, _rule)


@operation(
    router,
    "GET",
    "/policy/packs/{pack_id}/rules/{rule_id}",
    response=RuleItem,
    zh="一条规则",
    en="One rule",
    **READ,
)
def get_rule(request: Call, pack_id: PackId, rule_id: Code) -> Any:
    """With parameters, clause and marks."""
    pack = _known(pack_id)
    if rule_id not in pack.rules:
        raise Missing(_("政策包“%(pack)s”没有规则 %(rule)s。") % {"pack": pack_id, "rule": rule_id})
    return _rule(pack.rule(rule_id))
