"""Making proposals of a next round: create, copy, name, set, lock, forbid, close, add.

Only a draft or returned proposal can be changed, by those who work for the authority that
proposes. Each change names the version that was read: of two people who change the same
proposal at once, the second is told (Conflict).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from duikou.core.actions import EventNote, act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions._common import round_by_key
from duikou.wings.pairings.desk import Member, Members, members_of
from duikou.wings.pairings.models import (
    Proposal,
    ProposalEdit,
    ProposalPair,
    ProposalResult,
    Round,
)
from duikou.wings.pairings.settings import Named, Newcomer, Settings, settings_of
from duikou.wings.pairings.workflows import PROPOSAL
from duikou.wings.places.models import Division

CHANGEABLE = ("draft", "returned")
MOST_PAIRS = 500  # locked, forbidden or freed by one act
Pair = tuple[str, str]  # keys of supporter and recipient


def create_proposal(*, actor: Actor, round_key: str, name: str, note: str = "") -> Proposal:
    """Begin a proposal for the round after `round_key`, as a draft with the usual settings.

    It belongs to the highest authority of the round's province for which the actor may
    make proposals. Raises Denied, Missing, Invalid without a name.
    """
    round_ = round_by_key(round_key)
    path = proposing_path(actor, round_)
    with act("proposal.create", actor=actor, permission="proposal.edit", on=path) as event:
        proposal = Proposal.objects.create(
            round=round_,
            number=_next_number(round_),
            name=_name(name),
            note=note.strip(),
            scope_path=path,
            settings=Settings().plain(),
            created_by_id=actor.user_id,
        )
        event.note(proposal, after=_plain(proposal), scope_path=path)
    return proposal


def copy_proposal(*, actor: Actor, proposal: Proposal, name: str) -> Proposal:
    """Begin another draft with the settings, edits and result of a proposal that the actor may see.

    It belongs to the actor's own authority. Locks and prohibitions keep their reasons; they
    are now the copier's. Raises Denied, Invalid without a name.
    """
    path = proposing_path(actor, proposal.round)
    with act("proposal.copy", actor=actor, permission="proposal.edit", on=path) as event:
        twin = Proposal.objects.create(
            round=proposal.round,
            number=_next_number(proposal.round),
            name=_name(name),
            note=proposal.note,
            scope_path=path,
            settings=proposal.settings,
            copied_from=proposal,
            created_by_id=actor.user_id,
        )
        edits = [_twin(edit, twin, by_id=actor.user_id) for edit in proposal.edits.all()]
        ProposalEdit.objects.bulk_create(edits)
        if path == proposal.scope_path:  # another authority may change other tables: it solves anew
            _copy_result(proposal, twin)
        event.note(
            twin, after={**_plain(twin), "from": proposal.number, "edits": len(edits)}, scope_path=path
        )
    return twin


def _copy_result(proposal: Proposal, twin: Proposal) -> None:
    result = ProposalResult.objects.filter(proposal=proposal).first()
    if result is None or result.inputs != proposal.inputs:
        return
    _twin(result, twin, inputs=twin.inputs).save(force_insert=True)
    ProposalPair.objects.bulk_create([_twin(pair, twin) for pair in proposal.pairs.all()], batch_size=500)


def _twin(row: Any, proposal: Proposal, **changes: Any) -> Any:
    """The same row for another proposal, not saved yet."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del values["id"]
    return type(row)(**{**values, "proposal_id": proposal.pk, **changes})


def proposing_path(actor: Actor, round_: Round) -> str:
    """For whom the actor proposes: the province, else the first of its cities. Raises Denied."""
    province = round_.org.path or ""
    paths = actor.paths("proposal.edit")
    if any(contains(path, province) for path in paths):
        return province
    inside = [path for path in paths if contains(province, path)]
    if not inside:
        raise Denied(_("您不能为这一轮次编制结对方案。如工作需要，请联系系统管理员授权。"))
    return inside[0]


def rename_proposal(*, actor: Actor, proposal: Proposal, name: str, note: str = "") -> Proposal:
    """Give a proposal another name and note. Raises Denied, Invalid, Conflict."""
    with _changing("proposal.rename", actor, proposal) as event:
        before = {"name": proposal.name, "note": proposal.note}
        proposal.name, proposal.note = _name(name), note.strip()
        proposal.save(update_fields=["name", "note", "changed_at"])
        event.note(before=before, after={"name": proposal.name, "note": proposal.note})
    return proposal


