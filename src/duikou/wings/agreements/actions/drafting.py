"""Drafts: a new agreement of a pairing, changes of its text, an uploaded text, its parties and term."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import act, require
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.policy.loader import load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions._common import claim, newest, require_state
from duikou.wings.agreements.models import (
    IN_FORCE,
    ON_ITS_WAY,
    Agreement,
    RefusedUpload,
    UploadedTemplate,
    Version,
)
from duikou.wings.agreements.papers import Content, Prepared
from duikou.wings.pairings.models import Pairing

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a draft says of parties and term; what is left out comes from the pairing and the day."""

    drafted_on: dt.date | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    supporter_representative: str = ""
    recipient_representative: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new agreement that is not kept yet, with its first text."""

    agreement: Agreement
    prepared: Prepared = field(repr=False)


def create_draft(
    *,
    actor: Actor,
    pairing: Pairing,
    kind: str = "",
    specialty: str = "",
    terms: Terms | None = None,
    demonstration: bool = False,
) -> Agreement:
    """Draft an agreement from the template of its kind (default: what the form of the pairing asks for).

    Raises Denied, Missing without a template, Invalid (term, dates), Conflict when one is there already.
    """
    return keep_draft(
        actor=actor,
        draft=prepare_draft(
            pairing, kind=kind, specialty=specialty, terms=terms, demonstration=demonstration
        ),
    )


def prepare_draft(
    pairing: Pairing,
    *,
    kind: str = "",
    specialty: str = "",
    terms: Terms | None = None,
    demonstration: bool = False,
) -> Draft:
    """Print and judge a new draft, without writing anything: that takes longest, and needs no transaction."""
    kind = kind or papers.KIND_OF_PAIRING.get(pairing.kind, Agreement.Kind.STANDARD)
    terms = terms or Terms()
    pack = load_pack(pairing.round.policy_pack)
    _check_kind(pairing, kind, specialty)
    template = papers.template_for(pack, kind, specialty)
    before = predecessor(pairing, kind, specialty, terms.start or pairing.start)
    start, end = terms.start or pairing.start, terms.end or pairing.end
    check_term(start, end, papers.minimum_years(pack))
    if before is not None:
        check_no_gap(before, start)
    agreement = Agreement(
        pairing=pairing,
        kind=kind,
        specialty=specialty,
        turn=before.turn + 1 if before is not None and before.pairing_id == pairing.pk else 1,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        supporter_representative=terms.supporter_representative.strip(),
        recipient_representative=terms.recipient_representative.strip(),
        policy_pack=pack.id,
        template=template.id,
        uploaded_template=own_template(pairing, kind),
        drafted_on=_drafted_on(terms.drafted_on),
        term_start=start,
        term_end=end,
        renews=before,
        demonstration=demonstration,
    )
    content = papers.first_content(agreement, template)
    return Draft(agreement, papers.prepare(agreement, template, content, number=1, moment=timezone.now()))


def keep_draft(*, actor: Actor, draft: Draft) -> Agreement:
    """Keep a prepared draft. Raises Denied, and Conflict when there is one meanwhile."""
    agreement = draft.agreement
    with act("agreement.create", actor=actor, permission="agreement.edit", on=agreement.pairing) as event:
        _require_free(agreement)
        agreement.created_by_id = actor.user_id
        try:
            agreement.save()
        except IntegrityError:
            raise Conflict(_("这个结对刚有人起草了同类协议。请刷新后再试。")) from None
        keep_version(actor, agreement, draft.prepared, Version.Origin.TEMPLATE)
        event.note(
            agreement,
            after={
                "kind": agreement.kind,
                "start": agreement.term_start.isoformat(),
                "end": agreement.term_end.isoformat(),
            },
        )
    return agreement


def _check_kind(pairing: Pairing, kind: str, specialty: str) -> None:
    if kind not in Agreement.Kind.values:
        text = _("没有这种协议。")
        raise Invalid(text, fields={"kind": [text]})
    if specialty and kind != Agreement.Kind.TARGET:
        text = _("只有目标协议可以限于一个专业。")
        raise Invalid(text, fields={"specialty": [text]})
    if specialty and not pairing.department_links.filter(specialty=specialty).exists():
        text = _("这个结对没有该专业的科室对口。请先建立科室对口并指定双方第一责任人。")
        raise Invalid(text, fields={"specialty": [text]})
    if pairing.ended_reason and pairing.end < timezone.localdate():
        raise Conflict(_("这个结对已经终止，不能再起草协议。"))


def _drafted_on(day: dt.date | None) -> dt.date:
    today = timezone.localdate()
    if day is not None and day > today:
        text = _("起草日期应不晚于今天 %(today)s。") % {"today": today.isoformat()}
        raise Invalid(text, fields={"drafted_on": [text]})
    return day or today


def check_term(start: dt.date, end: dt.date, years: int) -> None:
    """Raise Invalid for a term that is shorter than `years` (AGR-01)."""
    least = last_day_of(start, years)
    if end < least:
        text = _(
            "期限应不短于 %(years)d 年：从 %(start)s 起，至少到 %(least)s；实际到 %(found)s（AGR-01）。"
        ) % {
            "years": years,
            "start": start.isoformat(),
            "least": least.isoformat(),
            "found": end.isoformat(),
        }
        raise Invalid(text, fields={"term_end": [text]})


def last_day_of(start: dt.date, years: int) -> dt.date:
    """The last day of so many years that begin on `start`."""
    try:
        return start.replace(year=start.year + years) - ONE_DAY
    except ValueError:  # 29 February
        return start.replace(year=start.year + years, day=28)


def check_no_gap(before: Agreement, start: dt.date) -> None:
    """Raise Invalid unless a term begins on the day after the one before it."""
    wanted = (before.ended_on or before.term_end) + ONE_DAY
    if start != wanted:
        text = _("新协议应从 %(wanted)s 起，与上一期（至 %(end)s）衔接；实际从 %(found)s 起。") % {
            "wanted": wanted.isoformat(),
            "end": (wanted - ONE_DAY).isoformat(),
            "found": start.isoformat(),
        }
        raise Invalid(text, fields={"term_start": [text]})


def predecessor(pairing: Pairing, kind: str, specialty: str, start: dt.date) -> Agreement | None:
    """The agreement of the same two hospitals whose term a new one follows; None for the first.

    One that was ended early has let the pair go: a later one is a beginning, not a renewal.
    """
    return (
        Agreement.objects.filter(
            supporter=pairing.supporter_id,
            recipient=pairing.recipient_id,
            kind=kind,
            specialty=specialty,
            state__in=(*IN_FORCE, "expired"),
            term_start__lt=start,
        )
        .order_by("-term_end", "-pk")
        .first()
    )


def own_template(pairing: Pairing, kind: str) -> UploadedTemplate | None:
    """The official template of the authority that decides on the pairing, else of the one above it."""
    found = [
        one
        for one in UploadedTemplate.objects.filter(
            kind=kind, policy_pack=pairing.round.policy_pack, active=True
        )
        if pairing.authority_path.startswith(one.scope_path)
    ]
    return max(found, key=lambda one: len(one.scope_path), default=None)


def _require_free(agreement: Agreement) -> None:
    same = Agreement.objects.filter(
        pairing=agreement.pairing_id,
        kind=agreement.kind,
        specialty=agreement.specialty,
        turn=agreement.turn,
        state__in=(*ON_ITS_WAY, *IN_FORCE),
    )
    if (other := same.exclude(pk=agreement.amends_id).first()) is not None:
        raise Conflict(
            _("这个结对已有同一期的%(kind)s（%(code)s）。请打开它继续办理，已签署的可作修订或续签。")
            % {"kind": other.get_kind_display(), "code": other.code}
        )


# ---------------------------------------------------------------- texts


def keep_version(
    actor: Actor,
    agreement: Agreement,
    prepared: Prepared,
    origin: str,
    *,
    note: str = "",
    filename: str = "",
) -> Version:
    """Keep a text with its files, as the newest of its agreement."""
    number = agreement.latest + 1
    stem = f"{agreement.supporter.name}-{agreement.recipient.name}-{agreement.get_kind_display()}-{number}"
    own = {"scope_path": agreement.supporter_path, "actor": actor}
    claim(agreement, latest=number, accepted=prepared.accepted)
    document = store.keep(prepared.docx, filename=filename or f"{stem}.docx", kinds=("docx",), **own)
    pdf = store.keep(prepared.pdf, filename=f"{stem}.pdf", kinds=("pdf",), **own) if prepared.pdf else None
    return Version.objects.create(
        agreement=agreement,
        number=number,
        origin=origin,
        content=prepared.content,
        document=document,
        pdf=pdf,
        verdict=prepared.verdict,
        accepted=prepared.accepted,
        note=note.strip(),
        made_by_id=actor.user_id,
    )


def edit_text(*, actor: Actor, agreement: Agreement, content: Content, note: str = "") -> Version:
    """Give a draft another text: a new version, printed and checked. A refused text is kept, too.

    Raises Denied, Conflict (no draft any more, changed meanwhile), Invalid without any change.
    """
    require_state(agreement, "draft")
    template = papers.kept_template(agreement)
    if content == newest(agreement).content:
        raise Invalid(_("文本没有改动，没有生成新版。"))
    prepared = papers.prepare(
        agreement, template, content, number=agreement.latest + 1, moment=timezone.now()
    )
    return _keep_edited(actor, agreement, prepared, Version.Origin.EDITED, note=note)


def upload_text(
    *,
    actor: Actor,
    agreement: Agreement,
    content: bytes,
    filename: str,
    accept_changes: bool = False,
    note: str = "",
) -> Version:
    """Take a text that was edited in Word: kept exactly as it came, and checked.

    Raises Denied, Conflict, Invalid for a file that is no safe .docx or cannot be read; such a file is
    kept, too, beside the agreement, with the reason.
    """
    require(actor, "agreement.edit", agreement.scope_paths())
    require_state(agreement, "draft")
    template = papers.kept_template(agreement)
    try:
        if fault := store.fault_of(content, kinds=("docx",)):
            raise Invalid(fault, fields={"file": [fault]})
        paper = papers.read(content, accept_changes=accept_changes)
    except Invalid as error:
        _keep_refused(actor, agreement, content, filename, str(error.message))
        raise
    check = papers.judge(agreement, template, paper)
    prepared = Prepared(
        papers.content_of(paper, check, template), content, None, papers.as_plain(check), check.accepted
    )
    return _keep_edited(actor, agreement, prepared, Version.Origin.UPLOADED, note=note, filename=filename)


def _keep_refused(actor: Actor, agreement: Agreement, content: bytes, filename: str, reason: str) -> None:
    """Keep what was not taken in an act of its own: the refusal itself undoes nothing."""
    with act("agreement.upload_refused", actor=actor, permission="agreement.edit", on=agreement) as event:
        path = agreement.scope_paths()[0]
        document = store.keep_refused(content, filename=filename, scope_path=path, actor=actor)
        upload = RefusedUpload.objects.create(
            agreement=agreement,
            filename=store.clean_name(filename),
            reason=reason[:1000],
            document=document,
            by_id=actor.user_id,
        )
        event.note(
            after={"file": upload.filename, "sha256": document.sha256 if document else ""}, reason=reason
        )


def _keep_edited(
    actor: Actor, agreement: Agreement, prepared: Prepared, origin: str, *, note: str, filename: str = ""
) -> Version:
    with act("agreement.text", actor=actor, permission="agreement.edit", on=agreement) as event:
        require_state(agreement, "draft")
        version = keep_version(actor, agreement, prepared, origin, note=note, filename=filename)
        event.note(after={"version": version.number, "accepted": version.accepted}, reason=version.note)
    return version


def change_terms(*, actor: Actor, agreement: Agreement, terms: Terms) -> Agreement:
    """Change representatives and term of a draft; the text is printed anew with them.

    Raises Denied, Conflict, Invalid (term too short, gap to the term before).
    """
    require_state(agreement, "draft")
    template = papers.kept_template(agreement)
    start, end = terms.start or agreement.term_start, terms.end or agreement.term_end
    check_term(start, end, papers.minimum_years(load_pack(agreement.policy_pack)))
    if agreement.renews is not None:
        check_no_gap(agreement.renews, start)
    if agreement.amends is not None and (start, end) != (agreement.term_start, agreement.term_end):
        text = _("修订不改变期限；如需延长，请续签。")
        raise Invalid(text, fields={"term_end": [text]})
    before = _plain(agreement)
    old = papers.first_content(agreement, template)
    content = newest(agreement).content
    changes = {
        "term_start": start,
        "term_end": end,
        "supporter_representative": terms.supporter_representative.strip(),
        "recipient_representative": terms.recipient_representative.strip(),
        "drafted_on": _drafted_on(terms.drafted_on or agreement.drafted_on),
    }
    with act("agreement.terms", actor=actor, permission="agreement.edit", on=agreement) as event:
        claim(agreement, **changes)
        prepared = papers.prepare(
            agreement,
            template,
            _refilled(content, old, papers.first_content(agreement, template)),
            number=agreement.latest + 1,
            moment=timezone.now(),
        )
        keep_version(actor, agreement, prepared, Version.Origin.EDITED, note=_("变更代表或期限"))
        event.note(before=before, after=_plain(agreement))
    return agreement


def _refilled(content: Content, old: Content, new: Content) -> Content:
    """The text with what the template fills in changed; clauses that people wrote stay as they are."""
    was = {row["id"]: row["text"] for row in old["clauses"] if row["id"]}
    now = {row["id"]: row["text"] for row in new["clauses"] if row["id"]}
    rows = [
        {**row, "text": row["text"].replace(was[row["id"]], now[row["id"]])} if row["id"] in was else row
        for row in content["clauses"]
    ]
    return {**content, "clauses": rows}


def _plain(agreement: Agreement) -> dict[str, str]:
    return {
        "start": agreement.term_start.isoformat(),
        "end": agreement.term_end.isoformat(),
        "supporter_representative": agreement.supporter_representative,
        "recipient_representative": agreement.recipient_representative,
    }
