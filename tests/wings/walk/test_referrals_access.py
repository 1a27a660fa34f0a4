"""Who reaches what of the referrals wing, over every address and every operation of it.

Both hospitals reach the referral; a third hospital, another department and the authorities reach nothing of
it, neither by number nor in any list, export or answer. Who leads sees numbers and clocks, and no patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duikou.api.root import api
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.roles import roles
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients.models import Access, Share
from duikou.wings.referrals.api import routers
from duikou.wings.referrals.models import Clock, Referral
from tests.wings.walk.test_api_by_role import UNSCOPED, Asker, Known, _token
from tests.wings.walk.test_api_by_role import operations as all_operations
from tests.wings.walk.test_pages_by_role import Page, is_unscoped, sample
from tests.wings.walk.test_pages_by_role import pages as all_pages
from tests.wings.walk.test_people_access import REFUSED, _undone, unguarded_of
from tests.wings.walk.world import SINCE, World, inside_and_outside, place_of

MARKS = ("内患者", "内病情", "内诊断", "内原因", "内随访")


def pages() -> list[Page]:
    """All pages of the wing that lead to something of a hospital."""
    return [page for page in all_pages() if page.name.startswith("referrals:") and not is_unscoped(page)]


def operations() -> list[Known]:
    """All operations of the wing."""
    paths = {f"/api/v1{path}" for router in routers for path in router.path_operations}
    found = [known for known in all_operations() if known.path in paths]
    assert {known.path for known in found} == paths
    return [known for known in found if not UNSCOPED.match(known.path)]


def _user(role: str, org: OrgUnit) -> User:
    user = User.objects.create(username=f"referrals-{role}-{org.pk}", display_name=role)
    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
    return user


def _third(inside: World) -> Hospital:
    """A hospital that is neither side."""
    sides = (inside.referral.one.from_hospital_id, inside.referral.one.to_hospital_id)
    found = Hospital.objects.select_related("org").exclude(pk__in=sides).order_by("-pk").first()
    assert found is not None
    return found


def strangers(inside: World, outside: World) -> Iterator[tuple[str, User]]:
    """Who must reach nothing of it."""
    other = Department.objects.create(hospital=inside.hospital, name="他科", specialty="other")
    yield "another department", _user("clinician", unit_of(other))
    for role in ("clinician", "medical_office", "department_head", "hospital_president"):
        kind = roles()[role].kinds[-1]
        yield f"{role} of a third hospital", _user(role, place_of(kind, outside))
    yield (
        "the medical office of a third hospital in the province",
        _user("medical_office", _third(inside).org),
    )
    for role in ("provincial_officer", "county_officer", "inspector", "hospital_liaison"):
        yield role, _user(role, place_of(roles()[role].kinds[-1], inside))


@pytest.mark.django_db
def test_a_third_hospital_and_authorities_reach_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
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
                if any(mark in said for mark in (*MARKS, number)):
                    trouble.append(f"{who}: {method} {page.name} shows the patient")
        for known in operations():
            status, said, wrote = _undone(lambda k=known, a=asker: a.answer(k, inside))
            if known.scoped and (status not in REFUSED or wrote):
                trouble.append(f"{who}: {known.id} {status}")
            # Who names the patient's number may be told that there is none such.
            if any(mark in said for mark in MARKS) or (number in said and known.id != "draft_referral"):
                trouble.append(f"{who}: {known.id} shows the patient")
    assert not trouble, "\n".join(trouble)
    assert not Access.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_both_sides_reach_it_and_every_look_is_written(side: str) -> None:
    inside, _outside = inside_and_outside()
    one = inside.referral.one
    share = {"patient": one.patient, "hospital": one.to_hospital, "path": one.to_path, "kind": "referral"}
    Share.objects.create(**share, reference=one.reference)
    org = place_of("department", inside) if side == "sender" else one.to_hospital.org
    client = Client()
    client.force_login(_user("clinician", org))
    page: Any = client.get(reverse("referrals:referral", args=[one.pk]))
    assert all(mark in page.content.decode() for mark in ("内患者", "内病情摘要", "内诊断"))
    slip: Any = client.get(reverse("referrals:slip", args=[one.pk]))
    assert slip.content.startswith(b"%PDF")
    assert Access.objects.filter(patient=one.patient, purpose="referral").count() == 2
    listed = client.get(reverse("referrals:list")).content.decode()
    assert inside.patient.one.number in listed
    assert "内患者" not in listed
    Share.objects.filter(patient=one.patient).update(ended_at=timezone.now())
    Referral.objects.filter(pk=one.pk).update(state="declined", answered_at=one.sent_at)
    again = client.get(reverse("referrals:referral", args=[one.pk])).content.decode()
    assert ("内病情摘要" in again) == (side == "sender")


@pytest.mark.django_db
def test_who_leads_sees_dates_and_no_patient() -> None:
    inside, _outside = inside_and_outside()
    one = inside.referral.one
    Clock.objects.update(level=3)
    client = Client()
    client.force_login(_user("department_head", place_of("department", inside)))
    said = client.get(reverse("referrals:referral", args=[one.pk])).content.decode()
    assert not any(mark in said for mark in MARKS)
    assert not Access.objects.exists()
    authority = one.to_hospital.org.parent
    assert authority is not None
    roles_there = {"province": "provincial_officer", "city": "city_officer", "county": "county_officer"}
    client.force_login(_user(roles_there[authority.kind], authority))
    said = client.get(reverse("referrals:overdue")).content.decode()
    assert one.to_hospital.name in said
    assert not any(mark in said for mark in (*MARKS, inside.patient.one.number))


def test_every_address_names_a_permission() -> None:
    assert set(unguarded_of({"referrals"})) == set()
