"""Who may decide on pairings and findings, and what they get to see by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.errors import DuikouError
from duikou.core.models import OrgUnit
from duikou.core.scope import actor_for
from duikou.policy.loader import load_pack
from duikou.wings.hospitals.actions import move_place
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions import findings as finding_acts
from duikou.wings.pairings.actions import pairings as pairing_acts
from duikou.wings.pairings.actions import support
from duikou.wings.pairings.models import Finding, Pairing, Round
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db


def _hospitals(city: str) -> list[Hospital]:
    path = OrgUnit.objects.get(name=city).path or ""
    return list(Hospital.objects.filter(scope_path__within=path, state="active").order_by("pk"))


def _shared_finding() -> tuple[Finding, Hospital, OrgUnit]:
    """An open finding with a hospital that it concerns and a place of somebody else."""
    for found in Finding.objects.filter(present=True, state="open").prefetch_related("scopes"):
        paths = found.scope_paths()
        hospital = Hospital.objects.filter(scope_path__in=paths).first()
        other = next((path for path in paths if hospital and path != hospital.scope_path), "")
        if hospital and other:
            return found, hospital, OrgUnit.objects.get(path=other)
    raise AssertionError("the round has a finding of two places")


def test_a_city_pairs_no_two_hospitals_of_another_city(account: Callable[..., Any]) -> None:
    one, other = _hospitals("宁波市")[:2]
    with pytest.raises(DuikouError):
        pairing_acts.add_pairing(
            actor=actor_for(account("city_officer", "杭州市")),
            round_key=Round.objects.get().key,
            supporter=one.key,
            recipient=other.key,
            table="2",
            group="杭州市",
        )


def test_nobody_is_named_head_by_somebody_who_may_not_see_them(account: Callable[..., Any]) -> None:
    officer = actor_for(account("city_officer", "杭州市"))
    partner = Pairing.objects.visible_to(officer).exclude(recipient__in=_hospitals("杭州市"))
    pairing = partner.filter(supporter__in=_hospitals("杭州市")).first()
    if pairing is None:  # the printed tables hold none: the city adds one, to a hospital elsewhere
        pairing = pairing_acts.add_pairing(
            actor=officer,
            round_key=Round.objects.get().key,
            supporter=_hospitals("杭州市")[0].key,
            recipient=_hospitals("宁波市")[-1].key,
            table="2",
            group="杭州市",
        )
    person = Person.objects.create(hospital=pairing.recipient, name="某主任")
    assert not Person.objects.visible_to(officer).filter(pk=person.pk).exists()
    specialty = next(iter(load_pack(pairing.round.policy_pack).specialties))
    with pytest.raises(DuikouError):
        support.link_departments(
            actor=officer, pairing=pairing, specialty=specialty, recipient_head=person.pk
        )


def test_a_hospital_does_not_take_back_the_province_s_request(account: Callable[..., Any]) -> None:
    found, hospital, _other = _shared_finding()
    province = actor_for(account("provincial_officer", "浙江省"))
    finding_acts.request_exception(actor=province, finding=found, reason="省里的理由")
    liaison = actor_for(account("hospital_liaison", hospital.org.name))
    with pytest.raises(DuikouError):
        finding_acts.withdraw_request(actor=liaison, finding=found)


def test_a_hospital_gives_no_work_to_others(account: Callable[..., Any]) -> None:
    found, hospital, other = _shared_finding()
    liaison = actor_for(account("hospital_liaison", hospital.org.name))
    with pytest.raises(DuikouError):
        finding_acts.assign_findings(actor=liaison, findings=[found.pk], assignee=other.pk)


def test_a_moved_hospital_takes_its_pairings_along(account: Callable[..., Any]) -> None:
    pairing = Pairing.objects.filter(recipient__tier="county", recipient__state="active")[0]
    hospital = pairing.recipient
    elsewhere = (
        Division.objects.filter(level="county", valid_to=None)
        .exclude(parent=hospital.division.parent)
        .first()
    )
    assert elsewhere
    before = hospital.scope_path
    move_place(
        actor=actor_for(account("provincial_officer", "浙江省")),
        hospital=hospital,
        version=hospital.version,
        division=elsewhere,
        on=dt.date(2024, 1, 1),
        reason="迁址",
    )
    pairing.refresh_from_db()
    assert hospital.scope_path != before
    assert pairing.recipient_path == hospital.scope_path
