"""Demonstration data (演示数据): agreements of all pairings of the round, most signed and filed, some late.

Nobody in it signs: names are a surname, 演示 and a number. The texts are those of the pack's templates,
printed like any draft (without the PDF edition); since they are all alike, the check of one of a kind
stands for all. A few lack a duty, so that the check refuses them.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from duikou.core import documents as store
from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.core.scope import SYSTEM
from duikou.engines import clauses as engine
from duikou.policy.loader import load_pack
from duikou.wings.agreements import documents, papers
from duikou.wings.agreements.actions._common import tell_duties
from duikou.wings.agreements.models import (
    IN_FORCE,
    Agreement,
    Approval,
    Filing,
    Original,
    Side,
    Signature,
    Version,
)
from duikou.wings.agreements.queries.rounds import deadline_of
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.pairings.queries.rounds import default_round

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
# What becomes of the agreements, with shares in percent.
FATES = {
    "filed": 62,
    "signed": 8,
    "late": 14,  # signed after the deadline
    "approved": 4,
    "review": 4,
    "draft": 3,
    "refused": 3,
    "none": 2,
}
LEFT_OUT = "supporter-costs"  # the duty that refused texts lack
SCAN = "%PDF-1.4\n% 演示数据：虚构的签字盖章页\n%%EOF\n".encode()


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent agreements for the pairings of the newest round that have none; same seed, same data.

    Returns how many. Raises Conflict when demonstration data are there already.
    """
    if Agreement.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    round_ = default_round()
    if round_ is None:
        return {"agreements": 0}
    with act("demo.loaded", actor=SYSTEM, permission="agreement.edit") as event:
        made = Maker(round_, random.Random(seed)).make()  # noqa: S311  (invented data, no secret)
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


