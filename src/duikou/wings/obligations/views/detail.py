"""One obligation: clause and source, what each side says, evidence, periods, what happened; and its forms."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import words
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.core.times import time_words
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions.statements import choices
from duikou.wings.obligations.actions.targets import is_open
from duikou.wings.obligations.forms import EvidenceForm, ReasonForm, StateForm, TargetForm, VersionForm
from duikou.wings.obligations.models import Evidence, Obligation, TargetProposal
from duikou.wings.obligations.models.ledger import PERIODS
from duikou.wings.obligations.queries import ledger as queries
from duikou.wings.obligations.sides import VERIFY, WORK, standpoints
from duikou.wings.obligations.standing import PARTIES, Says, Side, owners
from duikou.wings.obligations.views._common import (
    PARTY_WORDS,
    SIDE_WORDS,
    amount,
    holder_link,
    is_unsure,
    mark_words,
    period_words,
    rule_link,
    rule_title,
    says_badge,
    specialty_words,
    stage_badge,
    target_words,
)

SAY = {  # what the button of a step says
    Says.NOTHING: gettext_lazy("收回意见"),
    Says.PROMISED: gettext_lazy("收回"),
    Says.DELIVERED: gettext_lazy("填报已履行"),
    Says.VERIFIED: gettext_lazy("核实无误"),
    Says.UNMET: gettext_lazy("认定未履行"),
}
ACTS = {
    "obligation.state": gettext_lazy("填报履行情况"),
    "evidence.attach": gettext_lazy("提交佐证"),
    "evidence.change": gettext_lazy("佐证数字更正"),
    "evidence.judge": gettext_lazy("核实佐证"),
    "evidence.renew": gettext_lazy("按新数字提交佐证"),
    "evidence.withdraw": gettext_lazy("撤回佐证"),
    "target.propose": gettext_lazy("提出目标"),
    "target.answer": gettext_lazy("答复目标建议"),
}


@page("obligation.view")
def detail(request: PageRequest, pk: int) -> HttpResponse:
    """One obligation."""
    return show(request, queries.obligation(request.actor, pk))


def show(request: PageRequest, one: Obligation, failed: str = "", form: Form | None = None) -> HttpResponse:
    """The page; `form` is the refused one of the part `failed` ("state:supporter:delivered", "attach" …)."""
    actor, pack = request.actor, one.pairing.round.policy_pack
    found = queries.whole(one)
    holder, holder_url = holder_link(one.holder)
    row = {name: getattr(one, name) for name in ("unit", "target")}
    return render(
        request,
        "obligations/detail.html",
        {
            "one": one,
            "title": words(one.title),
            "text": words(one.text),
            "note": words(one.note) if one.note else "",
            "stage": stage_badge(one.stage),
            "late": one.is_overdue(timezone.localdate()),
            "disputed": one.stage == "disputed",
            "period": period_words(one.period_kind, one.number),
            "rhythm": dict(PERIODS)[one.period_kind],  # type: ignore[index]
            "owner": PARTY_WORDS[one.party],
            "owner_names": [_hospital(one, side) for side in owners(one.party)],
            "department": specialty_words(pack, one.owner_department) if one.owner_department else "",
            "rule_url": rule_link(pack, one.rule),
            "rule_title": rule_title(pack, one.rule),
            "holder": holder,
            "holder_url": holder_url,
            "target": target_words(row),
            "target_unsure": bool(one.unit) and is_unsure(one.target_mark),
            "target_mark": mark_words(one.target_mark),
            "given": amount(one.given, one.unit) if one.unit else "",
            "accepted": amount(one.accepted, one.unit) if one.unit else "",
            "says": [_said(one, side) for side in Side],
            "steps": _steps(actor, one, failed, form),
            "evidence": _evidence(actor, one, found.evidence, failed, form),
            "attach_form": form if failed == "attach" else attach_form(actor, one),
            "kinds": [words(registry.title(kind, pack)) for kind in registry.accepted(one)],
            "statements": [_statement(one, s) for s in found.statements],
            "periods": [_period(other, one) for other in found.periods] if len(found.periods) > 1 else [],
            "proposals": _proposals(actor, one, found.proposals, failed, form),
            "target_form": _target_form(actor, one, failed, form),
            "timeline": _timeline(found),
            "demo_data": one.demonstration,
        },
        status=422 if failed else 200,
    )


def _hospital(one: Obligation, side: Side) -> str:
    pairing = one.pairing
    return str((pairing.supporter if side is Side.SUPPORTER else pairing.recipient).name)


def _said(one: Obligation, side: Side) -> dict[str, Any]:
    said = one.words[side]
    return {
        "side": SIDE_WORDS[side],
        "name": "" if side is Side.SUPERIOR else _hospital(one, side),
        "badge": says_badge(said.says),
        "quantity": amount(said.quantity, one.unit) if said.quantity is not None else "",
    }


def _statement(one: Obligation, row: Any) -> dict[str, Any]:
    return {
        "at": _moment(row.at),
        "side": SIDE_WORDS[Side(row.side)],
        "badge": says_badge(row.says),
        "quantity": amount(row.quantity, one.unit) if row.quantity is not None else "",
        "note": row.note,
        "by": row.by_label,
    }


def _moment(at: Any) -> str:
    return time_words(at)


def _period(other: Obligation, one: Obligation) -> dict[str, Any]:
    return {
        "pk": other.pk,
        "here": other.pk == one.pk,
        "words": period_words(other.period_kind, other.number),
        "start": other.start,
        "end": other.end,
        "stage": stage_badge(other.stage),
        "given": amount(other.given, other.unit) if other.unit else str(other.evidence_count),
        "target": target_words({"unit": other.unit, "target": other.target}),
        "closed": other.closed_on,
    }


# ---------------------------------------------------------------- what can be done


def state_form(one: Obligation, side: Side, says: Says, data: Any = None) -> StateForm:
    """The form by which a side says something."""
    return StateForm(
        data,
        counted=bool(one.unit) and says in (Says.DELIVERED, Says.VERIFIED, Says.UNMET),
        note_needed=says is Says.UNMET,
        initial={"version": one.version, "side": side, "says": says},
        auto_id=f"{side}-{says or 'nothing'}-%s",
    )


def _steps(actor: Actor, one: Obligation, failed: str, form: Form | None) -> list[dict[str, Any]]:
    return [
        {
            "side": SIDE_WORDS[side],
            "label": SAY[says],
            "danger": says is Says.UNMET,
            "short": says in (Says.PROMISED, Says.NOTHING),
            "form": form if failed == f"state:{side}:{says}" else state_form(one, side, says),
        }
        for side, says in choices(actor, one)
    ]


def attach_form(actor: Actor, one: Obligation, data: Any = None, files: Any = None) -> EvidenceForm | None:
    """The form for evidence, for those who may give some."""
    if one.closed_on is not None:
        return None
    places = [p for p in standpoints(actor, WORK, one) if p.side in owners(one.party)]
    if not places:
        return None
    pack = one.pairing.round.policy_pack
    kinds = registry.accepted(one)
    offers = [
        (f"{kind}:{offer.reference}", f"{words(registry.title(kind, pack))} · {offer.label}")
        for kind in kinds
        if (known := registry.kind(kind)) is not None
        for offer in known.offers(places[0].actor, one)
    ]
    return EvidenceForm(
        data,
        files,
        kinds=[(kind, words(registry.title(kind, pack))) for kind in kinds],
        offers=offers,
        counted=bool(one.unit),
        auto_id="attach-%s",
    )


def reason_form(what: str, pk: int, version: int, data: Any = None) -> ReasonForm:
    """A reason for a verdict or a withdrawal."""
    return ReasonForm(data, initial={"version": version}, auto_id=f"{what}-{pk}-%s")


def version_form(what: str, pk: int, version: int, data: Any = None) -> VersionForm:
    """A button that says which state of a row was read."""
    return VersionForm(data, initial={"version": version}, auto_id=f"{what}-{pk}-%s")


def _changes(row: Evidence) -> list[dict[str, Any]]:
    """How the figure of the work behind a piece changed since it was attached."""
    return [
        {
            "before": one.before,
            "after": one.after,
            "why": words(one.why),
            "by": one.by_label,
            "at": _moment(one.at),
        }
        for one in row.changes.all()
    ]


def _evidence(
    actor: Actor, one: Obligation, rows: list[Evidence], failed: str, form: Form | None
) -> list[dict[str, Any]]:
    open_ = one.closed_on is None
    work = {p.side for p in standpoints(actor, WORK, one)} if rows and open_ else set()
    verify = {p.side for p in standpoints(actor, VERIFY, one)} if rows and open_ else set()
    pack = one.pairing.round.policy_pack
    replaced = {row.replaces_id for row in rows if row.replaces_id is not None}
    earlier = {row.pk: row for row in rows}
    found = []
    for row in rows:
        live = row.withdrawn_at is None
        may_judge = live and row.by_id != actor.user_id and any(side != row.side for side in verify)
        found.append(
            {
                "row": row,
                "kind": words(registry.title(row.kind, pack)),
                "side": SIDE_WORDS[Side(row.side)],
                "elsewhere": bool(row.reference) and registry.kind(row.kind) is not None,
                "quantity": amount(row.quantity, one.unit) if one.unit else "",
                "judge": (form if failed == f"judge:{row.pk}" else reason_form("judge", row.pk, row.version))
                if may_judge
                else None,
                "judged": bool(row.superior_verdict if Side.SUPERIOR in verify else row.other_verdict),
                "changes": _changes(row),
                "replaced": row.pk in replaced,
                "replaces": earlier.get(row.replaces_id or 0),
                "renew": (form if failed == f"renew:{row.pk}" else version_form("renew", row.pk, row.version))
                if live and row.figure_now is not None and row.side in work
                else None,
                "withdraw": (
                    form if failed == f"withdraw:{row.pk}" else reason_form("withdraw", row.pk, row.version)
                )
                if live and row.side in work and not row.is_accepted
                else None,
            }
        )
    return found


def _target_form(actor: Actor, one: Obligation, failed: str, form: Form | None) -> Form | None:
    if one.closed_on is not None or not is_open(one) or not _parties(actor, one):
        return None
    return form if failed == "target" else TargetForm(auto_id="target-%s")


def _parties(actor: Actor, one: Obligation) -> set[Side]:
    return {p.side for p in standpoints(actor, VERIFY, one) if p.side in PARTIES}


def _proposals(
    actor: Actor, one: Obligation, rows: list[TargetProposal], failed: str, form: Form | None
) -> list[dict[str, Any]]:
    mine = _parties(actor, one) if rows else set()
    return [
        {
            "row": row,
            "side": SIDE_WORDS[Side(row.side)],
            "target": amount(row.target, one.unit),
            "answer": (form if failed == f"answer:{row.pk}" else reason_form("answer", row.pk, row.version))
            if row.state == TargetProposal.State.OPEN and any(side != row.side for side in mine)
            else None,
        }
        for row in rows
    ]


def _timeline(found: queries.Whole) -> list[dict[str, Any]]:
    """What was done and what was reminded of, newest first."""
    events = [
        (
            timezone.localtime(event.at).replace(tzinfo=None),
            ACTS.get(event.action, event.action),
            event.actor_label,
            _told(event.after) or event.reason,
        )
        for event in found.events
    ]
    return [
        {"at": at.strftime("%Y-%m-%d %H:%M"), "what": what, "who": who, "more": more}
        for at, what, who, more in sorted(events, key=lambda e: e[0], reverse=True)
    ] + [
        {
            "at": reminder.made_on.isoformat(),
            "what": reminder.get_kind_display(),
            "who": _("系统"),
            "more": _("期限 %(due)s") % {"due": reminder.due.isoformat()},
        }
        for reminder in found.reminders
    ]


def _told(after: Any) -> str:
    """The title of evidence, the number of a target: what an event is about, where it says so."""
    if not isinstance(after, dict):
        return ""
    return str(after.get("title") or after.get("target") or "")
