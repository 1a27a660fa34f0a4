"""Model agreements of a policy pack, clause by clause, in the language of the request."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from duikou.policy import Pack
from duikou.policy.agreements import AgreementClause, AgreementTemplate, Measure, filled
from duikou.policy.vocabulary import Unit
from duikou.web import words
from duikou.web.words import say

Row = dict[str, Any]


def agreement_rows(found: Pack) -> list[Row]:
    """Each template with its sections; sections without clauses of their own are left out."""
    return [_template(found, template) for template in found.agreements.values()]


def _template(found: Pack, template: AgreementTemplate) -> Row:
    return {
        "id": template.id,
        "title": say(template.title),
        "kind": say(template.kind.label),
        "preamble": filled(say(template.preamble), {}),
        "mark": template.mark,
        "note": say(template.note),
        "sections": [
            {
                "title": say(heading.title),
                "clauses": [_clause(found, clause) for clause in template.under(heading.id)],
            }
            for heading in template.headings
            if template.under(heading.id)
        ],
    }


def _clause(found: Pack, clause: AgreementClause) -> Row:
    return {
        "title": say(clause.title),
        "text": filled(say(clause.text), {}),
        "rule": clause.rule,
        "rule_url": reverse("policy:rule", args=[found.id, clause.rule]),
        "clause": words.clauses(clause.clauses),
        "mark": clause.mark,
        "measure": _measure(clause.measure) if clause.measure else None,
        "evidence": [say(found.evidence_kinds[kind].title) for kind in clause.evidence],
    }


def _measure(measure: Measure) -> Row:
    unit = say(measure.label)
    counted = measure.target is not None and measure.unit != Unit.FLAG
    return {
        "period": say(measure.period.label),
        "target": f"{measure.target} {unit}" if counted else "",
        "unit": unit,
        "open": measure.target is None,
        "mark": measure.mark,
        "note": say(measure.note),
    }
