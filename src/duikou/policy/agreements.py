"""Model agreements as data: clauses with their duties, measures and accepted evidence.

A pack's `[[agreement]]` tables hold the templates; the words of a clause are our own, its source
says where the duty stands. A clause without `measure` binds but is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from duikou.engines.clauses.model import Party
from duikou.engines.clauses.model import Template as ClauseTemplate
from duikou.engines.clauses.model import TemplateClause as EngineClause
from duikou.engines.text import Text
from duikou.policy.model import Clause
from duikou.policy.vocabulary import Mark, Unit

FIELDS = frozenset(
    {
        "supporter", "recipient", "supporter_president", "recipient_president",
        "start", "end", "department", "supporter_head", "recipient_head",
    }
)  # fmt: skip
"""What the words of a template may leave open, in braces."""

BLANK = "＿＿＿＿"  # stands in a draft for what is not known yet

_FIELD = re.compile(r"\{(\w*)\}")


def open_fields(text: str) -> tuple[str, ...]:
    """The names that stand in braces in a text, in order."""
    return tuple(_FIELD.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its open fields filled in; a line to write on where a value is missing."""
    return _FIELD.sub(lambda found: values.get(found[1]) or BLANK, text)


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of evidence that can fulfil a duty: a posting, a lesson, a signed paper."""

    id: str
    title: Text


class AgreementKind(StrEnum):
    """Which agreement it is (AGR-05, AGR-18)."""

    STANDARD = "standard"  # 帮扶协议
    BRANCH = "branch"  # 分院合作协议书
    UNION = "union"  # 医联体、托管
    TARGET = "target"  # 目标协议, hospital with hospital and department with department

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    AgreementKind.STANDARD: Text("帮扶协议", "support agreement"),
    AgreementKind.BRANCH: Text("分院合作协议", "branch cooperation agreement"),
    AgreementKind.UNION: Text("医联体或托管协议", "union or trusteeship agreement"),
    AgreementKind.TARGET: Text("目标协议", "target agreement"),
}


class Period(StrEnum):
    """How often a duty falls due."""

    ONCE = "once"  # by a day
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TERM = "term"  # by the end of the agreement
    EVENT = "event"  # whenever something happens (a dispute, a request): nothing falls due by itself
    STANDING = "standing"  # binds on every day; only a breach is recorded

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _PERIOD_LABELS[self]


_PERIOD_LABELS = {
    Period.ONCE: Text("一次", "once"),
    Period.MONTH: Text("每月", "each month"),
    Period.QUARTER: Text("每季度", "each quarter"),
    Period.YEAR: Text("每年", "each year"),
    Period.TERM: Text("协议期内", "within the term"),
    Period.EVENT: Text("遇事履行", "when it happens"),
    Period.STANDING: Text("持续有效", "at all times"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How the fulfilment of a duty is counted; `target` None: to be agreed by the parties."""

    unit: str  # a Unit of the pack's vocabulary: person_month, case, training, percent, flag …
    target: int | None
    period: Period
    mark: Mark  # of the target: the documents give few figures
    note: Text | None = None

    @property
    def label(self) -> Text:
        """Name of the unit, shown to users."""
        return Unit(self.unit).label


@dataclass(frozen=True, slots=True)
class AgreementClause:
    """One clause of a model agreement."""

    id: str  # "supporter-posting": stable, also the hidden bookmark of drafts
    heading: str  # id of the section that it stands under
    party: Party | None
    title: Text
    text: Text  # zh as printed in the draft; {fields} in braces are filled in
    points: tuple[str, ...]  # parts of text.zh that must each be found again
    rule: str
    clauses: tuple[Clause, ...]
    mark: Mark
    measure: Measure | None
    evidence: tuple[str, ...]  # ids of accepted evidence kinds: posting, trainee, consultation, upload …
    form: bool = False  # states the term, which a signed form may do in other words

    @property
    def source(self) -> str:
        """Clauses as one human reference."""
        return "; ".join(str(clause) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered section of the agreement."""

    id: str
    number: str  # "一、", "（一）"
    title: Text


@dataclass(frozen=True, slots=True)
class AgreementTemplate:
    """A model agreement: title, preamble, headings and clauses in order, closing words."""

    id: str
    kind: AgreementKind
    title: Text
    preamble: Text
    headings: tuple[Heading, ...]
    clauses: tuple[AgreementClause, ...]
    mark: Mark  # inferred for variants that the documents name but do not print
    note: Text | None = None

    def filled(self, values: Mapping[str, str]) -> AgreementTemplate:
        """The template with the open fields of its clauses filled in, in both languages."""
        return replace(
            self,
            clauses=tuple(
                replace(c, text=Text(filled(c.text.zh, values), filled(c.text.en, values)))
                for c in self.clauses
            ),
        )

    def under(self, heading: str) -> tuple[AgreementClause, ...]:
        """The clauses of one section, in order."""
        return tuple(clause for clause in self.clauses if clause.heading == heading)

    def engine(self, minimum_years: int) -> ClauseTemplate:
        """The template as `engines.clauses` takes it."""
        return ClauseTemplate(
            self.id,
            self.title,
            tuple(
                EngineClause(c.id, c.text.zh, c.party, c.rule, c.source, c.title, c.points, c.form)
                for c in self.clauses
            ),
            minimum_years,
        )
