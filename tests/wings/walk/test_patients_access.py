"""Who reaches what of the patients wing, over every address and every operation of it.

The clinician of the hospital and of the department reach the patient; another department, another hospital
and the authorities reach nothing, neither by number nor in any list, export or answer. Authorities have the
numbers. An address or an operation that the tables of the other walks do not know fails here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.api.root import api
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.roles import roles
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients.api import routers
from duikou.wings.patients.models import Access
from tests.wings.walk.test_api_by_role import Asker, Known, _token
from tests.wings.walk.test_api_by_role import operations as all_operations
from tests.wings.walk.test_pages_by_role import Page, sample
from tests.wings.walk.test_pages_by_role import pages as all_pages
from tests.wings.walk.test_people_access import REFUSED, _undone, unguarded_of
from tests.wings.walk.world import SINCE, World, inside_and_outside, place_of

MARKS = ("内患者", "内家属", "内共享", "内抢救时调阅", "内到期", "内急诊")


def pages() -> list[Page]:
    """All pages of the wing."""
    return [page for page in all_pages() if page.name.startswith("patients:")]


def operations() -> list[Known]:
    """All operations of the wing."""
    paths = {f"/api/v1{path}" for router in routers for path in router.path_operations}
    found = [known for known in all_operations() if known.path in paths]
    assert {known.path for known in found} == paths
    return found


def _user(role: str, org: OrgUnit) -> User:
    user = User.objects.create(username=f"patients-{role}-{org.pk}", display_name=role)
    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
    return user


def _department(world: World, name: str) -> OrgUnit:
    made = Department.objects.create(hospital=world.hospital, name=name, specialty="other")
    return unit_of(made)


def strangers(inside: World, outside: World) -> Iterator[tuple[str, User]]:
    """Who must reach nothing: of the same hospital, of another, of the authorities.

    Roles without any permission of the wing are walked in `test_pages_by_role`.
    """
    yield "another department", _user("clinician", _department(inside, "他科"))
    for role in ("clinician", "medical_office", "hospital_president"):
        yield f"{role} of another hospital", _user(role, outside.hospital.org)
    for role in ("provincial_officer", "county_officer", "inspector", "hospital_liaison"):
        yield role, _user(role, place_of(roles()[role].kinds[-1], inside))


@pytest.mark.django_db
def test_strangers_and_authorities_reach_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.throttle_per_actor, "rate", 0)
    inside, outside = inside_and_outside()
    trouble = []
    number = inside.patient.one.number
    for who, user in strangers(inside, outside):
        client, asker = Client(), Asker(_token(user))
        client.force_login(user)
        for page in pages():
            url = reverse(page.name, kwargs=sample(page, inside) if page.arguments else None)
            asked: list[tuple[str, dict[str, str]]] = [("get", {}), ("get", {"export": "csv"}), ("post", {})]
            for method, data in asked:
                status, said, wrote = _undone(lambda c=client, m=method, u=url, d=data: getattr(c, m)(u, d))
                if page.arguments and (status not in REFUSED or wrote):
                    trouble.append(f"{who}: {method} {page.name} {status}")
                # A page that was asked for by the number may say that there is none such.
                if any(mark in said for mark in MARKS) or (not page.arguments and number in said):
                    trouble.append(f"{who}: {method} {page.name} shows the patient")
        for known in operations():
            status, said, wrote = _undone(lambda k=known, a=asker: a.answer(k, inside))
            if known.scoped and (status not in REFUSED or wrote):
                trouble.append(f"{who}: {known.id} {status}")
            if any(mark in said for mark in MARKS) or (not known.names and number in said):
                trouble.append(f"{who}: {known.id} shows the patient")
    assert not trouble, "\n".join(trouble)
    assert not Access.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["hospital", "department"])
def test_clinicians_reach_their_patient_and_every_look_is_written(level: str) -> None:
    inside, _outside = inside_and_outside()
    client = Client()
    client.force_login(_user("clinician", place_of(level, inside)))
    for page in pages():
        if page.permission not in roles()["clinician"].permissions or not page.arguments:
            continue
        before = Access.objects.count()
        answer: Any = client.get(reverse(page.name, kwargs=sample(page, inside)))
        assert answer.status_code in (200, 405), page.name
        looked = Access.objects.count() - before
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        tells = "内患者" in content.decode("utf-8", "replace") or page.name == "patients:paper"
        assert bool(looked) == tells, page.name
    listed = client.get(reverse("patients:list")).content.decode()
    assert inside.patient.one.number in listed
    assert "内患者" not in listed


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["provincial_officer", "city_officer", "county_officer", "inspector"])
def test_authorities_have_the_numbers_of_their_area(role: str) -> None:
    inside, outside = inside_and_outside()
    client = Client()
    client.force_login(_user(role, place_of(roles()[role].kinds[-1], inside)))
    said = client.get(reverse("patients:counts")).content.decode()
    assert inside.hospital.name in said
    assert outside.hospital.name not in said


def test_every_address_names_a_permission() -> None:
    assert set(unguarded_of({"patients"})) == set()
