"""After signing: amendment, renewal, changes of a party, and the end at the term's last day."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import SYSTEM, Actor
from duikou.core.workflow import move
from duikou.policy.loader import load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions._common import (
    check_day,
    claim,
    newest,
    require_side,
    require_state,
    side_named,
)
from duikou.wings.agreements.actions.drafting import (
    ONE_DAY,
    Draft,
    Terms,
    check_no_gap,
    keep_draft,
    last_day_of,
    prepare_draft,
)
from duikou.wings.agreements.actions.signing import SCANS, Upload
from duikou.wings.agreements.models import IN_FORCE, Agreement, Event
from duikou.wings.agreements.workflows import AGREEMENT
from duikou.wings.hospitals.models import Hospital, Succession
from duikou.wings.pairings.models import Pairing

PAPERS = ("pdf", "docx", *SCANS[1:])

SAME_IN_AMENDMENTS = (
    "pairing", "kind", "specialty", "turn", "supporter", "recipient", "supporter_path", "recipient_path",
    "supporter_representative", "recipient_representative", "policy_pack", "template",
    "uploaded_template", "term_start", "term_end", "demonstration",
)  # fmt: skip


def amend(*, actor: Actor, agreement: Agreement) -> Agreement:
    """Begin an amendment of a signed agreement: a draft with its text, which replaces it once signed.

    Raises Denied, Conflict when it is not in force or an amendment is on its way.
    """
    require_state(agreement, *IN_FORCE)
    amendment = Agreement(
        **{name: getattr(agreement, name) for name in SAME_IN_AMENDMENTS},
        drafted_on=timezone.localdate(),
        amends=agreement,
    )
    template = papers.kept_template(agreement)
    prepared = papers.prepare(amendment, template, newest(agreement).content, number=1, moment=timezone.now())
    return keep_draft(actor=actor, draft=Draft(amendment, prepared))


def renew(*, actor: Actor, agreement: Agreement, terms: Terms | None = None) -> Agreement:
    """Draft the agreement of the next term: from the day after the last one, without a gap.

    It belongs to the pairing of the same hospitals in the next round where there is one, else to the
    same pairing. Raises Denied, Invalid (a gap, a term too short), Conflict.
    """
    require_state(agreement, *IN_FORCE, "expired")
    terms = terms or Terms()
    start = terms.start or agreement.term_end + ONE_DAY
    check_no_gap(agreement, start)
    pairing = _next_pairing(agreement, start)
    years = papers.minimum_years(load_pack(pairing.round.policy_pack))
    draft = prepare_draft(
        pairing,
        kind=agreement.kind,
        specialty=agreement.specialty,
        terms=Terms(
            drafted_on=terms.drafted_on,
            start=start,
            end=terms.end or last_day_of(start, years),
            supporter_representative=terms.supporter_representative or agreement.supporter_representative,
            recipient_representative=terms.recipient_representative or agreement.recipient_representative,
        ),
        demonstration=agreement.demonstration,
    )
    return keep_draft(actor=actor, draft=draft)


def _next_pairing(agreement: Agreement, start: dt.date) -> Pairing:
    """The pairing of the same two hospitals that holds on a day, else the agreement's own."""
    found: Pairing | None = (
        Pairing.objects.select_related("round__org", "supporter", "recipient")
        .filter(supporter=agreement.supporter_id, recipient=agreement.recipient_id)
        .on(start)
        .order_by("-round__start")
        .first()
    )
    return found or agreement.pairing


# ---------------------------------------------------------------- changes of a party


def change_representative(
    *,
    actor: Actor,
    agreement: Agreement,
    side: str,
    name: str,
    on: dt.date,
    reason: str,
    paper: Upload | None = None,
) -> Event:
    """Record that a party has another legal representative: it ends nothing (AGR-06).

    Raises Denied (also for the partner), Invalid (no name, the same name, day, file), Conflict.
    """
    party = side_named(side)
    require_side(actor, "agreement.edit", agreement, party)
    require_state(agreement, *IN_FORCE)
    field = f"{party.value}_representative"
    before, after = getattr(agreement, field), name.strip()
    if not after or after == before:
        text = _("请填写新的法定代表人姓名，应与现任不同。")
        raise Invalid(text, fields={"name": [text]})
    assert agreement.signed_on is not None
    check_day("on", on, after=agreement.signed_on, what=_("签署日期"))
    return _change(
        actor,
        agreement,
        Event(kind=Event.Kind.REPRESENTATIVE, side=party, on=on, before=before or "—", after=after),
        {field: after},
        permission="agreement.edit",
        reason=reason,
        paper=paper,
    )


def succeed(
    *,
    actor: Actor,
    agreement: Agreement,
    side: str,
    on: dt.date,
    reason: str,
    paper: Upload | None = None,
) -> Event:
    """Let the hospital that took over a party take its place, as the register says.

    Rights and duties go on unchanged. Raises Denied, Invalid when the register knows no successor, or
    for a day before its merger, Conflict.
    """
    party = side_named(side)
    require_state(agreement, *IN_FORCE)
    old = agreement.hospital_of(party)
    found = (
        Succession.objects.filter(origin=old, undone_on=None).exclude(kind=Succession.Kind.SPLIT)
        .select_related("result").order_by("-on").first()
    )  # fmt: skip
    if found is None or old.state != Hospital.State.MERGED:
        text = _("登记中“%(name)s”没有并入其他医院。请先由主管部门在医院登记中办理合并。") % {
            "name": old.name
        }
        raise Invalid(text, fields={"side": [text]})
    new = found.result
    if new.pk in (agreement.supporter_id, agreement.recipient_id):
        raise Conflict(_("双方已并为同一家医院，协议不能承继；请办理终止。"))
    check_day("on", on, after=found.on, what=_("合并日期"))
    return _change(
        actor,
        agreement,
        Event(kind=Event.Kind.SUCCESSION, side=party, on=on, before=old.name, after=new.name),
        {f"{party.value}_id": new.pk, f"{party.value}_path": new.scope_path},
        permission="agreement.manage",
        reason=reason,
        paper=paper,
    )


def _change(
    actor: Actor,
    agreement: Agreement,
    event: Event,
    changes: dict[str, object],
    *,
    permission: str,
    reason: str,
    paper: Upload | None,
) -> Event:
    """Write an event and what it changes; the state stays as it is."""
    reason = require_reason(reason)
    with act("agreement.event", actor=actor, permission=permission, on=agreement) as note:
        if paper is not None:
            event.document = store.keep(
                paper.content,
                filename=paper.filename,
                scope_path=agreement.path_of(event.side),
                actor=actor,
                kinds=PAPERS,
            )
        claim(agreement, **changes)
        event.agreement, event.reason, event.by_id = agreement, reason, actor.user_id
        event.save()
        note.note(
            before={"kind": event.kind, "side": event.side, "name": event.before},
            after={"name": event.after, "on": event.on.isoformat()},
            reason=reason,
        )
    return event


# ---------------------------------------------------------------- the term is over


def expire_due(*, today: dt.date | None = None) -> int:
    """Let every agreement expire whose last day is over; returns how many.

    Demonstration data play in the time of their round and stay as they are.
    """
    day = today or timezone.localdate()
    due = Agreement.objects.filter(state__in=IN_FORCE, term_end__lt=day, demonstration=False).select_related(
        "supporter", "recipient"
    )
    count = 0
    for agreement in due.order_by("pk"):
        move(AGREEMENT, agreement, "expire", actor=SYSTEM)
        count += 1
    return count
