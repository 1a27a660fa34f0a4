"""The pack's rules on credits and service, as the engine takes them, with where they come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from duikou.core.faces import words
from duikou.engines.credits import CreditRule, ServiceRule
from duikou.engines.text import Text
from duikou.policy.loader import load_pack
from duikou.policy.model import Document, Pack, Rule
from duikou.policy.vocabulary import Mark
from duikou.wings.pairings.translate import rules_digest

CREDIT = "CME-01"
_MONTHS = {"posting": "posting_months", "training": "training_months"}
# Promotion to which title (empty: as the rule says), and the parameter that holds the months for it.
_SERVICE = {"": "service_months", "副主任医师": "deputy_chief_months", "主任医师": "chief_months"}


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule of a pack as it was applied: what a certificate keeps of it."""

    pack: str
    id: str
    title: Text
    text: Text
    clause: str
    mark: str
    digest: str  # of the rule with its parameters: tells later whether it has changed
    documents: tuple[Document, ...] = ()  # what the clause names

    @property
    def to_confirm(self) -> bool:
        """Whether it is recalled or inferred."""
        return Mark(self.mark).to_confirm

    @property
    def words(self) -> str:
        """Its name in the language of the request."""
        return words(self.title)


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """CME-01 of a pack for one kind of stay."""

    cited: Cited
    rule: CreditRule


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """A rule on service before promotion to a title.

    `province`: another province's practice, shown beside the own for comparison; nothing is certified by it.
    """

    cited: Cited
    rule: ServiceRule
    title: str = ""
    province: Text | None = None
    unjudged: bool = False  # has a part that the register cannot judge (poor counties)

    @property
    def key(self) -> str:
        """What tells it from the other rules in an address."""
        return f"{self.cited.id}.{self.title}" if self.title else self.cited.id

    @property
    def applies(self) -> bool:
        """Whether service is certified by it."""
        return self.province is None

    @property
    def demands(self) -> str:
        """What it asks for, in words."""
        said = _("累计 %(months)s 个月") % {"months": self.rule.months}
        if self.rule.stay_months:
            said += _("，每次不少于 %(months)s 个月") % {"months": self.rule.stay_months}
        if self.title:
            said += " · " + _("晋升%(title)s") % {"title": words(load_pack(self.cited.pack).word(self.title))}
        return said


@cache
def credit_terms(pack_id: str, kind: str, year: int) -> CreditTerms | None:
    """CME-01 as it stands on the last day of a year; None where the pack has no such rule then."""
    pack = load_pack(pack_id)
    rule = pack.on(dt.date(year, 12, 31)).get(CREDIT)
    months = _whole(rule, _MONTHS[kind]) if rule else 0
    if rule is None or not months:
        return None
    return CreditTerms(
        _cited(pack, rule),
        CreditRule(
            months,
            appraisal_required=_value(rule, "appraisal_required") is not False,
            leave_days_allowed=_whole(rule, "leave_days_allowed"),
        ),
    )


@cache
def service_terms(pack_id: str, day: dt.date) -> tuple[ServiceTerms, ...]:
    """The rules on service before promotion that hold on a day, in catalogue order."""
    pack = load_pack(pack_id)
    found = []
    for rule in pack.on(day).values():
        if not rule.id.startswith("PRO-"):
            continue
        province = _value(rule, "province")
        for title, parameter in _SERVICE.items():
            if months := _whole(rule, parameter):
                found.append(
                    ServiceTerms(
                        _cited(pack, rule),
                        ServiceRule(months, _whole(rule, "stay_months")),
                        title,
                        pack.word(str(province)) if province else None,
                        unjudged=any("poor_county" in name for name in rule.parameters),
                    )
                )
    return tuple(found)


def _cited(pack: Pack, rule: Rule) -> Cited:
    return Cited(
        pack.id,
        rule.id,
        rule.title,
        rule.text,
        rule.clause,
        rule.mark.value,
        rules_digest({rule.id: rule.spec()}),
        pack.sources(rule),
    )


def _value(rule: Rule, name: str) -> object:
    return rule.parameters[name].value if name in rule.parameters else None


def _whole(rule: Rule, name: str) -> int:
    """A number of the rule; 0 where it has none or leaves it open."""
    found = _value(rule, name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