# ---------------------------------------------------------------- settings


def set_settings(*, actor: Actor, proposal: Proposal, values: dict[str, Any]) -> Proposal:
    """Replace the settings; members left out take their usual value.

    Hospitals that are newly closed or new must be known. Raises Denied, Missing, Invalid,
    Conflict.
    """
    wanted = settings_of(values)
    with _changing("proposal.set", actor, proposal, inputs=True) as event:
        before = settings_of(proposal.settings)
        _check_hospitals(proposal.round, before, wanted)
        _set(proposal, wanted)
        event.note(before=_differing(before, wanted), after=_differing(wanted, before))
    return proposal


def close_hospital(*, actor: Actor, proposal: Proposal, hospital: str, reason: str) -> Proposal:
    """Take a hospital (by key) out of the proposal: what if it is closed?

    Locks and prohibitions that name it go with it. Raises Denied, Missing, Invalid without a
    reason, Conflict when it is closed already.
    """
    reason = require_reason(reason)
    with _changing("proposal.close_hospital", actor, proposal, inputs=True) as event:
        settings = settings_of(proposal.settings)
        member = _member(members_of(proposal.round), hospital)
        if hospital in settings.closed:
            raise Conflict(_("“%(name)s”在本方案中已经关闭。") % {"name": member.name})
        _set(proposal, settings.model_copy(update={"closed": (*settings.closed, hospital)}))
        edits = proposal.edits.filter(supporter_key=hospital) | proposal.edits.filter(recipient_key=hospital)
        gone = [f"{edit.kind}: {edit}" for edit in edits]
        edits.delete()
        event.note(after={"closed": member.name, "edits_removed": gone}, reason=reason)
    return proposal


def reopen_hospital(*, actor: Actor, proposal: Proposal, hospital: str) -> Proposal:
    """Take a closed hospital back into the proposal. Raises Denied, Missing, Conflict."""
    with _changing("proposal.reopen_hospital", actor, proposal, inputs=True) as event:
        settings = settings_of(proposal.settings)
        if hospital not in settings.closed:
            raise Missing(_("标识为“%(key)s”的医院在本方案中没有关闭。") % {"key": hospital})
        left = tuple(key for key in settings.closed if key != hospital)
        _set(proposal, settings.model_copy(update={"closed": left}))
        event.note(before={"closed": hospital})
    return proposal


def add_newcomer(
    *, actor: Actor, proposal: Proposal, hospital: str, side: str, reason: str, table: str = "2"
) -> Proposal:
    """Let a registered hospital (by key) take part that the present round does not name.

    `side` is supporter or recipient; `table` of a supporter: 1 the province's, 2 the
    cities'. Raises Denied, Missing, Invalid, Conflict when it takes part already.
    """
    reason = require_reason(reason)
    with _changing("proposal.add_newcomer", actor, proposal, inputs=True) as event:
        settings = settings_of(proposal.settings)
        plain = settings.plain()
        plain["newcomers"].append({"key": hospital, "side": side, "table": table})
        wanted = settings_of(plain)
        _check_hospitals(proposal.round, settings, wanted)
        _set(proposal, wanted)
        event.note(after={"newcomer": hospital, "side": side, "table": table}, reason=reason)
    return proposal


def name_recipient(*, actor: Actor, proposal: Proposal, county_code: str, name: str, reason: str) -> Proposal:
    """Let a recipient take part that is still to be registered: a name in a county.

    It has to be registered before the proposal is opened as a round. Raises Denied, Invalid,
    Conflict when the name is there already.
    """
    reason = require_reason(reason)
    with _changing("proposal.name_recipient", actor, proposal, inputs=True) as event:
        settings = settings_of(proposal.settings)
        plain = settings.plain()
        plain["named"].append({"county_code": county_code, "name": name.strip()})
        wanted = settings_of(plain)
        _check_hospitals(proposal.round, settings, wanted)
        _set(proposal, wanted)
        event.note(after={"named": name.strip(), "county": county_code}, reason=reason)
    return proposal