@dataclass
class Maker:
    """Makes the agreements of one round."""

    round: Round
    chance: random.Random
    verdicts: dict[tuple[str, bool], dict[str, Any]] = field(default_factory=dict)

    def make(self) -> dict[str, int]:
        """All of them; returns how many there are, and how many were signed."""
        taken = Agreement.objects.filter(pairing__round=self.round).values("pairing")
        pairings = Pairing.objects.filter(round=self.round).exclude(pk__in=taken)
        scan = store.keep(SCAN, filename="演示签字页.pdf", scope_path=self.round.org.path or "", actor=SYSTEM)
        pairings = pairings.select_related("round__org", "supporter__org__parent", "recipient__org__parent")
        signed = made = 0
        for pairing in pairings.order_by("position"):
            fate = self.chance.choices(list(FATES), list(FATES.values()))[0]
            if fate == "none":
                continue
            agreement = self._agreement(pairing, fate, scan)
            made += 1
            if agreement.state in IN_FORCE:
                signed += 1
                self._after_signing(agreement)
        return {"agreements": made, "agreements_signed": signed}

    def _agreement(self, pairing: Pairing, fate: str, scan: StoredDocument) -> Agreement:
        kind = papers.KIND_OF_PAIRING.get(pairing.kind, Agreement.Kind.STANDARD)
        pack = load_pack(self.round.policy_pack)
        template = papers.template_for(pack, kind)
        deadline = deadline_of(self.round) or self.round.start
        drafted = deadline - dt.timedelta(days=self.chance.randint(12, 18))
        signed_on = {
            "filed": deadline - dt.timedelta(days=self.chance.randint(0, 10)),
            "signed": deadline - dt.timedelta(days=self.chance.randint(0, 5)),
            "late": deadline + dt.timedelta(days=self.chance.randint(1, 45)),
        }.get(fate)
        filed = fate == "filed" or (fate == "late" and self.chance.random() < 0.5)
        agreement = Agreement(
            pairing=pairing,
            kind=kind,
            supporter=pairing.supporter,
            recipient=pairing.recipient,
            supporter_path=pairing.supporter_path,
            recipient_path=pairing.recipient_path,
            supporter_representative=self._name(),
            recipient_representative=self._name(),
            policy_pack=pack.id,
            template=template.id,
            drafted_on=drafted,
            term_start=pairing.start,
            term_end=pairing.end,
            state={"late": "filed" if filed else "signed", "refused": "draft"}.get(fate, fate),
            submission=0 if fate in ("draft", "refused") else 1,
            signed_on=signed_on,
            scan=scan if signed_on else None,
            filed_on=signed_on + dt.timedelta(days=self.chance.randint(1, 12))
            if filed and signed_on
            else None,
            latest=1,
            demonstration=True,
        )
        self._text(agreement, refused=fate == "refused")
        return agreement

    def _name(self) -> str:
        return f"{self.chance.choice(SURNAMES)}演示{self.chance.randint(1, 9999):04d}"

    def _text(self, agreement: Agreement, *, refused: bool) -> None:
        """Print the text, keep it, and note what the check of one of its kind says."""
        template = papers.kept_template(agreement)
        content = papers.first_content(agreement, template)
        if refused:
            rows = [row for row in content["clauses"] if row["id"] != LEFT_OUT]
            content = {**content, "clauses": rows}
        moment = timezone.make_aware(dt.datetime.combine(agreement.drafted_on, dt.time(9)))
        docx = documents.docx(papers.paper_of(agreement, template, content, number=1, moment=moment))
        key = (template.id, refused)
        if key not in self.verdicts:
            check = papers.judge(agreement, template, engine.read_docx(docx))
            self.verdicts[key] = papers.as_plain(check)
        verdict = self.verdicts[key]
        agreement.accepted = verdict["accepted"]
        agreement.save()
        document = store.keep(
            docx,
            filename=f"演示-{agreement.supporter.name}-{agreement.recipient.name}.docx",
            scope_path=agreement.supporter_path,
            actor=SYSTEM,
        )
        Version.objects.create(
            agreement=agreement,
            number=1,
            origin=Version.Origin.TEMPLATE,
            content=content,
            document=document,
            verdict=verdict,
            accepted=verdict["accepted"],
        )

    def _after_signing(self, agreement: Agreement) -> None:
        """Decisions, signatures, originals, filing, and the duties in the ledger."""
        version = agreement.versions.get()
        assert agreement.signed_on is not None
        orgs = (agreement.supporter.org, agreement.recipient.org)
        holders = (*orgs, *(org.parent for org in orgs))
        for side in Side:
            Approval.objects.create(
                agreement=agreement, submission=1, version=version, side=side, decision="agreed"
            )
            Signature.objects.create(
                agreement=agreement,
                version=version,
                side=side,
                signatory=getattr(agreement, f"{side.value}_representative"),
                post="院长",
                on=agreement.signed_on,
            )
        Original.objects.bulk_create(
            Original(
                agreement=agreement,
                number=number,
                holder=holder,
                org=org,
                handed_on=agreement.signed_on if self.chance.random() < 0.8 else None,
            )
            for number, (holder, org) in enumerate(zip(Original.Holder, holders, strict=True), start=1)
            if org is not None
        )
        if agreement.filed_on is not None:
            count = Filing.objects.exclude(receipt="").count() + 1
            Filing.objects.create(
                agreement=agreement,
                office=self.round.org,
                sent_on=agreement.signed_on,
                receipt=f"演示-{count:04d}",
                received_on=agreement.filed_on,
            )
        tell_duties(agreement, actor=SYSTEM, on=agreement.signed_on, reason="演示数据")


def clear() -> dict[str, int]:
    """Remove all demonstration data and nothing else; returns how many agreements went."""
    with act("demo.cleared", actor=SYSTEM, permission="agreement.edit") as event:
        rows = Agreement.objects.filter(demonstration=True)
        texts = Version.objects.filter(agreement__in=rows)
        papers_of = {
            *texts.values_list("document", flat=True),
            *texts.values_list("pdf", flat=True),
            *rows.values_list("scan", flat=True),
        } - {None}
        count = rows.count()
        Signature.objects.filter(agreement__in=rows).delete()
        rows.update(amends=None, renews=None)
        rows.delete()
        StoredDocument.objects.filter(pk__in=papers_of).delete()
        event.note(label="演示数据", before={"agreements": count})
    return {"agreements": count}
