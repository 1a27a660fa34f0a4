"""REST routes of the people wing: persons, accounts, role grants, the roles there are."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core import orgs
from duikou.core.errors import Missing
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Day,
    Flag,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Ref,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.roles import permissions, roles
from duikou.core.scope import Actor
from duikou.wings.people import actions, queries
from duikou.wings.people.models import Person

persons = Router(tags=["people"])
accounts = Router(tags=["accounts"])
routers = (persons, accounts)

PersonName = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT_PATTERN)]
Words = Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]
RoleId = Literal[
    "system_admin", "auditor", "national_officer", "provincial_officer", "city_officer",
    "county_officer", "hospital_president", "hospital_liaison", "department_head", "inspector",
    "medical_staff",
    "clinician",
    "medical_office",
    "teacher",
]  # fmt: skip


class PersonItem(Answer):
    """Somebody who works for a hospital."""

    id: int
    name: str
    title: str
    post: str
    hospital_id: int
    hospital: str = Field(validation_alias="hospital__name")
    department_id: int | None
    department: str | None = Field(validation_alias="department__name")
    user_id: int | None
    username: str | None = Field(validation_alias="user__username")
    demonstration: bool
    left_on: dt.date | None
    title_since: dt.date | None
    specialty: str
    registered_scope: str
    version: int


PERSON_COLUMNS = tuple(str(field.validation_alias or name) for name, field in PersonItem.model_fields.items())


def _person(actor: Actor, pk: int) -> Any:
    queries.find_person(actor, pk)
    return queries.persons(actor).values(*PERSON_COLUMNS).get(pk=pk)


@operation(
    persons,
    "GET",
    "/persons",
    response=Page[PersonItem],
    permission="person.view",
    zh="人员列表",
    en="List of persons",
)
def list_persons(
    request: Call,
    text: Line = "",
    hospital: Id | None = None,
    left: Flag = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area; `left=true` lists those who have left, too."""
    rows = queries.persons(request.actor)
    if text:
        rows = rows.filter(name__icontains=text.strip())
    if hospital:
        rows = rows.filter(hospital=hospital)
    if not left:
        rows = rows.filter(left_on=None)
    return page_of(rows.order_by("hospital_id", "name", "id").values(*PERSON_COLUMNS), limit, offset)


@operation(
    persons,
    "GET",
    "/persons/{person_id}",
    response=PersonItem,
    permission="person.view",
    zh="一名人员",
    en="One person",
)
def get_person(request: Call, person_id: Id) -> Any:
    """With hospital, department and account."""
    return _person(request.actor, person_id)


class PersonFacts(Body):
    """What is noted about a person; department and account by id."""

    name: PersonName
    title: Words = ""
    post: Words = ""
    department_id: Ref | None = None
    user_id: Ref | None = None
    left_on: Day | None = None
    title_since: Day | None = None
    specialty: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""
    registered_scope: Annotated[str, Field(max_length=80, pattern=TEXT_PATTERN)] = ""


class PersonCorrection(PersonFacts, Versioned):
    """All facts anew, with the version that the caller has read."""


class NewPerson(PersonFacts):
    """A person with the hospital they work for."""

    hospital_id: Ref


def _entry(body: PersonFacts, hospital: Any) -> actions.PersonEntry:
    department = user = None
    if body.department_id is not None:
        department = queries.departments_of(hospital).filter(pk=body.department_id).first()
        if department is None:
            raise Missing("没有这个在设科室 / no such department in being")
    if body.user_id is not None:
        user = queries.accounts_at(hospital).filter(pk=body.user_id).first()
        if user is None:
            raise Missing("该院没有这个账号 / no such account at the hospital")
    return actions.PersonEntry(
        body.name,
        body.title,
        body.post,
        department,
        user,
        body.left_on,
        body.title_since,
        body.specialty,
        body.registered_scope,
    )


@operation(
    persons,
    "POST",
    "/persons",
    response=PersonItem,
    permission="person.edit",
    status=201,
    zh="登记人员",
    en="Enter a person",
)
def enter_person(request: Call, body: NewPerson) -> Any:
    """At a hospital whose persons the caller keeps."""
    hospital = queries.find_staffed_hospital(request.actor, body.hospital_id)
    person = actions.enter_person(actor=request.actor, hospital=hospital, entry=_entry(body, hospital))
    return _person(request.actor, person.pk)


