"""Acts on an entry of the register. Each takes the version that the caller has read and answers the entry."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import (
    Body,
    Call,
    Day,
    Id,
    Latitude,
    Line,
    Longitude,
    Reason,
    Ref,
    Version,
    Versioned,
    Yes,
    operation,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.api.register import router
from duikou.wings.hospitals.api.schemas import (
    AliasKind,
    CoordLevel,
    DepartmentState,
    HospitalDetail,
    Kind,
    Level,
    Mark,
    Ownership,
    Role,
    Tier,
    hospital_detail,
)
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.panels import division_named

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
Short = Annotated[str, Field(max_length=60, pattern=TEXT_PATTERN)]
Note = Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)]
Optional = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN, description="why, if need be")]
EDIT: dict[str, Any] = {"response": HospitalDetail, "permission": "hospital.edit"}
KEEP: dict[str, Any] = {"response": HospitalDetail, "permission": "hospital.keep"}
ENTRY = "/hospitals/{hospital_id}"


class FactsBody(Body):
    """What an entry says besides its dated names, places and grades; a point is given whole or not at all."""

    kind: Kind
    tier: Tier
    ownership: Ownership = "public"
    role: Role = ""
    field: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""
    development_zone: Yes = False
    main_county_hospital: Yes = False
    lon: Longitude | None = None
    lat: Latitude | None = None
    coord_level: CoordLevel = ""
    note: Note = ""

    def facts(self) -> actions.Facts:
        """As the acts take them."""
        return actions.Facts(**self.model_dump())


def _found(actor: Actor, hospital_id: int) -> Hospital:
    return queries.find_hospital(actor, hospital_id)


def _answer(actor: Actor, hospital: Hospital) -> dict[str, Any]:
    return hospital_detail(actor, _found(actor, hospital.pk))


class Registration(Body):
    """A hospital that is not registered yet. `confirmed`: another one of the same name is known."""

    name: Name
    division_id: Ref
    facts: FactsBody
    level: Level | None = None
    reason: Optional = ""
    confirmed: Yes = False


@operation(router, "POST", "/hospitals", status=201, zh="登记医院", en="Register a hospital", **KEEP)
def register_hospital(request: Call, body: Registration) -> Any:
    """`division_id` is the county-level unit in which it lies today; it decides who keeps the entry."""
    hospital = actions.register_hospital(
        actor=request.actor,
        name=body.name,
        facts=body.facts.facts(),
        division=division_named(body.division_id),
        level=body.level or "",
        reason=body.reason,
        confirmed=body.confirmed,
    )
    return _answer(request.actor, hospital)


class FactsChange(Versioned):
    """All facts anew."""

    facts: FactsBody
    reason: Optional = ""


@operation(router, "PUT", f"{ENTRY}/facts", zh="修改登记事项", en="Change the facts", **EDIT)
def edit_hospital_facts(request: Call, hospital_id: Id, body: FactsChange) -> Any:
    """Coordinates and note; the other facts need `hospital.keep`. A changed tier or ownership may hand the
    entry to another keeper.
    """
    hospital = _found(request.actor, hospital_id)
    actions.edit_facts(
        actor=request.actor,
        hospital=hospital,
        version=body.version,
        facts=body.facts.facts(),
        reason=body.reason,
    )
    return _answer(request.actor, hospital)


class Renaming(Versioned):
    """A new official name from a day on."""

    name: Name
    on: Day
    reason: Reason
    confirmed: Yes = False


@operation(router, "POST", f"{ENTRY}/rename", zh="更名", en="Rename", **KEEP)
def rename_hospital(request: Call, hospital_id: Id, body: Renaming) -> Any:
    """The old name stays, dated, as an old name."""
    hospital = _found(request.actor, hospital_id)
    actions.rename_hospital(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class NewAlias(Versioned):
    """Another name by which the hospital is met in tables."""

    name: Name
    kind: AliasKind
    valid_from: Day | None = None
    valid_to: Day | None = None
    note: Note = ""
    confirmed: Yes = False


@operation(router, "POST", f"{ENTRY}/aliases", status=201, zh="添加别名", en="Add an alias", **KEEP)
def add_hospital_alias(request: Call, hospital_id: Id, body: NewAlias) -> Any:
    """`confirmed`: another hospital's official name is meant all the same."""
    hospital = _found(request.actor, hospital_id)
    actions.add_alias(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class Removal(Versioned):
    """A removal with its reason."""

    reason: Reason


@operation(
    router, "POST", f"{ENTRY}/aliases/{{alias_id}}/remove", zh="删除别名", en="Remove an alias", **KEEP
)
def remove_hospital_alias(request: Call, hospital_id: Id, alias_id: Id, body: Removal) -> Any:
    """What was printed in pairings stays; the audit trail keeps the alias."""
    hospital = _found(request.actor, hospital_id)
    actions.remove_alias(
        actor=request.actor, hospital=hospital, version=body.version, alias=alias_id, reason=body.reason
    )
    return _answer(request.actor, hospital)


class Grading(Versioned):
    """A grade; with `on` it begins that day, without it corrects the present one."""

    level: Level
    mark: Mark
    on: Day | None = None
    source: Line = ""
    reason: Optional = ""


@operation(router, "POST", f"{ENTRY}/level", zh="登记等级", en="Record the grade", **KEEP)
def set_hospital_level(request: Call, hospital_id: Id, body: Grading) -> Any:
    """A mark of `seed` or `found` needs a source."""
    hospital = _found(request.actor, hospital_id)
    actions.set_level(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class Move(Versioned):
    """A move to another county."""

    division_id: Ref
    on: Day
    reason: Reason


@operation(router, "POST", f"{ENTRY}/move", zh="变更所在县", en="Move to another county", **KEEP)
def move_hospital(request: Call, hospital_id: Id, body: Move) -> Any:
    """A county hospital gets the new county as keeper."""
    hospital = _found(request.actor, hospital_id)
    actions.move_place(
        actor=request.actor,
        hospital=hospital,
        version=body.version,
        division=division_named(body.division_id),
        on=body.on,
        reason=body.reason,
    )
    return _answer(request.actor, hospital)


class Closing(Removal):
    """Struck off the register from a day on."""

    on: Day


@operation(router, "POST", f"{ENTRY}/close", zh="注销", en="Close", **KEEP)
def close_hospital(request: Call, hospital_id: Id, body: Closing) -> Any:
    """It stays readable and searchable."""
    hospital = _found(request.actor, hospital_id)
    actions.close_hospital(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


@operation(router, "POST", f"{ENTRY}/reopen", zh="恢复登记", en="Reopen", **KEEP)
def reopen_hospital(request: Call, hospital_id: Id, body: Removal) -> Any:
    """Of a closed hospital."""
    hospital = _found(request.actor, hospital_id)
    actions.reopen_hospital(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class Merger(Removal):
    """What an entry is merged into."""

    target_id: Ref
    target_version: Version
    kind: Literal["merge", "duplicate"]
    on: Day
    document: Line = ""


@operation(router, "POST", f"{ENTRY}/merge", zh="并入另一家医院", en="Merge into another hospital", **KEEP)
def merge_hospital(request: Call, hospital_id: Id, body: Merger) -> Any:
    """The target takes over the names; both entries must be the caller's to keep."""
    source = _found(request.actor, hospital_id)
    actions.merge_hospitals(
        actor=request.actor,
        source=source,
        source_version=body.version,
        target=_found(request.actor, body.target_id),
        target_version=body.target_version,
        kind=body.kind,
        on=body.on,
        reason=body.reason,
        document=body.document,
    )
    return _answer(request.actor, source)


@operation(router, "POST", f"{ENTRY}/undo-merge", zh="撤回并入", en="Undo the merger", **KEEP)
def undo_hospital_merge(request: Call, hospital_id: Id, body: Removal) -> Any:
    """The target gives the names back; both steps stay on record."""
    hospital = _found(request.actor, hospital_id)
    actions.undo_merge(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class Split(Removal):
    """A new hospital that splits off, with the aliases it takes along."""

    name: Name
    facts: FactsBody
    division_id: Ref
    on: Day
    alias_ids: Annotated[list[Ref], Field(max_length=50)] = []
    document: Line = ""
    confirmed: Yes = False


@operation(
    router, "POST", f"{ENTRY}/split", status=201, zh="拆分出新医院", en="Split off a new hospital", **KEEP
)
def split_hospital(request: Call, hospital_id: Id, body: Split) -> Any:
    """Answers the new hospital; pairings stay with the old one."""
    result = actions.split_hospital(
        actor=request.actor,
        hospital=_found(request.actor, hospital_id),
        version=body.version,
        name=body.name,
        facts=body.facts.facts(),
        division=division_named(body.division_id),
        on=body.on,
        reason=body.reason,
        names=body.alias_ids,
        document=body.document,
        confirmed=body.confirmed,
    )
    return _answer(request.actor, result)


# ---------------------------------------------------------------- departments


class NewDepartment(Versioned):
    """A department; without a name it bears the specialty's."""

    specialty: Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT_PATTERN)]
    name: Short = ""
    state: DepartmentState = "present"
    opened_on: Day | None = None


@operation(router, "POST", f"{ENTRY}/departments", status=201, zh="登记科室", en="Add a department", **EDIT)
def add_hospital_department(request: Call, hospital_id: Id, body: NewDepartment) -> Any:
    """`specialty` is an id of the catalogue, or `other` with a name."""
    hospital = _found(request.actor, hospital_id)
    actions.add_department(actor=request.actor, hospital=hospital, **body.model_dump())
    return _answer(request.actor, hospital)


class SpecialtyState(Body):
    """How a specialty stands."""

    specialty: Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT_PATTERN)]
    state: DepartmentState


class SpecialtyStates(Versioned):
    """Judgements of several specialties at once."""

    states: Annotated[list[SpecialtyState], Field(min_length=1, max_length=60)]
    reason: Optional = ""


@operation(router, "PUT", f"{ENTRY}/specialties", zh="评定专业状况", en="Judge specialties", **EDIT)
def set_hospital_specialties(request: Call, hospital_id: Id, body: SpecialtyStates) -> Any:
    """Present, weak or missing; specialties left out stay as they are."""
    hospital = _found(request.actor, hospital_id)
    actions.set_specialty_states(
        actor=request.actor,
        hospital=hospital,
        version=body.version,
        states={one.specialty: one.state for one in body.states},
        reason=body.reason,
    )
    return _answer(request.actor, hospital)


@operation(
    router,
    "POST",
    f"{ENTRY}/departments/{{department_id}}/close",
    zh="撤销科室",
    en="Close a department",
    **EDIT,
)
def close_hospital_department(request: Call, hospital_id: Id, department_id: Id, body: Closing) -> Any:
    """It stays in the record."""
    hospital = _found(request.actor, hospital_id)
    actions.close_department(
        actor=request.actor,
        hospital=hospital,
        version=body.version,
        department=department_id,
        on=body.on,
        reason=body.reason,
    )
    return _answer(request.actor, hospital)


class DepartmentRenaming(Removal):
    """Another name of a department, and why."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]


@operation(
    router,
    "POST",
    f"{ENTRY}/departments/{{department_id}}/rename",
    zh="科室更名",
    en="Rename a department",
    **EDIT,
)
def rename_hospital_department(
    request: Call, hospital_id: Id, department_id: Id, body: DepartmentRenaming
) -> Any:
    """Those who act for it go on doing so."""
    hospital = _found(request.actor, hospital_id)
    actions.rename_department(
        actor=request.actor, hospital=hospital, department=department_id, **body.model_dump()
    )
    return _answer(request.actor, hospital)
