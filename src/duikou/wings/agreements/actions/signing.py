"""Signing and what follows it: the originals and their holders, the copy for the provincial office."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import act, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.agreements.actions._common import (
    check_day,
    claim,
    newest,
    require_accepted,
    require_side,
    require_state,
    side_named,
    superior_of,
    tell_duties,
)
from duikou.wings.agreements.models import Agreement, Filing, Original, Side, Signature
from duikou.wings.agreements.workflows import AGREEMENT

SCANS = ("pdf", "png", "jpeg")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody hands in."""

    content: bytes
    filename: str


def sign(
    *,
    actor: Actor,
    agreement: Agreement,
    side: str,
    signatory: str,
    on: dt.date,
    post: str = "",
    scan: Upload | None = None,
) -> None:
    """Record who signed for one side, and when; with both it is in force from the later day (AGR-06).

    The page with signatures and seals is handed in by whoever signs second, or before. Raises Denied,
    Refused, Invalid (no name, a day before the draft, after the term or in the future, no scan or a
    file of another kind), Conflict.
    """
    party = side_named(side)
    require_side(actor, "agreement.approve", agreement, party)
    require_state(agreement, "approved")
    require_accepted(agreement)
    if not (signatory := signatory.strip()):
        text = _("请填写签署人姓名。")
        raise Invalid(text, fields={"signatory": [text]})
    check_day("on", on, after=agreement.drafted_on, what=_("起草日期"))
    if on > agreement.term_end:
        text = _("协议期限至 %(end)s，不能在期满之后签署。") % {"end": agreement.term_end.isoformat()}
        raise Invalid(text, fields={"on": [text]})
    with together():
        _note_signature(actor, agreement, party, signatory, post.strip(), on, scan)
        signatures = list(agreement.signatures.all())
        if len(signatures) == len(Side):
            _take_effect(actor, agreement, max(one.on for one in signatures))


def _note_signature(
    actor: Actor,
    agreement: Agreement,
    side: Side,
    signatory: str,
    post: str,
    on: dt.date,
    scan: Upload | None,
) -> None:
    path = agreement.path_of(side)
    with act(
        "agreement.sign_side", actor=actor, permission="agreement.approve", on=path, target=agreement
    ) as event:
        if agreement.signatures.filter(side=side).exists():
            raise Conflict(_("%(side)s已经签署。") % {"side": side.label})
        document = (
            store.keep(scan.content, filename=scan.filename, scope_path=path, actor=actor, kinds=SCANS)
            if scan
            else agreement.scan
        )
        claim(agreement, scan=document)
        Signature.objects.create(
            agreement=agreement,
            version=newest(agreement),
            side=side,
            signatory=signatory,
            post=post,
            on=on,
            by_id=actor.user_id,
        )
        event.note(after={"side": side.value, "on": on.isoformat(), "version": agreement.latest})


def _take_effect(actor: Actor, agreement: Agreement, on: dt.date) -> None:
    """Both have signed: in force, with its originals and duties; what it amends is replaced."""
    if agreement.scan is None:
        text = _("请上传签字盖章页的扫描件（PDF、PNG 或 JPEG）。")
        raise Invalid(text, fields={"scan": [text]})
    if agreement.amends is not None:
        old = Agreement.objects.select_related("pairing").get(pk=agreement.amends_id)
        move(AGREEMENT, old, "replace", actor=actor)
    move(AGREEMENT, agreement, "sign", actor=actor, changes={"signed_on": on})
    supporter, recipient = agreement.supporter.org, agreement.recipient.org
    holders = Original.Holder
    Original.objects.bulk_create(
        Original(agreement=agreement, number=number, holder=holder, org=org)
        for number, (holder, org) in enumerate(
            (
                (holders.SUPPORTER, supporter),
                (holders.RECIPIENT, recipient),
                (holders.SUPPORTER_SUPERIOR, superior_of(supporter)),
                (holders.RECIPIENT_SUPERIOR, superior_of(recipient)),
            ),
            start=1,
        )
    )
    reason = _("修订协议签署") if agreement.amends_id else _("协议签署")
    tell_duties(agreement, actor=actor, on=on, reason=reason)