@operation(
    persons,
    "PUT",
    "/persons/{person_id}",
    response=PersonItem,
    permission="person.edit",
    zh="更正人员",
    en="Correct a person",
)
def correct_person(request: Call, person_id: Id, body: PersonCorrection) -> Any:
    """All facts anew; the hospital stays."""
    person: Person = queries.find_person(request.actor, person_id)
    actions.correct_person(
        actor=request.actor, person=person, version=body.version, entry=_entry(body, person.hospital)
    )
    return _person(request.actor, person_id)


class PersonMove(Because, Versioned):
    """The hospital to which a person moves, and the version that the caller has read."""

    hospital_id: Ref


@operation(
    persons,
    "POST",
    "/persons/{person_id}/move",
    response=PersonItem,
    permission="person.edit",
    zh="人员调往另一家医院",
    en="Move a person to another hospital",
)
def move_person(request: Call, person_id: Id, body: PersonMove) -> Any:
    """The same person, with account and history; postings of the past stay as they are."""
    person: Person = queries.find_person(request.actor, person_id)
    hospital = queries.find_staffed_hospital(request.actor, body.hospital_id)
    actions.move_person(
        actor=request.actor, person=person, version=body.version, hospital=hospital, reason=body.reason
    )
    return _person(request.actor, person_id)


# ---------------------------------------------------------------- accounts


class GrantItem(Answer):
    """A role at an organisation unit, for a time; both days included."""

    id: int
    role: str
    org_id: int
    org: str
    org_kind: str
    valid_from: dt.date
    valid_to: dt.date | None


def _grant(grant: RoleGrant) -> dict[str, Any]:
    return {
        **{name: getattr(grant, name) for name in ("id", "role", "org_id", "valid_from", "valid_to")},
        "org": grant.org.name,
        "org_kind": grant.org.kind,
    }


class AccountItem(Answer):
    """An account with those of its grants that the caller may see."""

    id: int
    username: str
    display_name: str
    is_active: bool
    must_change_password: bool
    last_login: dt.datetime | None
    second_factor: bool
    grants: list[GrantItem]


def _accounts(actor: Actor, found: list[User]) -> list[dict[str, Any]]:
    ids = [user.pk for user in found]
    grants, factors = queries.grants_of(actor, ids), queries.second_factors(ids)
    names = ("id", "username", "display_name", "is_active", "must_change_password", "last_login")
    return [
        {
            **{name: getattr(user, name) for name in names},
            "second_factor": bool(factors.get(user.pk)),
            "grants": [_grant(grant) for grant in grants.get(user.pk, ())],
        }
        for user in found
    ]


def _account(actor: Actor, pk: int) -> dict[str, Any]:
    return _accounts(actor, [queries.find_account(actor, pk)])[0]


@operation(
    accounts,
    "GET",
    "/accounts",
    response=Page[AccountItem],
    permission="account.view",
    zh="账号列表",
    en="List of accounts",
)
def list_accounts(
    request: Call,
    text: Line = "",
    role: RoleId | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Accounts with a role, now or once, in the caller's area; `role` is held today."""
    rows = queries.accounts(request.actor)
    if text := text.strip():
        rows = rows.filter(username__icontains=text) | rows.filter(display_name__icontains=text)
    if role:
        rows = rows.filter(queries.holding(role))
    page = page_of(rows, limit, offset)
    page["items"] = _accounts(request.actor, page["items"])
    return page


@operation(
    accounts,
    "GET",
    "/accounts/{account_id}",
    response=AccountItem,
    permission="account.view",
    zh="一个账号",
    en="One account",
)
def get_account(request: Call, account_id: Id) -> Any:
    """With its grants in the caller's area."""
    return _account(request.actor, account_id)


class NewAccount(Body):
    """An account with its first role."""

    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{1,59}$")]
    display_name: PersonName
    role: RoleId
    org_id: Ref
    valid_to: Day | None = None
    language: Literal["", "zh-hans", "en"] = ""


class OneTimePassword(Answer):
    """The account and its one-time password: shown only now, to be changed at the first sign-in."""

    account: AccountItem
    password: str


def _org(actor: Actor, pk: int) -> OrgUnit:
    return orgs.unit(actor, pk, "account.manage")


@operation(
    accounts,
    "POST",
    "/accounts",
    response=OneTimePassword,
    permission="account.manage",
    status=201,
    zh="开设账号",
    en="Open an account",
)
def open_account(request: Call, body: NewAccount) -> Any:
    """The answer holds the one-time password; it is not kept anywhere."""
    values = body.model_dump(exclude={"org_id"})
    user, password = actions.open_account(actor=request.actor, org=_org(request.actor, body.org_id), **values)
    return {"account": _account(request.actor, user.pk), "password": password}


class NewGrant(Body):
    """A further role at an organisation unit, from a day (today when left out) on."""

    role: RoleId
    org_id: Ref
    valid_from: Day | None = None
    valid_to: Day | None = None
    reason: Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)] = ""


