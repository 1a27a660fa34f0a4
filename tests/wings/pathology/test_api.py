"""The interface of slides by role: the own hospital, one that was granted the study, a third; refusals."""

from __future__ import annotations

import pytest

from duikou.core.scope import Actor
from duikou.wings.imaging import actions as imaging
from duikou.wings.pathology import sample
from duikou.wings.pathology.models import Mark, Slide
from duikou.wings.patients.models import Access
from tests.wings.pathology.conftest import Bench, content
from tests.wings.patients.test_api import Caller

LENGTH = {"kind": "length", "points": [[100, 100], [400, 500]]}
PICTURE = {"x": 600, "y": 400, "width": 300, "height": 200, "caption": "腺体异型"}


def third(bench: Bench, role: str) -> Actor:
    """Somebody of a hospital that has nothing to do with it."""
    sides = [bench.home.pk, bench.other.pk]
    other = type(bench.home).objects.exclude(pk__in=sides).exclude(org=None).order_by("pk").first()
    assert other is not None
    assert other.org is not None
    return bench.at(other.org, role, "third")


def test_what_comes_in_and_what_does_not(bench: Bench) -> None:
    own, patient = Caller(bench.doctor), bench.without_card()
    key = bench.upload(bench.doctor, content(bench.folder))
    told = {"upload": key, "patient": patient.number, "title": "胃窦 A1", "stain": "he"}
    own("post", "/slides", {**told, "stain": "blue"}, 422)
    own("post", "/slides", {**told, "patient": "NOBODY"}, 409)
    own("post", "/slides", {**told, "upload": "0" * 32}, 409)
    Caller(bench.other_doctor)("post", "/slides", told, 409)  # neither the patient nor the upload
    made = own("post", "/slides", told, 201)
    assert (made["state"], made["patient"]) == ("checking", patient.number)
    own("post", "/slides", told, 409)  # sent twice: the upload is taken
    assert Slide.objects.count() == 1
    one = f"/slides/{made['number']}"
    for step, body in (("ticket", None), ("marks", LENGTH), ("key-images", PICTURE)):
        own("post", f"{one}/{step}", body, 409)  # nothing is shown before the gate has said yes
    assert not Mark.objects.exists()


def test_the_own_hospital_and_the_one_that_was_granted_the_study(bench: Bench) -> None:
    made = bench.granted_slide(mpp=0.25)
    one = f"/slides/{made.number}"
    own, expert = Caller(bench.doctor), Caller(bench.other_doctor)
    for caller in (own, expert):
        assert caller("get", one)["sha256"] == made.sha256
        assert caller("get", "/slides?state=ready")["total"] == 1
        assert caller("get", "/slides?state=refused")["total"] == 0
    own("get", "/slides?state=lost", status=422)
    assert not Access.objects.exists()  # no list, and no look at the findings, opens the record
    assert expert("post", f"{one}/ticket")["seconds"] == 600
    assert Access.objects.filter(user=bench.other_doctor.user_id).count() == 1
    drawn = expert("post", f"{one}/marks", LENGTH, 201)
    assert (drawn["micrometres"], drawn["hospital"]) == (pytest.approx(125), bench.other.name)
    assert [row["id"] for row in own("get", f"{one}/marks")] == [drawn["id"]]
    for wrong in (
        {**LENGTH, "points": [[1, 1]]},
        {**LENGTH, "points": [[1, 1], [9_999, 1]]},
        {"kind": "text", "points": [[1, 1]]},
    ):
        own("post", f"{one}/marks", wrong, 409)
    own("post", f"{one}/marks", {**LENGTH, "points": [[1, 1], [-1, 1]]}, 422)
    own("delete", f"/slide-marks/{drawn['id']}", status=403)  # the author's alone
    expert("delete", f"/slide-marks/{drawn['id']}", status=204)
    expert("delete", f"/slide-marks/{drawn['id']}", status=404)
    image = expert("post", f"{one}/key-images", PICTURE, 201)
    assert own("get", f"{one}/key-images") == [image]
    own("post", f"{one}/key-images", {**PICTURE, "x": 1_490}, 409)
    own("post", f"{one}/key-images", {**PICTURE, "width": 0}, 422)
    expert("post", f"{one}/decision", {"good": True, "reason": "清楚"}, 403)
    own("post", f"{one}/decision", {"good": True, "reason": "清楚"}, 409)  # nothing is doubtful
    imaging.end_grants(actor=bench.doctor, reference="consultation:1")
    expert("get", one, status=404)
    expert("post", f"{one}/ticket", status=404)
    assert expert("get", "/slides")["total"] == 0


@pytest.mark.parametrize("role", ["clinician", "medical_office"])
def test_a_third_hospital_reaches_nothing(bench: Bench, role: str) -> None:
    made = bench.granted_slide()
    mark = Caller(bench.doctor)("post", f"/slides/{made.number}/marks", LENGTH, 201)
    stranger, one = Caller(third(bench, role)), f"/slides/{made.number}"
    assert stranger("get", "/slides") == {"total": 0, "limit": 50, "offset": 0, "items": []}
    for part in ("", "/marks", "/key-images"):
        stranger("get", f"{one}{part}", status=404)
    stranger("post", f"{one}/ticket", status=404)
    stranger("post", f"{one}/marks", LENGTH, 404)
    stranger("post", f"{one}/key-images", PICTURE, 404)
    stranger("post", f"{one}/decision", {"good": True, "reason": "清楚"}, 404)
    stranger("delete", f"/slide-marks/{mark['id']}", status=404)
    assert Mark.objects.get().removed_at is None


@pytest.mark.parametrize("role", ["provincial_officer", "hospital_president"])
def test_who_leads_reaches_no_slide(bench: Bench, role: str) -> None:
    made = bench.slide()
    org = bench.home.org if role == "hospital_president" else bench.home.org.parent
    assert org is not None
    while role == "provincial_officer" and org.kind != "province":
        org = org.parent
    leader, one = Caller(bench.at(org, role, "leads")), f"/slides/{made.number}"
    leader("get", "/slides", status=403)
    leader("get", one, status=403)
    leader("post", f"{one}/ticket", status=403)


def test_the_own_hospital_decides_on_a_doubtful_slide_once(bench: Bench) -> None:
    made = bench.granted_slide(base=sample.picture(1500, 1100, blur=4))
    one, own = f"/slides/{made.number}", Caller(bench.doctor)
    Caller(bench.other_doctor)("get", one, status=404)  # nobody else sees it before
    own("post", f"{one}/decision", {"good": True, "reason": ""}, 422)
    assert own("post", f"{one}/decision", {"good": False, "reason": "重扫"})["state"] == "refused"
    own("post", f"{one}/decision", {"good": True, "reason": "又看了"}, 409)
