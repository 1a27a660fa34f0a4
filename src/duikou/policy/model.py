"""Typed contents of a policy pack.

A *pack* (政策包) is one edition of the policy for one area. It may extend another
pack; its own rules then stand beside, or replace, those of the base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from duikou.engines.pairing.model import RuleSpec, Severity
from duikou.engines.text import Text
from duikou.policy.vocabulary import (
    CodeUse,
    DocumentKind,
    Every,
    Force,
    Mark,
    Phase,
    Precision,
    Series,
    TechniqueKind,
    Unit,
)

if TYPE_CHECKING:  # that module needs the clauses of this one
    from duikou.policy.activities import Activity
    from duikou.policy.agreements import AgreementTemplate, EvidenceKind
    from duikou.policy.patients import ConsentPurpose, Payment
    from duikou.policy.referrals import Condition, Tier

Scalar = str | int | float | bool | date
Value = Scalar | tuple[Scalar, ...] | Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """A text that clauses cite. `site` is the address of a public page, if it is one."""

    id: str
    kind: DocumentKind
    title: Text
    number: str = ""
    issuer: Text | None = None
    issued: date | None = None
    site: str = ""
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A place in a document. Public pages and unseen documents may lack a section."""

    document: str
    section: str = ""

    def __str__(self) -> str:
        return f"{self.document} {self.section}".rstrip()


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day (both included); None means open on that side."""

    start: date | None = None
    end: date | None = None
    precision: Precision = Precision.DAY

    def contains(self, day: date) -> bool:
        """Tell whether the validity includes a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number, date or list of a rule.

    `value` is None when the documents leave it open (`decided` is False): somebody
    with the authority must set it. `mark` is the rule's own unless stated.
    """

    name: str
    value: Value | None
    unit: Unit
    mark: Mark
    note: Text | None = None

    @property
    def decided(self) -> bool:
        """Whether the documents, or our reading of them, give a value."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    `severity` is set for rules that the pairing audit evaluates (`audited`).
    `replaces` is the base pack's edition of the same rule, if this one overrides it.
    """

    id: str
    pack: str
    category: str
    title: Text
    text: Text
    clauses: tuple[Clause, ...]
    mark: Mark
    force: Force
    validity: Validity
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    severity: Severity | None = None
    note: Text | None = None
    replaces: Rule | None = None

    @property
    def audited(self) -> bool:
        """Whether the pairing audit evaluates the rule."""
        return self.severity is not None

    @property
    def clause(self) -> str:
        """Clauses as one human reference, e.g. ``S1 §一(一); S1 §三(一)``."""
        return "; ".join(str(clause) for clause in self.clauses)

    @property
    def to_confirm(self) -> bool:
        """Whether the rule or one of its parameters still waits for confirmation."""
        return self.mark.to_confirm or any(
            parameter.mark.to_confirm or not parameter.decided for parameter in self.parameters.values()
        )

    def value(self, name: str) -> Value | None:
        """Return the value of a parameter; KeyError names the rule when it has none such."""
        try:
            return self.parameters[name].value
        except KeyError:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise KeyError(f"rule {self.id} has no parameter {name!r}; it has: {known}") from None

    def spec(self) -> RuleSpec:
        """Return the rule as the pairing engine takes it."""
        values = {name: parameter.value for name, parameter in self.parameters.items() if parameter.decided}
        return RuleSpec(self.id, self.clause, self.mark.value, values)


@dataclass(frozen=True, slots=True)
class Category:
    """A family of rules; `prefix` begins the ids of its rules."""

    id: str
    prefix: str
    title: Text


@dataclass(frozen=True, slots=True)
class Specialty:
    """A clinical specialty named for development (重点专科)."""

    id: str
    order: int
    title: Text
    group: Text | None  # the department it is printed under, if any
    clauses: tuple[Clause, ...]
    mark: Mark
    discipline_code: str = ""  # code in the national list of diagnosis and treatment subjects
    discipline_mark: Mark | None = None
    focus: Text | None = None  # a narrower field named in brackets


@dataclass(frozen=True, slots=True)
class MilestoneYear:
    """A year of the support term; `listed` tells whether the document sets tasks for it."""

    year: int
    due: date
    due_mark: Mark
    listed: bool
    clauses: tuple[Clause, ...]
    note: Text | None = None

    @property
    def id(self) -> str:
        """The year as an id, like the other catalogue entries have one."""
        return str(self.year)


@dataclass(frozen=True, slots=True)
class Technique:
    """A department, technique or capability to reach in a milestone year."""

    id: str
    year: int
    kind: TechniqueKind
    title: Text
    specialty: str | None  # id of a named specialty; None where the list has none
    clauses: tuple[Clause, ...]
    mark: Mark
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class DiseaseCode:
    """An ICD-10 code or range of a major disease."""

    code: str
    mark: Mark
    use: CodeUse
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Disease:
    """One of the major diseases of rural residents (农村居民重大疾病)."""

    id: str
    number: int
    title: Text
    phase: Phase
    codes: tuple[DiseaseCode, ...]
    clauses: tuple[Clause, ...]
    mark: Mark
    age_max: int | None = None  # completed years
    age_mark: Mark | None = None
    laboratory_evidence: bool = False
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a calendar entry falls due; `start` opens its window."""

    start: date | None
    due: date


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A date, window or rhythm of the policy; undated entries have no occurrences."""

    id: str
    title: Text
    text: Text
    clauses: tuple[Clause, ...]
    mark: Mark
    occurrences: tuple[Occurrence, ...]
    every: Every | None = None
    rule: str | None = None
    date_mark: Mark | None = None  # where the date is less certain than the task
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class CalendarConflict:
    """Calendar entries that cannot all be kept as written, with a proposal."""

    id: str
    entries: tuple[str, ...]
    problem: Text
    proposal: Text
    mark: Mark


@dataclass(frozen=True, slots=True)
class Question:
    """A point that only the customer can settle."""

    id: str
    text: Text
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """Names, in both languages, of a word that stands in parameter values."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Title:
    """A professional title (职称): its series, and its rank in it from junior (1) to senior (4)."""

    id: str
    series: Series
    rank: int
    title: Text
    mark: Mark
    aliases: tuple[str, ...] = ()  # other ways in which the title is written

    @property
    def names(self) -> tuple[str, ...]:
        """All Chinese names under which somebody may hold it."""
        return (self.title.zh, *self.aliases)


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy pack, resolved through the packs that it extends."""

    id: str
    title: Text
    description: Text
    validity: Validity
    extends: str | None
    documents: Mapping[str, Document]
    categories: Mapping[str, Category]
    rules: Mapping[str, Rule]
    specialties: Mapping[str, Specialty]
    milestone_years: Mapping[int, MilestoneYear]
    techniques: Mapping[str, Technique]
    diseases: Mapping[str, Disease]
    calendar: Mapping[str, CalendarEntry]
    conflicts: Mapping[str, CalendarConflict]
    questions: Mapping[str, Question]
    words: Mapping[str, Word]
    titles: Mapping[str, Title]
    evidence_kinds: Mapping[str, EvidenceKind]
    activities: Mapping[str, Activity]
    consents: Mapping[str, ConsentPurpose]
    payments: Mapping[str, Payment]
    referral_conditions: Mapping[str, Condition]
    tiers: Mapping[str, Tier]
    agreements: Mapping[str, AgreementTemplate]

    def rule(self, rule_id: str) -> Rule:
        """Return a rule; KeyError names the pack when it has none such."""
        try:
            return self.rules[rule_id]
        except KeyError:
            raise KeyError(f"policy pack {self.id} has no rule {rule_id!r}") from None

    def on(self, day: date) -> dict[str, Rule]:
        """Return the rules valid on a day, in catalogue order."""
        return {rule_id: rule for rule_id, rule in self.rules.items() if rule.validity.contains(day)}

    def audit_rules(self, day: date | None = None) -> dict[str, RuleSpec]:
        """Return the rules that the pairing audit evaluates, as the engine takes them.

        With `day`, only those valid on it. Undecided parameters are left out.
        """
        rules = self.rules if day is None else self.on(day)
        return {rule_id: rule.spec() for rule_id, rule in rules.items() if rule.audited}

    def of_category(self, category: str) -> tuple[Rule, ...]:
        """Return the rules of one category, in catalogue order."""
        return tuple(rule for rule in self.rules.values() if rule.category == category)

    def title_named(self, name: str) -> Title | None:
        """Return the title that somebody holds by its Chinese name; None for one that is not listed."""
        name = "".join(name.split())
        return next((title for title in self.titles.values() if name in title.names), None)

    def title_rank(self, name: str) -> int:
        """Return the rank of a title by its Chinese name, 1 (junior) to 4; 0 for one that is not listed."""
        found = self.title_named(name)
        return found.rank if found else 0

    def word(self, value: str) -> Text:
        """Return the names of a word of a parameter; the word itself where none are given."""
        found = self.words.get(value)
        return found.title if found else Text(value, value)

    def sources(self, rule: Rule) -> tuple[Document, ...]:
        """Return the documents that a rule cites, each once, in the order cited."""
        return tuple(self.documents[name] for name in dict.fromkeys(c.document for c in rule.clauses))