def remove_newcomer(*, actor: Actor, proposal: Proposal, hospital: str) -> Proposal:
    """Take out a newcomer: by key, or by name where it is still to be registered.

    Raises Denied, Missing, Conflict.
    """
    with _changing("proposal.remove_newcomer", actor, proposal, inputs=True) as event:
        settings = settings_of(proposal.settings)
        newcomers = tuple(one for one in settings.newcomers if one.key != hospital)
        named = tuple(one for one in settings.named if one.name != hospital)
        if (newcomers, named) == (settings.newcomers, settings.named):
            raise Missing(_("本方案没有新增“%(key)s”。") % {"key": hospital})
        _set(proposal, settings.model_copy(update={"newcomers": newcomers, "named": named}))
        proposal.edits.filter(supporter_key=hospital).delete()
        proposal.edits.filter(recipient_key=hospital).delete()
        event.note(before={"newcomer": hospital})
    return proposal


def _check_hospitals(round_: Round, before: Settings, wanted: Settings) -> None:
    """What the new settings name beyond the old ones must be there."""
    closed = set(wanted.closed) - set(before.closed)
    newcomers = set(wanted.newcomers) - set(before.newcomers)
    if closed or newcomers:
        members = members_of(round_)
        for key in sorted(closed):
            _member(members, key)
        _check_newcomers(newcomers, members)
    named = set(wanted.named) - set(before.named)
    if named:
        _check_named(round_, named, {one.name for one in before.named})


def _check_newcomers(newcomers: set[Newcomer], members: Members) -> None:
    states = dict(Hospital.objects.filter(key__in=[n.key for n in newcomers]).values_list("key", "state"))
    for newcomer in sorted(newcomers, key=lambda one: one.key):
        if newcomer.key not in states:
            raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": newcomer.key})
        if states[newcomer.key] != Hospital.State.ACTIVE:
            raise Invalid(_("“%(key)s”已不在册，不能加入方案。") % {"key": newcomer.key})
        if newcomer.key in members.supporters or newcomer.key in members.recipients:
            raise Conflict(_("“%(key)s”已在本轮之中，不必新增。") % {"key": newcomer.key})


def _check_named(round_: Round, named: set[Named], known: set[str]) -> None:
    codes = set(
        Division.objects.on(round_.divisions_on)
        .filter(level=Division.Level.COUNTY, code__in=[one.county_code for one in named])
        .values_list("code", flat=True)
    )
    for one in sorted(named, key=lambda each: each.name):
        if one.county_code not in codes:
            raise Missing(
                _("%(day)s 没有代码为 %(code)s 的县（市、区）。")
                % {"day": round_.divisions_on, "code": one.county_code}
            )
        if one.name in known or Hospital.objects.filter(names__name=one.name).exists():
            raise Conflict(
                _("“%(name)s”已在登记或方案之中：已登记的请按医院新增，不要另起名称。") % {"name": one.name}
            )


# ---------------------------------------------------------------- locks and prohibitions


def edit_pairs(
    *,
    actor: Actor,
    proposal: Proposal,
    lock: Sequence[Pair] = (),
    forbid: Sequence[Pair] = (),
    free: Sequence[Pair] = (),
    reason: str = "",
) -> Proposal:
    """Lock, forbid and free pairs (keys of supporter and recipient): all of them or none.

    A pair that was locked becomes forbidden, and the other way round. Locks and
    prohibitions need a reason; to free needs none. Raises Denied, Missing for hospitals that
    take no part, Invalid, Conflict.
    """
    if lock or forbid:
        reason = require_reason(reason)
    _check_pairs(lock, forbid, free)
    with _changing("proposal.edit_pairs", actor, proposal, inputs=True) as event:
        members = members_of(proposal.round, settings_of(proposal.settings))
        known = {(edit.supporter_key, edit.recipient_key): edit for edit in proposal.edits.all()}
        before = {pair: known[pair].kind for pair in (*lock, *forbid, *free) if pair in known}
        for kind, pairs in ((ProposalEdit.Kind.LOCK, lock), (ProposalEdit.Kind.FORBID, forbid)):
            for pair in pairs:
                _write_edit(actor, proposal, members, known.get(pair), pair, kind, reason)
        for pair in free:
            if pair not in known:
                raise Missing(_("这一对既没有指定，也没有禁止：%(pair)s。") % {"pair": " → ".join(pair)})
            known[pair].delete()
        event.note(
            before={f"{s} → {r}": kind for (s, r), kind in before.items()},
            after={"lock": _shown(lock), "forbid": _shown(forbid), "free": _shown(free)},
            reason=reason,
        )
    return proposal


