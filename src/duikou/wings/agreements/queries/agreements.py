"""Agreements: the list, one with all that belongs to it, its files."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent, StoredDocument
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.agreements.models import (
    Agreement,
    Approval,
    Comment,
    Event,
    Filing,
    Original,
    RefusedUpload,
    Side,
    Signature,
    TerminationRequest,
    Version,
)

LINKED = ("pairing__round__org", "pairing__recipient_division__parent", "supporter__org", "recipient__org")


def agreements(actor: Actor) -> ScopedQuerySet:
    """All agreements that the actor may see, in order of the printed pairings."""
    found: ScopedQuerySet = (
        Agreement.objects.visible_to(actor)
        .select_related(*LINKED, "filing")
        .order_by("-pairing__round__start", "pairing__position", "kind", "specialty", "-turn", "-pk")
    )
    return found


def agreement(actor: Actor, pk: int) -> Agreement:
    """One agreement. Raises Missing when there is none, or it is not in the actor's area."""
    found = (
        Agreement.objects.visible_to(actor)
        .select_related(
            *LINKED, "supporter__org__parent", "recipient__org__parent", "amends", "renews", "scan",
            "uploaded_template", "created_by",
        )
        .filter(pk=pk)
        .first()
    )  # fmt: skip
    if found is None:
        raise Missing(_("没有这份协议，或它不在您的范围内。"))
    return found


def version(agreement: Agreement, number: int) -> Version:
    """One text of an agreement that the actor sees. Raises Missing."""
    found = agreement.versions.select_related("document", "pdf", "made_by").filter(number=number).first()
    if found is None:
        raise Missing(_("这份协议没有第 %(number)d 版文本。") % {"number": number})
    return found


def termination(actor: Actor, pk: int) -> TerminationRequest:
    """One request to end an agreement. Raises Missing."""
    found = (
        TerminationRequest.objects.visible_to(actor)
        .select_related("agreement__pairing__round", "superior", "evidence")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这份终止申请，或它不在您的范围内。"))
    return found


@dataclass(frozen=True, slots=True)
class Whole:
    """All that belongs to one agreement, read in as many queries as there are kinds of things."""

    agreement: Agreement
    versions: list[Version]
    comments: list[Comment]
    approvals: list[Approval]
    signatures: list[Signature]
    originals: list[Original]
    filing: Filing | None
    events: list[Event]
    refused_uploads: list[RefusedUpload]
    terminations: list[TerminationRequest]
    amendments: list[Agreement]
    renewals: list[Agreement]
    history: list[AuditEvent]

    @property
    def newest(self) -> Version | None:
        """The newest text."""
        return self.versions[0] if self.versions else None

    def decided(self) -> set[str]:
        """Sides that have decided on what was sent to them last."""
        return {one.side for one in self.approvals if one.submission == self.agreement.submission}

    def signed(self) -> set[str]:
        """Sides that have signed."""
        return {one.side for one in self.signatures}


def whole(found: Agreement) -> Whole:
    """Everything about an agreement that the actor sees."""
    return Whole(
        agreement=found,
        versions=list(found.versions.select_related("document", "pdf", "made_by").defer("content")),
        comments=list(found.comments.select_related("version", "by", "settled_by")),
        approvals=list(found.approvals.select_related("version", "by")),
        signatures=list(found.signatures.all()),
        originals=list(found.originals.select_related("org")),
        filing=Filing.objects.filter(agreement=found).select_related("office", "received_by").first(),
        events=list(found.events.select_related("document", "by")),
        refused_uploads=list(found.refused_uploads.select_related("document", "by")),
        terminations=list(
            found.terminations.select_related("superior", "evidence", "asked_by", "decided_by")
        ),
        amendments=list(found.amendments.all()),
        renewals=list(found.renewals.all()),
        history=list(
            AuditEvent.objects.filter(
                target_type=Agreement._meta.label_lower, target_id=str(found.pk)
            ).order_by("-number")[:100]
        ),
    )


def sides(actor: Actor, permission: str, found: Agreement) -> list[Side]:
    """The parties in whose own name the actor may speak."""
    return [side for side in Side if actor.may(permission, found.path_of(side))]


def may_consent(actor: Actor, request: TerminationRequest) -> bool:
    """Whether the actor stands above the party that asked."""
    return actor.may("agreement.consent", request.superior_path)


def attachment(found: Agreement, name: str, number: int) -> StoredDocument:
    """A file of an agreement: `text` or `print` of a version, the `scan`, the paper of an event or a request,
    or a `refused` upload.

    Raises Missing.
    """
    document: StoredDocument | None = None
    if name == "scan":
        document = found.scan
    elif name in ("text", "print"):
        text = version(found, number)
        document = text.document if name == "text" else text.pdf
    elif name == "event":
        event = found.events.select_related("document").filter(pk=number).first()
        document = event.document if event else None
    elif name == "evidence":
        request = found.terminations.select_related("evidence").filter(pk=number).first()
        document = request.evidence if request else None
    elif name == "refused":
        upload = found.refused_uploads.select_related("document").filter(pk=number).first()
        document = upload.document if upload else None
    if document is None:
        raise Missing(_("这份协议没有这个文件。"))
    return document
