"""Putting the sections of a pack together, on top of the pack that it extends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from duikou.policy import catalogues
from duikou.policy.activities import ActivityReader
from duikou.policy.agreement_reader import AgreementReader, read_evidence_kind
from duikou.policy.context import Context, check_inside, read_validity
from duikou.policy.fields import Fields
from duikou.policy.model import Pack, Rule
from duikou.policy.patients import ConsentReader, read_payment
from duikou.policy.referrals import TierReader, read_condition
from duikou.policy.rules import read_rule

SECTIONS = (
    "document",
    "category",
    "rule",
    "specialty",
    "milestone_year",
    "technique",
    "disease",
    "event",
    "conflict",
    "question",
    "word",
    "title",
    "evidence_kind",
    "activity",
    "consent",
    "payment",
    "referral_condition",
    "tier",
    "agreement",
)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Named)
Sections = Mapping[str, list[Fields]]


def build(header: Fields, extends: str | None, base: Pack | None, name: str, sections: Sections) -> Pack:
    """Interpret the raw sections of the pack `name`; faults are noted in their source."""
    context = _read_header(header, base, name)
    title, description = header.text("title"), header.text("description")
    header.finish()

    # A template that another extends may stand in a later file.
    sections = {**sections, "agreement": sorted(sections["agreement"], key=lambda one: one.has("extends"))}

    def collect(
        section: str, read: Callable[[Fields, Context], Item], inherited: Mapping[str, Item]
    ) -> dict[str, Item]:
        return _collect(section, sections[section], read, inherited, context)

    # The order matters: later sections are checked against the earlier ones.
    context.documents = collect("document", catalogues.read_document, base.documents if base else {})
    context.categories = collect("category", catalogues.read_category, base.categories if base else {})
    rules = _resolve_rules(collect("rule", read_rule, {}), context)
    specialties = collect("specialty", catalogues.read_specialty, base.specialties if base else {})
    years = collect(
        "milestone_year",
        catalogues.read_milestone_year,
        {str(year): item for year, item in base.milestone_years.items()} if base else {},
    )
    listed = {item.year for item in years.values() if item.listed}
    calendar = collect(
        "event",
        lambda table, known: catalogues.read_event(table, known, rules),
        base.calendar if base else {},
    )
    kinds = collect("evidence_kind", read_evidence_kind, base.evidence_kinds if base else {})
    diseases = collect("disease", catalogues.read_disease, base.diseases if base else {})
    agreements = AgreementReader(rules, kinds, base.agreements if base else {})
    return Pack(
        id=context.pack_id,
        title=title,
        description=description,
        validity=context.validity,
        extends=extends,
        documents=context.documents,
        categories=context.categories,
        rules=rules,
        specialties=specialties,
        milestone_years={item.year: item for item in years.values()},
        techniques=collect(
            "technique",
            lambda table, known: catalogues.read_technique(table, known, specialties, listed),
            base.techniques if base else {},
        ),
        diseases=diseases,
        calendar=calendar,
        conflicts=collect(
            "conflict",
            lambda table, known: catalogues.read_conflict(table, known, calendar),
            base.conflicts if base else {},
        ),
        questions=collect(
            "question",
            lambda table, known: catalogues.read_question(table, known, rules),
            base.questions if base else {},
        ),
        words=collect("word", catalogues.read_word, base.words if base else {}),
        titles=collect("title", catalogues.read_title, base.titles if base else {}),
        evidence_kinds=kinds,
        activities=collect("activity", ActivityReader(kinds).read, base.activities if base else {}),
        consents=collect("consent", ConsentReader(rules).read, base.consents if base else {}),
        payments=collect("payment", read_payment, base.payments if base else {}),
        referral_conditions=collect(
            "referral_condition", read_condition, base.referral_conditions if base else {}
        ),
        tiers=collect("tier", TierReader(diseases).read, base.tiers if base else {}),
        agreements=collect("agreement", agreements.read, base.agreements if base else {}),
    )


def _read_header(header: Fields, base: Pack | None, name: str) -> Context:
    pack_id = header.string("id")
    if pack_id and pack_id != name:
        header.fault(
            f"id {pack_id} 与文件夹名 {name} 不一致",
            f"id {pack_id} differs from the folder's name, {name}",
            "id",
        )
    validity = read_validity(header)
    if base:
        check_inside(header, validity, base.validity, base.id)
    return Context(pack_id, base, validity)


def _collect(
    section: str,
    tables: list[Fields],
    read: Callable[[Fields, Context], Item],
    inherited: Mapping[str, Item],
    context: Context,
) -> dict[str, Item]:
    """Read the entries of a section into one mapping that begins with the base's entries."""
    found = dict(inherited)
    for table in tables:
        item = read(table, context)
        if not context.claim(section, item.id, table):
            continue
        if item.id in inherited:
            table.fault(
                f"编号 {item.id} 已在上级政策包中",
                f"id {item.id} already stands in the base pack",
                "id",
            )
            continue
        found[item.id] = item
    return found


def _resolve_rules(own: Mapping[str, Rule], context: Context) -> dict[str, Rule]:
    """Lay a pack's rules over those of its base, in the order of the categories."""
    rank = {category: place for place, category in enumerate(context.categories)}
    merged = {**(context.base.rules if context.base else {}), **own}
    ordered = sorted(merged.values(), key=lambda rule: (rank.get(rule.category, len(rank)), rule.id))
    return {rule.id: rule for rule in ordered}