@operation(
    accounts,
    "POST",
    "/accounts/{account_id}/grants",
    response=AccountItem,
    permission="account.manage",
    status=201,
    zh="授予角色",
    en="Grant a role",
)
def grant_role(request: Call, account_id: Id, body: NewGrant) -> Any:
    """Never to one's own account."""
    user = queries.find_account(request.actor, account_id)
    values = body.model_dump(exclude={"org_id"})
    actions.grant_role(actor=request.actor, user=user, org=_org(request.actor, body.org_id), **values)
    return _account(request.actor, account_id)


@operation(
    accounts,
    "POST",
    "/accounts/{account_id}/grants/{grant_id}/end",
    response=AccountItem,
    permission="account.manage",
    zh="结束授权",
    en="End a grant",
)
def end_grant(request: Call, account_id: Id, grant_id: Id, body: Because) -> Any:
    """At once; answers the account."""
    user = queries.find_account(request.actor, account_id)
    grant = queries.find_grant(request.actor, user, grant_id)
    before = _accounts(request.actor, [user])[0]
    actions.end_grant(actor=request.actor, grant=grant, reason=body.reason)
    # The last grant of an account takes it out of a city's sight: answer what was seen, less the grant.
    still = queries.accounts(request.actor).filter(pk=account_id).exists()
    left = [found for found in before["grants"] if found["id"] != grant_id]
    return _account(request.actor, account_id) if still else {**before, "grants": left}


@operation(
    accounts,
    "POST",
    "/accounts/{account_id}/reset-password",
    response=OneTimePassword,
    permission="account.manage",
    zh="重置密码",
    en="Reset the password",
)
def reset_password(request: Call, account_id: Id) -> Any:
    """Answers a new one-time password, lifts a lock-out and ends the account's sessions."""
    user = queries.find_account(request.actor, account_id)
    password = actions.reset_password(actor=request.actor, user=user)
    return {"account": _account(request.actor, account_id), "password": password}


@operation(
    accounts,
    "POST",
    "/accounts/{account_id}/deactivate",
    response=AccountItem,
    permission="account.manage",
    zh="停用账号",
    en="Close an account",
)
def deactivate_account(request: Call, account_id: Id, body: Because) -> Any:
    """Its sessions and tokens end."""
    user = queries.find_account(request.actor, account_id)
    actions.deactivate(actor=request.actor, user=user, reason=body.reason)
    return _account(request.actor, account_id)


@operation(
    accounts,
    "POST",
    "/accounts/{account_id}/reactivate",
    response=OneTimePassword,
    permission="account.manage",
    zh="恢复账号",
    en="Reopen an account",
)
def reactivate_account(request: Call, account_id: Id, body: Because) -> Any:
    """Answers a new one-time password."""
    user = queries.find_account(request.actor, account_id)
    password = actions.reactivate(actor=request.actor, user=user, reason=body.reason)
    return {"account": _account(request.actor, account_id), "password": password}


class PermissionItem(Answer):
    """One thing that may be allowed."""

    id: str
    zh: str
    en: str


class RoleItem(Answer):
    """A role: where it can be granted and what it allows."""

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    kinds: list[str]
    permissions: list[str]


class RoleCatalogue(Answer):
    """All permissions and roles."""

    permissions: list[PermissionItem]
    roles: list[RoleItem]


@operation(
    accounts,
    "GET",
    "/roles",
    response=RoleCatalogue,
    permission=None,
    zh="角色与权限",
    en="Roles and permissions",
)
def list_roles(request: Call) -> Any:
    """Who may do what, in both languages."""
    return {
        "permissions": list(permissions().values()),
        "roles": [
            {
                **{name: getattr(role, name) for name in ("id", "zh", "en", "about_zh", "about_en", "kinds")},
                "permissions": sorted(role.permissions),
            }
            for role in roles().values()
        ],
    }