# ---------------------------------------------------------------- originals and filing


def receive_original(*, actor: Actor, agreement: Agreement, number: int, on: dt.date) -> Original:
    """A holder confirms that it has its original (AGR-03).

    Raises Denied for others, Missing, Invalid (day), Conflict when confirmed already.
    """
    original = agreement.originals.select_related("org").filter(number=number).first()
    if original is None:
        raise Missing(_("这份协议没有第 %(number)d 份原件：原件在签署后登记。") % {"number": number})
    parties = (Original.Holder.SUPPORTER, Original.Holder.RECIPIENT)
    permission = "agreement.edit" if original.holder in parties else "agreement.consent"
    with act(
        "agreement.original",
        actor=actor,
        permission=permission,
        on=original.org.path or "",
        target=agreement,
    ) as event:
        assert agreement.signed_on is not None  # originals are made on signing
        check_day("on", on, after=agreement.signed_on, what=_("签署日期"))
        waiting = Original.objects.filter(pk=original.pk, handed_on=None)
        if not waiting.update(handed_on=on, by=actor.user_id):
            raise Conflict(_("第 %(number)d 份原件已经登记。") % {"number": number})
        original.handed_on = on
        event.note(after={"number": number, "holder": original.org.name, "on": on.isoformat()})
    return original


def send_copy(*, actor: Actor, agreement: Agreement, on: dt.date) -> Filing:
    """Note that the copy for the provincial office was sent (AGR-02).

    Raises Denied, Invalid (day), Conflict when not signed or sent already.
    """
    require_state(agreement, "signed")
    office = agreement.pairing.round.org
    with act("agreement.send_copy", actor=actor, permission="agreement.edit", on=agreement) as event:
        assert agreement.signed_on is not None
        check_day("on", on, after=agreement.signed_on, what=_("签署日期"))
        if Filing.objects.filter(agreement=agreement).exists():
            raise Conflict(_("备案件已经报送，待省办收存。"))
        filing = Filing.objects.create(
            agreement=agreement, office=office, sent_on=on, sent_by_id=actor.user_id
        )
        event.note(after={"office": office.name, "on": on.isoformat()})
    return filing


def confirm_copy(*, actor: Actor, agreement: Agreement, on: dt.date) -> Filing:
    """The provincial office has the copy: a receipt with a number, and the agreement is filed.

    Raises Denied for everybody else, Invalid (day), Conflict when nothing was sent.
    """
    require_state(agreement, "signed")
    filing = Filing.objects.select_related("office").filter(agreement=agreement).first()
    if filing is None:
        raise Conflict(_("这份协议还没有报送备案件。"))
    office: OrgUnit = filing.office
    with act(
        "agreement.receipt",
        actor=actor,
        permission="agreement.manage",
        on=office.path or "",
        target=agreement,
    ) as event:
        check_day("on", on, after=filing.sent_on, what=_("报送日期"))
        filing.receipt = _next_receipt(office, on)
        filing.received_on, filing.received_by_id = on, actor.user_id
        try:
            filing.save(update_fields=["receipt", "received_on", "received_by"])
        except IntegrityError:
            raise Conflict(_("刚有另一份协议取得了同一回执编号。请再试一次。")) from None
        move(AGREEMENT, agreement, "file", actor=actor, changes={"filed_on": on})
        event.note(after={"receipt": filing.receipt, "on": on.isoformat()})
    return filing


def _next_receipt(office: OrgUnit, on: dt.date) -> str:
    """The next number of the office in a year: 2026-0001."""
    last = (
        Filing.objects.filter(office=office, receipt__startswith=f"{on.year}-")
        .order_by("-receipt")
        .values_list("receipt", flat=True)
        .first()
    )
    return f"{on.year}-{int(last.partition('-')[2]) + 1 if last else 1:04d}"
