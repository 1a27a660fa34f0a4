"""Opening an approved proposal as the next round, so that no recipient is a day without a supporter.

The present round and all of its pairings end the day before the hand-over day; the next
round begins on it. Kept pairs go on in the next round with what hangs on them, so one day
follows the other on either side of the hand-over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.actions import act, require, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import SYSTEM, Actor
from duikou.core.workflow import move
from duikou.policy.loader import load_pack
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import absorbed_by, on_day
from duikou.wings.pairings.actions._common import round_by_key
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.hand_over import DAY, Place, begin, create_pairings, end_present
from duikou.wings.pairings.actions.rounds import create_round
from duikou.wings.pairings.desk import staleness
from duikou.wings.pairings.models import Pairing, Proposal, ProposalPair, ProposalResult, Round
from duikou.wings.pairings.translate import rows_of
from duikou.wings.pairings.workflows import PROPOSAL

TERM_RULE, TERM_YEARS = "PAIR-06", 3
SHOWN = 5  # names listed in a message


@dataclass(frozen=True, slots=True)
class NextTerm:
    """First and last day of the round to be opened."""

    start: dt.date
    end: dt.date


def next_term(round_: Round, hand_over: dt.date | None = None) -> NextTerm:
    """The term after `round_`: from the day after its last (or the hand-over day) for the policy's years."""
    start = hand_over or round_.end + DAY
    rule = load_pack(round_.policy_pack).rules.get(TERM_RULE)
    parameter = rule.parameters.get("term_years") if rule else None
    years = int(str(parameter.value)) if parameter else TERM_YEARS
    return NextTerm(start, _years_later(start, years) - DAY)


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def open_next_round(
    *,
    actor: Actor,
    proposal: Proposal,
    key: str,
    name: str,
    name_en: str = "",
    hand_over: dt.date | None = None,
    end: dt.date | None = None,
    names: Mapping[str, str | None] | None = None,
) -> Round:
    """Open an approved proposal as the round after the present one, and audit it.

    `hand_over` is the first day of the next round (default: the day after the present one
    ends, which is also the latest). `names` says which registered hospital (key) each
    recipient is that was still to be named; None leaves it out for now. Raises Denied,
    Invalid where a recipient would be left alone or have a gap, Missing, Conflict when
    the round has changed since, or has a next round already.
    """
    require(actor, "round.manage", (proposal.round.org.path or "",))
    with together():
        present = round_by_key(proposal.round.key, lock=True)
        _check_state(proposal, present)
        term = _checked_term(present, hand_over, end)
        pairs = list(
            ProposalPair.objects.filter(proposal=proposal)
            .exclude(change=ProposalPair.Change.DROPPED)
            .order_by("pk")
        )
        places = _hospitals_of(pairs, names or {}, term.start)
        rows = list(rows_of(present).select_related("supporter", "recipient").order_by("position"))
        _check_nobody_left_alone(rows, places, term.start)
        round_ = create_round(
            actor=actor,
            key=key,
            name=name,
            name_en=name_en,
            org=present.org,
            policy_pack=present.policy_pack,
            start=term.start,
            end=term.end,
            previous=present.key,
        )
        begin(round_)
        ended = end_present(present, term.start)
        created = create_pairings(round_, rows, places)
        move(PROPOSAL, proposal, "open", actor=actor, changes={"opened_as_id": round_.pk})
        with act("round.opened", actor=actor, permission="round.manage", on=present.org.path or "") as event:
            event.note(
                round_,
                before={"round": present.key, "pairings_ended": ended, "last_day": term.start - DAY},
                after={"pairings": len(created), "start": term.start, "end": term.end},
            )
        audit_round(actor=SYSTEM, round_key=round_.key)
    round_.refresh_from_db()
    return round_


# ---------------------------------------------------------------- may it be opened


def _check_state(proposal: Proposal, present: Round) -> None:
    if proposal.state != "approved":
        label = PROPOSAL.states[proposal.state].label
        raise Conflict(_("只有已批准的方案可以转为新一轮；方案目前为“%(state)s”。") % {"state": label})
    known = Round.objects.filter(previous=present).values_list("key", flat=True).first()
    if known:
        raise Conflict(_("本轮之后已有轮次“%(key)s”，不能再开一轮。") % {"key": known})
    result = ProposalResult.objects.filter(proposal=proposal).first()
    if result is None or result.revision != present.revision:
        reasons = staleness(proposal, result) if result else [_("没有结果")]
        raise Conflict(
            _("方案批准之后本轮的结对有变动：%(reasons)s。请退回方案，重新求解并批准。")
            % {"reasons": "；".join(str(reason) for reason in reasons)}
        )


def _checked_term(present: Round, hand_over: dt.date | None, end: dt.date | None) -> NextTerm:
    term = next_term(present, hand_over)
    earliest, latest = present.start + 2 * DAY, present.end + DAY
    if not earliest <= term.start <= latest:
        raise Invalid(
            _("交接日应在 %(first)s 与 %(last)s 之间，否则两轮之间会断档；实际为 %(found)s。")
            % {"first": earliest, "last": latest, "found": term.start},
            fields={"hand_over": [_("请改选交接日。")]},
        )
    return NextTerm(term.start, end or term.end)


