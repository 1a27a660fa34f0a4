"""What waits for a person, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.hospitals.queries import waiting_reviews
from duikou.wings.pairings.models import AnnexBatch, Finding, Proposal, ProposalApproval
from duikou.wings.pairings.workflows import ANNEX_BATCH, FINDING


def waits_for(actor: Actor) -> list[Waiting]:
    """What the actor has to do, most pressing first; nothing with a count of 0."""
    return [
        item
        for item in (*_findings(actor), *_proposals(actor), *_batches(actor), *_reviews(actor))
        if item.count
    ]


def _findings(actor: Actor) -> Iterator[Waiting]:
    desk = reverse("pairings:findings")
    if actor.may("finding.accept"):
        count = (
            Finding.objects.visible_to(actor, "finding.accept")
            .filter(state="exception_requested", present=True)
            .exclude(requested_by=actor.user_id)
            .count()
        )
        yield Waiting("exception", _("待您批准的例外申请"), count, f"{desk}?state=exception_requested")
    if not actor.may("finding.work"):
        return
    mine = Q(assignee__in=[grant.org_id for grant in actor.grants])
    unassigned = Q(assignee__isnull=True, state=FINDING.initial)
    size = (
        Finding.objects.visible_to(actor, "finding.work")
        .filter(present=True, state__in=("open", "assigned"))
        .aggregate(
            mine=Count("pk", filter=mine),
            errors=Count("pk", filter=unassigned & Q(severity=Finding.Severity.ERROR)),
            warnings=Count("pk", filter=unassigned & Q(severity=Finding.Severity.WARNING)),
        )
    )
    yield Waiting("assigned", _("指派给您单位的核查发现"), size["mine"], f"{desk}?assignee=mine")
    yield Waiting("errors", _("尚未指派的错误"), size["errors"], f"{desk}?state=open&severity=error")
    yield Waiting("warnings", _("尚未指派的警告"), size["warnings"], f"{desk}?state=open&severity=warning")


def _proposals(actor: Actor) -> Iterator[Waiting]:
    """Submitted proposals for those who have to agree to a part of them; returned ones for their makers."""
    if not actor.may("proposal.edit") and not actor.may("proposal.approve"):
        return
    asked = ProposalApproval.objects.filter(
        within(actor.paths("proposal.approve"), ("authority_path",)), decided_at=None
    )
    to_approve = Q(state="submitted", pk__in=asked.values("proposal")) & ~Q(submitted_by=actor.user_id)
    size = Proposal.objects.filter(state__in=("submitted", "returned")).aggregate(
        approve=Count("pk", filter=to_approve),
        returned=Count("pk", filter=Q(state="returned", submitted_by=actor.user_id)),
    )
    desk = reverse("pairings:proposals")
    yield Waiting("proposal", _("待您批准的方案"), size["approve"], f"{desk}?state=submitted")
    yield Waiting("returned", _("退回给您修改的方案"), size["returned"], f"{desk}?state=returned")


def _batches(actor: Actor) -> Iterator[Waiting]:
    if actor.may("pairing.import"):
        count = AnnexBatch.objects.visible_to(actor).filter(state__in=ANNEX_BATCH.open_states).count()
        yield Waiting("batch", _("待核对的导入批次"), count, reverse("pairings:import"))


def _reviews(actor: Actor) -> Iterator[Waiting]:
    if actor.may("hospital.review"):
        yield Waiting("review", _("待裁定的医院名称"), waiting_reviews(actor), reverse("hospitals:reviews"))
