"""What the operations take and answer. Lists hold masked names; a record is read by its number alone."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Path, Router
from pydantic import AwareDatetime, Field

from duikou.core.rest import Answer, Body, Day, Ref
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.patients.actions import Details
from duikou.wings.patients.models import Patient
from duikou.wings.patients.queries import records

router = Router(tags=["patients"])
Number = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,10}$", description="a patient's number")]
Short = Annotated[str, Field(max_length=60, pattern=TEXT_PATTERN)]
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Moment = Annotated[AwareDatetime, Field(description="with its time zone")]
SexName = Literal["male", "female", "unknown", "unstated"]
CareName = Literal["outpatient", "inpatient"]
IdentityName = Literal["card", "other", "none"]
GiverName = Literal["patient", "guardian", "relative"]


class PatientItem(Answer):
    """A patient in a list: the name masked, of the birth date only the year."""

    number: str
    name: str
    sex: SexName
    birth_year: int | None
    payment: str
    care: CareName
    hospital_id: int
    hospital: str
    department_id: int | None
    last_contact_on: dt.date
    demonstration: bool


class PatientRecord(Answer):
    """A patient's record. Identity number and phone are masked, unless asked for in full."""

    number: str
    name: str
    sex: SexName
    birth_date: dt.date | None
    identity_kind: IdentityName
    identity: str
    phone: str
    payment: str
    residence: str
    care: CareName
    last_contact_on: dt.date
    kept_until: dt.date
    hospital_id: int
    department_id: int | None
    merged_into: str | None
    erased: bool
    version: int
    demonstration: bool


class PatientDetails(Body):
    """What is entered of a patient; `residence` is the code of a county or district."""

    name: Short
    sex: SexName
    birth_date: Day
    payment: Short
    identity_kind: IdentityName = "card"
    identity: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""
    phone: Annotated[str, Field(max_length=30, pattern=TEXT_PATTERN)] = ""
    residence: Annotated[str, Field(max_length=6, pattern=TEXT_PATTERN)] = ""
    care: CareName = "outpatient"
    last_contact_on: Day | None = None


class NewPatient(PatientDetails):
    """A new patient and the hospital, or its department, that keeps the record."""

    hospital_id: Ref
    department_id: Ref | None = None


def details_of(body: PatientDetails) -> Details:
    """The details of a body, for the action."""
    values = {name: getattr(body, name) for name in PatientDetails.model_fields}
    return Details(**{**values, "residence": records.residence(body.residence)})


def item(row: Patient) -> dict[str, Any]:
    """A patient as lists show it."""
    return {
        "number": row.number,
        "name": row.masked,
        "sex": row.sex,
        "birth_year": row.birth_date.year if row.birth_date else None,
        "payment": row.payment,
        "care": row.care,
        "hospital_id": row.hospital_id,
        "hospital": row.hospital.name,
        "department_id": row.department_id,
        "last_contact_on": row.last_contact_on,
        "demonstration": row.demonstration,
    }
