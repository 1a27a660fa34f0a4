"""Application by the recipient, acceptance or refusal by the supporter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.stays.checks import in_order, no_overlap, save_new, take, within_pairing
from duikou.wings.training.actions.tutoring import fitting_team
from duikou.wings.training.models import Place, Traineeship, TutorTeam
from duikou.wings.training.queries.places import ahead_of, taken
from duikou.wings.training.workflows import TRAINING

Route = Traineeship.Route


def apply(
    *,
    actor: Actor,
    person: Person,
    planned_from: dt.date,
    planned_to: dt.date,
    pairing: Pairing | None = None,
    place: Place | None = None,
    specialty: str = "",
    host_department: Department | None = None,
    route: str = Route.FURTHER,
    post: str = "",
    purpose: str = "",
    free: bool = False,
    group: UUID | None = None,
) -> Traineeship:
    """The recipient applies for one of its people: at its supporter, or for an offered place.

    A hospital that is not paired with the supporter may apply for an offered place, and comes after
    the partners (AGR-11). Raises Denied for anybody but the person's hospital, Invalid for days
    outside the pairing or the place, Conflict when the person is in training on one of the days.
    """
    recipient = person.hospital
    with act("training.apply", actor=actor, permission="training.edit", on=recipient.scope_path) as event:
        supporter = _supporter(pairing, place)
        in_order(planned_from, planned_to, "planned_to")
        if pairing is None:
            pairing = _pairing(supporter, recipient, planned_from, planned_to)
        specialty = specialty or (place.specialty if place else "") or person.specialty
        department = host_department or (place.department if place else None)
        _check(person, supporter, pairing, planned_from, planned_to, specialty, department, route, post)
        if place is not None:
            _fits(place, planned_from, planned_to, specialty)
        values = {
            "specialty": specialty,
            "title": person.title,
            "post": post.strip(),
            "purpose": purpose.strip(),
            "route": route,
        }
        guard.check(Traineeship, values)
        traineeship = Traineeship(
            pairing=pairing,
            place=place,
            together=group,
            person=person,
            supporter=supporter,
            recipient=recipient,
            home_department=person.department,
            host_department=department,
            home_path=path_in(recipient, person.department),
            host_path=path_in(supporter, department),
            free=free or bool(place and place.free),
            planned_from=planned_from,
            planned_to=planned_to,
            applied_by_id=actor.user_id,
            **values,
        )
        save_new(traineeship)
        event.note(
            traineeship,
            after={
                "supporter": supporter.name,
                "specialty": specialty,
                "route": route,
                "planned_from": planned_from,
                "planned_to": planned_to,
            },
        )
    return traineeship


def apply_together(
    *,
    actor: Actor,
    people: Sequence[Person],
    planned_from: dt.date,
    planned_to: dt.date,
    pairing: Pairing | None = None,
    place: Place | None = None,
    specialty: str = "",
    host_department: Department | None = None,
    route: str = Route.FURTHER,
    purpose: str = "",
    free: bool = False,
) -> list[Traineeship]:
    """Apply for a whole team at once (TRN-03): all of them or nobody."""
    if len({person.pk for person in people}) < 2:
        raise refused("people", _("整队进修至少两人（规则 TRN-03）；一人请单独申请。"))
    group = uuid4()
    with together():
        return [
            apply(
                actor=actor,
                person=person,
                planned_from=planned_from,
                planned_to=planned_to,
                pairing=pairing,
                place=place,
                specialty=specialty,
                host_department=host_department,
                route=route,
                purpose=purpose,
                free=free,
                group=group,
            )
            for person in people
        ]


def accept(
    *,
    actor: Actor,
    traineeship: Traineeship,
    host_department: Department | None = None,
    team: TutorTeam | None = None,
    reason: str = "",
    version: int | None = None,
) -> Traineeship:
    """The supporter takes somebody, and may name department and tutors.

    Needs a reason where somebody who comes first still waits for the same place (AGR-11). Raises
    Conflict where all its places are taken on one of the days.
    """
    TRAINING.transitions["accept"].require(traineeship, actor)
    changes: dict[str, object] = {"reason": reason.strip()}
    if host_department is not None:
        if host_department.hospital_id != traineeship.supporter_id:
            raise refused(
                "host_department",
                _("所选科室不属于“%(hospital)s”。") % {"hospital": traineeship.supporter.name},
            )
        changes |= {
            "host_department_id": host_department.pk,
            "host_path": path_in(traineeship.supporter, host_department),
        }
    if team is not None:
        changes["team_id"] = fitting_team(traineeship, team).pk
    with together():
        if traineeship.place_id is not None:
            reason = _in_turn(traineeship, reason)
        take(TRAINING, traineeship, "accept", actor=actor, reason=reason, version=version, changes=changes)
    return traineeship


def refuse(*, actor: Actor, traineeship: Traineeship, reason: str, version: int | None = None) -> Traineeship:
    """The supporter cannot take somebody, and says why."""
    take(TRAINING, traineeship, "refuse", actor=actor, reason=reason, version=version)
    return traineeship


def withdraw(
    *, actor: Actor, traineeship: Traineeship, reason: str, version: int | None = None
) -> Traineeship:
    """The recipient takes back an application for somebody who has not arrived."""
    take(TRAINING, traineeship, "withdraw", actor=actor, reason=reason, version=version)
    return traineeship


def move_application(
    *,
    actor: Actor,
    traineeship: Traineeship,
    planned_from: dt.date,
    planned_to: dt.date,
    reason: str,
    version: int | None = None,
) -> Traineeship:
    """Either hospital gives an application that still waits other days, with the reason.

    Raises Denied for others, Invalid for days outside the pairing or the place, Conflict when it waits
    no more or the person is in training on one of the days.
    """
    with act("training.move", actor=actor, permission="training.edit", on=traineeship) as event:
        reason = require_reason(reason)
        in_order(planned_from, planned_to, "planned_to")
        person, place = traineeship.person, traineeship.place
        if traineeship.pairing is not None:
            within_pairing(traineeship.pairing, planned_from, planned_to, "planned_from")
        if person.left_on is not None and person.left_on < planned_to:
            raise refused(
                "person", _("%(name)s 已于 %(on)s 离任。") % {"name": person.name, "on": person.left_on}
            )
        if place is not None:
            _fits(place, planned_from, planned_to, traineeship.specialty)
        before = {"planned_from": traineeship.planned_from, "planned_to": traineeship.planned_to}
        after = {"planned_from": planned_from, "planned_to": planned_to}
        rows = Traineeship.objects.filter(
            pk=traineeship.pk,
            state=Traineeship.State.APPLIED,
            version=traineeship.version if version is None else version,
        )
        with no_overlap(Traineeship):
            won = rows.update(version=F("version") + 1, first_day=planned_from, last_day=planned_to, **after)
        traineeship.refresh_from_db()
        if not won:
            raise Conflict(
                _("没有改期：该申请目前为“%(state)s”，或刚被他人改动。请刷新后再试。")
                % {"state": traineeship.get_state_display()}
            )
        event.note(traineeship, before=before, after=after, reason=reason)
    return traineeship


def _in_turn(traineeship: Traineeship, reason: str) -> str:
    """The reason for taking somebody out of turn, if that is so; raises Conflict where all is taken."""
    # The lock makes two who accept for the same place follow each other.
    place = Place.objects.select_for_update(no_key=True).get(pk=traineeship.place_id)
    day, number = taken(place, traineeship.first_day, traineeship.last_day)
    if number >= place.places:
        raise Conflict(
            _("该名额同时接收 %(places)s 人，%(day)s 已有 %(number)s 人。请改期或增加名额。")
            % {"places": place.places, "day": day, "number": number}
        )
    before = ahead_of(traineeship)
    if not before:
        return reason
    if not reason.strip():
        raise refused(
            "reason",
            _("%(who)s 排在前面（规则 AGR-11：优先安排结对医院，再按申请先后）。先接收后者须写明理由。")
            % {"who": _("、").join(f"{one.recipient.name} {one.person.name}" for one in before[:3])},
        )
    return require_reason(reason)


def _supporter(pairing: Pairing | None, place: Place | None) -> Hospital:
    if place is not None:
        if pairing is not None and pairing.supporter_id != place.supporter_id:
            raise refused("place", _("所选名额不是“%(hospital)s”的。") % {"hospital": pairing.supporter.name})
        return place.supporter
    if pairing is None:
        raise refused("pairing", _("请选择结对关系，或支援医院公布的进修名额。"))
    return pairing.supporter


def _pairing(supporter: Hospital, recipient: Hospital, first: dt.date, last: dt.date) -> Pairing | None:
    """The pairing that covers the days, if the two are paired."""
    return Pairing.objects.filter(
        supporter=supporter, recipient=recipient, start__lte=first, end__gte=last
    ).first()


def _check(
    person: Person,
    supporter: Hospital,
    pairing: Pairing | None,
    first: dt.date,
    last: dt.date,
    specialty: str,
    department: Department | None,
    route: str,
    post: str,
) -> None:
    if pairing is not None:
        if person.hospital_id != pairing.recipient_id:
            raise refused(
                "person", _("所选人员不属于“%(hospital)s”。") % {"hospital": pairing.recipient.name}
            )
        within_pairing(pairing, first, last, "planned_from")
    if person.hospital_id == supporter.pk:
        raise refused("person", _("不能到本院进修。请选择其他医院的名额。"))
    if person.left_on is not None and person.left_on < last:
        raise refused(
            "person", _("%(name)s 已于 %(on)s 离任。") % {"name": person.name, "on": person.left_on}
        )
    if not specialty:
        raise refused("specialty", _("请选择进修的专业。"))
    if route not in Route.values:
        raise refused("route", _("没有这个途径。请从列表中选择。"))
    if route == Route.SECONDMENT and not post.strip():
        raise refused("post", _("挂职锻炼须写明挂职岗位（规则 PER-04）。"))
    if department is not None and department.hospital_id != supporter.pk:
        raise refused("host_department", _("所选科室不属于“%(hospital)s”。") % {"hospital": supporter.name})


def _fits(place: Place, first: dt.date, last: dt.date, specialty: str) -> None:
    if place.closed_on is not None and place.closed_on <= timezone.localdate():
        raise refused("place", _("该名额已于 %(on)s 停止接收。") % {"on": place.closed_on})
    if first < place.first_day or last > place.last_day:
        raise refused(
            "planned_from",
            _("%(first)s 至 %(last)s 超出名额的日期 %(from)s 至 %(to)s。请改正日期。")
            % {"first": first, "last": last, "from": place.first_day, "to": place.last_day},
        )
    if specialty != place.specialty:
        raise refused("specialty", _("该名额是另一个专业的。请选择同专业的名额。"))
