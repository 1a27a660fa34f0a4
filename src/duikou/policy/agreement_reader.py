"""Reading of model agreements and of the kinds of evidence that fulfil them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import (
    FIELDS,
    AgreementClause,
    AgreementKind,
    AgreementTemplate,
    EvidenceKind,
    Heading,
    Measure,
    Period,
    open_fields,
)
from duikou.policy.context import Context, read_clauses, read_mark
from duikou.policy.fields import Fields
from duikou.policy.vocabulary import Mark, Unit

_CLAUSE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_ID = 32  # the hidden bookmark of a clause may have 40 characters in all
_EVIDENCE_ID = re.compile(r"[a-z]+(_[a-z]+)*")


def read_evidence_kind(table: Fields, context: Context) -> EvidenceKind:
    """Read a kind of evidence; its names stand beside its id."""
    kind = EvidenceKind(table.string("id"), Text(table.string("zh"), table.string("en")))
    table.finish()
    if kind.id and not _EVIDENCE_ID.fullmatch(kind.id):
        table.fault(
            f"证据种类编号 {kind.id} 应形如 ward_round",
            f"the id of evidence kind {kind.id} must look like ward_round",
            "id",
        )
    return kind


class AgreementReader:
    """Reads templates one after the other; a later one may extend an earlier one."""

    def __init__(
        self,
        rules: Collection[str],
        evidence: Collection[str],
        inherited: Mapping[str, AgreementTemplate],
    ) -> None:
        self._rules = rules
        self._evidence = evidence
        self._known = dict(inherited)

    def read(self, table: Fields, context: Context) -> AgreementTemplate:
        """Read one template; its faults are noted, never raised."""
        base = self._extended(table)
        headings = self._headings(table, base)
        clauses = list(base.clauses) if base else []
        names = {clause.id for clause in clauses}
        for entry in table.tables("clause"):
            clause = self._clause(entry, context, {heading.id for heading in headings})
            if clause.id in names:
                entry.fault(
                    f"条款编号 {clause.id} 在本范本中重复",
                    f"clause id {clause.id} is given twice in this template",
                    "id",
                )
            names.add(clause.id)
            clauses.append(clause)
        rank = {heading.id: place for place, heading in enumerate(headings)}
        template = AgreementTemplate(
            id=table.string("id"),
            kind=table.choice("kind", AgreementKind),
            title=table.text("title"),
            preamble=table.text("preamble"),
            headings=headings,
            clauses=tuple(sorted(clauses, key=lambda clause: rank.get(clause.heading, len(rank)))),
            mark=table.choice("mark", Mark),
            note=table.optional_text("note"),
        )
        table.finish()
        for key in ("title", "preamble"):
            _check_fields(table, key, getattr(template, key))
        if template.mark.to_confirm and template.note is None:
            table.fault(
                f"依据等级为 {template.mark} 的范本须有说明 note",
                f"a template of mark {template.mark} needs a note that says so",
            )
        self._known.setdefault(template.id, template)
        return template

    def _extended(self, table: Fields) -> AgreementTemplate | None:
        name = table.string("extends", required=False)
        if name and name not in self._known:
            table.fault(
                f"extends 指向不存在的范本 {name}", f"extends names an unknown template, {name}", "extends"
            )
        return self._known.get(name)

    @staticmethod
    def _headings(table: Fields, base: AgreementTemplate | None) -> tuple[Heading, ...]:
        found = {heading.id: heading for heading in base.headings} if base else {}
        for entry in table.tables("heading", required=base is None):
            heading = Heading(
                entry.string("id"), entry.string("number"), Text(entry.string("zh"), entry.string("en"))
            )
            entry.finish()
            if heading.id in found:
                entry.fault(f"标题编号 {heading.id} 重复", f"heading id {heading.id} is given twice", "id")
            found[heading.id] = heading
        return tuple(found.values())

    def _clause(self, entry: Fields, context: Context, headings: Collection[str]) -> AgreementClause:
        sources, text = read_clauses(entry, context), entry.text("text")
        clause = AgreementClause(
            id=entry.string("id"),
            heading=entry.string("heading"),
            party=entry.optional_choice("party", Party),
            title=entry.text("title"),
            text=text,
            points=entry.strings("points", required=False),
            rule=entry.string("rule"),
            clauses=sources,
            mark=read_mark(entry, context, sources),
            measure=_measure(entry),
            evidence=entry.strings("evidence", required=False),
            form={"start", "end"} <= set(open_fields(text.zh)),
        )
        entry.finish()
        self._check_names(entry, clause, headings)
        _check_fields(entry, "text", clause.text)
        _check_points(entry, clause)
        return clause

    def _check_names(self, entry: Fields, clause: AgreementClause, headings: Collection[str]) -> None:
        if clause.id and not (_CLAUSE_ID.fullmatch(clause.id) and len(clause.id) <= _LONGEST_ID):
            entry.fault(
                f"条款编号 {clause.id} 应形如 supporter-posting，至多 {_LONGEST_ID} 个字符",
                f"clause id {clause.id} must look like supporter-posting, at most {_LONGEST_ID} characters",
                "id",
            )
        if clause.heading and clause.heading not in headings:
            entry.fault(
                f"条款引用了未登记的标题 {clause.heading}",
                f"the clause stands under an unknown heading, {clause.heading}",
                "heading",
            )
        if clause.rule and clause.rule not in self._rules:
            entry.fault(
                f"条款引用了不存在的规则 {clause.rule}",
                f"the clause names an unknown rule, {clause.rule}",
                "rule",
            )
        for kind in clause.evidence:
            if kind not in self._evidence:
                entry.fault(
                    f"条款引用了未登记的证据种类 {kind}",
                    f"the clause names an unknown kind of evidence, {kind}",
                    "evidence",
                )
        if clause.measure and not clause.evidence:
            entry.fault(
                "有计量的条款须写明可接受的证据 evidence",
                "a clause with a measure needs the kinds of evidence it accepts",
            )


def _measure(entry: Fields) -> Measure | None:
    """Read how a duty is counted; `undecided = true` stands for no target."""
    if entry.raw("measure", required=False) is None:
        return None
    table = entry.table("measure")
    undecided, target = table.flag("undecided"), table.optional_integer("target")
    measure = Measure(
        unit=table.choice("unit", Unit),
        target=target,
        period=table.choice("period", Period),
        mark=table.choice("mark", Mark),
        note=table.optional_text("note"),
    )
    table.finish()
    if undecided == (target is not None):
        table.fault(
            "计量须有目标值 target 或写明 undecided = true，二者择一",
            "a measure needs either a target or undecided = true",
        )
    if target is not None and (target < 1 or (measure.unit is Unit.FLAG and target != 1)):
        table.fault(
            f"目标值 {target} 无效：应为正整数，flag 只能是 1",
            f"target {target} is wrong: a positive whole number, 1 for a flag",
            "target",
        )
    return measure


def _check_fields(entry: Fields, key: str, text: Text) -> None:
    """Refuse open fields that no draft can fill, and those of one language only."""
    zh, en = set(open_fields(text.zh)), set(open_fields(text.en))
    for name in sorted((zh | en) - FIELDS):
        known = "、".join(sorted(FIELDS))
        entry.fault(
            f"{key} 中的 {{{name}}} 无法填写；可用：{known}",
            f"{{{name}}} in {key} cannot be filled in; known: {known}",
            key,
        )
    if zh != en:
        entry.fault(
            f"{key} 的中英文须留出相同的空项", f"{key} must leave the same fields open in both languages", key
        )


def _check_points(entry: Fields, clause: AgreementClause) -> None:
    """Every point must stand in the Chinese text and hold nothing that is filled in later."""
    for point in clause.points:
        if not point.strip() or point not in clause.text.zh:
            entry.fault(
                f"要点“{point}”不在条款正文中",
                f"the point {point!r} does not stand in the text of the clause",
                "points",
            )
        if open_fields(point):
            entry.fault(
                f"要点“{point}”含有待填项", f"the point {point!r} holds a field to be filled in", "points"
            )
    if open_fields(clause.text.zh) and not clause.points:
        entry.fault(
            "有待填项的条款须写明要点 points",
            "a clause with fields to be filled in needs points",
        )
