"""Gaps that are about to open: what is missing, from when, and the step that would close each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.models import RoleGrant, User
from duikou.core.scope import SYSTEM
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.staffing.queries.gaps import Proposal, proposals
from duikou.wings.staffing.queries.rows import area_of, month_of
from tests.wings.posted import person_of, posting_of
from tests.wings.staffing.conftest import Invented

pytestmark = pytest.mark.django_db


def at_anji(invented: Invented, month: str) -> list[Proposal]:
    found = proposals(area_of(SYSTEM, ""), month_of(SYSTEM, month))
    return [one for one in found if one.recipient.pk == invented.anji.recipient_id]


def asked(invented: Invented, **values: Any) -> StaffRequest:
    pairing = invented.anji
    return StaffRequest.objects.create(
        pairing=pairing, supporter=pairing.supporter, recipient=pairing.recipient,
        home_path=pairing.supporter_path, host_path=pairing.recipient_path, title="副主任医师",
        months=3, purpose="接替", **{"specialty": "cardiology", "wanted_from": dt.date(2014, 9, 1), **values},
    )  # fmt: skip


def test_who_leaves_without_a_successor_leaves_a_gap(invented: Invented) -> None:
    """甲 leaves on 31 August, 乙 comes on 11 September; intensive care ends on 20 June for good."""
    gaps = {one.gap.specialty: one for one in at_anji(invented, "2014-06")}
    cardiology = gaps["cardiology"].gap
    assert (cardiology.first, cardiology.last) == (dt.date(2014, 9, 1), dt.date(2014, 9, 10))
    assert (cardiology.unmanned, cardiology.days) == (True, 10)
    assert "icu" not in gaps  # 丙 had left before the month ended
    july = {one.gap.specialty: one.gap.first for one in at_anji(invented, "2014-07")}
    assert july == {"cardiology": dt.date(2014, 9, 1)}


def test_the_next_step_follows_what_has_been_done(invented: Invented) -> None:
    def step() -> tuple[str, int | None]:
        found = next(one for one in at_anji(invented, "2014-06") if one.gap.specialty == "cardiology")
        return found.step, found.number

    assert step() == ("ask", None)
    asked(invented, specialty="icu")  # of another specialty
    asked(invented, wanted_from=dt.date(2014, 10, 1))  # for later
    assert step() == ("ask", None)
    request = asked(invented)
    assert step() == ("nominate", request.pk)
    nominated = posting_of(
        invented.anji, "庚", state=Posting.State.NOMINATED, arrived_on=None,
        planned_from=dt.date(2014, 9, 1), planned_to=dt.date(2014, 9, 10),
    )  # fmt: skip
    assert step() == ("approve", nominated.pk)
    nominated.state = Posting.State.APPROVED
    nominated.save()
    assert [one for one in at_anji(invented, "2014-06") if one.gap.specialty == "cardiology"] == []


def test_candidates_are_eligible_and_free(invented: Invented) -> None:
    supporter = invented.anji.supporter

    def candidates() -> int | None:
        return next(o for o in at_anji(invented, "2014-06") if o.gap.specialty == "cardiology").candidates

    assert candidates() == 0  # those who were posted have no specialty on record
    person_of(supporter, "辛", specialty="cardiology")
    junior = person_of(supporter, "壬", specialty="cardiology")
    junior.title = "住院医师"
    junior.save()
    person_of(supporter, "癸", specialty="icu")
    person_of(supporter, "子", specialty="cardiology", left_on=dt.date(2014, 5, 1))
    away = person_of(supporter, "丑", specialty="cardiology")
    posting_of(
        invented.anji, "", person=away, specialty="icu",
        planned_from=dt.date(2014, 9, 5), planned_to=dt.date(2014, 12, 1), arrived_on=dt.date(2014, 9, 5),
    )  # fmt: skip
    assert candidates() == 1


def test_the_page_the_file_and_the_interface_list_the_same_gaps(
    invented: Invented, account: Callable[..., User], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    officer = Client()
    officer.force_login(account("provincial_officer", "浙江省"))
    asked_for = {"month": "2014-06", "q": invented.anji.recipient.name}
    officer.get(reverse("home"))
    with django_assert_max_num_queries(25):
        page = officer.get(reverse("staffing:gaps"), asked_for)
    rows = page.context["listing"].rows
    items = officer.get("/api/v1/staffing/gaps", {"month": "2014-06", "limit": 200}).json()["items"]
    same = [one for one in items if one["recipient"] == invented.anji.recipient.name]
    keys = ("specialty_id", "first", "last", "days", "unmanned", "step", "candidates")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (
            one["specialty"], dt.date.fromisoformat(one["first"]), dt.date.fromisoformat(one["last"]),
            one["days"], one["unmanned"], one["step"], one["candidates"],
        )
        for one in same
    ]  # fmt: skip
    text = b"".join(officer.get(reverse("staffing:gaps"), {**asked_for, "export": "csv"}).streaming_content)
    assert "2014-09-01" in text.decode()
    assert "还没有提出需求" in page.content.decode()
    only = officer.get("/api/v1/staffing/gaps", {"month": "2014-06", "step": "approve"}).json()
    assert only["total"] == 0
    assert officer.get(reverse("staffing:gaps"), {"month": "2014-06", "unmanned": "no"}).status_code == 200


def test_each_gap_leads_to_the_step_that_closes_it(invented: Invented) -> None:
    user = User.objects.create(username="liaison")
    RoleGrant.objects.create(
        user=user, role="hospital_liaison", org=invented.anji.recipient.org, valid_from=dt.date(2014, 1, 1)
    )
    liaison = Client()
    liaison.force_login(user)

    def link() -> str:
        page = liaison.get(reverse("staffing:gaps"), {"month": "2014-06"})
        return next(row["url"] for row in page.context["listing"].rows if row["specialty_id"] == "cardiology")

    form = liaison.get(link()).context["form"]
    assert (form["specialty"].value(), form["wanted_from"].value()) == ("cardiology", "2014-09-01")
    request = asked(invented)
    assert link() == reverse("postings:request", args=[request.pk])
    assert liaison.get(link()).status_code == 200
    nominated = posting_of(
        invented.anji, "庚", state=Posting.State.NOMINATED, arrived_on=None,
        planned_from=dt.date(2014, 9, 1), planned_to=dt.date(2014, 9, 10),
    )  # fmt: skip
    assert link() == reverse("postings:posting", args=[nominated.pk])
    assert liaison.get(link()).status_code == 200
