"""Teams of tutors, and the plan of departments that a trainee goes through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.stays.checks import in_order, locked, not_future, within_pairing
from duikou.wings.training.models import Rotation, Traineeship, TutorTeam

GOING = (Traineeship.State.ACCEPTED, Traineeship.State.IN_TRAINING)  # whose teaching is planned


def form_team(
    *,
    actor: Actor,
    pairing: Pairing,
    specialty: str,
    leader: Person,
    tutors: Sequence[Person],
    on: dt.date,
    department: Department | None = None,
    aim: str = "",
) -> TutorTeam:
    """The supporter names a team that teaches the recipient's in one specialty (TRN-03)."""
    supporter = pairing.supporter
    with act("training.team", actor=actor, permission="training.edit", on=supporter.scope_path) as event:
        within_pairing(pairing, on, on, "on")
        not_future(on, "on")
        others = [person for person in {one.pk: one for one in tutors}.values() if person.pk != leader.pk]
        for person in (leader, *others):
            _teaches(person, supporter.pk, supporter.name, "leader" if person == leader else "tutors")
        if not others:
            raise refused("tutors", _("导师团队除组长外至少一人（规则 TRN-03：团队带团队）。"))
        if department is not None and department.hospital_id != supporter.pk:
            raise refused("department", _("所选科室不属于“%(hospital)s”。") % {"hospital": supporter.name})
        specialty = specialty or (department.specialty if department else "") or leader.specialty
        if not specialty:
            raise refused("specialty", _("请选择专业。"))
        values = {"specialty": specialty, "aim": aim.strip()}
        guard.check(TutorTeam, values)
        team = TutorTeam.objects.create(
            pairing=pairing,
            department=department,
            home_path=pairing.recipient_path,
            host_path=path_in(supporter, department),
            leader=leader,
            formed_on=on,
            formed_by_id=actor.user_id,
            **values,
        )
        team.tutors.set(others)
        event.note(team, after={"specialty": specialty, "leader": leader.name, "tutors": len(others)})
    return team


def end_team(*, actor: Actor, team: TutorTeam, on: dt.date, reason: str) -> TutorTeam:
    """The team ends; its trainees keep its name."""
    with act("training.team_ended", actor=actor, permission="training.edit", on=team.host_path) as event:
        reason = require_reason(reason)
        not_future(on, "on")
        in_order(team.formed_on, on, "on")
        if not TutorTeam.objects.filter(pk=team.pk, ended_on=None).update(ended_on=on):
            raise Conflict(_("该团队已经解散。请刷新页面。"))
        team.refresh_from_db()
        event.note(team, before=None, after={"ended_on": on}, reason=reason)
    return team


def assign_team(
    *, actor: Actor, traineeship: Traineeship, team: TutorTeam, version: int | None = None
) -> Traineeship:
    """Give a trainee a team of tutors, or another one."""
    with act("training.assign", actor=actor, permission="training.edit", on=traineeship.host_path) as event:
        before = str(traineeship.team) if traineeship.team else ""
        fitting_team(traineeship, team)
        rows = Traineeship.objects.filter(
            pk=traineeship.pk, version=version or traineeship.version, state__in=GOING
        )
        if not rows.update(team=team, version=F("version") + 1):
            raise Conflict(
                _("没有执行：该记录目前为“%(state)s”，或刚被他人改动。请刷新后再试。")
                % {"state": traineeship.get_state_display()}
            )
        traineeship.refresh_from_db()
        event.note(traineeship, before={"team": before}, after={"team": str(team)})
    return traineeship


def fitting_team(traineeship: Traineeship, team: TutorTeam) -> TutorTeam:
    """The team, if it is that of the trainee's pairing and has not ended. Raises Invalid."""
    if team.pairing_id != traineeship.pairing_id:
        raise refused("team", _("该导师团队属于另一对医院。"))
    if team.ended_on is not None and team.ended_on < traineeship.last_day:
        raise refused("team", _("该导师团队已于 %(on)s 解散。") % {"on": team.ended_on})
    return team


def plan_rotation(
    *,
    actor: Actor,
    traineeship: Traineeship,
    department: Department,
    first_day: dt.date,
    last_day: dt.date,
    tutor: Person | None = None,
    aim: str = "",
) -> Rotation:
    """The supporter plans some weeks in a department; stays of a trainee never share a day."""
    with act("training.rotation", actor=actor, permission="training.edit", on=traineeship.host_path) as event:
        # Two who plan for the same trainee follow each other.
        locked(traineeship)
        if traineeship.state not in GOING:
            raise Conflict(_("尚未接收，或进修已结束，不能安排轮转。"))
        in_order(first_day, last_day, "last_day")
        inside(traineeship, first_day, last_day)
        if department.hospital_id != traineeship.supporter_id:
            raise refused(
                "department", _("所选科室不属于“%(hospital)s”。") % {"hospital": traineeship.supporter.name}
            )
        if tutor is not None:
            _teaches(tutor, traineeship.supporter_id, traineeship.supporter.name, "tutor")
        standing = traineeship.rotations.filter(
            withdrawn_at=None, first_day__lte=last_day, last_day__gte=first_day
        ).first()
        if standing is not None:
            raise Conflict(_("这几天已安排轮转（%(what)s）。请先撤回再改。") % {"what": standing})
        aim = aim.strip()
        guard.check(Rotation, {"aim": aim})
        rotation = Rotation.objects.create(
            traineeship=traineeship,
            home_path=traineeship.home_path,
            host_path=path_in(traineeship.supporter, department),
            department=department,
            tutor=tutor,
            first_day=first_day,
            last_day=last_day,
            aim=aim,
        )
        event.note(
            traineeship,
            after={"department": department.name, "first_day": first_day, "last_day": last_day},
        )
    return rotation


def withdraw_rotation(*, actor: Actor, rotation: Rotation, reason: str) -> Rotation:
    """A stay that does not take place; it remains visible as withdrawn."""
    one = rotation.traineeship
    with act(
        "training.rotation_withdrawn", actor=actor, permission="training.edit", on=one.host_path
    ) as event:
        reason = require_reason(reason, 300)
        won = Rotation.objects.filter(pk=rotation.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now(), withdrawn_reason=reason
        )
        if not won:
            raise Conflict(_("这段轮转已经撤回。请刷新页面。"))
        rotation.refresh_from_db()
        event.note(one, before={"department": rotation.department.name}, after=None, reason=reason)
    return rotation


def inside(traineeship: Traineeship, first: dt.date, last: dt.date) -> None:
    """Raise Invalid for days outside the traineeship."""
    if first < traineeship.first_day or last > traineeship.last_day:
        text = _("%(first)s 至 %(last)s 超出进修日期 %(from)s 至 %(to)s。") % {
            "first": first,
            "last": last,
            "from": traineeship.first_day,
            "to": traineeship.last_day,
        }
        raise Invalid(text, fields={"first_day": [text]})


def _teaches(person: Person, hospital: int, name: str, field: str) -> None:
    if person.hospital_id != hospital or person.left_on is not None:
        raise refused(
            field,
            _("%(person)s 不是“%(hospital)s”的在职人员。") % {"person": person.name, "hospital": name},
        )
