"""Opening a round: a draft for every pairing that has none, as a job with progress."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, DuikouError, Invalid
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.context import JobContext
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions.drafting import Terms, keep_draft, prepare_draft
from duikou.wings.agreements.models import BINDING, ON_ITS_WAY, Agreement
from duikou.wings.pairings.models import Pairing, Round


def ask_to_open(*, actor: Actor, round_: Round, drafted_on: dt.date | None = None) -> Job:
    """Ask for drafts of all pairings of a round that the actor drafts for and that have none.

    Raises Denied, Invalid (a day in the future), Conflict when nothing is left to draft.
    """
    require(actor, "agreement.manage", None)
    day = drafted_on or timezone.localdate()
    if day > timezone.localdate():
        text = _("起草日期应不晚于今天 %(today)s。") % {"today": timezone.localdate().isoformat()}
        raise Invalid(text, fields={"drafted_on": [text]})
    count = without_agreement(actor, round_).count()
    if not count:
        raise Conflict(_("本轮在您范围内的结对都已有协议，没有需要起草的。"))
    from duikou.wings.agreements.jobs import open_round

    own = actor.home.path if actor.home else round_.org.path or ""
    with act("agreement.open_round", actor=actor, permission="agreement.manage", on=own) as event:
        job = request_job(
            open_round,
            round_.key,
            day.isoformat(),
            actor=actor,
            scope_path=own,
            subject=str(round_),
            dedupe=f"agreements-open-{round_.pk}-{own}",
        )
        event.note(label=str(round_), after={"round": round_.key, "pairings": count, "job": str(job.pk)})
    return job


def without_agreement(actor: Actor, round_: Round) -> QuerySet[Pairing]:
    """Pairings of a round that the actor drafts for, still in force, without any agreement of hospitals."""
    there = Agreement.objects.filter(
        pairing__round=round_, kind__in=papers.MAIN_KINDS, state__in=(*ON_ITS_WAY, *BINDING)
    )
    rows: QuerySet[Pairing] = (
        Pairing.objects.visible_to(actor, "agreement.edit")
        .filter(round=round_)
        .standing(timezone.localdate())
        .exclude(pk__in=there.values("pairing"))
        .select_related("round__org", "supporter__org", "recipient__org")
        .order_by("position", "pk")
    )
    return rows


@dataclass
class Opened:
    """What came of it."""

    drafts: int = 0
    refused: int = 0  # drafts whose own text the check refuses: a fault of the template
    failed: list[str] = field(default_factory=list)  # pairings that could not be drafted, and why


def draft_all(*, actor: Actor, round_: Round, drafted_on: dt.date, job: JobContext) -> Opened:
    """Draft for every pairing without an agreement.

    Each draft is a step of its own: a kill loses at most the one that was being printed, and the job
    goes on with the pairings that still have none.
    """
    found = Opened(**(job.checkpoint or {}))
    pairings = list(without_agreement(actor, round_))
    total = found.drafts + len(pairings)
    for pairing in pairings:
        job.progress(found.drafts, total, str(pairing))
        try:
            draft = prepare_draft(pairing, terms=Terms(drafted_on=drafted_on))
            reached = replace(found, drafts=found.drafts + 1)
            reached.refused += not draft.prepared.accepted
            counts = {"drafts": reached.drafts, "refused": reached.refused}
            with job.step(reached.drafts, total, checkpoint=counts, note=str(pairing)):
                keep_draft(actor=actor, draft=draft)
        except DuikouError as error:
            found.failed.append(f"{pairing}：{error.message}")
            continue
        found = reached
    job.progress(found.drafts, total)
    return found
