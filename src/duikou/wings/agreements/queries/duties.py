"""What an agreement obliges to: the clauses of the text that was signed, as duties for the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import AgreementClause, AgreementTemplate, Measure
from duikou.policy.loader import load_pack
from duikou.policy.vocabulary import Mark
from duikou.wings.agreements.duties import Duty
from duikou.wings.agreements.models import IN_FORCE, Agreement, Version

ADDED_RULE = "AGR-04"  # the parties may add to the template
AGREED = Text("由双方在协议中约定", "agreed on by both parties in the agreement")
OTHER = {Party.SUPPORTER: Party.RECIPIENT, Party.RECIPIENT: Party.SUPPORTER, Party.BOTH: Party.BOTH}


def holder_of(agreement: Agreement) -> str:
    """The name under which the ledger keeps the duties: one for an agreement and all its amendments.

    So an amendment finds the obligations of the first text with their evidence.
    """
    first = agreement
    while first.amends is not None:
        first = first.amends
    return f"agreement:{first.pk}"


def duties(agreement: Agreement) -> tuple[Duty, ...]:
    """All duties of the newest text, in its order; none unless the agreement is in force."""
    if agreement.state not in IN_FORCE:
        return ()
    version = agreement.versions.filter(number=agreement.latest).first()
    template = template_of(agreement)
    return duties_of(agreement, version, template) if version and template else ()


def template_of(agreement: Agreement) -> AgreementTemplate | None:
    """The pack's template that the agreement was drafted from; None when the pack has it no more."""
    return load_pack(agreement.policy_pack).agreements.get(agreement.template)


def duties_of(agreement: Agreement, version: Version, template: AgreementTemplate) -> tuple[Duty, ...]:
    """Duties of one text: those of the template, then what the parties added under a party's heading.

    They bind from the signing day on (AGR-06), within the term.
    """
    start = max(agreement.term_start, agreement.signed_on or agreement.term_start)
    texts = {row["id"]: row for row in version.content.get("clauses", ()) if row["id"]}
    found = [
        _duty(clause, clause.party, texts.get(clause.id, {}), start, agreement.term_end)
        for clause in template.clauses
        if clause.party is not None
    ]
    parties = {clause.heading: clause.party for clause in template.clauses if clause.party is not None}
    for row in version.content.get("clauses", ()):
        if not row["id"] and (party := parties.get(row["heading"])) is not None:
            found.append(_added(row["text"], party, start, agreement.term_end))
    return tuple({duty.key: duty for duty in found}.values())  # the same words twice are one duty


def _duty(
    clause: AgreementClause, owner: Party, row: Mapping[str, Any], start: dt.date, end: dt.date
) -> Duty:
    return Duty(
        key=clause.id,
        title=clause.title,
        text=Text(row.get("text") or clause.text.zh, clause.text.en),
        owner=owner,
        beneficiary=OTHER[owner],
        rule=clause.rule,
        source=clause.source,
        start=start,
        end=end,
        measure=_measure(clause.measure, row.get("target")),
        evidence=clause.evidence,
    )


def _measure(measure: Measure | None, agreed: int | None) -> Measure | None:
    """The measure with the figure that both parties agreed on, where the documents leave it open."""
    if measure is None or measure.target is not None or agreed is None:
        return measure
    return replace(measure, target=agreed, mark=Mark.FOUND, note=AGREED)


def _added(text: str, owner: Party, start: dt.date, end: dt.date) -> Duty:
    """A duty that the parties added; its key follows its words, so that it stays the same in an amendment."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Duty(
        key=f"added-{digest}",
        title=Text(text[:40], "A clause that the parties added"),
        text=Text(text, text),
        owner=owner,
        beneficiary=OTHER[owner],
        rule=ADDED_RULE,
        source="S1 §四(一)",
        start=start,
        end=end,
        measure=None,
        evidence=("upload",),
    )
