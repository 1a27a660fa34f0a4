"""An agreement with its papers, and what a pair owes, for the walks."""

from __future__ import annotations

import io
import zipfile

from duikou.core import documents
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.models import Agreement, Comment, TerminationRequest, UploadedTemplate
from duikou.wings.agreements.models import Version as AgreementText
from duikou.wings.obligations.models import Evidence, Obligation, TargetProposal
from duikou.wings.pairings.models import (
    Pairing,
)


def _word_file() -> bytes:
    """The shortest file that passes for a text in Word."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return target.getvalue()


def agreed(pairing: Pairing, name: str) -> tuple[Agreement, Comment, TerminationRequest, UploadedTemplate]:
    """An agreement in force with a text, a remark, a request to end it, and a template of the city."""
    paper = documents.keep(
        _word_file(),
        filename=f"{name}.docx",
        scope_path=pairing.recipient_path,
        actor=SYSTEM,
    )
    printed = documents.keep(
        b"%PDF-1.4 walk", filename=f"{name}.pdf", scope_path=pairing.recipient_path, actor=SYSTEM
    )
    agreement = Agreement.objects.create(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        policy_pack="zhejiang-2014",
        template="standard",
        drafted_on=pairing.start,
        term_start=pairing.start,
        term_end=pairing.end,
        state="signed",
        signed_on=pairing.start,
        scan=paper,
        latest=2,
        accepted=True,
    )
    for number in (1, 2):
        text = AgreementText.objects.create(
            agreement=agreement,
            number=number,
            origin="template",
            content={"clauses": [], "others": ""},
            document=paper,
            pdf=printed,
            verdict={"judgements": [], "flags": []},
            accepted=True,
        )
    superior, city = pairing.recipient.org.parent, pairing.supporter.org.parent
    assert superior is not None
    assert city is not None
    return (
        agreement,
        Comment.objects.create(agreement=agreement, version=text, text=name),
        TerminationRequest.objects.create(
            agreement=agreement,
            side="recipient",
            last_day=pairing.end,
            reason=name,
            evidence=paper,
            superior=superior,
            superior_path=superior.path or "",
            party_path=pairing.recipient_path,
        ),
        UploadedTemplate.objects.create(
            org=city,
            scope_path=city.path or "",
            title=name,
            kind="standard",
            policy_pack="zhejiang-2014",
            document=paper,
        ),
    )


def owed(pairing: Pairing, name: str) -> tuple[Obligation, Evidence, TargetProposal]:
    """What the supporter of a pairing owes, evidence of it, and a target that the recipient proposes."""
    obligation = Obligation.objects.create(
        holder="agreement:0",
        key=f"walk-{pairing.pk}",
        pairing=pairing,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        period="term",
        period_kind="term",
        start=pairing.start,
        end=pairing.end,
        due=pairing.end,
        title={"zh": name, "en": name},
        text={"zh": name, "en": name},
        owner="supporter",
        beneficiary="recipient",
        rule="AGR-09",
        unit="person",
        evidence_kinds=["posting", "upload"],
    )
    evidence = Evidence.objects.create(
        obligation=obligation, side="supporter", kind="posting", title=name, on=pairing.start, by_label=name
    )
    target = TargetProposal.objects.create(
        holder=obligation.holder,
        key=obligation.key,
        pairing=pairing,
        target=2,
        side="recipient",
        by_label=name,
    )
    return obligation, evidence, target