def _check_pairs(*groups: Sequence[Pair]) -> None:
    pairs = [pair for group in groups for pair in group]
    if not 0 < len(pairs) <= MOST_PAIRS:
        raise Invalid(
            _("请选择 1 到 %(most)d 对；实际为 %(found)d 对。") % {"most": MOST_PAIRS, "found": len(pairs)}
        )
    if len(set(pairs)) < len(pairs):
        raise Invalid(_("同一对不能既指定又禁止，也不能重复。"))


def _write_edit(
    actor: Actor,
    proposal: Proposal,
    members: Members,
    edit: ProposalEdit | None,
    pair: Pair,
    kind: str,
    reason: str,
) -> None:
    supporter, recipient = members.supporter(pair[0]), members.recipient(pair[1])
    if not contains(proposal.scope_path, supporter.authority_path):
        raise Denied(
            _("“%(name)s”的结对由其他单位安排（PAIR-06），本方案不能指定或禁止。") % {"name": supporter.name}
        )
    edit = edit or ProposalEdit(proposal=proposal, supporter_key=pair[0], recipient_key=pair[1])
    edit.supporter_name, edit.recipient_name = supporter.name, recipient.name
    edit.kind, edit.reason, edit.by_id = kind, reason, actor.user_id
    edit.save()


def _shown(pairs: Sequence[Pair]) -> list[str]:
    return [f"{supporter} → {recipient}" for supporter, recipient in pairs]


# ---------------------------------------------------------------- shared


@contextmanager
def _changing(name: str, actor: Actor, proposal: Proposal, *, inputs: bool = False) -> Iterator[EventNote]:
    """One change of a proposal that may still be changed; `inputs`: its result is then out of date."""
    with (
        undone_in_memory(proposal),
        act(name, actor=actor, permission="proposal.edit", on=proposal) as event,
    ):
        claim(proposal, CHANGEABLE, inputs=inputs)
        yield event


@contextmanager
def undone_in_memory(proposal: Proposal) -> Iterator[None]:
    """When an act is undone, the caller's row is as it was read, too."""
    seen = {field.attname: getattr(proposal, field.attname) for field in proposal._meta.concrete_fields}
    try:
        yield
    except BaseException:
        for name, value in seen.items():
            setattr(proposal, name, value)
        raise


def claim(proposal: Proposal, states: Sequence[str], *, inputs: bool = False) -> None:
    """Take the proposal for this change: it must be as it was read, in one of `states`. Raises Conflict."""
    seen = proposal.version
    won = Proposal.objects.filter(pk=proposal.pk, version=seen, state__in=states).update(
        version=seen + 1, inputs=F("inputs") + int(inputs)
    )
    if not won:
        state = Proposal.objects.filter(pk=proposal.pk).values_list("state", flat=True).first()
        label = PROPOSAL.states[state].label if state else _("已删除")
        raise Conflict(
            _("方案目前为“%(state)s”，或刚被他人改动，您的更改没有保存。请刷新后再试。") % {"state": label}
        )
    proposal.refresh_from_db(fields=_CHANGING)


_CHANGING = [field.name for field in Proposal._meta.concrete_fields if field.name not in ("id", "round")]


def _set(proposal: Proposal, wanted: Settings) -> None:
    proposal.settings = wanted.plain()
    proposal.save(update_fields=["settings", "changed_at"])


def _member(members: Members, key: str) -> Member:
    found = members.supporters.get(key) or members.recipients.get(key)
    if found is None:
        raise Missing(_("本轮没有标识为“%(key)s”的医院。") % {"key": key})
    return found


def _next_number(round_: Round) -> int:
    """The number after the last; the round is locked so that two people never get the same."""
    list(Round.objects.select_for_update(no_key=True).filter(pk=round_.pk).values_list("pk"))
    return (Proposal.objects.filter(round=round_).aggregate(last=Max("number"))["last"] or 0) + 1


def _name(name: str) -> str:
    if not (name := name.strip()):
        raise Invalid(_("请给方案取一个名称。"), fields={"name": [_("必须填写名称。")]})
    return name


def _plain(proposal: Proposal) -> dict[str, Any]:
    return {"round": proposal.round.key, "number": proposal.number, "name": proposal.name}


def _differing(one: Settings, other: Settings) -> dict[str, Any]:
    """The members in which settings differ from others."""
    mine, theirs = one.plain(), other.plain()
    return {name: value for name, value in mine.items() if value != theirs[name]}
