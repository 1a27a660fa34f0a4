"""What the operations take and answer. Lists hold masked names; a referral is read by its number."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Router
from pydantic import AwareDatetime, Field

from duikou.core.rest import Answer, Body, Day, Ref
from duikou.core.rest.types import TEXT_PATTERN

router = Router(tags=["referrals"])
WORDS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Text = Annotated[str, Field(max_length=5000, pattern=WORDS)]
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Short = Annotated[str, Field(max_length=120, pattern=TEXT_PATTERN)]
Phone = Annotated[str, Field(max_length=30, pattern=TEXT_PATTERN)]
Name = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]
PatientNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,10}$", description="a patient's number")]
Moment = Annotated[AwareDatetime, Field(description="with its time zone")]
DirectionName = Literal["up", "down"]
UrgencyName = Literal["routine", "urgent", "emergency"]
OutcomeName = Literal["recovered", "improved", "unchanged", "worse", "died", "again", "lost"]
StateName = Literal[
    "draft", "sent", "returned", "accepted", "arrived", "treating", "back", "follow_up", "closed", "declined",
    "withdrawn",
]  # fmt: skip


class ReferralItem(Answer):
    """A referral in the worklist: the name masked. `due_at`: of the clock that runs out first."""

    id: int
    direction: DirectionName
    urgency: UrgencyName
    state: StateName
    version: int
    patient: str
    name: str
    sex: str
    birth_year: int | None
    tier: str
    from_hospital: str
    to_hospital: str
    service: str
    appointed_on: dt.date | None
    sent_at: dt.datetime | None
    due_kind: str
    due_at: dt.datetime | None
    demonstration: bool


class FollowUpItem(Answer):
    """A date on which the patient is seen again."""

    id: int
    due_on: dt.date
    what: str
    done_on: dt.date | None
    finding: str


class ClockItem(Answer):
    """Who has to do what until when; `level`: how far up it was told that it ran out."""

    kind: str
    receiver: bool
    started_at: dt.datetime
    due_at: dt.datetime
    paused_at: dt.datetime | None
    stopped_at: dt.datetime | None
    level: int


class ReferralSignature(Answer):
    """A doctor's signature; `stands`: the words are still those that were signed."""

    part: str
    name: str
    title: str
    place: str
    factor: str
    digest: str
    signed_at: dt.datetime
    stands: bool


class ReferralRecord(Answer):
    """A referral. What is clinical is null once the caller's hospital sees the patient no more."""

    id: int
    direction: DirectionName
    urgency: UrgencyName
    state: StateName
    version: int
    patient: str
    name: str
    problem: str
    tier: str
    from_hospital_id: int
    to_hospital_id: int
    service_id: int
    remark: str
    appointed_on: dt.date | None
    slot_starts: dt.time | None
    bed: str
    sent_at: dt.datetime | None
    answered_at: dt.datetime | None
    arrived_at: dt.datetime | None
    back_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    closed_at: dt.datetime | None
    outcome: str
    outcome_on: dt.date | None
    code: str | None
    diagnosis: str | None
    conditions: list[str] | None
    exception: str | None
    why: str | None
    summary: str | None
    plan: str | None
    escort: str | None
    back_summary: str | None
    back_plan: str | None
    follow_ups: list[FollowUpItem] | None
    clocks: list[ClockItem]
    signatures: list[ReferralSignature]
    demonstration: bool


class Dated(Body):
    """A date of follow-up."""

    due_on: Day
    what: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]


class ReferralDetails(Body):
    """What is typed of a referral. `conditions` and `tier`: ids of the policy pack."""

    direction: DirectionName
    urgency: UrgencyName = "routine"
    service_id: Ref
    diagnosis: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]
    why: Note
    summary: Text
    code: Annotated[str, Field(max_length=12, pattern=TEXT_PATTERN)] = ""
    tier: Name = ""
    conditions: Annotated[list[Name], Field(max_length=20)] = []
    exception: Note = ""
    plan: Text = ""
    follow_ups: Annotated[list[Dated], Field(max_length=12)] = []
    escort: Short = ""
    escort_phone: Phone = ""
    from_phone: Phone = ""