def _hospitals_of(
    pairs: Iterable[ProposalPair], names: Mapping[str, str | None], day: dt.date
) -> list[Place]:
    """Each pair with the hospitals that it means on `day`: mergers are followed, stand-ins are named."""
    pairs = [pair for pair in pairs if names.get(pair.recipient_key, "") is not None]
    nameless = sorted({p.recipient_name for p in pairs if not (p.recipient_id or names.get(p.recipient_key))})
    if nameless:
        raise Invalid(
            _("下列受援医院还没有指明是哪家医院：%(names)s。请先登记，再在此选定，或暂不列入。")
            % {"names": _listed(nameless)},
            fields={"names": [_("请为每家待定的受援医院选定登记的医院。")]},
        )
    chosen = {key: value for key, value in names.items() if value}
    by_key = {hospital.key: hospital for hospital in Hospital.objects.filter(key__in=chosen.values())}
    absorbed = absorbed_by(day)
    ids = {pair.supporter_id for pair in pairs} | {pair.recipient_id for pair in pairs}
    known = Hospital.objects.in_bulk([pk for pk in {*ids, *absorbed.values()} if pk is not None])
    found: dict[tuple[str, int, int], Place] = {}
    for pair in pairs:
        giver = _now(known[pair.supporter_id], absorbed, known)  # type: ignore[index]
        if pair.recipient_id is None:
            taker = _named(pair, chosen[pair.recipient_key], by_key, day)
        else:
            taker = _now(known[pair.recipient_id], absorbed, known)
        if giver.pk == taker.pk:
            raise Invalid(
                _("“%(name)s”的两方已并为一家医院，不能结对。请退回方案重新求解。") % {"name": pair}
            )
        found.setdefault((pair.table, giver.pk, taker.pk), Place(pair, giver, taker))
    return list(found.values())


def _now(hospital: Hospital, absorbed: Mapping[int, int], known: Mapping[int, Hospital]) -> Hospital:
    """The entry that stands for a hospital on the day; raises Invalid for one that is closed."""
    while hospital.pk in absorbed:
        hospital = known[absorbed[hospital.pk]]
    if hospital.state == Hospital.State.CLOSED:
        raise Invalid(
            _("“%(name)s”已注销，不能列入新一轮。请退回方案，关闭该医院后重新求解。")
            % {"name": hospital.name}
        )
    return hospital


def _named(pair: ProposalPair, key: str, by_key: Mapping[str, Hospital], day: dt.date) -> Hospital:
    """The registered hospital that a stand-in is: it must be active and lie in the county."""
    hospital = by_key.get(key)
    if hospital is None:
        raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": key})
    if hospital.state != Hospital.State.ACTIVE:
        raise Invalid(_("“%(name)s”已不在册，不能列入新一轮。") % {"name": hospital.name})
    place = on_day([hospital.pk], day)[hospital.pk].division or hospital.division
    if place.name != pair.county:
        raise Invalid(
            _("“%(name)s”在%(found)s，不在%(expected)s。")
            % {"name": hospital.name, "found": place.name, "expected": pair.county}
        )
    return hospital


def _check_nobody_left_alone(rows: Iterable[Pairing], places: Iterable[Place], start: dt.date) -> None:
    """Whoever is supported now must be supported up to the hand-over, and after it."""
    absorbed = absorbed_by(start)
    last: dict[int, dt.date] = {}
    names: dict[int, str] = {}
    for row in rows:
        pk = _followed(row.recipient_id, absorbed)
        last[pk] = max(row.end, last.get(pk, row.end))
        names[pk] = row.recipient.name
        if row.start >= start:
            raise Invalid(
                _("结对“%(pairing)s”自 %(found)s 开始，不早于交接日 %(day)s。请改晚交接日，或先调整该结对。")
                % {"pairing": row, "found": row.start, "day": start}
            )
    after = {place.recipient.pk for place in places}
    active = set(
        Hospital.objects.filter(pk__in=last).exclude(state=Hospital.State.CLOSED).values_list("pk", flat=True)
    )
    alone = sorted(names[pk] for pk in last.keys() - after if pk in active)
    if alone:
        raise Invalid(
            _("转入新一轮后，下列受援医院将没有支援医院：%(names)s。请退回方案为其安排，或先在登记中注销。")
            % {"names": _listed(alone)}
        )
    early = sorted(f"{names[pk]}（{last[pk]}）" for pk in last.keys() & after if last[pk] < start - DAY)
    if early:
        raise Invalid(
            _("下列受援医院现有支援的最后一日早于交接日前一日，中间会断档：%(names)s。请改早交接日。")
            % {"names": _listed(early)},
            fields={"hand_over": [_("请改选交接日。")]},
        )


def _followed(pk: int, absorbed: Mapping[int, int]) -> int:
    while pk in absorbed:
        pk = absorbed[pk]
    return pk


def _listed(names: list[str]) -> str:
    shown = _("、").join(names[:SHOWN])
    return shown if len(names) <= SHOWN else _("%(names)s等 %(n)d 家") % {"names": shown, "n": len(names)}
