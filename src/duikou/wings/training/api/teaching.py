"""Teams of tutors, and the departments that a trainee goes through."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Code,
    Day,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.training import actions
from duikou.wings.training.api.trainees import (
    EDIT,
    ONE,
    VIEW,
    TraineeshipDetail,
    answer,
    department_in,
    pairing_of,
    person_at,
)
from duikou.wings.training.models import TutorTeam
from duikou.wings.training.queries import trainees

router = Router(tags=["training"])
TEAM = "/tutor-teams/{team_id}"
Aim = Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)]


class TutorTeamItem(Answer):
    """A team of tutors for one recipient."""

    id: int
    pairing_id: int
    supporter: str
    recipient: str
    specialty: str
    leader: str
    formed_on: dt.date
    ended_on: dt.date | None
    trainees: int


class TutorTeamDetail(TutorTeamItem):
    """With its aim and its members besides the leader."""

    aim: str
    tutors: list[str]


def _team(row: Any) -> dict[str, Any]:
    plain = ("id", "pairing_id", "specialty", "formed_on", "ended_on", "trainees")
    return {
        **{name: getattr(row, name) for name in plain},
        "supporter": row.pairing.supporter.name,
        "recipient": row.pairing.recipient.name,
        "leader": row.leader.name,
    }


def _detail(request: Call, pk: int) -> dict[str, Any]:
    team: TutorTeam = trainees.team(request.actor, pk)
    return {**_team(team), "aim": team.aim, "tutors": [person.name for person in team.tutors.all()]}


@operation(
    router, "GET", "/tutor-teams", response=Page[TutorTeamItem], zh="导师团队", en="Teams of tutors", **VIEW
)
def list_tutor_teams(request: Call, pairing: Id | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """In the caller's area, the latest first."""
    rows = trainees.teams(request.actor).order_by("-formed_on", "pk")
    if pairing is not None:
        rows = rows.filter(pairing=pairing)
    return page_of(rows, limit, offset, _team)


@operation(router, "GET", TEAM, response=TutorTeamDetail, zh="一个导师团队", en="One team of tutors", **VIEW)
def get_tutor_team(request: Call, team_id: Id) -> Any:
    """With its aim and members."""
    return _detail(request, team_id)


class NewTutorTeam(Body):
    """Leader and tutors of the supporter for a pairing, in one specialty."""

    pairing_id: Ref
    leader_id: Ref
    tutor_ids: Annotated[list[Ref], Field(min_length=1, max_length=50)]
    on: Day
    specialty: Code | None = None
    department_id: Ref | None = None
    aim: Aim = ""


@operation(
    router, "POST", "/tutor-teams", response=TutorTeamDetail, status=201, zh="组建导师团队",
    en="Form a team of tutors", **EDIT,
)  # fmt: skip
def form_tutor_team(request: Call, data: NewTutorTeam) -> Any:
    """By the supporter (TRN-03): a leader and at least one more."""
    pairing = pairing_of(request.actor, data.pairing_id)
    supporter = pairing.supporter_id
    team = actions.form_team(
        actor=request.actor,
        pairing=pairing,
        specialty=data.specialty or "",
        leader=person_at(supporter, data.leader_id),
        tutors=[person_at(supporter, pk) for pk in dict.fromkeys(data.tutor_ids)],
        on=data.on,
        department=department_in(supporter, data.department_id) if data.department_id else None,
        aim=data.aim,
    )
    return _detail(request, team.pk)


class TutorTeamEnd(Because):
    """The last day of the team, and why it ends."""

    on: Day


@operation(
    router, "POST", f"{TEAM}/end", response=TutorTeamDetail, zh="解散导师团队", en="End a team of tutors",
    **EDIT,
)  # fmt: skip
def end_tutor_team(request: Call, team_id: Id, data: TutorTeamEnd) -> Any:
    """By the supporter; its trainees keep its name."""
    team = trainees.team(request.actor, team_id)
    actions.end_team(actor=request.actor, team=team, **data.model_dump())
    return _detail(request, team_id)


class TraineeTeam(Versioned):
    """The team of tutors that a trainee is given."""

    team_id: Ref


@operation(
    router, "POST", f"{ONE}/team", response=TraineeshipDetail, zh="指定导师团队",
    en="Give a trainee a team of tutors", **EDIT,
)  # fmt: skip
def assign_tutor_team(request: Call, traineeship_id: Id, data: TraineeTeam) -> Any:
    """By the supporter."""
    one = trainees.traineeship(request.actor, traineeship_id)
    team = trainees.team(request.actor, data.team_id)
    actions.assign_team(actor=request.actor, traineeship=one, team=team, version=data.version)
    return answer(request, traineeship_id)


class NewRotation(Body):
    """Some weeks in a department of the supporter, both days included."""

    department_id: Ref
    first_day: Day
    last_day: Day
    tutor_id: Ref | None = None
    aim: Aim = ""


@operation(
    router, "POST", f"{ONE}/rotations", response=TraineeshipDetail, status=201, zh="安排轮转",
    en="Plan a rotation", **EDIT,
)  # fmt: skip
def plan_trainee_rotation(request: Call, traineeship_id: Id, data: NewRotation) -> Any:
    """By the supporter; stays of a trainee never share a day."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.plan_rotation(
        actor=request.actor,
        traineeship=one,
        department=department_in(one.supporter_id, data.department_id),
        tutor=person_at(one.supporter_id, data.tutor_id) if data.tutor_id else None,
        **data.model_dump(include={"first_day", "last_day", "aim"}),
    )
    return answer(request, traineeship_id)


@operation(
    router, "POST", "/rotations/{rotation_id}/withdrawal", response=TraineeshipDetail, zh="撤回轮转",
    en="Withdraw a rotation", **EDIT,
)  # fmt: skip
def withdraw_trainee_rotation(request: Call, rotation_id: Id, data: Because) -> Any:
    """By the supporter; it remains visible as withdrawn."""
    rotation = trainees.rotation(request.actor, rotation_id)
    actions.withdraw_rotation(actor=request.actor, rotation=rotation, reason=data.reason)
    return answer(request, rotation.traineeship_id)
