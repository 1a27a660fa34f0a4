"""A live session about a case: its room opened, and closed with what allowed it. No opinion needs one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Denied
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.patients import consents
from duikou.wings.patients.models import Consent
from duikou.wings.patients.queries.records import family
from duikou.wings.rooms import actions as rooms
from duikou.wings.rooms.actions import Invited
from duikou.wings.rooms.models import Member, Room
from duikou.wings.rooms.queries import sessions
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.exhibits import exhibits_of
from duikou.wings.telehealth.models import Consultation

State = Consultation.State
LIVE = (State.ASSIGNED, State.ANSWERED)  # experts are named, and the case is not over
PURPOSE, RECORDING = "consultation", "recording"  # of the patient's consents


def may_open(actor: Actor, one: Consultation) -> bool:
    """Whether the actor may have the room of a consultation opened now."""
    return one.state in LIVE and actor.may("room.open") and _takes_part(actor, one)


def _takes_part(actor: Actor, one: Consultation) -> bool:
    if actor.may("consult.request", one.home_path) or actor.may("consult.answer", one.host_path):
        return True
    seats = one.seats.filter(released_at=None, expert__person__user=actor.user_id)
    return actor.user_id is not None and seats.exists()


def open_session(*, actor: Actor, one: Consultation) -> Room:
    """Open the room of a consultation, or find the open one, with everybody of the case invited.

    Raises Conflict without the patient's consent to the consultation, or before experts are named.
    """
    with act("consultation.room", actor=actor, permission="room.open", target=one) as event:
        if not _takes_part(actor, one):
            raise Denied(_("只有邀请医师、受邀医院和被指派的专家可以打开会诊室。"))
        consents.demand(one.patient, PURPOSE)
        # Locked: whoever ends the consultation in the same moment closes the room that is opened here.
        if Consultation.objects.select_for_update().get(pk=one.pk).state not in LIVE:
            raise _common.conflict(one)
        found = sessions.open_of(one.reference)
        if found is None:
            room = rooms.open_room(
                actor=actor,
                title=f"{one.get_kind_display()} {one.pk}",
                reference=one.reference,
                members=_members(one),
                exhibits=exhibits_of(one),
                demonstration=one.demonstration,
            )
        else:
            mine = [] if sessions.lets_in(found, actor) else [_named(actor)]
            room = rooms.invite(actor=SYSTEM, room=found, members=[*_members(one), *mine])
        event.note(one, after={"room": room.pk}, scope_path=one.home_path)
    return room


def _members(one: Consultation) -> list[Invited]:
    """The inviting doctor, who leads, the colleagues of the department, and the experts named now."""
    place = one.department.name if one.department else one.inviting.name
    found = [Invited(Member.Part.SPEAKER, path=one.home_path, label=place)]
    if one.requested_by is not None:
        found.append(Invited(Member.Part.HOST, user=one.requested_by, label=one.requested_name))
    seats = one.seats.filter(released_at=None).select_related("expert__person__user")
    for seat in seats:
        person = seat.expert.person
        if person.user is not None:
            found.append(Invited(Member.Part.SPEAKER, user=person.user, label=person.name))
    return found


def _named(actor: Actor) -> Invited:
    assert actor.user_id is not None
    user = User.objects.get(pk=actor.user_id)
    return Invited(Member.Part.SPEAKER, user=user, label=actor.label[:120])


def objections(room: Room) -> list[str]:
    """Why the session of a consultation may not be recorded: asked by the room, each time anew."""
    pk = room.reference.partition(":")[2]
    one = Consultation.objects.select_related("patient__merged_into").filter(pk=int(pk)).first()
    if one is None:
        return [_("没有这次会诊")]
    found = []
    if consents.standing(one.patient, RECORDING) is None:
        found.append(_("患者没有同意录音录像，或已撤回"))
    if consents.standing(one.patient, PURPOSE) is None:
        found.append(_("患者没有同意远程会诊，或已撤回"))
    return found


def follow_withdrawal(consent: Consent) -> None:
    """A consent taken back stops at once what it allowed: the recording, or the whole session."""
    if consent.purpose not in (PURPOSE, RECORDING):
        return
    rows = Consultation.objects.filter(patient__in=family(consent.patient), state__in=LIVE)
    for one in rows.select_related("patient__merged_into"):
        rooms.check_consents(one.reference)
        if consents.standing(one.patient, PURPOSE) is None:
            _common.end_session(one)


def end_without_consent() -> int:
    """Close rooms whose patient's consent ran out by itself: an oral one, not confirmed in time."""
    closed = 0
    for reference in sessions.open_references("consultation"):
        one = Consultation.objects.select_related("patient__merged_into").filter(
            pk=int(reference.partition(":")[2])
        )
        for row in one:
            rooms.check_consents(reference)
            if consents.standing(row.patient, PURPOSE) is None:
                _common.end_session(row)
                closed += 1
    return closed
